"""NDJSON: a record is a line, and the line is the record."""

import orjson
from hypothesis import given

from verifier.exports.ndjson import line
from verifier.exports.records import ClaimRecord

from .samples import any_records, record


@given(any_records)
def test_a_line_gives_the_record_back(claim: ClaimRecord) -> None:
    written = line(claim)
    assert written.endswith(b"\n")
    assert written.count(b"\n") == 1
    assert b"\r" not in written
    assert orjson.loads(written) == claim


def test_line_breaks_of_any_kind_stay_inside_the_line() -> None:
    claim = record(text="one\ntwo\r\nthree\u2028four\u2029five\x85six")
    written = line(claim)
    assert written.count(b"\n") == 1
    assert orjson.loads(written)["text"] == claim["text"]


def test_a_fragment_broken_over_lines_is_one_line() -> None:
    fragment = orjson.Fragment(b'{\r\n  "name": "a\\nb",\n  "kind": null\n}')
    written = line({"claimant": fragment})
    assert written.count(b"\n") == 1
    assert b"\r" not in written
    assert orjson.loads(written) == {"claimant": {"name": "a\nb", "kind": None}}


def test_an_empty_record_is_still_a_line() -> None:
    assert line({}) == b"{}\n"
