"""A desk that rates blind: nobody reads the proposed rating before giving their own."""

import pytest

SECRETS = ("mostly-true", "Mostly true", "Planted title", "Planted summary", "Planted reasons")
READERS = ("con", "rev2", "ed", "ann", "cas", "cas_con")


@pytest.fixture
def blind(newsroom):
    newsroom.set_policy(blind_second_rating=True, approvals_required=2)
    return newsroom


@pytest.fixture
def verdict(blind):
    texts = {"title": SECRETS[2], "summary": SECRETS[3], "explanation": SECRETS[4]}
    return blind.verdict_in("proposed", **texts)


def seen(newsroom, verdict, who):
    """The secrets that somebody finds wherever the API tells of the verdict."""
    claim = f"/v1/claims/{newsroom.call('GET', verdict, 'rev').json['claim']}"
    places = (
        verdict, f"{claim}/verdicts", f"{claim}/history", claim, "/v1/claims", "/v1/queue",
        f"{claim}/evidence", "/v1/exports/ndjson", "/v1/exports/csv",
    )  # fmt: skip
    bodies = [newsroom.call("GET", place, who, status=200).text for place in places]
    return {secret for secret in SECRETS for body in bodies if secret in body}


def pointers_of(answer):
    return [fault["pointer"] for fault in answer.json["errors"]]


def test_nobody_but_the_author_reads_it(blind, verdict):
    assert {who: seen(blind, verdict, who) for who in READERS} == {who: set() for who in READERS}
    assert seen(blind, verdict, "rev") == set(SECRETS)
    shown = blind.call("GET", verdict, "rev2").json
    assert shown["hidden"] is True
    assert shown["evidence"] != []
    hidden = ("rating", "label", "value", "normalised", "title", "digest", "correction")
    assert [shown[name] for name in hidden] == [None] * len(hidden)
    assert blind.call("GET", verdict, "rev").json["hidden"] is False


def test_who_agrees_reads_it_and_those_after_them_still_do_not(blind, verdict):
    agreed = blind.act(verdict, "rev2", "approve", rating="mostly-true", comment="Sure.").json
    assert (agreed["state"], agreed["rating"], agreed["hidden"]) == (
        "proposed",
        "mostly-true",
        False,
    )
    assert seen(blind, verdict, "rev2") == set(SECRETS)
    assert seen(blind, verdict, "ed") == set()
    given = blind.call("GET", verdict, "ed").json["reviews"][0]
    assert (given["decision"], given["rating"], given["comment"]) == ("approved", None, None)

    assert blind.act(verdict, "ed", "approve", rating="mostly-true").json["state"] == "approved"
    assert seen(blind, verdict, "ann") == set(SECRETS)


def test_another_rating_returns_the_verdict_to_its_author(blind, verdict):
    returned = blind.act(verdict, "rev2", "approve", rating="half-true", comment="Why?").json
    assert (returned["state"], returned["rating"]) == ("draft", "mostly-true")
    told = blind.call("GET", verdict, "rev").json["reviews"]
    assert [(r["decision"], r["rating"], r["comment"], r["counts"]) for r in told] == [
        ("rated_differently", "half-true", "Why?", False)
    ]
    assert seen(blind, verdict, "ed") == set()


def test_whoever_asks_for_changes_has_not_rated(blind, verdict):
    blind.act(verdict, "rev2", "request_changes", comment="Cite the ministry.")
    assert seen(blind, verdict, "rev2") == set()


def test_a_changed_verdict_is_rated_blind_again(blind, verdict):
    blind.act(verdict, "rev2", "approve", rating="mostly-true")
    claim = f"/v1/claims/{blind.call('GET', verdict, 'rev').json['claim']}"
    etag = blind.call("GET", claim, "rev").headers["ETag"]
    blind.call("PATCH", claim, "rev", etag=etag, json={"text": "The troops left."}, status=200)
    assert seen(blind, verdict, "rev2") == set()


def test_a_proposed_correction_does_not_give_the_rating_away(blind):
    blind.set_policy(blind_second_rating=False, approvals_required=1)
    claim, _ = blind.published()
    blind.set_policy(blind_second_rating=True)
    correction = {"kind": "correction", "note": "Planted reasons."}
    verdict = blind.verdict_in("proposed", claim, rating="false", correction=correction)
    assert "Planted" not in blind.call("GET", verdict, "rev2").text
    assert "Planted" not in blind.call("GET", f"{claim}/history", "rev2").text
    approved = blind.act(verdict, "rev2", "approve", rating="false").json
    assert approved["correction"]["note"] == "Planted reasons."


def test_an_approval_needs_a_rating_of_the_desk_where_it_rates_blind_and_only_there(blind, verdict):
    for arguments in ({}, {"rating": "fantastic"}):
        refused = blind.act(verdict, "rev2", "approve", status=422, **arguments)
        assert pointers_of(refused) == ["/rating"]
    blind.set_policy(blind_second_rating=False)
    refused = blind.act(verdict, "rev2", "approve", status=422, rating="mostly-true")
    assert pointers_of(refused) == ["/rating"]
    assert blind.call("GET", verdict, "rev").json["reviews"] == []
