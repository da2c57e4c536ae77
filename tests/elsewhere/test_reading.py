"""What a stranger's service answers is shown only as far as it is what it should be."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.document import DOCUMENT
from verifier.elsewhere.reading import AnswerUnreadable, read_answer

REVIEW = {"url": "https://zagros.example/1", "publisher": {"name": "Zagros Facts", "site": "zagros.example"},
          "title": "No", "reviewDate": "2024-11-25T00:00:00.123456789Z", "textualRating": "False", "languageCode": "en"}  # fmt: skip
CLAIM = {
    "text": "The dam burst.",
    "claimant": "A post",
    "claimDate": "2024-11-20T00:00:00Z",
    "claimReview": [REVIEW],
}


def read(**answer):
    return read_answer(json.dumps(answer).encode())


def test_an_answer_as_it_should_be():
    (claim,), left_out = read(
        claims=[{**CLAIM, "imageUrl": "https://x.example"}], nextPageToken="x"
    )
    assert left_out == 0
    assert claim == {
        "text": "The dam burst.",
        "claimant": "A post",
        "claimed_on": "2024-11-20",
        "reviews": [
            {
                "publisher": "Zagros Facts",
                "site": "zagros.example",
                "url": "https://zagros.example/1",
                "title": "No",
                "rating": "False",
                "language": "en",
                "published_at": "2024-11-25T00:00:00.123456Z",
            }
        ],
    }
    assert claim.keys() == DOCUMENT["components"]["schemas"]["ClaimElsewhere"]["properties"].keys()


def test_little_is_enough():
    (claim,), _ = read(claims=[{"text": "x", "claimReview": [{"url": "http://a.example"}]}])
    assert claim["claimant"] is claim["claimed_on"] is claim["reviews"][0]["publisher"] is None
    assert read() == ([], 0)


@pytest.mark.parametrize(
    "members",
    [{"text": None}, {"text": ""}, {"text": 7}, {"text": ["x"]}, {"text": "x" * 6000}, {"claimDate": "yesterday"},
     {"claimDate": "0001-01-01T00:00:00Z"}, {"claimant": {}}, {"claimReview": []}, {"claimReview": None},
     {"claimReview": "x"}, {"claimReview": [None]}, {"claimReview": [[REVIEW]]},
     *({"claimReview": [REVIEW | wrong]} for wrong in (
         {"url": "javascript:alert(1)"}, {"url": "JaVaScRiPt://a.example/%0aalert(1)"}, {"url": "data:text/html,x"},
         {"url": "//a.example"}, {"url": "https://u:p@a.example"}, {"url": "https://a.example/ b"}, {"url": 1},
         {"url": "https://a.example/" + "a" * 3000}, {"publisher": "x"}, {"publisher": {"name": ["x"]}},
         {"languageCode": "<b>"}, {"reviewDate": 1}, {"title": {"@value": "x"}}))],
)  # fmt: skip
def test_a_claim_that_is_not_as_it_should_be_is_left_out(members):
    items, left_out = read(claims=[CLAIM | members, CLAIM])
    assert [item["text"] for item in items] == ["The dam burst."]
    assert left_out == 1


@pytest.mark.parametrize("claim", [None, 1, "x", [], [CLAIM]])
def test_what_is_no_claim_is_left_out(claim):
    assert read(claims=[claim]) == ([], 1)


def test_markup_stays_text_and_what_turns_text_around_goes():
    (claim,), _ = read(claims=[CLAIM | {"text": "<script>\u202ealert\u0007(1)</script>"}])
    assert claim["text"] == "<script>alert(1)</script>"


def test_more_than_was_asked_for_is_left_out():
    items, left_out = read(claims=[CLAIM | {"claimReview": [REVIEW] * 25}] * 12)
    assert (len(items), left_out) == (10, 2)
    assert len(items[0]["reviews"]) == 20


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b"\xff", b"[" * 100_000, b'{"claims":' + b"[" * 50 + b"]" * 50 + b"}", b'{"claims": NaN}',
     b'{"claims": [], "claims": []}', b'{"claims": "x"}', b'{"claims": null}', b'{"claims": {}}', b"[]", b"null",
     b'{"claims": [{"text": "\\ud800"}]}', b'{"a": 1e999}', b'{"a": ' + b"9" * 5000 + b"}"],
)  # fmt: skip
def test_what_is_no_answer(body):
    with pytest.raises(AnswerUnreadable) as failure:
        read_answer(body)
    assert str(failure.value).startswith("Its answer is ")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["text", "claimReview", "url", "publisher", "name"]), inner, max_size=3),
    max_leaves=12,
)  # fmt: skip


@given(st.lists(JSON, max_size=4))
def test_nothing_breaks_the_reading(claims):
    try:
        items, left_out = read(claims=claims)
    except AnswerUnreadable:
        return
    assert len(items) + left_out == len(claims)
