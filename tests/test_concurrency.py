"""Many at once, against the real server with several worker processes: nothing is lost."""

import json
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
import urllib3
from sqlalchemy import func, select

from tests.newsroom import open_newsroom
from tests.served import Served
from verifier.app import create_app
from verifier.claims.models import Claim
from verifier.events.audit import findings
from verifier.reviews.models import Review
from verifier.settings import Settings


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def site(request):
    """A served newsroom, one for all tests here: (newsroom, server, database)."""
    with request.getfixturevalue(f"{request.param}_copies").fresh() as url:
        environment = {"VERIFIER_DATABASE_URL": url, "VERIFIER_RATE_LIMIT": "0"}
        app = create_app(Settings.from_env(environment))
        served = Served(environment).start()
        database = app.extensions["verifier.database"]
        yield open_newsroom(app), served, database
        served.stop()
        with database.snapshot() as session:
            assert list(findings(session)) == []
        database.dispose()


def at_once(work, arguments):
    with ThreadPoolExecutor(max_workers=len(arguments)) as threads:
        return list(threads.map(work, arguments))


def count(database, model, *conditions):
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(model).where(*conditions))


def test_forty_posts_with_one_key_make_one_claim(site):
    newsroom, served, database = site

    def post(_):
        return served.call(
            "POST",
            "/v1/claims",
            newsroom.tokens["con"],
            headers={"Idempotency-Key": "one"},
            body={"text": "Posted forty times."},
        )

    answers = at_once(post, range(40))

    assert {status for status, _, _ in answers} <= {201, 409}
    assert len({body for status, _, body in answers if status == 201}) == 1
    fresh = [h for status, h, _ in answers if status == 201 and "Idempotency-Replayed" not in h]
    assert len(fresh) == 1
    assert count(database, Claim, Claim.text == "Posted forty times.") == 1


def test_eight_writers_with_if_match_lose_nothing(site):
    newsroom, served, _ = site
    path = newsroom.claim(accepted=True, text="Written by:")
    token = newsroom.tokens["rev"]

    def append(mark):
        while True:
            _, headers, body = served.call("GET", path, token)
            text = f"{json.loads(body)['text']} {mark}"
            status, _, _ = served.call(
                "PATCH", path, token, headers={"If-Match": headers["ETag"]}, body={"text": text}
            )
            if status == 200:
                return
            assert status == 412

    def write(writer):
        for n in range(5):
            append(f"{writer}.{n}")

    at_once(write, range(8))

    _, _, body = served.call("GET", path, token)
    marks = json.loads(body)["text"].removeprefix("Written by: ").split()
    assert sorted(marks) == sorted(f"{writer}.{n}" for writer in range(8) for n in range(5))


@pytest.mark.parametrize(("required", "reviews"), [(1, 1), (2, 2)])
def test_two_approvals_at_the_same_instant(site, required, reviews):
    room, served, database = site
    desk = "/v1/desks/border-desk"
    etag = room.call("GET", desk, "ann").headers["ETag"]
    policy = {"policy": {"approvals_required": required}}
    room.call("PATCH", desk, "ann", etag=etag, json=policy, status=200)
    claim = room.claim(accepted=True, text=f"Approved by {required}.")
    room.evidence(claim, room.source(url=f"https://news.example/{required}"))
    verdict = room.verdict(claim)
    room.act(verdict, "rev", "propose")

    def approve(who):
        token = room.tokens[who]
        while True:
            headers = {"If-Match": served.call("GET", verdict, token)[1]["ETag"]}
            sent = {"action": "approve"}
            status, _, _ = served.call(
                "POST", f"{verdict}/actions", token, headers=headers, body=sent
            )
            if status != 412:
                return status

    statuses = at_once(approve, ["rev2", "ed"])

    assert sorted(statuses) == ([200, 409] if required == 1 else [200, 200])
    given = Review.verdict_id == verdict.rpartition("/")[2]
    assert count(database, Review, given) == reviews
    assert room.call("GET", verdict, "rev").json["state"] == "approved"


def test_what_was_acknowledged_survives_kill_9(site):
    room, served, database = site
    keys = [str(uuid4()) for _ in range(200)]

    def post(key):
        body = {"text": f"Claim {key}"}
        headers = {"Idempotency-Key": key}
        try:
            return served.call("POST", "/v1/claims", room.tokens["con"], headers=headers, body=body)
        except urllib3.exceptions.HTTPError:
            return None

    with ThreadPoolExecutor(max_workers=8) as threads:
        under_way = threads.map(post, keys)
        time.sleep(0.3)
        served.stop(signal.SIGKILL)
        acknowledged = [a for a in under_way if a is not None and a[0] == 201]

    served.start()
    for _, headers, body in acknowledged:
        status, _, found = served.call("GET", headers["Location"], room.tokens["con"])
        assert (status, found) == (200, body)
    again = [post(key) for key in keys]
    assert {status for status, _, _ in again} == {201}
    assert count(database, Claim, Claim.text.startswith("Claim ")) == len(keys)
