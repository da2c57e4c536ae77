"""Rules without I/O: what is wanted, when to try again, what Slack is told."""

import json
import re
from datetime import timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from verifier.webhooks import retries, types
from verifier.webhooks.slack import slack_body

WANTED = [
    (["verdict.published"], "verdict.published", True),
    (["verdict.published"], "verdict.retracted", False),
    (["verdict.*"], "verdict.retracted", True),
    (["verdict.*"], "claim.edited", False),
    (["verdict.*"], "verdict.imported", False),  # an import may bring a hundred thousand
    (["verdict.*", "verdict.imported"], "verdict.imported", True),
    (["claim.*"], "claim.imported", False),
]


@pytest.mark.parametrize(("wanted", "event", "expected"), WANTED)
def test_what_an_endpoint_is_told_of(wanted, event, expected):
    assert types.is_wanted(event, wanted) is expected


@pytest.mark.parametrize(
    "name", ["verdict.publish", "verdict", "*", "*.*", "ver.*", "", "verdict."]
)
def test_what_never_happens_cannot_be_asked_for(name):
    assert not types.is_known(name)


@given(st.integers(1, retries.MOST_ATTEMPTS - 1), st.one_of(st.none(), st.floats(0, 1e9)))
def test_pauses_grow_and_end(attempts, retry_after):
    pause = retries.pause_after(attempts, retry_after).total_seconds()
    least = retries.PAUSES[attempts - 1] * (1 - retries.JITTER)
    assert pause >= max(least, min(retry_after or 0, retries.LONGEST_WAIT))
    assert pause <= max(retries.LONGEST_WAIT, retries.PAUSES[-1] * (1 + retries.JITTER))
    assert retries.pause_after(retries.MOST_ATTEMPTS, retry_after) is None


@given(st.integers(0, 10**7))
def test_a_failing_endpoint_rests_longer_the_longer_it_fails(seconds):
    rest = retries.rest_of(timedelta(seconds=seconds), None)
    assert retries.SHORTEST_REST <= rest <= retries.LONGEST_REST
    assert rest >= min(timedelta(seconds=seconds / 2), retries.LONGEST_REST)


@given(st.text(max_size=700), st.text(max_size=700), st.text(max_size=700), st.booleans())
@example("&" * 700, "&" * 700, "&" * 700, True)
def test_slack_is_told_in_text_that_makes_no_links_or_mentions(claim, title, note, is_link):
    message = {
        "type": "verdict.published",
        "data": {
            "claim": {"text": claim, "page": "https://x.example/factchecks/1"},
            "verdict": {
                "title": title,
                "label": note,
                "correction": {"note": note},
                "retracted_reason": note,
                "url": "https://x.example/a?b=1&c=<|>" if is_link else None,
            },
        },
    }
    sent = json.loads(slack_body(json.dumps(message)))
    assert sent["text"].startswith("A verdict was published: ")
    told, link = (block["text"]["text"] for block in sent["blocks"])
    assert len(told) <= 3000
    for text in (sent["text"], told):
        assert "<" not in text
        assert not re.search("&(?!amp;|lt;|gt;)", text)
    assert re.fullmatch(r"<https://x\.example/[^<>|]*\|Read the fact-check>", link)


def test_slack_is_told_of_anything():
    body = json.dumps({"type": "desk.updated", "data": {"claim": None}})
    sent = json.loads(slack_body(body))
    assert sent["text"] == "The desk or its policy was changed"
    assert len(sent["blocks"]) == 1
