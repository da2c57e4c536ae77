"""CSV: what any reader gets back is the record's text, and no spreadsheet gets a formula."""

import csv
import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.exports import csv_table
from verifier.exports.cells import escape_cell, join_topics, split_topics, unescape_cell
from verifier.exports.records import ClaimRecord

from .formulas import INVISIBLE, SIGNS, starts_formula
from .samples import any_records, appearance, record, verdict

# The letters that matter, so that the generator meets them: signs, separators, what is skipped.
tricky = st.text(st.sampled_from(SIGNS + "';\t\r\n \"\u00a0\u200f\ufeff,a\\"), max_size=12)
any_text = tricky | st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


def table(*claims: ClaimRecord) -> str:
    return (csv_table.header() + b"".join(map(csv_table.row, claims))).decode("utf-8-sig")


def read(text: str, delimiter: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


def cells(**changes: object) -> dict[str, str]:
    names, values = read(table(record(**changes)))
    return dict(zip(names, values, strict=True))


def test_a_row_has_the_columns_of_the_contract() -> None:
    claim = record(verdict=verdict(url="https://caspian.example.org/checks/7"))
    names, values = read(table(claim))
    assert ", ".join(names) == (
        "text, claimant, claimed_on, language, topics, source_url, quote, rating, title, summary,"
        " explanation, review_url, published_at, publisher"
    )
    assert values == [
        "Russia withdrew its troops from Azerbaijan before the 2025 deadline.",
        "Rauf Sample",
        "2024-06-12",
        "en",
        "defence; south caucasus",
        "https://herald.example.com/karabakh-troops",
        "Russia withdrew its troops from Azerbaijan before the 2025 deadline",
        "mostly-true",
        "Did the troops leave ahead of time?",
        "The last convoy left in June 2024; the mandate ran to November 2025.",
        "Both ministries **confirmed** the date.\n\n'- convoy\n'- handover",
        "https://caspian.example.org/checks/7",
        "2026-11-20T09:30:00Z",
        "Caspian Check",
    ]


def test_what_is_not_known_is_empty() -> None:
    bare = cells(
        claimant=None, claimed_on=None, language=None, topics=[], appearances=[], verdict=None
    )
    assert {name for name, value in bare.items() if value} == {"text"}


def test_an_imported_verdict_keeps_its_publisher() -> None:
    theirs = verdict(origin="imported", publisher="Zagros Facts")
    assert cells(verdict=theirs)["publisher"] == "Zagros Facts"


def test_the_place_is_the_first_appearance_or_the_first_noted() -> None:
    later, first = appearance(first=False, url="https://b.example/"), appearance()
    assert cells(appearances=[later, first])["source_url"] == first["source"]["url"]
    assert cells(appearances=[later])["source_url"] == "https://b.example/"
    assert cells(appearances=[later | {"quote": None}])["quote"] == ""


def test_the_bytes_are_rfc_4180_behind_a_byte_order_mark() -> None:
    assert csv_table.header().startswith(b"\xef\xbb\xbftext,claimant,")
    assert csv_table.header().endswith(b",publisher\r\n")
    written = csv_table.row(record(text='He said "gone", twice'))
    assert written.startswith(b'"He said ""gone"", twice","Rauf Sample",')
    assert written.endswith(b'"\r\n')


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("plain", "plain"),
        ("", ""),
        ("'tis gone", "'tis gone"),  # an apostrophe alone is nobody's guard
        ("=1+1", "'=1+1"),
        ("+49 30 1234", "'+49 30 1234"),
        ("-5 °C", "'-5 °C"),
        ("@ministry", "'@ministry"),
        ("＝1+1", "'＝1+1"),
        ("  =1", "'  =1"),
        ("\u200f-x", "'\u200f-x"),
        ("\tx", "'\tx"),
        ("\rx", "'\rx"),
        ("'=1", "''=1"),  # so that reading takes one away and no more
        ("a;=1", "a;'=1"),  # a semicolon spreadsheet sees a cell after it
        ("- one\n- two", "'- one\n'- two"),
        ("2024-06-12", "2024-06-12"),
    ],
)
def test_a_cell_that_could_start_a_formula_is_guarded(text: str, cell: str) -> None:
    assert escape_cell(text) == cell
    assert unescape_cell(cell) == text


@pytest.mark.parametrize("skipped", INVISIBLE + "\x07\x0b\x85\u00a0\u1680\u2003\u2028\u202f\u3000")
def test_nothing_unseen_hides_a_sign(skipped: str) -> None:
    text = f"{skipped}=1"
    assert escape_cell(text) == f"'{text}"
    assert unescape_cell(f"'{text}") == text


@given(any_text)
def test_reading_a_cell_gives_back_the_text(text: str) -> None:
    assert unescape_cell(escape_cell(text)) == text


@given(any_text)
def test_guarding_adds_apostrophes_and_nothing_else(text: str) -> None:
    assert escape_cell(text).replace("'", "") == text.replace("'", "")


@given(any_text, any_text, any_text)
def test_no_cell_starts_a_formula_in_any_spreadsheet(text: str, title: str, note: str) -> None:
    claim = record(
        text=text, topics=[title.strip() or "x"], verdict=verdict(title=title, explanation=note)
    )
    for delimiter in ",;\t":
        for row in read(table(claim), delimiter):
            assert [cell for cell in row if starts_formula(cell)] == []
    for row in read(table(claim)):
        assert [cell for cell in row if cell.startswith(("\t", "\r", "\n"))] == []


@given(any_text)
def test_no_piece_of_a_cell_starts_a_formula_either(text: str) -> None:
    pieces = re.split("[;\t\r\n]", escape_cell(text))
    assert [piece for piece in pieces if starts_formula(piece)] == []


@given(st.lists(any_text.map(str.strip).filter(bool), max_size=4))
def test_topics_come_back(topics: list[str]) -> None:
    assert split_topics(unescape_cell(escape_cell(join_topics(topics)))) == topics


@pytest.mark.parametrize(
    ("cell", "topics"),
    [
        ("", []),
        (" ; ;", []),
        ("a;b", ["a", "b"]),
        ("a\\;b; c\\\\", ["a;b", "c\\"]),
        ("a\\", ["a\\"]),
    ],
)
def test_topics_written_by_hand(cell: str, topics: list[str]) -> None:
    assert split_topics(cell) == topics


@given(any_records)
def test_the_whole_table_comes_back(claim: ClaimRecord) -> None:
    names, values = read(table(claim))
    got = dict(zip(names, map(unescape_cell, values), strict=True))
    judged = claim["verdict"]
    assert judged is not None
    assert got["text"] == claim["text"]
    assert got["summary"] == judged["summary"]
    assert split_topics(got["topics"]) == claim["topics"]


def test_a_long_run_of_separators_takes_no_long_time() -> None:
    text = "\n; \t'" * 400_000
    assert unescape_cell(escape_cell(text)) == text
