"""Following a desk's events by position: all of them, in order, to whom they concern."""

import threading
import time

import pytest

from tests.problems import check_problem
from verifier.accounts.actor import SERVICE
from verifier.claims.models import Claim
from verifier.claims.trail import record_on_claim
from verifier.following import service
from verifier.kit import waiting
from verifier.kit.pagination import PageRequest


def follow(room, query="", who="con", status=200):
    return room.call("GET", f"/v1/events?{query}", who, status=status)


def everything(room, query="", who="con"):
    """All pages from the beginning, and the last cursor."""
    items, cursor = [], ""
    while True:
        page = follow(room, f"{query}{cursor}", who).json
        items += page["items"]
        cursor = f"&cursor={page['next']}"
        if not page["more"]:
            return items, cursor


def test_each_event_is_seen_once_and_in_order(newsroom):
    claim, _ = newsroom.published()
    items, cursor = everything(newsroom, "limit=3")
    assert [item["seq"] for item in items] == list(range(1, len(items) + 1))
    whole = follow(newsroom, "limit=200")
    assert whole.json["items"] == items
    assert whole.headers["Link"].endswith('rel="next"')
    assert follow(newsroom, f"limit=3{cursor}").json["items"] == []
    newsroom.call("PATCH", claim, "rev", etag="*", json={"topics": ["army"]}, status=200)
    (new,) = follow(newsroom, f"limit=3{cursor}").json["items"]
    assert (new["type"], claim.endswith(new["claim"])) == ("claim.edited", True)
    history = newsroom.call("GET", f"{claim}/history?limit=200", "con").json["items"]
    of_claim, _ = everything(newsroom, f"claim={new['claim']}")
    assert [{**item, "claim": None} for item in of_claim] == [
        {**item, "claim": None} for item in history
    ]


def test_filters(newsroom):
    claim, verdict = newsroom.published()
    newsroom.claim(text="Another.")
    types = {item["type"] for item in everything(newsroom)[0]}
    assert {"desk.created", "member.added", "claim.submitted", "verdict.published"} <= types
    for query, wanted in (
        ("type=verdict.published", {"verdict.published"}),
        ("type=verdict.*", {name for name in types if name.startswith("verdict.")}),
        ("type=verdict", {name for name in types if name.startswith("verdict.")}),
        ("type=verdic", set()),
        (f"subject={verdict[-36:]}", {name for name in types if name.startswith("verdict.")}),
    ):
        assert {item["type"] for item in everything(newsroom, query)[0]} == wanted, query
    (review,) = everything(newsroom, f"claim={claim[-36:]}&type=review")[0]
    after, _ = everything(newsroom, f"since={review['at']}")
    assert after[0] == review
    assert everything(newsroom, "since=2990-01-01T00:00:00Z")[0] == []


def test_a_request_looks_through_so_many_and_says_that_there_is_more(newsroom, monkeypatch):
    newsroom.published()
    monkeypatch.setattr(service, "WINDOW", 4)
    first = follow(newsroom, "type=verdict.published").json
    assert (first["items"], first["more"]) == ([], True)
    (found,) = everything(newsroom, "type=verdict.published")[0]
    assert found["type"] == "verdict.published"


def test_an_event_that_is_committed_late_is_not_skipped(newsroom, database):
    """Whoever reads meanwhile gets neither it nor what comes after it."""
    claims = [newsroom.claim(text=f"Claim {n}.")[-36:] for n in range(2)]
    _, cursor = everything(newsroom)
    begun, go_on = threading.Event(), threading.Event()

    def write(claim, *, slowly):
        with database.transaction() as session:
            row = session.get_one(Claim, claim)
            record_on_claim(session, SERVICE, row, "claim.edited", row)
            if slowly:
                begun.set()
                go_on.wait(20)

    slow = threading.Thread(target=write, args=(claims[0],), kwargs={"slowly": True})
    quick = threading.Thread(target=write, args=(claims[1],), kwargs={"slowly": False})
    slow.start()
    begun.wait(20)
    quick.start()
    time.sleep(0.2)
    between = follow(newsroom, cursor).json
    assert between["items"] == []
    go_on.set()
    slow.join()
    quick.join()
    after = follow(newsroom, f"cursor={between['next']}").json["items"]
    assert [item["claim"] for item in after] == claims


def test_waiting_ends_as_soon_as_something_comes(newsroom):
    _, cursor = everything(newsroom, "wait=0")
    answers = []
    waits = threading.Thread(target=lambda: answers.append(follow(newsroom, f"wait=30{cursor}")))
    waits.start()
    time.sleep(0.1)
    newsroom.claim()
    waits.join()
    assert answers[0].json["items"][0]["type"] == "claim.submitted"
    quiet = follow(newsroom, f"wait=1&cursor={answers[0].json['next']}").json
    assert quiet["items"] == []


@pytest.mark.parametrize("ends", ["membership", "token"])
def test_who_loses_the_right_while_waiting_is_told_nothing_more(newsroom, ends, monkeypatch):
    slots = threading.BoundedSemaphore(1)
    monkeypatch.setattr(waiting, "_slots", slots)
    _, cursor = everything(newsroom)
    answers = []

    def wait():
        path = f"/v1/events?wait=30{cursor}"
        answers.append(newsroom.call("GET", path, "con"))

    waits = threading.Thread(target=wait)
    waits.start()
    while slots._value:
        time.sleep(0.01)
    if ends == "membership":
        path = f"/v1/desks/border-desk/members/{newsroom.ids['con']}"
        newsroom.call("DELETE", path, "ann", etag="*", status=204)
    else:
        token = newsroom.call("GET", "/v1/tokens", "con", status=200).json["items"][0]["id"]
        newsroom.call("DELETE", f"/v1/tokens/{token}", "con", etag="*", status=204)
        newsroom.claim("rev")
    waits.join()
    check_problem(answers[0], 404 if ends == "membership" else 401)


def test_who_comes_when_many_wait_is_answered_at_once(newsroom, monkeypatch):
    monkeypatch.setattr(waiting, "_slots", threading.BoundedSemaphore(1))
    with waiting._slots:
        _, cursor = everything(newsroom, "wait=30")
        assert follow(newsroom, f"wait=30{cursor}").json["items"] == []


def test_a_blind_rating_is_not_given_away(newsroom):
    newsroom.set_policy(blind_second_rating=True)
    newsroom.verdict_in("proposed")
    for who, masked in (("rev", False), ("rev2", True)):
        proposed = everything(newsroom, "type=verdict.drafted", who)[0][0]
        assert ("masked" in proposed["data"]) is masked, who


def test_only_members_follow_and_only_their_own_desk(newsroom):
    for who, query, status in (
        ("cas", "desk=border-desk", 422), ("out", "desk=border-desk", 422), (None, "", 401),
        ("con", "desk=far-desk", 422), ("op", "", 422), ("con", "cursor=x", 400), ("con", "wait=31", 422),
        ("con", "type=a b", 422), ("con", "limit=0", 422),
    ):  # fmt: skip
        check_problem(follow(newsroom, query, who, status=status), status)
    named = follow(newsroom, "desk=border-desk").json["items"]
    assert named == follow(newsroom).json["items"]


def test_a_cursor_without_a_position_is_none(newsroom):
    """Anybody can work one out: a cursor is no secret."""
    for path, name in (
        ("/v1/events", f"events/{newsroom.ids['border-desk']}"), ("/v1/corrections", "corrections"),
    ):  # fmt: skip
        forged = PageRequest.read({}, name=name).cursor_after(None, newsroom.ids["con"])
        check_problem(newsroom.call("GET", f"{path}?cursor={forged}", "con"), 400)


@pytest.mark.parametrize("other", ["type=claim", "since=2026-01-01T00:00:00Z"])
def test_a_cursor_is_for_the_same_filters(newsroom, other):
    _, cursor = everything(newsroom)
    check_problem(follow(newsroom, f"{other}{cursor}", status=400), 400)
