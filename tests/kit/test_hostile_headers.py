"""Headers as no client of ours would send them."""

from __future__ import annotations

import io

import pytest

from tests.databases import contents
from tests.document import OPERATIONS
from tests.problems import check_problem

CONDITIONAL = [operation.id for operation in OPERATIONS.values() if operation.answers(428)]
KEYED = [operation.id for operation in OPERATIONS.values() if operation.is_keyed]
NEEDING_TOKEN = [
    operation.id for operation in OPERATIONS.values() if {} not in operation.spec["security"]
]
OPEN_TO_ALL = [operation for operation in OPERATIONS if operation not in NEEDING_TOKEN]
NO_MATCH = (
    "garbage", '"', '""', '"0"', '"999999"', '"9' + "9" * 5000 + '"', ",", '"a", "b"', "W/*", "'1'", "-1",
    "\x00", "\xff", '"999", W/"1"', '"*"', "**", '"1', "1.", "٣",
)  # fmt: skip
BAD_KEYS = (
    "",
    "a" * 256,
    "a\tb",
    "a\x7fb",
    "a\x00b",
    "é",
    "\xa0",
    "ключ".encode().decode("latin-1"),
)
NOT_TOKENS = (
    "", " ", "Bearer", "Bearer ", "bearer", "Bearer fcv_", "Bearer null", "Bearer fcv_" + "a" * 42,
    "Bearer fcv_" + "a" * 44, "Bearer fcv_" + "a" * 43, "Bearer fcv_" + "é" * 43, "Bearer fcv_" + "a" * 90_000,
    "Basic dXNlcjpwYXNz", "Basic", "Digest username=a", "fcv_" + "a" * 43, "Token fcv_" + "a" * 43,
    "Bearer\x00", "Bearer ' OR 1=1 --", "\xff", "Negotiate YII=",
)  # fmt: skip


@pytest.mark.parametrize("operation", CONDITIONAL)
def test_if_match_of_all_sorts(stage, operation):
    before = contents(stage.database)
    request = stage.requests[operation]
    for header in NO_MATCH:
        check_problem(request.send(stage.room, etag=header), 412)
    weak = f"W/{request.current_etag(stage.room)}"
    check_problem(request.send(stage.room, etag=weak), 412)
    for header in (None, "", " "):
        check_problem(request.send(stage.room, etag=header), 428)
    assert contents(stage.database) == before


@pytest.mark.parametrize("operation", KEYED)
def test_idempotency_keys_of_all_sorts(stage, operation):
    before = contents(stage.database)
    request = stage.requests[operation]
    for key in BAD_KEYS:
        check_problem(request.send(stage.room, headers={"Idempotency-Key": key}), 400)
    assert contents(stage.database) == before


@pytest.mark.parametrize("operation", OPERATIONS)
def test_authorization_of_all_sorts(stage, operation):
    """A bad token is refused everywhere, also where none is needed: else it would hide from its owner."""
    request = stage.requests[operation]
    before = contents(stage.database)
    for header in NOT_TOKENS:
        answer = request.send(stage.room, None, etag="*", headers={"Authorization": header})
        check_problem(answer, 401)
        assert answer.headers["WWW-Authenticate"].startswith('Bearer realm="verifier"')
    assert contents(stage.database) == before


@pytest.mark.parametrize("spelling", ["bearer {}", "BEARER {}", "Bearer  {} "])
def test_the_scheme_is_read_in_any_case(stage, spelling):
    token = spelling.format(stage.room.tokens["con"])
    stage.room.call("GET", "/v1/me", headers={"Authorization": token}, status=200)


@pytest.mark.parametrize(
    ("header", "status"),
    [("-1", 400), ("0", 400), ("1", 400), ("abc", 400), ("1e3", 400), ("", 400), ("9" * 30, 413),
     ("2097153", 413), ("2000000", 400)],
)  # fmt: skip
def test_a_content_length_that_is_not_the_bodys(stage, header, status):
    before = contents(stage.database)
    answer = stage.requests["submit_claim"].send(
        stage.room, data=io.BytesIO(b'{"text": "abc"}'), content_type="application/json",
        environ_overrides={"CONTENT_LENGTH": header},
    )  # fmt: skip
    check_problem(answer, status)
    assert contents(stage.database) == before


@pytest.mark.parametrize(
    "host", ["", "a b", "[", "a:b:c", "\xff", "evil.example", "a" * 300, "a/b"]
)
def test_the_host_header_leads_nobody_astray(stage, host):
    answer = stage.room.call("GET", "/v1/me", "con", headers={"Host": host})
    assert answer.status_code in (200, 400)
    assert "evil.example" not in str(answer.headers)
    if answer.status_code == 400:
        check_problem(answer, 400)


@pytest.mark.parametrize(
    ("name", "value"),
    [("Accept", "image/png"), ("Accept-Encoding", "br;q=x"), ("Content-Encoding", "gzip"),
     ("Expect", "100-continue"), ("Range", "bytes=0-1"), ("X-HTTP-Method-Override", "DELETE"),
     ("Cookie", "a=" + "b" * 9000), ("If-Modified-Since", "yesterday"), ("If-None-Match", "\xff,"),
     ("If-None-Match", '"' * 5000), ("X-Forwarded-Host", "evil.example"), ("Forwarded", "host=a")],
)  # fmt: skip
def test_headers_that_change_nothing(stage, name, value):
    answer = stage.room.call(
        "GET", "/v1/desks/border-desk", "con", headers={name: value}, status=200
    )
    assert answer.json["slug"] == "border-desk"
