"""Desks: who makes and changes them, their policy, partners and rating scales."""

from __future__ import annotations

import pytest

from tests.problems import check_problem
from verifier.accounts.scales import DEFAULT_SCALE

DESK = "/v1/desks/border-desk"
SCALE = f"{DESK}/rating-scale"
DEFAULT_POLICY = {
    "approvals_required": 1, "approving_desks": 1, "partners": [], "evidence_required": 1,
    "independent_sources": 1, "archive_required": False, "blind_second_rating": False, "recheck_after": None, "respect_robots": True,
}  # fmt: skip


def ratings(*slugs):
    return [rating for rating in DEFAULT_SCALE if rating["slug"] in slugs]


def test_an_operator_creates_a_desk(newsroom):
    sent = {
        "slug": "north-desk",
        "name": "North Desk",
        "url": "https://north.example",
        "language": "AZ",
    }
    answer = newsroom.call("POST", "/v1/desks", "op", json=sent, status=201)
    assert answer.headers["Location"] == "/v1/desks/north-desk"
    assert answer.json["language"] == "az"
    assert answer.json["policy"] == DEFAULT_POLICY
    assert answer.json["rating_scale"] == {"version": 1, "ratings": DEFAULT_SCALE}
    again = check_problem(newsroom.call("POST", "/v1/desks", "op", json=sent), 409)
    assert again["existing"] == "/v1/desks/north-desk"
    assert newsroom.call("GET", "/v1/desks/north-desk", "op", status=200).data == answer.data


@pytest.mark.parametrize("who", ["con", "rev", "ed", "ann", "cas_ann", "out"])
def test_nobody_else_creates_a_desk(stage, who):
    sent = {"slug": "north-desk", "name": "North Desk"}
    check_problem(stage.room.call("POST", "/v1/desks", who, json=sent), 403)


@pytest.mark.parametrize(
    "slug", ["", "-a", "a-", "A", "a b", "a" * 65, "ä", "a/b", "a.b", "a_b", "a\n"]
)
def test_what_a_slug_looks_like(stage, slug):
    sent = {"slug": slug, "name": "A Desk"}
    check_problem(stage.room.call("POST", "/v1/desks", "op", json=sent), 422, "/slug")


def test_a_change_of_policy_leaves_the_rest_as_it_was(newsroom):
    before = newsroom.call("GET", DESK, "ann").json
    sent = {"policy": {"evidence_required": 3, "blind_second_rating": True}}
    after = newsroom.call("PATCH", DESK, "ann", etag="*", json=sent, status=200).json
    assert after["policy"] == {**before["policy"], **sent["policy"]}
    assert {k: after[k] for k in ("name", "url", "language")} == {
        k: before[k] for k in ("name", "url", "language")
    }
    cleared = newsroom.call("PATCH", DESK, "ann", etag="*", json={"url": None}, status=200).json
    assert cleared["url"] is None


@pytest.mark.parametrize(
    ("policy", "pointer"),
    [({"approvals_required": 0}, "/policy/approvals_required"),
     ({"approvals_required": 11}, "/policy/approvals_required"),
     ({"approving_desks": 0}, "/policy/approving_desks"),
     ({"evidence_required": -1}, "/policy/evidence_required"),
     ({"independent_sources": 0}, "/policy/independent_sources"),
     ({"partners": ["nobodys"]}, "/policy/partners/0"),
     ({"partners": ["caspian-check", "border-desk"]}, "/policy/partners/1"),
     ({"partners": ["x"] * 51}, "/policy/partners")],
)  # fmt: skip
def test_a_policy_that_cannot_be(stage, policy, pointer):
    check_problem(
        stage.room.call("PATCH", DESK, "ann", etag="*", json={"policy": policy}), 422, pointer
    )


def test_a_desk_that_is_created_with_a_partner(newsroom):
    sent = {"slug": "north-desk", "name": "North", "policy": {"partners": ["far-desk", "far-desk"]}}
    desk = newsroom.call("POST", "/v1/desks", "op", json=sent, status=201).json
    assert desk["policy"]["partners"] == ["far-desk"]
    newsroom.call("GET", "/v1/desks/north-desk", "out", status=200)
    sent = {"slug": "south-desk", "name": "South", "policy": {"partners": ["south-desk"]}}
    check_problem(newsroom.call("POST", "/v1/desks", "op", json=sent), 422, "/policy/partners/0")
    check_problem(newsroom.call("GET", "/v1/desks/south-desk", "op"), 404)


def test_partners_read_and_no_more_and_only_while_they_are(newsroom):
    claim = newsroom.claim()
    newsroom.call("GET", claim, "cas", status=200)
    newsroom.call("GET", DESK, "cas", status=200)
    check_problem(newsroom.call("PATCH", DESK, "cas_ann", etag="*", json={"name": "Ours"}), 403)
    check_problem(newsroom.call("GET", f"{DESK}/members", "cas_ann"), 403)
    newsroom.act(claim, "cas", "accept", status=403)
    assert [d["slug"] for d in newsroom.call("GET", "/v1/desks", "cas").json["items"]] == [
        "border-desk", "caspian-check",
    ]  # fmt: skip
    check_problem(newsroom.call("GET", "/v1/desks/caspian-check", "ann"), 404)
    newsroom.set_policy(partners=[])
    for path in (claim, DESK):
        check_problem(newsroom.call("GET", path, "cas"), 404)
    assert newsroom.call("GET", "/v1/claims", "cas").json["items"] == []


def test_a_list_holds_the_desks_one_may_know_of(newsroom):
    for who, slugs in {
        "con": ["border-desk"], "cas_con": ["border-desk", "caspian-check"], "out": ["far-desk"],
        "op": ["border-desk", "caspian-check", "far-desk"],
    }.items():  # fmt: skip
        listed = newsroom.call("GET", "/v1/desks", who, status=200).json["items"]
        assert [desk["slug"] for desk in listed] == slugs, who


def test_an_operator_runs_the_server_and_not_the_desk(newsroom):
    claim = newsroom.claim()
    check_problem(newsroom.call("GET", claim, "op"), 404)
    assert newsroom.call("GET", "/v1/claims", "op").json["items"] == []
    sent = {"text": "A claim.", "desk": "border-desk"}
    check_problem(newsroom.call("POST", "/v1/claims", "op", json=sent), 403)
    newsroom.call("PATCH", DESK, "op", etag="*", json={"name": "Renamed"}, status=200)
    newsroom.call("GET", f"{DESK}/members", "op", status=200)


def test_a_new_scale_is_a_new_version(newsroom):
    before = newsroom.call("GET", SCALE, "con", status=200)
    assert before.json == {"version": 1, "ratings": DEFAULT_SCALE}
    scale = [{"slug": "yes", "label": {"en": "Yes", "az": "Bəli"}, "value": 2, "normalised": "true"},
             {"slug": "no", "label": {"en": "No"}, "value": 1, "normalised": "false"}]  # fmt: skip
    etag = before.headers["ETag"]
    after = newsroom.call("PUT", SCALE, "ann", etag=etag, json={"ratings": scale}, status=200)
    assert after.json["version"] == 2
    assert [rating["description"] for rating in after.json["ratings"]] == ["", ""]
    assert newsroom.call("GET", DESK, "con").json["rating_scale"] == after.json
    check_problem(newsroom.call("PUT", SCALE, "ann", etag=etag, json={"ratings": scale}), 412)


@pytest.mark.parametrize(
    ("sent", "pointer"),
    [({"ratings": []}, "/ratings"),
     ({"ratings": [*ratings("true", "false"), *ratings("true")]}, "/ratings/2/slug"),
     ({"ratings": [{**ratings("true")[0], "label": {}}, *ratings("false")]}, "/ratings/0/label"),
     ({"ratings": [{**ratings("true")[0], "label": {"english!": "True"}}]}, "/ratings/0/label/english!"),
     ({"ratings": [{**ratings("true")[0], "label": {"en": ""}}]}, "/ratings/0/label/en"),
     ({"ratings": [{**ratings("true")[0], "label": {"en": "a\u202eb"}}]}, "/ratings/0/label/en"),
     ({"ratings": [{**ratings("true")[0], "value": 0}]}, "/ratings/0/value"),
     ({"ratings": ratings("true")}, "/ratings"),
     ({"ratings": ratings("true", "false"), "replacements": {"half-true": "satire"}},
      "/replacements/half-true"),
     ({"ratings": ratings("true") * 51}, "/ratings")],
)  # fmt: skip
def test_a_scale_that_cannot_be(stage, sent, pointer):
    check_problem(stage.room.call("PUT", SCALE, "ann", etag="*", json=sent), 422, pointer)
    assert stage.room.call("GET", SCALE, "con").json["version"] == 1


def test_a_rating_in_use_is_not_dropped_without_a_successor(newsroom):
    _, verdict = newsroom.published()
    sent = {"ratings": ratings("true", "half-true", "false")}
    refused = check_problem(newsroom.call("PUT", SCALE, "ann", etag="*", json=sent), 409)
    assert "mostly-true" in refused["detail"]
    sent["replacements"] = {"mostly-true": "half-true"}
    newsroom.call("PUT", SCALE, "ann", etag="*", json=sent, status=200)
    assert newsroom.call("GET", verdict).json["rating"] == "mostly-true", "published is published"
