"""Whatever stands in an address or a header, the answer is a problem document, never an error of ours."""

from __future__ import annotations

import re
from urllib.parse import quote_from_bytes

import pytest

from tests.databases import contents
from tests.document import DOCUMENT, METHODS, OPERATIONS
from tests.problems import check_problem
from verifier.kit.clock import new_id

HOSTILE = (
    b"\x00", b"a\x00b", b"\xed\xa0\x80", b"\xff", "é".encode(), "\u202e".encode(), b"%", b"'", b'"',
    b"' OR 1=1 --", b"\r\nSet-Cookie: a=b", b"..", b"../../etc/passwd", b"{", b"null", b"-1", b"1",
    b"9" * 5000, b"1_0", b"+1", b"1e1", "٣".encode(), b" ", b"urn:uuid:01931c8e-7a4b-7c3d-9e2f-5a6b7c8d9e0f",
    b"{01931c8e-7a4b-7c3d-9e2f-5a6b7c8d9e0f}", b"01931c8e7a4b7c3d9e2f5a6b7c8d9e0f",
    "٠1931c8e-7a4b-7c3d-9e2f-5a6b7c8d9e0f".encode(), b"01931c8e-7a4b-7c3d-9e2f-5a6b7c8d9e0f\n",
)  # fmt: skip
IN_PATHS = [operation for operation in OPERATIONS.values() if "{" in operation.path]
TAKING_QUERIES = [
    operation
    for operation in OPERATIONS.values()
    if any(each["in"] == "query" for each in operation.spec.get("parameters", ()))
]
TAKING_NO_QUERY = [
    operation for operation in OPERATIONS.values() if operation not in TAKING_QUERIES
]


def named(operation):
    return operation.id


@pytest.mark.parametrize("operation", IN_PATHS, ids=named)
def test_hostile_ids(stage, operation):
    before = contents(stage.database)
    request = stage.requests[operation.id]
    for value in HOSTILE:
        path = re.sub(r"\{\w+\}", quote_from_bytes(value, safe=""), operation.path)
        answer = stage.room.call(operation.method, path, request.who, etag="*", json=request.body)
        check_problem(answer, 404)
    assert contents(stage.database) == before


@pytest.mark.parametrize("operation", IN_PATHS, ids=named)
def test_ids_of_nothing(stage, operation):
    """Well-formed, in either case, but nobody's."""
    before = contents(stage.database)
    request = stage.requests[operation.id]
    for value in (new_id(), new_id().upper(), "00000000-0000-0000-0000-000000000000"):
        path = re.sub(r"\{\w+\}", value, operation.path)
        answer = stage.room.call(operation.method, path, request.who, etag="*", json=request.body)
        check_problem(answer, 404)
    assert contents(stage.database) == before


TAKING_ANYTHING = {"q", "query", "reviewPublisherSiteFilter", "key", "access_token", "oauth_token", "quotaUser",
                   "uploadType", "upload_protocol"}  # fmt: skip
"""What somebody types into a search field is never an error, nor what is not looked at."""
BAD_CURSORS = {"cursor": 400, "pageToken": 400}


def with_query(path, query):
    return f"{path}{'&' if '?' in path else '?'}{query}"


@pytest.mark.parametrize("operation", TAKING_QUERIES, ids=named)
def test_hostile_query_parameters(stage, operation):
    request = stage.requests[operation.id]
    for parameter in operation.spec["parameters"]:
        if parameter["in"] != "query":
            continue
        name = parameter["name"]
        for value in (*HOSTILE, b""):
            answer = stage.room.call(
                "GET", with_query(request.path, f"{name}={quote_from_bytes(value)}"), request.who
            )
            if answer.status_code != 200:
                check_problem(
                    answer,
                    BAD_CURSORS.get(name, 422),
                    None if name in BAD_CURSORS else f"/{name}",
                )
            else:
                taken = name in TAKING_ANYTHING or is_allowed(parameter["schema"], value)
                assert taken, (name, value)


def is_allowed(schema, value):
    """Whether the document lets this value pass for the parameter."""
    if schema.keys() & {"$ref", "allOf"}:  # a list of words
        return False
    if schema["type"] == "integer":
        return value.isdigit() and schema["minimum"] <= int(value) <= schema["maximum"]
    if "enum" in schema:
        return value.decode(errors="replace") in schema["enum"]
    if schema.get("format"):
        return False
    return value.decode(errors="replace").strip().isprintable()


@pytest.mark.parametrize("operation", TAKING_QUERIES, ids=named)
def test_unknown_and_repeated_query_parameters(stage, operation):
    request = stage.requests[operation.id]
    (name, *_) = (p["name"] for p in operation.spec["parameters"] if p["in"] == "query")
    for query, pointer in {
        "unheard-of=1": "/unheard-of",
        "unheard-of": "/unheard-of",
        "a/b~=1": "/a~1b~0",
        "%00=1": "/\N{REPLACEMENT CHARACTER}",
        f"{name}=1&{name}=1": f"/{name}",
        f"{name}=1&{name}=": f"/{name}",
        f"{name.upper()}=1": f"/{name.upper()}",
        f"{name}[]=1": f"/{name}[]",
    }.items():
        answer = stage.room.call("GET", with_query(request.path, query), request.who)
        check_problem(answer, 422, pointer)


@pytest.mark.parametrize("operation", TAKING_NO_QUERY, ids=named)
def test_operations_without_query_parameters_refuse_them(stage, operation):
    before = contents(stage.database)
    request = stage.requests[operation.id]
    for query in ("a=1", "access_token=fcv_abc", "%ED%A0%80=%00", "\xff", "limit=1"):
        answer = stage.room.call(
            operation.method, f"{request.path}?{query}", request.who, etag="*",
            json=request.body,
        )  # fmt: skip
        check_problem(answer, 422)
    assert contents(stage.database) == before


@pytest.mark.parametrize("path", sorted({each.path for each in OPERATIONS.values()}))
def test_other_methods_are_told_which_there_are(stage, path):
    allowed = {method.upper() for method in DOCUMENT["paths"][path] if method in METHODS}
    allowed |= {"OPTIONS"} | ({"HEAD"} if "GET" in allowed else set())
    (request, *_) = (
        stage.requests[operation.id] for operation in OPERATIONS.values() if operation.path == path
    )
    for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE", "BREW"):
        if method not in allowed:
            answer = stage.room.call(method, request.path, request.who)
            assert answer.status_code == 405
            assert set(answer.headers["Allow"].split(", ")) == allowed
            if method != "HEAD":
                check_problem(answer, 405)


@pytest.mark.parametrize(
    "path",
    ["/", "/v1", "/v1/", "/v1/claims/", "/v1//claims", "//v1/claims", "/V1/claims", "/v1/claims/.",
     "/v1/%63laims/x", "/v1/claims;a=b", "/v1/unheard-of", "/v1/exports/xml", "/v2/claims", "/%00",
     "/%ED%A0%80", "/v1/desks/UPPER", "/problems/unheard-of", "/problems/..", "/docs/../wsgi.py",
     "/docs/%2e%2e/%2e%2e/wsgi.py", "/docs/%00", "/v1alpha1/", "/v1alpha1/claims", "/v1alpha1/claims:searches", "/static/a", "/.well-known/x", "/" + "a" * 9000],
)  # fmt: skip
def test_addresses_of_nothing(stage, path):
    check_problem(stage.room.call("GET", path, "con"), 404)
