"""Confidential evidence counts in its desk and never leaves it."""

import pytest

SECRET = "What the driver told us."


@pytest.fixture
def case(newsroom):
    """Newsroom; a claim's path; the ids of its open and its confidential piece of evidence."""
    newsroom.set_policy(evidence_required=2)
    claim, source = newsroom.claim(accepted=True), newsroom.source()
    shared = newsroom.evidence(claim, source, note="The ministry's own words.")["id"]
    hidden = newsroom.evidence(claim, source, note=SECRET, confidential=True)["id"]
    return newsroom, claim, shared, hidden


def test_the_desk_works_with_it(case):
    newsroom, claim, shared, hidden = case
    verdict = newsroom.verdict_in("published", claim)
    for reader in ("con", "rev", "ed"):
        assert newsroom.call("GET", f"/v1/evidence/{hidden}", reader).json["note"] == SECRET
        listed = newsroom.call("GET", f"{claim}/evidence", reader).json["items"]
        assert [piece["confidential"] for piece in listed] == [False, True]
        assert newsroom.call("GET", verdict, reader).json["evidence"] == [shared, hidden]
        assert newsroom.call("GET", claim, reader).json["evidence"]["supports"] == 2
        assert SECRET in newsroom.call("GET", f"{claim}/history", reader).text


@pytest.mark.parametrize("reader", ["cas", "cas_ann", "out", None])
def test_nobody_else_learns_that_it_is_there(case, reader):
    newsroom, claim, shared, hidden = case
    newsroom.set_policy(approving_desks=2)
    verdict = newsroom.verdict_in("approved", claim)
    newsroom.act(verdict, "cas", "approve")
    newsroom.act(verdict, "ed", "publish")
    newsroom.call("GET", f"/v1/evidence/{hidden}", reader, status=404 if reader else 401)

    places = [
        claim, "/v1/claims", verdict, f"{claim}/verdicts", f"{claim}/history",
        f"{claim}/claimreview", "/v1/exports/ndjson", "/v1/exports/csv",
        "/v1/exports/claimreview", "/v1/exports/datafeed",
    ]  # fmt: skip
    if reader in ("cas", "cas_ann"):
        places.append(f"{claim}/evidence")
        assert newsroom.call("GET", claim, reader).json["evidence"]["supports"] == 1
    for place in places:
        answer = newsroom.call("GET", place, reader, status=200).text
        assert SECRET not in answer, place
        assert hidden not in answer, place
    assert newsroom.call("GET", verdict, reader).json["evidence"] == [shared]


def test_it_is_in_no_export_not_even_the_desks_own(case):
    newsroom, claim, shared, hidden = case
    newsroom.verdict_in("published", claim)
    for export in ("ndjson", "csv", "claimreview", "datafeed"):
        answer = newsroom.call("GET", f"/v1/exports/{export}", "ann", status=200).text
        assert SECRET not in answer
        assert hidden not in answer
    assert shared in newsroom.call("GET", "/v1/exports/ndjson", "ann").text


def test_it_can_be_kept_back_later_and_shared_later(case):
    newsroom, claim, shared, hidden = case
    change = {"confidential": True}
    newsroom.call("PATCH", f"/v1/evidence/{shared}", "con", etag="*", json=change, status=200)
    assert newsroom.call("GET", f"{claim}/evidence", "cas").json["items"] == []
    assert "ministry" not in newsroom.call("GET", f"{claim}/history", "cas").text
    change = {"confidential": False}
    newsroom.call("PATCH", f"/v1/evidence/{hidden}", "con", etag="*", json=change, status=200)
    assert newsroom.call("GET", f"/v1/evidence/{hidden}", "cas").json["note"] == SECRET


def test_a_partner_cannot_touch_what_they_cannot_see(case):
    newsroom, _, _, hidden = case
    path = f"/v1/evidence/{hidden}"
    newsroom.call("PATCH", path, "cas", etag="*", json={"confidential": False}, status=404)
    sent = {"action": "withdraw", "reason": "It hurts."}
    newsroom.call("POST", f"{path}/actions", "cas", etag="*", json=sent, status=404)
