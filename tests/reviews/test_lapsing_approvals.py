"""A review is bound to what it was given for: when that changes, approvals no longer count."""

from typing import Any

import pytest

from tests.newsroom import QUOTE


@pytest.fixture
def case(newsroom):
    """Newsroom; paths of an approved verdict, its claim, what it cites, and what it does not."""
    claim = newsroom.claim(accepted=True)
    source = newsroom.source()
    cited, uncited = (
        f"/v1/evidence/{newsroom.evidence(claim, source, note='As announced.')['id']}"
        for _ in range(2)
    )
    only = [cited.rpartition("/")[2]]
    verdict = newsroom.verdict_in("approved", claim, evidence=only)
    return newsroom, verdict, claim, cited, uncited


def patch(newsroom, path, status=200, **members):
    etag = newsroom.call("GET", path, "rev").headers["ETag"]
    return newsroom.call("PATCH", path, "rev", etag=etag, json=members, status=status)


CHANGES = [
    ("claim", {"text": "The troops have left."}),
    ("claim", {"claimant": {"name": "Government of Russia", "kind": "organization"}}),
    ("claim", {"claimed_on": "2024-04-17"}),
    ("cited", {"note": "As denied."}),
    ("cited", {"stance": "refutes"}),
    ("cited", {"quote": {"exact": QUOTE}}),
    ("cited", "withdraw"),
]


@pytest.mark.parametrize(("what", "change"), CHANGES)
def test_a_change_of_what_was_judged_makes_approvals_lapse(case, what, change):
    newsroom, verdict, claim, cited, _ = case
    approved = newsroom.call("GET", verdict, "rev").json
    path = {"claim": claim, "cited": cited}[what]
    if change == "withdraw":
        newsroom.act(path, "rev", "withdraw", reason="It was a parody.")
    else:
        patch(newsroom, path, **change)

    fallen = newsroom.call("GET", verdict, "rev2").json
    assert fallen["state"] == "proposed"
    assert fallen["digest"] != approved["digest"]
    assert fallen["version"] > approved["version"]
    assert [review["counts"] for review in fallen["reviews"]] == [False]
    newsroom.act(verdict, "ed", "publish", status=409)

    again = newsroom.act(verdict, "rev2", "approve").json
    assert again["state"] == "approved"
    assert [review["counts"] for review in again["reviews"]] == [False, True]


def test_what_was_not_judged_changes_nothing(case):
    newsroom, verdict, claim, cited, uncited = case
    before = newsroom.call("GET", verdict, "rev").headers["ETag"]
    patch(newsroom, claim, priority="urgent", topics=["caucasus"], due_at="2027-01-01T00:00:00Z")
    patch(newsroom, uncited, note="Not to the point.")
    newsroom.act(uncited, "rev", "withdraw", reason="Not to the point.")
    source = newsroom.call("GET", cited, "rev").json["source"]
    newsroom.evidence(claim, source, stance="refutes")
    newsroom.call("POST", f"{claim}/appearances", "con", json={"source": source["id"]}, status=201)
    newsroom.act(claim, "rev2", "assign", assignee=newsroom.ids["rev2"])
    assert newsroom.call("GET", verdict, "rev").headers["ETag"] == before
    newsroom.act(verdict, "ed", "publish")


def test_the_same_content_again_is_the_same_digest_and_its_approval_counts(case):
    newsroom, verdict, _, cited, _ = case
    approved = newsroom.call("GET", verdict, "rev").json
    patch(newsroom, cited, note="As denied.")
    patch(newsroom, cited, note="As announced.")
    restored = newsroom.call("GET", verdict, "rev2").json
    assert restored["digest"] == approved["digest"]
    assert [review["counts"] for review in restored["reviews"]] == [True]
    assert "approve" not in restored["actions"]
    assert newsroom.act(verdict, "ed", "approve").json["state"] == "approved"


def test_nobody_approves_the_same_content_twice(newsroom):
    newsroom.set_policy(approvals_required=2)
    verdict = newsroom.verdict_in("proposed")
    newsroom.act(verdict, "rev2", "approve")
    refused = newsroom.act(verdict, "rev2", "approve", status=409).json
    assert refused["type"].endswith("/problems/already-reviewed")
    assert (refused["current"], refused["allowed"]) == ("proposed", ["request_changes"])


def test_what_is_proposed_again_needs_new_approvals(newsroom):
    newsroom.set_policy(approvals_required=2)
    verdict = newsroom.verdict_in("proposed")
    newsroom.act(verdict, "rev2", "approve")
    newsroom.act(verdict, "ed", "request_changes", comment="Who says so?")
    proposed = newsroom.act(verdict, "rev", "propose").json
    assert [review["counts"] for review in proposed["reviews"]] == [False, False]
    newsroom.act(verdict, "ed", "approve")
    assert newsroom.call("GET", verdict, "ed").json["state"] == "proposed"
    assert newsroom.act(verdict, "rev2", "approve").json["state"] == "approved"


def test_a_draft_is_its_authors_and_what_they_write_is_in_the_digest(newsroom):
    verdict = newsroom.verdict_in("draft")
    draft = newsroom.call("GET", verdict, "rev").json
    digests = [draft["digest"]]
    changes: list[dict[str, Any]] = [
        {"rating": "false"},
        {"title": "Another title"},
        {"summary": "Another summary"},
        {"explanation": "Another **explanation**"},
        {"language": "az"},
        {"evidence": []},
    ]
    for change in changes:
        changed = patch(newsroom, verdict, **change).json
        assert {name: changed[name] for name in change} == change
        digests.append(changed["digest"])
    assert len(set(digests)) == 1 + len(changes)
    restored = patch(newsroom, verdict, evidence=draft["evidence"]).json
    assert restored["digest"] == digests[-2]


def test_only_evidence_of_the_claim_that_stands_is_cited(newsroom):
    claim, source = newsroom.claim(accepted=True), newsroom.source()
    other = newsroom.claim(text="The troops stay.")
    withdrawn = newsroom.evidence(claim, source)["id"]
    newsroom.act(f"/v1/evidence/{withdrawn}", "con", "withdraw", reason="A parody.")
    foreign = newsroom.evidence(other, source)["id"]
    for piece in (withdrawn, foreign, source["id"]):
        sent = {"rating": "false", "evidence": [piece]}
        answer = newsroom.call("POST", f"{claim}/verdicts", "rev", json=sent, status=422)
        assert [fault["pointer"] for fault in answer.json["errors"]] == ["/evidence/0"]
    standing = newsroom.evidence(claim, source)["id"]
    path = newsroom.verdict(claim)
    assert newsroom.call("GET", path, "rev").json["evidence"] == [standing]
    refused = patch(newsroom, path, status=422, evidence=[standing, withdrawn]).json
    assert [fault["pointer"] for fault in refused["errors"]] == ["/evidence/1"]
