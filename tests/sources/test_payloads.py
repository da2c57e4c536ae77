"""What was fetched or uploaded becomes text by its kind, and nothing of it breaks the reading."""

from __future__ import annotations

import re
import unicodedata
import zlib
from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.sources.pdfs import ENCRYPTED, pdf
from verifier.sources.extraction import NoTextFound
from verifier.sources.payloads import (
    BINARY,
    LONGEST_TEXT,
    PDF,
    PLAIN_TEXT,
    extract_payload,
    sniffed,
)

FIRST = "Колонна вышла на рассвете, сообщило министерство, и к полудню пересекла границу области."
SECOND = "Срок мандата истекал через полтора года; Баку и Москва назвали решение совместным шагом."
LINES = f"{FIRST}\n{SECOND}"
HTML = "text/html"
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0" + zlib.compress(bytes(500))
JPEG = b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0" + bytes(range(256)) * 8


def page(head=""):
    return (
        f"<!doctype html><html lang=ru><head><title>Колонна вышла</title>{head}</head>"
        f"<body><article><p>{FIRST}</p><p>{SECOND}</p></article></body></html>"
    )


CP1251 = page('<meta http-equiv="Content-Type" content="text/html; charset=windows-1251">')


@pytest.mark.parametrize(
    ("body", "charset"),
    [
        (page().encode(), None),
        (page().encode(), "utf-8"),
        (page().encode("utf-8-sig"), None),
        (page().encode("cp1251"), "windows-1251"),
        (CP1251.encode("cp1251"), None),
        (page('<meta charset="utf-8">').encode("cp1251"), "windows-1251"),  # HTTP goes first
        (page('<meta charset="windows-1251">').encode(), None),
        (page().encode("koi8-r"), "koi8-r"),
        (page().encode("utf-16"), None),
        (b"\xfe\xff" + page().encode("utf-16-be"), "utf-16"),
        (page().encode("utf-16-le"), None),
        (page().encode("utf-16-be"), "utf-16be"),
        (page().encode("utf-16-le"), "utf-8"),
    ],
)
@pytest.mark.parametrize("media_type", [HTML, "application/xhtml+xml"])
def test_pages_in_the_encodings_of_the_web(body, charset, media_type):
    found = extract_payload(body, media_type, charset, "https://news.example/a")
    assert found.text == LINES
    assert (found.title, found.language) == ("Колонна вышла", "ru")


@pytest.mark.parametrize(
    "codec", ["utf-8", "utf-8-sig", "cp1251", "utf-16", "utf-16-le", "utf-16-be"]
)
def test_plain_text(codec):
    charset = codec if codec == "cp1251" else None
    found = extract_payload(f"\r\n{FIRST}\r\n{SECOND}\r".encode(codec), PLAIN_TEXT, charset, None)
    assert found.text == LINES
    said = (found.title, found.author, found.publisher, found.published_at, found.language)
    assert said == (None,) * 5


BLOCKS = (
    "<blockquote><p>Nobody <b>asked</b> us, a driver said.</p></blockquote>"
    "<blockquote>And <b>nobody</b> told us.<br>Not a <b>single word</b> of it at all.</blockquote>"
    "<ul><li>artillery first, then the rest</li></ul><div>All of it by rail.</div>"
    "<pre>if left:\n    return  home</pre>"
)


@pytest.mark.parametrize("space", ["\n", "\n\t    ", " \r\n ", "  "])
def test_a_page_that_is_indented_anew_has_the_same_text(space):
    html = page().replace("</article>", f"{BLOCKS}</article>")
    code = "if left:\n    return  home"
    head, between, tail = html.partition(code)
    laid_out = [re.sub(r" (?![^<]*>)", space, part) for part in (head, tail)]
    again = between.join(laid_out)
    for tag in ("<p>", "<br>", "<blockquote>", "</p>"):
        again = again.replace(tag, f"{space}</p>" if tag == "</p>" else f"{tag}{space}")
    assert again != html
    text = extract_payload(html.encode(), HTML, None, None).text
    assert (
        "Nobody asked us, a driver said.\nAnd nobody told us.\nNot a single word of it at all.\n"
        in text
    )
    assert code in text
    assert extract_payload(again.encode(), HTML, None, None).text == text


def test_markup_in_plain_text_is_text():
    assert extract_payload(b"<p>a</p> &amp;", PLAIN_TEXT, None, None).text == "<p>a</p> &amp;"


def test_what_cannot_be_stored_is_dropped_and_the_rest_is_in_nfc():
    raw = "Cafe\u0301 \0was\x07 \x0bopen\x1b\ufffe at \u200enine\u200f; s\u0327imdi."
    cleaned = "Caf\u00e9 was open at \u200enine\u200f; \u015fimdi."
    assert extract_payload(raw.encode(), PLAIN_TEXT, None, None).text == cleaned
    body = f"<html><body><article><p>{raw}</p><p>{FIRST}</p></article></body></html>"
    text = extract_payload(body.encode(), HTML, None, None).text
    assert cleaned in text
    assert unicodedata.is_normalized("NFC", text)


def test_a_pdf_gives_its_lines_and_what_it_says_of_itself():
    file = pdf(
        ["The peacekeepers are leaving.", "Caf\u00e9 (joint) decision."],
        Title="Convoys head north", Author="Ann Reporter", CreationDate="D:20240417093000+04'00'",
    )  # fmt: skip
    found = extract_payload(file, PDF, None, None)
    assert found.text == "The peacekeepers are leaving.\nCaf\u00e9 (joint) decision."
    assert (found.title, found.author) == ("Convoys head north", "Ann Reporter")
    assert found.published_at == datetime(2024, 4, 17, 5, 30, tzinfo=UTC)
    assert found.publisher is found.language is None


def test_a_pdfs_pages_follow_each_other():
    file = pdf(["One."], ["Two.", "Three."], [])
    assert extract_payload(file, PDF, None, None).text == "One.\nTwo.\nThree."


def test_a_word_broken_at_a_pdfs_line_end_is_one_word():
    file = pdf(["The with-", "drawal began in", "2020-", "2021."])
    assert extract_payload(file, PDF, None, None).text == "The withdrawal began in\n2020-\n2021."


def test_a_pdf_says_nothing_of_itself_unless_it_does():
    found = extract_payload(pdf(["One."], Title=" \t", Author="x" * 600), PDF, None, None)
    assert (found.title, found.author, found.published_at) == (None, "x" * 500, None)


@pytest.mark.parametrize(
    ("stamp", "moment"),
    [
        ("D:20240417093000Z", datetime(2024, 4, 17, 9, 30, tzinfo=UTC)),
        ("D:20240417093000Z00'00'", datetime(2024, 4, 17, 9, 30, tzinfo=UTC)),
        ("D:20240417093000-05'30", datetime(2024, 4, 17, 15, 0, tzinfo=UTC)),
        ("20240417093000", datetime(2024, 4, 17, 9, 30, tzinfo=UTC)),
        ("D:20240417093000+04", datetime(2024, 4, 17, 5, 30, tzinfo=UTC)),
        ("D:202404170930", datetime(2024, 4, 17, 9, 30, tzinfo=UTC)),
        ("D:2024041709+01'00'", datetime(2024, 4, 17, 8, 0, tzinfo=UTC)),
        ("D:20240417", datetime(2024, 4, 17, tzinfo=UTC)),
        ("D:202404", None),
        ("D:2024", None),
        ("D:20249917093000Z", None),
        ("D:00010101000000+23'00'", None),
        ("Wed Apr 17 2024", None),
    ],
)
def test_a_pdfs_time(stamp, moment):
    assert (
        extract_payload(pdf(["One."], CreationDate=stamp), PDF, None, None).published_at == moment
    )


WHOLE_PDF = pdf(["The peacekeepers are leaving."])


@pytest.mark.parametrize("media_type", [PDF, "application/octet-stream", "image/png", None])
def test_a_pdf_is_known_by_its_first_bytes(media_type):
    found = extract_payload(WHOLE_PDF, media_type, None, None)
    assert found.text == "The peacekeepers are leaving."


@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        (b"", HTML), (b"", PDF), (b"", PLAIN_TEXT), (b"", None), (b" \n\0\x07", PLAIN_TEXT),
        (b"\xff\xfe", PLAIN_TEXT), (b"\xff\xfe", HTML),
        (b"<html><body></body></html>", HTML), (b"no page", PDF), (b"%PDF-1.7", PDF),
        (b"%PDF-1.7", None), (WHOLE_PDF[:150], PDF), (ENCRYPTED, PDF), (pdf([]), PDF), (pdf(), PDF),
        (PNG, "image/png"), (PNG, None), (JPEG, "image/jpeg"), (JPEG, None), (JPEG, "video/mp4"),
        (PNG, HTML), (b"PK\x03\x04\x14\0\0\0\x08\0" + bytes(90), None), (FIRST.encode(), "text/csv"),
    ],
)  # fmt: skip
def test_where_there_is_no_text(body, media_type):
    with pytest.raises(NoTextFound):
        extract_payload(body, media_type, None, None)


@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        (b"<!DOCTYPE HTML><p>", HTML), (b" \n\t<HTML lang=en>", HTML), (b"<!-- saved --><p>", HTML),
        (b'<?xml version="1.0"?><html>', HTML), (b"<title>a", HTML), (b"<p>a", HTML), (b"<body>", HTML),
        ("<!doctype html>".encode("utf-8-sig"), HTML), ("<html>".encode("utf-16"), HTML),
        ("<html>".encode("utf-16-le"), HTML), ("<html>".encode("utf-16-be"), HTML),
        (b"%PDF-1.4", PDF), (b"\xef\xbb\xbf%PDF-1.4", PLAIN_TEXT),
        (b"", PLAIN_TEXT), (FIRST.encode(), PLAIN_TEXT), (FIRST.encode("cp1251"), PLAIN_TEXT),
        (FIRST.encode("utf-16"), PLAIN_TEXT), (FIRST.encode("utf-8-sig"), PLAIN_TEXT),
        (b"a < b > c", PLAIN_TEXT), (b"<plain> words", PLAIN_TEXT), (b"col\x1b[1m \x0c", PLAIN_TEXT),
        (PNG, BINARY), (JPEG, BINARY), (b"text with \0 in it", BINARY), (b"RIFF\x10\0\0\0WEBP", BINARY),
    ],
)  # fmt: skip
def test_what_the_first_bytes_tell(body, media_type):
    assert sniffed(body) == media_type


@pytest.mark.timeout(60)
def test_a_text_may_be_long_but_not_of_any_length():
    longest = "\u015f" * LONGEST_TEXT
    assert extract_payload(longest.encode(), PLAIN_TEXT, None, None).text == longest
    with pytest.raises(NoTextFound):
        extract_payload(f"{longest}x".encode(), PLAIN_TEXT, None, None)


KINDS = st.sampled_from([HTML, PDF, PLAIN_TEXT, "application/xhtml+xml", "image/png", "", None])
CHARSETS = st.sampled_from(["utf-8", "windows-1251", "utf-16", "punycode", "no such", "", None])


def damaged(cuts):
    """The PDF with bytes of it put in other places."""
    return b"".join(WHOLE_PDF[start : start + length] for start, length in cuts)


PARTS = st.lists(st.tuples(st.integers(0, len(WHOLE_PDF)), st.integers(0, 400)), max_size=6)
CHANGED = st.tuples(st.integers(0, len(WHOLE_PDF) - 1), st.binary(max_size=3)).map(
    lambda at: WHOLE_PDF[: at[0]] + at[1] + WHOLE_PDF[at[0] + len(at[1]) :]
)


@given(
    st.binary(max_size=400) | PARTS.map(damaged).map(b"%PDF-1.4\n".__add__) | CHANGED,
    KINDS, CHARSETS, st.none() | st.text(max_size=20),
)  # fmt: skip
@example(WHOLE_PDF.replace(b"/Count 1", b"/Count 99999999"), PDF, None, None)
@example(b"\xff\xfe\xd8", PLAIN_TEXT, None, None)
def test_any_bytes_are_text_or_none(body, media_type, charset, url):
    try:
        found = extract_payload(body, media_type, charset, url)
    except NoTextFound:
        return
    assert found.text == found.text.strip() != ""
    found.text.encode()
