"""Whatever is sent as a body, the answer is a problem document, and nothing is stored."""

from __future__ import annotations

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.databases import contents
from tests.document import OPERATIONS, resolved
from tests.problems import check_problem

TAKING_BODIES = [operation.id for operation in OPERATIONS.values() if operation.body is not None]
MIB = 1024 * 1024
UNREADABLE = {
    "nothing": b"",
    "white space": b" \n",
    "truncated": b'{"text": "abc',
    "truncated number": b'{"text": -}',
    "two documents": b"{} {}",
    "single quotes": b"{'text': 'abc'}",
    "a comment": b"{} // all",
    "a trailing comma": b'{"text": "abc",}',
    "NaN": b'{"text": NaN}',
    "Infinity": b'{"text": -Infinity}',
    "a raw line end in a string": b'{"text": "a\nb"}',
    "a raw NUL": b'{"text": "\x00"}',
    "not UTF-8": b'{"text": "\xff"}',
    "a surrogate as UTF-8": b'{"text": "\xed\xa0\x80"}',
    "UTF-16": '{"text": "abc"}'.encode("utf-16"),
    "UTF-32": '{"text": "abc"}'.encode("utf-32"),
    "a form": b"text=abc",
    "XML": b"<text>abc</text>",
    "deep lists": b"[" * 100_000,
    "deep objects": b'{"a":' * 100_000,
    "deep and closed": b"[" * 100_000 + b"]" * 100_000,
    "deep behind a string": b'{"text": "\\"[[[", "a": ' + b"[" * 33 + b"]" * 33 + b"}",
}
INVALID = {
    "a list": (b"[]", ""),
    "a text": (b'"abc"', ""),
    "a number": (b"7", ""),
    "true": (b"true", ""),
    "null": (b"null", ""),
    "an unknown member": (b'{"unheard-of": 1}', "/unheard-of"),
    "a pointer's own signs": (b'{"a/b~c": 1}', "/a~1b~0c"),
    "a lone surrogate": (b'{"text": "\\ud800"}', "/text"),
    "a low surrogate first": (b'{"text": "\\udc00\\ud800"}', "/text"),
    "an escaped NUL": (b'{"text": "a\\u0000"}', "/text"),
    "a NUL in a name": (b'{"a\\u0000b": 1}', "/a\N{REPLACEMENT CHARACTER}b"),
    "a surrogate in a name": (b'{"\\ud800": 1}', "/\N{REPLACEMENT CHARACTER}"),
    "1e999 below such a name": (b'{"\\ud800": [1e999]}', "/\N{REPLACEMENT CHARACTER}/0"),
    "a repeated member": (b'{"text": "a", "text": "b"}', ""),
    "a repeated member within": (b'{"a": [{"b": 1, "b": 1}]}', "/a/0"),
    "the same name escaped": (b'{"text": "a", "\\u0074ext": "b"}', ""),
    "5,000 digits": (b'{"a": ' + b"9" * 5000 + b"}", "/a"),
    "2**63": (b'{"a": 9223372036854775808}', "/a"),
    "-2**53": (b'{"a": -9007199254740992}', "/a"),
    "1e999": (b'{"a": 1e999}', "/a"),
    "-1e999 in a list": (b'{"a": [0, -1e999]}', "/a/1"),
}
WRONG = (
    ("string", "true"), ("string", "1"), ("string", ""), ("integer", 1), ("number", 1.5),
    ("boolean", True), ("null", None), ("array", [[]]), ("object", {"unheard-of": 1}),
)  # fmt: skip
"""Values that must not pass for a member unless the document gives it their type."""
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=()))
    | st.sampled_from(("", "en", "border-desk", "2026-11-22", "2026-W47-7", "2026-11-22T10:00:00Z",
                       "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "http://[", "http://a:99999")),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip
REPLACED = "\N{REPLACEMENT CHARACTER}"
FREE_TEXT = {
    ("submit_source", "/html"), ("submit_source", "/text"), ("update_source", "/text"),
    ("find_known_claims", "/text"),
}  # fmt: skip
"""The text of a source is evidence: it keeps its bidirectional marks, and is as long as it is.

A post that is asked about is taken with its marks, and read without them.
"""


def send(stage, operation, body, content_type="application/json", **options):
    request = stage.requests[operation]
    return request.send(
        stage.room, etag="*" if request.needs_etag else None, data=body, content_type=content_type,
        **options,
    )  # fmt: skip


@pytest.mark.parametrize("operation", TAKING_BODIES)
def test_hostile_json(stage, operation):
    before = contents(stage.database)
    for body in UNREADABLE.values():
        check_problem(send(stage, operation, body), 400)
    for body, pointer in INVALID.values():
        check_problem(send(stage, operation, body), 422, pointer)
    assert contents(stage.database) == before


@pytest.mark.parametrize("operation", TAKING_BODIES)
def test_every_member_of_the_wrong_type(stage, operation):
    before = contents(stage.database)
    valid = stage.requests[operation].body
    for path, schema in members_of(OPERATIONS[operation].body):
        types = types_of(schema)
        for name, value in WRONG:
            if name in types:
                continue
            pointer = "/" + "/".join(map(str, path))
            sent = with_member(valid, path, value)
            answer = send(stage, operation, json.dumps(sent))
            problem = check_problem(answer, 422)
            told = [fault["pointer"] for fault in problem["errors"]]
            assert any((each + "/").startswith(pointer + "/") for each in told), (pointer, told)
            assert all(is_place_in(sent, each) for each in told), (sent, told)
    assert contents(stage.database) == before


@pytest.mark.parametrize("operation", TAKING_BODIES)
def test_every_text_with_what_nobody_types(stage, operation):
    before = contents(stage.database)
    valid = stage.requests[operation].body
    for path, schema in members_of(OPERATIONS[operation].body):
        pointer = "/" + "/".join(map(str, path))
        if "string" not in types_of(schema) or (operation, pointer) in FREE_TEXT or "quote" in path:
            continue
        for text in ("a\u202eb", "a\u2066b", "a\u0007b", "a\x7fb", "a\u0085b", "x" * 150_000):
            answer = send(stage, operation, json.dumps(with_member(valid, path, text)))
            check_problem(answer, 422, pointer)
    assert contents(stage.database) == before


@pytest.mark.parametrize("operation", TAKING_BODIES)
def test_an_unknown_member_at_every_level(stage, operation):
    before = contents(stage.database)
    valid = stage.requests[operation].body
    levels = [(), *(p for p, s in members_of(OPERATIONS[operation].body) if "properties" in s)]
    for path in levels:
        unknown = (*path, "unheard-of")
        answer = send(stage, operation, json.dumps(with_member(valid, unknown, 1)))
        check_problem(answer, 422, "/" + "/".join(map(str, unknown)))
    assert contents(stage.database) == before


@pytest.mark.parametrize("operation", TAKING_BODIES)
def test_other_media_types_and_too_much(stage, operation):
    before = contents(stage.database)
    valid = json.dumps(stage.requests[operation].body).encode()
    taken = OPERATIONS[operation].spec["requestBody"]["content"]
    for media_type in (None, "", "text/plain", "text/json", "application/xml", "multipart/form-data",
                       "application/x-www-form-urlencoded", "application/jsonx", "*/*", "a b", "é"):  # fmt: skip
        refused = 422 if media_type in taken else 415
        check_problem(send(stage, operation, valid, media_type), refused)
    padded = valid + b" " * (2 * MIB)
    check_problem(send(stage, operation, padded), 413)
    check_problem(send(stage, operation, io.BytesIO(padded)), 413)
    assert contents(stage.database) == before


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b'"' + b'\\"' * (MIB - 8), 400),
        (b'{"text": "' + "\u0316\u0301".encode() * (MIB // 2 - 8) + b'"}', 422),
        (b"[" + b"1e999," * (MIB // 4) + b"1]", 422),
        (b"{" + b",".join(b'"%d":1' % n for n in range(150_000)) + b"}", 422),
    ],
    ids=["a string of escapes that never ends", "unsorted marks", "numbers", "members"],
)
def test_the_largest_bodies_are_refused_in_linear_time_and_few_words(stage, body, status):
    answer = send(stage, "submit_claim", body)
    check_problem(answer, status)
    assert len(answer.data) < 20_000


@given(st.data())
def test_random_members(stage, data):
    """Some of these are accepted; none is an error of ours, and each fault is where it is said to be."""
    operation = data.draw(st.sampled_from(TAKING_BODIES))
    members = [path for path, _ in members_of(OPERATIONS[operation].body)]
    document = stage.requests[operation].body
    for path in data.draw(st.lists(st.sampled_from([(), *members]), min_size=1, max_size=3)):
        document = with_member(document, path, data.draw(VALUES))
    answer = send(stage, operation, json.dumps(document))
    if answer.status_code >= 400:
        problem = check_problem(answer, answer.status_code)
        assert answer.status_code < 500
        for fault in problem.get("errors", ()):
            assert is_place_in(document, fault["pointer"]), (document, problem)


def is_place_in(document, pointer):
    """Whether the pointer leads to a member, or to where one is missing."""
    if REPLACED in pointer or not pointer:
        return True
    *above, last = (part.replace("~1", "/").replace("~0", "~") for part in pointer[1:].split("/"))
    for part in above:
        document = document[int(part)] if isinstance(document, list) else document.get(part)
    return isinstance(document, dict) or (isinstance(document, list) and int(last) < len(document))


def members_of(schema, path=()):
    """Every member of the schema at any depth: its path, and its own schema."""
    schema = resolved(schema)
    for part in (*schema.get("anyOf", ()), *schema.get("allOf", ())):
        yield from members_of(part, path)
    if "items" in schema:
        yield (*path, 0), resolved(schema["items"])
        yield from members_of(schema["items"], (*path, 0))
    named = schema.get("properties", {})
    if isinstance(schema.get("additionalProperties"), dict):
        named = {**named, "en": schema["additionalProperties"]}
    for name, member in named.items():
        yield (*path, name), resolved(member)
        yield from members_of(member, (*path, name))


def types_of(schema):
    """The JSON types that the schema lets pass."""
    schema = resolved(schema)
    parts = [types_of(part) for part in (*schema.get("anyOf", ()), *schema.get("allOf", ()))]
    own = schema.get("type", ())
    return set().union([own] if isinstance(own, str) else own, *parts)


def with_member(document, path, value):
    """A copy of the document that holds the value there; what is missing above it is made up."""
    if not path:
        return value
    first, *rest = path
    if isinstance(first, int):
        present = list(document) if isinstance(document, list) else []
        below = present[first] if first < len(present) else None
        return [with_member(below, rest, value), *present[1:]]
    present = document if isinstance(document, dict) else {}
    return {**present, first: with_member(present.get(first), rest, value)}
