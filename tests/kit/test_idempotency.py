"""A request that is repeated with its key happens once, and is answered the same every time."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select, update

from tests.databases import contents
from tests.document import OPERATIONS
from tests.operations import valid_requests
from tests.problems import check_problem
from verifier.app import create_app
from verifier.kit.clock import now
from verifier.kit.idempotency import SWEPT_AT_ONCE, Attempt, KeptAnswer

KEY = {"Idempotency-Key": "3f0c2b7e one retry"}
CLAIM = {"text": "It is said once."}


def claims(newsroom):
    return newsroom.call("GET", "/v1/claims?limit=200", "con").json["items"]


def test_every_post_replays(newsroom, database):
    for request in valid_requests(newsroom).values():
        if not OPERATIONS[request.operation].is_keyed or request.reads:
            continue
        etag = request.current_etag(newsroom)
        key = {"Idempotency-Key": request.operation}
        first = request.send(newsroom, etag=etag, headers=key)
        assert first.status_code in (200, 201, 202), request.operation
        assert "Idempotency-Replayed" not in first.headers
        before = contents(database)
        for retry in range(2):
            # A retry sends what the first try sent, If-Match included: it is stale by now.
            again = request.send(newsroom, etag=etag if retry else "*", headers=key)
            assert again.headers["Idempotency-Replayed"] == "true"
            assert (again.status_code, again.data) == (first.status_code, first.data)
            for name in ("ETag", "Location", "Content-Type", "Vary", "Cache-Control"):
                assert again.headers.get(name) == first.headers.get(name), (request, name)
        other = request.send(newsroom, etag=etag, headers=key, data=b" {}",
                             content_type="application/json")  # fmt: skip
        assert other.status_code == 422, request.operation
        assert contents(database) == before, request.operation


def test_another_body_path_or_action_with_the_key_is_refused(newsroom, database):
    newsroom.call("POST", "/v1/claims", "con", headers=KEY, json=CLAIM, status=201)
    claim = newsroom.claim(text="Another one.")
    before = contents(database)
    for path, body in (
        ("/v1/claims", {"text": "Something else."}),
        ("/v1/claims", {**CLAIM, "priority": "high"}),
        ("/v1/sources", {"text": "It is said once."}),
        (f"{claim}/recusals", {}),
    ):
        answer = newsroom.call("POST", path, "con", headers=KEY, json=body)
        problem = check_problem(answer, 422, "")
        assert problem["type"].endswith("/idempotency-key-reused")
    assert contents(database) == before


def test_a_key_is_its_accounts_own(newsroom):
    for who, text in (("con", "One says."), ("rev", "Another says.")):
        answer = newsroom.call(
            "POST", "/v1/claims", who, headers=KEY, json={"text": text}, status=201
        )
        assert "Idempotency-Replayed" not in answer.headers
    assert len(claims(newsroom)) == 2


def test_another_token_of_the_account_cannot_open_the_answer(newsroom):
    """It is sealed with the token that it was given to; nothing happens a second time."""
    newsroom.call("POST", "/v1/claims", "con", headers=KEY, json=CLAIM, status=201)
    issued = newsroom.call("POST", "/v1/tokens", "con", json={"name": "other"}, status=201)
    newsroom.tokens["con's other"] = issued.json["token"]
    answer = newsroom.call("POST", "/v1/claims", "con's other", headers=KEY, json=CLAIM)
    check_problem(answer, 422, "")
    assert len(claims(newsroom)) == 1


@pytest.mark.parametrize(
    ("body", "status"),
    [({"text": ""}, 422), ({**CLAIM, "desk": "far-desk"}, 404), ({"text": "Known."}, 409),
     ({**CLAIM, "appearances": [{"source": "0" * 8 + "-0000-0000-0000-" + "0" * 12}]}, 422)],
    ids=["invalid", "absent", "conflict", "halfway"],
)  # fmt: skip
def test_a_refusal_leaves_no_trace(newsroom, database, body, status):
    """So the same key works once what was wrong has been put right."""
    newsroom.claim(text="Known.")
    before = contents(database)
    check_problem(newsroom.call("POST", "/v1/claims", "con", headers=KEY, json=body), status)
    assert contents(database) == before
    newsroom.call("POST", "/v1/claims", "con", headers=KEY, json=CLAIM, status=201)
    assert len(claims(newsroom)) == 2


def test_a_stale_action_may_be_tried_again_with_its_key(newsroom):
    claim = newsroom.claim()
    action = {"headers": KEY, "json": {"action": "accept"}}
    check_problem(newsroom.call("POST", f"{claim}/actions", "rev", etag='"9.9"', **action), 412)
    newsroom.call("POST", f"{claim}/actions", "rev", etag='"1.0"', status=200, **action)


def test_a_key_is_kept_for_a_day(newsroom, database):
    def post():
        body = {**CLAIM, "allow_duplicate": True}
        return newsroom.call("POST", "/v1/claims", "con", headers=KEY, json=body, status=201)

    first = post()
    age(database, timedelta(hours=23, minutes=59))
    assert post().data == first.data
    age(database, timedelta(hours=24, seconds=1))
    second = post()
    assert second.json["id"] != first.json["id"]
    assert post().data == second.data


def test_old_keys_are_swept(newsroom, database):
    for n in range(SWEPT_AT_ONCE + 2):
        newsroom.call("POST", "/v1/claims", "con", headers={"Idempotency-Key": f"key {n}"},
                      json={"text": f"Claim {n}."}, status=201)  # fmt: skip
    age(database, timedelta(hours=25))
    for left in (3, 2):
        newsroom.call("POST", "/v1/claims", "con", headers={"Idempotency-Key": f"new {left}"},
                      json={"text": f"It leaves {left}."}, status=201)  # fmt: skip
        assert len(contents(database)["idempotency_keys"]) == left


def test_a_secret_is_replayed_to_its_owner_and_legible_to_nobody_else(newsroom, database):
    sent = {"name": "a script", "scopes": ["read"]}
    first = newsroom.call("POST", "/v1/tokens", "con", headers=KEY, json=sent, status=201)
    again = newsroom.call("POST", "/v1/tokens", "con", headers=KEY, json=sent, status=201)
    assert again.json["token"] == first.json["token"]
    stored = repr(contents(database))
    for secret in (first.json["token"], first.json["token"][4:], newsroom.tokens["con"],
                   KEY["Idempotency-Key"], "a script"):  # fmt: skip
        assert (secret in stored) is (secret == "a script"), secret
    newsroom.tokens["script"] = again.json["token"]
    newsroom.call("GET", "/v1/me", "script", status=200)


def test_a_key_works_in_every_process_on_the_database(newsroom, settings, database):
    first = newsroom.call("POST", "/v1/claims", "con", headers=KEY, json=CLAIM, status=201)
    other = create_app(settings)
    headers = {**KEY, "Authorization": f"Bearer {newsroom.tokens['con']}"}
    again = other.test_client().post("/v1/claims", headers=headers, json=CLAIM)
    assert (again.status_code, again.data) == (201, first.data)
    assert again.headers["Idempotency-Replayed"] == "true"
    with database.transaction() as session:
        session.execute(delete(KeptAnswer))
    check_problem(other.test_client().post("/v1/claims", headers=headers, json=CLAIM), 409)
    other.extensions["verifier.database"].dispose()


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_while_the_first_request_runs_the_second_is_told_so(newsroom, database):
    """On SQLite the second waits for the first, since there is one writer at a time."""
    body = b'{"text": "It is said once."}'
    attempt = Attempt.of(
        account_id=newsroom.ids["con"], token=newsroom.tokens["con"], key=KEY["Idempotency-Key"],
        request=(b"POST", b"/v1/claims?", body),
    )  # fmt: skip
    with database.transaction() as running:
        running.execute(select(func.pg_advisory_xact_lock(attempt.lock_number)))
        answer = newsroom.call("POST", "/v1/claims", "con", headers=KEY, data=body,
                               content_type="application/json")  # fmt: skip
        problem = check_problem(answer, 409)
        assert problem["type"].endswith("/still-running")
        assert answer.headers["Retry-After"] == "1"
    newsroom.call("POST", "/v1/claims", "con", headers=KEY, data=body,
                  content_type="application/json", status=201)  # fmt: skip


def age(database, by):
    """As if every kept answer had been given that long ago."""
    with database.transaction() as session:
        session.execute(update(KeptAnswer).values(kept_at=now() - by))
