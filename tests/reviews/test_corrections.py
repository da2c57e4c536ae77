"""What was published stays: a correction is a new verdict, and a retraction says why."""

import pytest

CORRECTION = {"kind": "correction", "note": "The deadline was 2026, not 2025."}


@pytest.fixture
def published(newsroom):
    """Newsroom; paths of a verified claim and of the verdict in force."""
    return newsroom, *newsroom.published()


def bare(verdict):
    return verdict.rpartition("/")[2]


def public(newsroom, path):
    return newsroom.call("GET", path, status=200).json


def test_a_correction_replaces_the_verdict_in_force_and_both_stay_readable(published):
    newsroom, claim, first = published
    before = public(newsroom, first)
    second = newsroom.verdict_in("published", claim, rating="false", correction=CORRECTION)

    earlier, now = public(newsroom, first), public(newsroom, second)
    assert (earlier["state"], now["state"]) == ("superseded", "published")
    content = before.keys() - {"state", "version", "updated_at"}
    assert {name: earlier[name] for name in content} == {name: before[name] for name in content}
    assert now["correction"] == {**CORRECTION, "of": bare(first)}
    shown = public(newsroom, claim)
    assert shown["status"] == "verified"
    assert (shown["verdict"]["id"], shown["verdict"]["rating"]) == (bare(second), "false")
    listed = public(newsroom, f"{claim}/verdicts")["items"]
    assert listed == [earlier, now]


def test_the_exported_review_carries_the_correction(published):
    newsroom, claim, _ = published
    assert "correction" not in public(newsroom, f"{claim}/claimreview")
    newsroom.verdict_in("published", claim, rating="false", correction=CORRECTION)
    review = public(newsroom, f"{claim}/claimreview")
    assert review["reviewRating"]["alternateName"] == "False"
    assert review["correction"]["@type"] == "CorrectionComment"
    assert CORRECTION["note"] in review["correction"]["text"]


def test_while_a_correction_is_worked_on_the_verdict_in_force_stands(published):
    newsroom, claim, first = published
    for state in ("draft", "proposed", "approved"):
        correction = newsroom.verdict_in(state, claim, rating="false", correction=CORRECTION)
        for reader in (None, "out"):
            newsroom.call("GET", correction, reader, status=404)
    shown = public(newsroom, claim)
    assert (shown["status"], shown["verdict"]["id"]) == ("verified", bare(first))
    assert [verdict["id"] for verdict in public(newsroom, f"{claim}/verdicts")["items"]] == [
        bare(first)
    ]


def test_what_a_verdict_corrects_is_said_where_one_is_in_force_and_only_there(published):
    newsroom, claim, _ = published
    second = newsroom.verdict_in("draft", claim)
    refused = newsroom.act(second, "rev", "propose", status=422).json
    assert [fault["pointer"] for fault in refused["errors"]] == ["/correction"]
    fresh = newsroom.verdict_in("draft")
    refused = newsroom.act(fresh, "rev", "propose", correction=CORRECTION, status=422).json
    assert [fault["pointer"] for fault in refused["errors"]] == ["/correction"]
    assert newsroom.act(second, "rev", "propose", correction=CORRECTION).json["state"] == "proposed"


def test_a_correction_of_what_is_no_longer_in_force_is_not_published(published):
    newsroom, claim, first = published
    late = newsroom.verdict_in("approved", claim, rating="half-true", correction=CORRECTION)
    newsroom.verdict_in("published", claim, rating="false", correction=CORRECTION)
    assert newsroom.call("GET", late, "ed").json["correction"]["of"] == bare(first)
    refused = newsroom.act(late, "ed", "publish", status=409).json
    assert refused["type"].endswith("/problems/corrects-another")
    assert (refused["current"], refused["allowed"]) == ("approved", ["request_changes"])

    newsroom.act(late, "ed", "request_changes", comment="Correct the newer one.")
    newsroom.act(late, "rev", "propose", correction=CORRECTION)
    newsroom.act(late, "rev2", "approve")
    assert newsroom.act(late, "ed", "publish").json["state"] == "published"


def test_of_two_first_verdicts_one_is_published(newsroom):
    claim = newsroom.claim(accepted=True)
    newsroom.evidence(claim, newsroom.source())
    one, other = (newsroom.verdict_in("approved", claim) for _ in range(2))
    newsroom.act(one, "ed", "publish")
    newsroom.act(other, "ed", "publish", status=409)


def test_a_retraction_puts_the_claim_back_in_review_and_stays_readable(published):
    newsroom, claim, verdict = published
    retracted = newsroom.act(verdict, "ed", "retract", reason="It rests on a parody.").json
    assert retracted["state"] == "retracted"
    shown = public(newsroom, verdict)
    assert (shown["state"], shown["retracted_reason"]) == ("retracted", "It rests on a parody.")
    claimed = public(newsroom, claim)
    assert (claimed["status"], claimed["verdict"]) == ("in_review", None)
    newsroom.call("GET", f"{claim}/claimreview", status=404)

    again = newsroom.verdict_in("published", claim, rating="false")
    assert public(newsroom, claim)["verdict"]["id"] == bare(again)
    assert public(newsroom, verdict)["state"] == "retracted"
    assert newsroom.call("GET", claim, "ed").json["status"] == "verified"


def test_a_superseded_verdict_is_not_retracted(published):
    newsroom, claim, first = published
    newsroom.verdict_in("published", claim, rating="false", correction=CORRECTION)
    newsroom.act(first, "ed", "retract", reason="It rests on a parody.", status=409)
    assert public(newsroom, claim)["verdict"]["rating"] == "false"


def test_what_was_published_is_not_rewritten(published):
    newsroom, claim, verdict = published
    piece = f"/v1/evidence/{public(newsroom, verdict)['evidence'][0]}"
    rewritten = [
        (verdict, {"title": "Never mind"}, "published", []),
        (claim, {"text": "The troops stay."}, "verified", []),
        (claim, {"claimant": {"name": "Nobody"}}, "verified", []),
        (piece, {"note": "Never mind"}, "published", ["withdraw"]),
        (piece, {"confidential": True}, "published", ["withdraw"]),
    ]
    before = {path: newsroom.call("GET", path, "rev").text for path in (verdict, claim, piece)}
    for path, members, current, allowed in rewritten:
        answer = newsroom.call("PATCH", path, "rev", etag="*", json=members, status=409)
        assert (answer.json["current"], answer.json["allowed"]) == (current, allowed)
    assert before == {path: newsroom.call("GET", path, "rev").text for path in before}
    newsroom.call("PATCH", claim, "rev", etag="*", json={"priority": "low"}, status=200)


def test_evidence_of_a_published_verdict_is_withdrawn_in_the_open(published):
    newsroom, _, verdict = published
    piece = public(newsroom, verdict)["evidence"][0]
    newsroom.act(f"/v1/evidence/{piece}", "con", "withdraw", reason="It was a parody.")
    shown = public(newsroom, verdict)
    assert shown["state"] == "published"
    assert shown["citations"][0]["withdrawn"]["reason"] == "It was a parody."
    assert "con" not in shown["citations"][0]["withdrawn"].values()


def test_the_public_history_tells_the_dates_and_reasons(published):
    newsroom, claim, first = published
    second = newsroom.verdict_in("published", claim, rating="false", correction=CORRECTION)
    newsroom.act(second, "ed", "retract", reason="It rests on a parody.")
    events = public(newsroom, f"{claim}/history")["items"]
    assert [(event["type"], event["subject"]["id"]) for event in events] == [
        ("verdict.published", bare(first)),
        ("verdict.superseded", bare(first)),
        ("verdict.published", bare(second)),
        ("verdict.retracted", bare(second)),
    ]
    assert {event["actor"] for event in events} == {None}
    assert events[0]["data"]["changes"]["published_at"] == public(newsroom, first)["published_at"]
    assert events[3]["data"]["changes"]["retracted_reason"] == "It rests on a parody."
