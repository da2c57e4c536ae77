"""A declared competing interest: one reviews no more, and one's approvals no longer count."""

import pytest


def recuse(newsroom, verdict, who, status=201):
    claim = newsroom.call("GET", verdict, "rev").json["claim"]
    sent = {"reason": "I advised the ministry."}
    return newsroom.call("POST", f"/v1/claims/{claim}/recusals", who, json=sent, status=status)


@pytest.mark.parametrize("who", ["rev2", "cas"])
def test_who_is_recused_does_not_review(newsroom, who):
    verdict = newsroom.verdict_in("proposed")
    declared = recuse(newsroom, verdict, who)
    assert declared.json["account"] == {"id": newsroom.ids[who], "name": who}
    for action, arguments in [("approve", {}), ("request_changes", {"comment": "No."})]:
        refused = newsroom.act(verdict, who, action, status=403, **arguments).json
        assert refused["type"].endswith("/problems/reviewer-is-recused")
        assert refused["allowed"] == []
    assert newsroom.call("GET", verdict, who).json["actions"] == []
    assert newsroom.call("GET", "/v1/queue?task=review", who).json["items"] == []
    assert newsroom.act(verdict, "ed", "approve").json["state"] == "approved"
    newsroom.act(verdict, who, "request_changes", comment="No.", status=403)


def test_an_approval_by_who_is_then_recused_no_longer_counts(newsroom):
    verdict = newsroom.verdict_in("approved")
    recuse(newsroom, verdict, "rev2")
    fallen = newsroom.call("GET", verdict, "ed").json
    assert fallen["state"] == "proposed"
    assert [(r["reviewer"]["name"], r["counts"]) for r in fallen["reviews"]] == [("rev2", False)]
    newsroom.act(verdict, "ed", "publish", status=409)
    assert newsroom.act(verdict, "ed", "approve").json["state"] == "approved"
    assert newsroom.act(verdict, "ed", "publish").json["state"] == "published"


def test_a_quorum_that_holds_without_them_stands(newsroom):
    newsroom.set_policy(approvals_required=2)
    verdict = newsroom.verdict_in("approved")
    assert newsroom.act(verdict, "cas", "approve").json["state"] == "approved"
    newsroom.set_policy(approvals_required=1)
    recuse(newsroom, verdict, "cas")
    assert newsroom.call("GET", verdict, "ed").json["state"] == "approved"


def test_what_was_published_stays_published(newsroom):
    verdict = newsroom.verdict_in("published")
    recuse(newsroom, verdict, "rev2")
    assert newsroom.call("GET", verdict).json["state"] == "published"


def test_it_is_declared_once(newsroom):
    verdict = newsroom.verdict_in("draft")
    location = recuse(newsroom, verdict, "con").headers["Location"]
    assert recuse(newsroom, verdict, "con", status=409).json["existing"] == location
    recuse(newsroom, verdict, "rev2")


def test_it_is_for_those_who_may_see_the_claim(newsroom):
    verdict = newsroom.verdict_in("draft")
    for who, status in [(None, 401), ("out", 404), ("cas_con", 201)]:
        recuse(newsroom, verdict, who, status=status)
    published = newsroom.verdict_in("published")
    recuse(newsroom, published, "out", status=403)


def test_the_public_does_not_learn_of_it(newsroom):
    verdict = newsroom.verdict_in("published")
    recuse(newsroom, verdict, "rev2")
    claim = f"/v1/claims/{newsroom.call('GET', verdict).json['claim']}"
    for place in (claim, f"{claim}/verdicts", f"{claim}/history"):
        assert "ministry" not in newsroom.call("GET", place, status=200).text
    assert "I advised the ministry." in newsroom.call("GET", f"{claim}/history", "con").text
