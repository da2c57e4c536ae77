"""Members: who brings them in, what they become, and that somebody always holds the keys."""

from __future__ import annotations

import pytest

from tests.problems import check_problem

MEMBERS = "/v1/desks/border-desk/members"
ROLES = ("contributor", "reviewer", "editor", "admin")


def of(newsroom, who):
    return f"{MEMBERS}/{newsroom.ids[who]}"


def test_an_admin_brings_in_an_account(newsroom):
    sent = {"email": " OUT@far-desk.example ", "role": "reviewer"}
    answer = newsroom.call("POST", MEMBERS, "ann", json=sent, status=201)
    assert answer.headers["Location"] == of(newsroom, "out")
    assert answer.json["account"] == {
        "id": newsroom.ids["out"], "name": "out", "email": "out@far-desk.example",
    }  # fmt: skip
    assert newsroom.call("GET", of(newsroom, "out"), "con").data == answer.data
    newsroom.act(newsroom.claim(), "out", "accept")
    again = check_problem(newsroom.call("POST", MEMBERS, "ann", json=sent), 409)
    assert again["existing"] == of(newsroom, "out")


def test_only_an_operator_makes_accounts(newsroom):
    sent = {"email": "new@border-desk.example", "role": "editor", "name": "New"}
    check_problem(newsroom.call("POST", MEMBERS, "ann", json=sent), 422, "/email")
    made = newsroom.call("POST", MEMBERS, "op", json=sent, status=201).json
    assert made["account"]["name"] == "New"
    elsewhere = "/v1/desks/far-desk/members"
    sent = {"email": "new@border-desk.example", "role": "contributor"}
    there = newsroom.call("POST", elsewhere, "out", json=sent, status=201).json
    assert there["account"]["id"] == made["account"]["id"]


@pytest.mark.parametrize(
    "email",
    ["", "a", "a@", "@a.example", "a b@a.example", "a@a", '"\x01"@a.example', "a@ex\u202eample.com",
     "a\n@a.example", "a" * 250 + "@a.example", "a@a..example", "a@-a.example"],
)  # fmt: skip
def test_what_is_no_address(stage, email):
    sent = {"email": email, "role": "editor", "name": "New"}
    check_problem(stage.room.call("POST", MEMBERS, "op", json=sent), 422, "/email")


@pytest.mark.parametrize("who", ["con", "rev", "ed", "cas_ann"])
def test_who_is_no_admin_manages_nobody(stage, who):
    sent = {"email": "out@far-desk.example", "role": "contributor"}
    check_problem(stage.room.call("POST", MEMBERS, who, json=sent), 403)
    for other in ("con", "rev", "ann", who):
        if other.startswith("cas"):
            continue
        member = of(stage.room, other)
        check_problem(stage.room.call("PATCH", member, who, etag="*", json={"role": "admin"}), 403)
        check_problem(stage.room.call("DELETE", member, who, etag="*"), 403)


@pytest.mark.parametrize("role", ROLES)
def test_each_role_may_what_the_one_below_may_and_more(newsroom, role):
    """An account with the role tries one thing of each: submit, accept, assign, rename the desk."""
    sent = {"email": "out@far-desk.example", "role": role}
    newsroom.call("POST", MEMBERS, "ann", json=sent, status=201)
    claim = newsroom.call(
        "POST", "/v1/claims", "out", json={"text": "A claim.", "desk": "border-desk"}, status=201
    ).headers["Location"]
    assigned = {"action": "assign", "assignee": newsroom.ids["rev"]}
    tries = [
        newsroom.call("POST", f"{claim}/actions", "out", etag="*", json={"action": "accept"}),
        newsroom.call("POST", f"{claim}/actions", "out", etag="*", json=assigned),
        newsroom.call("PATCH", "/v1/desks/border-desk", "out", etag="*", json={"name": "Renamed"}),
    ]
    worked = ROLES.index(role)
    assert [answer.status_code for answer in tries] == [200] * worked + [403] * (3 - worked)


def test_an_admin_changes_a_role(newsroom):
    answer = newsroom.call(
        "PATCH", of(newsroom, "con"), "ann", etag="*", json={"role": "reviewer"}, status=200
    )
    assert answer.json["role"] == "reviewer"
    newsroom.act(newsroom.claim(), "con", "accept")


@pytest.mark.parametrize(
    ("method", "body"),
    [("DELETE", None), ("PATCH", {"role": "editor"})],
    ids=["leaves", "steps down"],
)
@pytest.mark.parametrize("who", ["ann", "op"])
def test_the_last_admin_stays(newsroom, method, body, who):
    last = of(newsroom, "ann")
    check_problem(newsroom.call(method, last, who, etag="*", json=body), 409)
    newsroom.call("PATCH", last, who, etag="*", json={"role": "admin"}, status=200)
    newsroom.call("PATCH", of(newsroom, "ed"), who, etag="*", json={"role": "admin"}, status=200)
    assert newsroom.call(method, last, who, etag="*", json=body).status_code in (200, 204)


def test_who_has_left_is_gone_and_what_they_did_stays(newsroom):
    claim = newsroom.claim()
    newsroom.call("DELETE", of(newsroom, "con"), "ann", etag="*", status=204)
    check_problem(newsroom.call("GET", of(newsroom, "con"), "ann"), 404)
    check_problem(newsroom.call("DELETE", of(newsroom, "con"), "ann", etag="*"), 404)
    check_problem(newsroom.call("GET", claim, "con"), 404)
    assert newsroom.call("GET", claim, "ann").json["created_by"]["name"] == "con"
    listed = newsroom.call("GET", MEMBERS, "ann", status=200).json["items"]
    assert "con" not in {item["account"]["name"] for item in listed}
    sent = {"email": "con@border-desk.example", "role": "contributor"}
    newsroom.call("POST", MEMBERS, "ann", json=sent, status=201)
    newsroom.call("GET", claim, "con", status=200)


@pytest.mark.parametrize("who", ["out", "cas"])
def test_e_mail_addresses_stay_in_the_desk(stage, who):
    for path in (MEMBERS, of(stage.room, "con"), "/v1/desks/border-desk", "/v1/claims", "/v1/queue",
                 "/v1/exports/ndjson", "/v1/exports/csv", "/v1/exports/claimreview"):  # fmt: skip
        assert "@border-desk.example" not in stage.room.call("GET", path, who).text, path


def test_the_desks_of_others_are_absent(newsroom):
    for method, path, body in (
        ("GET", "/v1/desks/far-desk", None), ("GET", "/v1/desks/far-desk/rating-scale", None),
        ("GET", "/v1/desks/far-desk/members", None),
        ("GET", f"/v1/desks/far-desk/members/{newsroom.ids['out']}", None),
        ("PATCH", "/v1/desks/far-desk", {"name": "Ours"}),
        ("POST", "/v1/desks/far-desk/members", {"email": "a@b.example", "role": "admin"}),
        ("PATCH", f"/v1/desks/far-desk/members/{newsroom.ids['out']}", {"role": "editor"}),
        ("DELETE", f"/v1/desks/far-desk/members/{newsroom.ids['out']}", None),
    ):  # fmt: skip
        answer = newsroom.call(method, path, "ann", etag="*", json=body)
        problem = check_problem(answer, 404)
        absent = newsroom.call(
            method, path.replace("far-desk", "no-desk"), "ann", etag="*", json=body
        )
        assert {**absent.json, "instance": ""} == {
            **problem, "detail": problem["detail"].replace("far-desk", "no-desk"), "instance": "",
        }  # fmt: skip
