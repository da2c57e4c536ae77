"""Single members: what is taken, as what it is kept, and what is refused."""

from __future__ import annotations

import json
import unicodedata

import pytest

from tests.problems import check_problem

NFD = unicodedata.normalize("NFD", "Şuşa é")
MARKED = "سلام\u200f \u200eabc"
"""Marks and joiners are what right-to-left text and emoji need; overrides make a text read otherwise."""
TAKEN = [
    ("text", " Two\r\nlines.\n ", "Two\nlines."),
    ("text", NFD, unicodedata.normalize("NFC", NFD)),
    ("text", MARKED, MARKED),
    ("text", "👩\u200d🚀 flew", "👩\u200d🚀 flew"),
    ("text", "x" * 5000, "x" * 5000),
    ("claimed_on", "2024-02-29", "2024-02-29"),
    ("claimed_on", "0001-01-01", "0001-01-01"),
    ("due_at", "2026-11-22T09:30:00Z", "2026-11-22T09:30:00.000000Z"),
    ("due_at", "2026-11-22T09:30:00.123456789+04:00", "2026-11-22T05:30:00.123456Z"),
    ("due_at", "2026-11-22t09:30:00z", "2026-11-22T09:30:00.000000Z"),
    ("due_at", "2026-11-22T23:59:59-23:59", "2026-11-23T23:58:59.000000Z"),
    ("due_at", None, None),
    ("language", "PT-br", "pt-BR"),
    ("language", "iw", "he"),
    ("topics", ["b", "a", " c "], ["b", "a", "c"]),
    ("claimant", {"name": " A  B "}, {"name": "A  B", "kind": None, "same_as": None}),
    ("claimant", {"name": "A", "same_as": "https://müller.example/ü?q=ö"},
     {"name": "A", "kind": None, "same_as": "https://müller.example/ü?q=ö"}),
]  # fmt: skip
REFUSED = [
    ("text", ""), ("text", " \n "), ("text", "\u200b\x00"), ("text", "x" * 5001),
    ("text", "a\u2067b"), ("text", "a\ufffeb"), ("text", None), ("text", ["a"]),
    ("claimed_on", "2023-02-29"), ("claimed_on", "2026-W47-1"), ("claimed_on", "20261122"),
    ("claimed_on", "2026-11-22T00:00:00Z"), ("claimed_on", "0000-01-01"), ("claimed_on", "２０２６-11-22"),
    ("claimed_on", "2026-326"), ("claimed_on", ""), ("claimed_on", 20261122), ("claimed_on", "10000-01-01"),
    ("due_at", "2026-11-22T09:30:00"), ("due_at", "2026-11-22 09:30:00Z"), ("due_at", "2026-11-22T09:30Z"),
    ("due_at", "2026-11-22T24:00:00Z"), ("due_at", "2026-11-22T09:30:60Z"), ("due_at", "2026-02-30T00:00:00Z"),
    ("due_at", "2026-11-22T09:30:00+24:00"), ("due_at", "20261122T093000Z"), ("due_at", "2026-W47-7T00:00:00Z"),
    ("due_at", "0001-01-01T00:00:00+14:00"), ("due_at", "9999-12-31T23:59:59-14:00"), ("due_at", 1795339800),
    ("due_at", "2026-11-22T09:30:00,5Z"), ("due_at", "2026-11-22T09:30:00+00:00:01"), ("due_at", ""),
    ("language", "english!"), ("language", ""), ("language", "a" * 36), ("language", "en_US.UTF-8"),
    ("language", "en\u202e"), ("language", "\x00"), ("priority", "HIGH"), ("priority", ""), ("priority", 2),
    ("topics", ["a", "a"]), ("topics", ["a", " a"]), ("topics", ["x" * 65]), ("topics", [""]), ("topics", "a"),
    ("topics", [str(n) for n in range(21)]), ("topics", [None]), ("topics", ["a\nb"]), ("topics", {"a": 1}),
    ("claimant", {"name": ""}), ("claimant", {}), ("claimant", {"name": "A", "kind": "robot"}), ("claimant", "A"),
    ("claimant", {"name": "a\tb"}), ("claimant", {"name": "A", "same_as": "javascript:alert(1)"}),
    ("claimant", {"name": "A", "same_as": "//a.example"}), ("claimant", {"name": "A", "same_as": "http://"}),
    ("claimant", {"name": "A", "same_as": "http://u:p@a.example"}),
    ("claimant", {"name": "A", "same_as": "http://a.example:0"}),
    ("claimant", {"name": "A", "same_as": "http://a.example:99999"}),
    ("claimant", {"name": "A", "same_as": "http://a.example/" + "x" * 2048}),
    ("claimant", {"name": "A", "same_as": "http://a b.example"}),
    ("claimant", {"name": "A", "same_as": "http://a.example/\u202e"}),
    ("claimant", {"name": "A", "same_as": "http://[::1"}),
    ("allow_duplicate", "true"), ("allow_duplicate", 1), ("allow_duplicate", None),
    ("desk", "Border Desk"), ("desk", ""), ("desk", "border-desk\n"), ("desk", 1),
    ("appearances", [{"source": "7"}]), ("appearances", [{}]), ("appearances", [{"source": None}]),
    ("appearances", [{"source": "01931c8e7a4b7c3d9e2f5a6b7c8d9e0f----"}]), ("appearances", [[]]),
    ("appearances", [{"source": "{01931c8e-7a4b-7c3d-9e2f-5a6b7c8d9e0f}"}]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value", "kept"), TAKEN)
def test_what_is_taken(stage, name, value, kept):
    sent = {"text": "A claim.", "allow_duplicate": True, name: value}
    made = stage.room.call("POST", "/v1/claims", "con", json=sent, status=201)
    assert made.json[name] == kept
    assert stage.room.call("GET", made.headers["Location"], "con").json[name] == kept


def test_what_is_refused(stage):
    for name, value in REFUSED:
        sent = {"text": "A claim.", "allow_duplicate": True, name: value}
        answer = stage.room.call("POST", "/v1/claims", "con", json=sent)
        problem = check_problem(answer, 422)
        for fault in problem["errors"]:
            assert f"{fault['pointer']}/".startswith(f"/{name}/"), (name, value, problem)
            assert fault["detail"].endswith((".", ":", "]")) or "'" in fault["detail"], problem


def test_members_that_are_left_out_stay_and_null_clears(stage):
    made = stage.room.call(
        "POST", "/v1/claims", "con", status=201,
        json={"text": "It has all.", "language": "en", "claimed_on": "2026-11-22", "topics": ["a"],
              "claimant": {"name": "A", "kind": "person"}, "due_at": "2026-11-22T09:30:00Z"},
    )  # fmt: skip
    where = made.headers["Location"]

    def change(**members):
        return stage.room.call("PATCH", where, "con", etag="*", json=members, status=200).json

    members = ("text", "language", "claimed_on", "topics", "claimant", "due_at", "priority")
    assert {name: change()[name] for name in members} == {n: made.json[n] for n in members}
    for name in ("language", "claimed_on", "claimant", "due_at"):
        assert change(**{name: None})[name] is None
    assert change(topics=[])["topics"] == []
    assert change(claimant={"name": "B"})["claimant"]["kind"] is None
    for name in ("text", "topics", "priority"):
        answer = stage.room.call("PATCH", where, "con", etag="*", json={name: None})
        check_problem(answer, 422, f"/{name}")


def test_json_in_any_honest_spelling(stage):
    """White space, escapes, a byte order mark, a charset: all of them are JSON in UTF-8."""
    sent = {"text": "Bəli 👩\u200d🚀", "allow_duplicate": True}
    for body in (
        json.dumps(sent).encode(),
        json.dumps(sent, ensure_ascii=False).encode(),
        b"\xef\xbb\xbf" + json.dumps(sent, ensure_ascii=False).encode(),
        b" \r\n\t" + json.dumps(sent, indent=4).encode() + b"\n",
    ):
        for media_type in (
            "application/json",
            "application/json; charset=utf-8",
            "APPLICATION/JSON",
        ):
            answer = stage.room.call(
                "POST", "/v1/claims", "con", data=body, content_type=media_type, status=201
            )
            assert answer.json["text"] == sent["text"]


def test_the_largest_body_there_may_be(stage):
    """2 MiB and not a byte more; a source's text of that size comes back whole."""
    text = "ə" * 900_000
    body = json.dumps({"text": text}, ensure_ascii=False).encode()
    body += b" " * (2 * 1024 * 1024 - len(body))
    made = stage.room.call("POST", "/v1/sources", "con", data=body, content_type="application/json",
                           status=201)  # fmt: skip
    assert made.json["text"] == text
    answer = stage.room.call("POST", "/v1/sources", "con", data=body + b" ",
                             content_type="application/json")  # fmt: skip
    check_problem(answer, 413)
