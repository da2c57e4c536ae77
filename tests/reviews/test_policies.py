"""What a desk asks of its verdicts: approvals, desks that approve, and evidence."""

import pytest


def article(newsroom, url):
    return newsroom.source(url=url, text=f"As published at {url}.")


def missing(newsroom, verdict):
    """Why the verdict cannot be proposed."""
    refused = newsroom.act(verdict, "rev", "propose", status=409).json
    assert refused["type"].endswith("/problems/evidence-policy-unmet")
    assert (refused["current"], refused["allowed"]) == ("draft", ["withdraw"])
    return refused["detail"]


def test_two_approvals_are_two_colleagues(newsroom):
    newsroom.set_policy(approvals_required=2)
    verdict = newsroom.verdict_in("proposed")
    assert newsroom.act(verdict, "rev2", "approve").json["state"] == "proposed"
    newsroom.act(verdict, "rev2", "approve", status=409)
    newsroom.act(verdict, "ed", "publish", status=409)
    approved = newsroom.act(verdict, "ed", "approve").json
    assert approved["state"] == "approved"
    assert [(r["reviewer"]["name"], r["counts"]) for r in approved["reviews"]] == [
        ("rev2", True),
        ("ed", True),
    ]


def test_a_joint_check_needs_an_approval_by_another_desk(newsroom):
    newsroom.set_policy(approving_desks=2)
    verdict = newsroom.verdict_in("proposed")
    for colleague in ("rev2", "ed"):
        assert newsroom.act(verdict, colleague, "approve").json["state"] == "proposed"
    approved = newsroom.act(verdict, "cas", "approve", comment="We agree.").json
    assert approved["state"] == "approved"
    assert [review["desk"] for review in approved["reviews"]] == [
        "border-desk",
        "border-desk",
        "caspian-check",
    ]


def test_a_desk_that_is_no_partner_any_more_neither_reads_nor_reviews(newsroom):
    verdict = newsroom.verdict_in("proposed")
    etag = newsroom.call("GET", verdict, "cas", status=200).headers["ETag"]
    newsroom.set_policy(partners=[])
    newsroom.call("GET", verdict, "cas", status=404)
    sent = {"action": "approve"}
    newsroom.call("POST", f"{verdict}/actions", "cas", etag=etag, json=sent, status=404)


def test_a_stricter_policy_holds_for_what_was_approved_before(newsroom):
    verdict = newsroom.verdict_in("approved")
    newsroom.set_policy(approvals_required=2)
    refused = newsroom.act(verdict, "ed", "publish", status=409).json
    assert refused["type"].endswith("/problems/quorum-not-reached")
    newsroom.set_policy(approvals_required=1, evidence_required=2)
    refused = newsroom.act(verdict, "ed", "publish", status=409).json
    assert refused["type"].endswith("/problems/evidence-policy-unmet")
    assert refused["allowed"] == ["request_changes"]


def test_evidence_that_is_required_must_be_cited_and_stand(newsroom):
    newsroom.set_policy(evidence_required=2)
    claim = newsroom.claim(accepted=True)
    source = newsroom.source()
    first = newsroom.evidence(claim, source)["id"]
    verdict = newsroom.verdict(claim)
    assert missing(newsroom, verdict) == "The desk asks for 2 pieces of evidence; 1 are cited."

    second = newsroom.evidence(claim, source, stance="refutes")["id"]
    assert "1 are cited" in missing(newsroom, verdict)
    etag = newsroom.call("GET", verdict, "rev").headers["ETag"]
    cites_both = {"evidence": [first, second]}
    newsroom.call("PATCH", verdict, "rev", etag=etag, json=cites_both, status=200)
    newsroom.act(f"/v1/evidence/{second}", "con", "withdraw", reason="It was a parody.")
    assert "1 are cited" in missing(newsroom, verdict)

    newsroom.evidence(claim, source, stance="context")
    whole = newsroom.verdict(claim, rating="false")
    assert newsroom.act(whole, "rev", "propose").json["state"] == "proposed"


def test_that_nothing_can_be_known_needs_no_evidence(newsroom):
    newsroom.set_policy(evidence_required=3, independent_sources=2, archive_required=True)
    verdict = newsroom.verdict(newsroom.claim(accepted=True), rating="unverifiable")
    for who, action, state in [
        ("rev", "propose", "proposed"),
        ("rev2", "approve", "approved"),
        ("ed", "publish", "published"),
    ]:
        assert newsroom.act(verdict, who, action).json["state"] == state
    other = newsroom.claim(text="It was a joke.", accepted=True)
    assert "3 pieces" in missing(newsroom, newsroom.verdict(other, rating="satire"))


@pytest.mark.parametrize(
    ("addresses", "sites"),
    [
        # The registrable domain tells whether two sources are independent.
        (("https://news.example.com/1", "https://blog.example.com/2"), 1),
        (("https://example.com/1", "https://www.example.com/2", None, None), 1),
        ((None, None), 0),
        (("https://one.example.com/", "https://two.example.org/"), 2),
        (("https://one.co.uk/", "https://two.co.uk/"), 2),
        (("https://one.github.io/", "https://two.github.io/"), 2),
    ],
)
def test_independent_sources_are_counted_by_registrable_domain(newsroom, addresses, sites):
    newsroom.set_policy(independent_sources=2)
    claim = newsroom.claim(accepted=True)
    for address in addresses:
        newsroom.evidence(claim, article(newsroom, address))
    verdict = newsroom.verdict(claim)
    if sites < 2:
        assert f"this is from {sites}" in missing(newsroom, verdict)
    else:
        newsroom.act(verdict, "rev", "propose")


def test_where_archived_copies_are_required_evidence_without_one_is_not_enough(newsroom):
    newsroom.set_policy(archive_required=True)
    claim = newsroom.claim(accepted=True)
    newsroom.evidence(claim, newsroom.source())
    sentence = missing(newsroom, newsroom.verdict(claim))
    assert "archived copy" in sentence
    assert "1 pieces have none" in sentence
