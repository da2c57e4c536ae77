"""NDJSON: records of this service, simple objects, and ClaimReviews, one a line."""

import json

import pytest

from tests.exports.samples import record
from tests.readers.files import claim, one, read, review, told
from verifier.exports import ndjson
from verifier.readers import limits
from verifier.readers.records import GivenClaim


def test_a_record_of_this_service_is_handed_on_whole():
    row = one(ndjson.line(record()))
    assert row.record == record()
    assert isinstance(row.given, GivenClaim)
    assert row.given.verdict.rating.label == "Mostly true"
    assert row.given.verdict.publisher == "Caspian Check"
    assert row.given.appearances[0].first
    assert row.repairs == ()


def test_a_record_with_a_member_of_another_kind_is_refused_there():
    broken = record()
    broken["verdict"]["version"] = "two"
    row = one(json.dumps(broken))
    assert row.given is None
    assert row.record is None
    assert row.refused[0].pointer == "/verdict/version"


def test_a_simple_object_has_the_columns_as_members():
    given = claim(
        {
            "text": "The dam is safe.",
            "claimant": {"name": "Water Board"},
            "claimed_on": "2026-03-01",
            "topics": ["water", "safety; dams"],
            "source_url": ["https://a.example/1", "https://a.example/2"],
            "rating": 2,
        }
    )
    assert given.claimant.name == "Water Board"
    assert given.topics == ("water", "safety; dams")
    assert [place.source.url for place in given.appearances] == [
        "https://a.example/1",
        "https://a.example/2",
    ]
    assert given.verdict.rating.label == "2"


def test_members_can_be_mapped_and_unknown_ones_are_told_once():
    lines = '{"claim": "One.", "mood": 1}\n{"claim": "Two.", "mood": 2}\n'
    first, second = read(lines, mapping={"claim": "text"})
    assert (first.given.text, second.given.text) == ("One.", "Two.")
    assert set(told(first)) == {"/mood"}
    assert told(second) == {}


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("not json", "not JSON"),
        ('{"text": "x"', "not JSON"),
        ("[" * 100 + "]" * 100, "nested"),
        ('{"text": "x", "n": ' + "9" * 40 + "}", "larger"),
        ('{"text": "x", "n": 1e999}', "larger"),
        ("1", "no ClaimReview"),
        ('"text"', "no ClaimReview"),
        ("{}", "no ClaimReview"),
        ('{"@type": "Person", "name": "x"}', "no ClaimReview"),
        ('{"text": ""}', "No text of a claim"),
        ('{"text": "caf\udce9"}', "not UTF-8"),
    ],
)
def test_a_line_that_says_nothing_is_refused_alone(line, word):
    content = f'{{"text": "Before."}}\n{line}\n{{"text": "After."}}\n'
    before, refused, after = read(
        content.encode("utf-8", "surrogateescape"), import_format="ndjson"
    )
    assert (before.given.text, after.given.text) == ("Before.", "After.")
    assert refused.line == 2
    assert word in refused.refused[0].detail
    assert refused.raw


def test_line_ends_of_windows_and_blank_lines_do_not_count():
    assert [row.line for row in read('{"text": "a"}\r\n\r\n  \n{"text": "b"}\r\n')] == [1, 4]


def test_separators_inside_a_text_end_no_line():
    content = '{"text": "one\u2028two\x85three"}\n{"text": "four"}'
    first, _ = read(content)
    assert first.given.text == "one\u2028twothree"  # U+0085 is a control character
    assert "U+0085" in told(first)["/text"]


def test_half_a_character_becomes_a_sign():
    row = one('{"text": "a \\ud83d b \\ud83d\\ude00"}')
    assert row.given.text == "a \N{REPLACEMENT CHARACTER} b 😀"
    assert "surrogates" in told(row)["/text"]


def test_an_endless_line_is_passed_over():
    endless = '{"text": "' + "x" * (limits.LONGEST_ROW + 5) + '"}'
    first, long, last = read(f'{{"text": "a"}}\n{endless}\n{{"text": "b"}}')
    assert (first.given.text, last.given.text) == ("a", "b")
    assert "characters" in long.refused[0].detail
    assert len(long.raw) < 2000


def test_a_line_may_hold_a_claim_review():
    row = read(json.dumps(review()) + "\n" + json.dumps({"@graph": [review(), review()]}))
    assert [one.pointer for one in row] == ["", "/@graph/0", "/@graph/1"]
    assert [one.number for one in row] == [1, 2, 3]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ('{"text": "x",}', "comma"),
        ('{"text": "x"};', "semicolon"),
        ('{"text": "it\\\'s x"}', "Backslashes"),
        ('{"text": "x", "rating": NaN}', "NaN"),
        ('{"text": "w", "text": "x"}', "twice"),
        ("{&quot;text&quot;: &quot;x&quot;}", "entities"),
    ],
)
def test_json_with_one_possible_reading_is_mended(text, word):
    row = one(text, import_format="ndjson")
    assert row.given.text.endswith("x")
    assert word in told(row)[""]
    assert row.raw == text
