"""So many requests a minute for each token, and headers that say how many are left."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from tests.newsroom import open_newsroom
from tests.problems import check_problem
from verifier.app import create_app

LIMIT = 5


@pytest.fixture
def limited(app, settings):
    """The newsroom of an app without a limit, called through one that has one."""
    room = open_newsroom(app)
    other = create_app(replace(settings, rate_limit=LIMIT))
    room.client = other.test_client()
    yield room
    other.extensions["verifier.database"].dispose()


def left(answer):
    """(requests that are left, seconds until there are more)"""
    assert answer.headers["RateLimit-Policy"] == f'"token";q={LIMIT};w=60'
    found = re.fullmatch(r'"token";r=(\d+);t=(\d+)', answer.headers["RateLimit"])
    return int(found[1]), int(found[2])


def spend(room, who):
    """Answers up to the first that is refused; more than one minute's share if the minute ends."""
    for _ in range(2 * LIMIT + 1):
        answer = room.call("GET", "/v1/me", who)
        if answer.status_code == 429:
            return answer
        assert answer.status_code == 200
    pytest.fail("nothing was refused")


def test_a_token_may_so_much_a_minute(limited):
    remaining, seconds = left(limited.call("GET", "/v1/me", "con", status=200))
    assert remaining == LIMIT - 1
    assert 1 <= seconds <= 60
    refused = spend(limited, "con")
    problem = check_problem(refused, 429)
    assert str(LIMIT) in problem["detail"]
    remaining, seconds = left(refused)
    assert remaining == 0
    assert refused.headers["Retry-After"] == str(seconds)


def test_refusals_count_and_change_nothing(limited):
    spend(limited, "con")
    for path, method in (("/v1/claims", "POST"), ("/v1/claims", "GET"), ("/v1/tokens", "POST")):
        answer = limited.call(method, path, "con", json={"text": "A", "name": "A"})
        if left(answer)[0] == 0:
            check_problem(answer, 429)


def test_each_token_has_a_share_of_its_own(limited):
    spend(limited, "con")
    limited.call("GET", "/v1/me", "rev", status=200)


def test_who_has_no_token_has_no_share(limited):
    for _ in range(LIMIT + 2):
        answer = limited.call("GET", "/v1/claims", status=200)
        assert "RateLimit" not in answer.headers
    check_problem(limited.call("GET", "/v1/me"), 401)


def test_errors_say_what_is_left_too(limited):
    answer = limited.call("GET", "/v1/desks/no-desk", "con")
    check_problem(answer, 404)
    assert left(answer)[0] == LIMIT - 1


def test_without_a_limit_nothing_is_said(newsroom):
    assert "RateLimit" not in newsroom.call("GET", "/v1/me", "con", status=200).headers
