"""Which format a file is, by its content; and files that are none, with a word that helps."""

import gzip
import io

import pytest

from tests.readers.files import claim, one, read, review
from verifier.exports import csv_table, datafeed, ndjson
from verifier.kit.errors import Unreadable
from verifier.readers.reading import FORMATS, guessed_format, rows
from verifier.readers.unreadable import UnreadableFile

BRIDGE = "The new bridge was closed within a week."


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("text,claimant\nx,y", "csv"),
        ("\ufefftext;claimant\n", "csv"),
        ("anything", "csv"),
        ('{"text": "x"}', "ndjson"),
        ('{"text": "x"}\n{"text": "y"}', "ndjson"),
        ('\ufeff \n{"text": "x"}', "ndjson"),
        # Lines of ClaimReviews; one alone is a document, and so is one broken over lines.
        ('{"@type": "ClaimReview"}\n{"@type": "ClaimReview"}\n', "ndjson"),
        ('{"@type": "ClaimReview"}\n', "claimreview"),
        ('{\n  "@context": "https://schema.org"', "claimreview"),
        ('{"@graph": [', "claimreview"),
        ("[", "claimreview"),
        (' [{"text": "x"}]', "claimreview"),
        ('{"@type": "DataFeed", "dataFeedElement": [', "datafeed"),
        ('{"dataFeedElement":\n[{"@type":', "datafeed"),
        ("<!doctype html>", "page"),
        ("\n <html>", "page"),
        ("Link,Archive status,Archive location\n", "auto-archiver"),
        ('"link";"ARCHIVE STATUS"\r\n', "auto-archiver"),
        ("status,metadata,media\n", "auto-archiver"),
    ],
)
def test_the_content_says_which_format_it_is(head, expected):
    assert guessed_format(head.encode()) == expected


def test_what_this_service_writes_is_known_again():
    assert guessed_format(csv_table.header()) == "csv"
    assert guessed_format(b"".join(datafeed.stream([], modified="2026-01-01"))) == "datafeed"
    assert guessed_format(b"".join(datafeed.graph([]))) == "claimreview"
    long = ndjson.line({"id": "x", "text": "é" * 100_000})
    assert guessed_format((long + long)[:65_536]) == "ndjson"


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "empty"),
        (b" \n\n", "empty"),
        (gzip.compress(b"text\nx\n", mtime=0), "gzip"),
        (b"PK\x03\x04rest", "CSV UTF-8"),  # .xlsx and .ods are zip archives
        (b"\xd0\xcf\x11\xe0rest", "CSV UTF-8"),
        (b"%PDF-1.7", "PDF"),
        ("text\nx".encode("utf-16-le"), "NUL"),  # without its mark
        (b"title,claimant\na,b\n", "no column “text”; it has “title”, “claimant”"),
        (b"<p>no script here</p>", "no ClaimReview"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_refused_with_a_word(content, word):
    with pytest.raises(UnreadableFile, match=word):
        read(content)


def test_it_is_a_problem_of_the_request():
    assert issubclass(UnreadableFile, Unreadable)
    assert UnreadableFile.slug() == "unreadable-file"


def test_a_file_is_refused_before_its_first_row_is_asked_for():
    with pytest.raises(UnreadableFile):
        rows(io.BytesIO(b"title\nx\n"))


@pytest.mark.parametrize(
    ("content", "import_format"),
    [
        (csv_table.header(), "csv"),
        (b"".join(datafeed.stream([], modified="2026-01-01")), "datafeed"),
        (b"".join(datafeed.graph([])), "claimreview"),
        (b"[]", "claimreview"),
        (b"", "ndjson"),
    ],
)
def test_an_export_without_rows_is_no_fault(content, import_format):
    assert read(content, import_format=import_format) == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize(
    "content", ["text\nBRIDGE\n", '{"text": "BRIDGE"}', '[{"text": "BRIDGE"}]']
)
def test_a_byte_order_mark_is_no_letter(content, encoding):
    assert claim(content.replace("BRIDGE", BRIDGE).encode(encoding)).text == BRIDGE


@pytest.mark.parametrize(
    ("mapping", "word"),
    [
        ({"claim": "words"}, "cannot be mapped to “words”"),
        ({"claim": "text", "title": "text"}, "Two columns"),
        ({"missing": "text"}, "no column “missing”"),
    ],
)
def test_a_mapping_that_cannot_be_followed_is_refused(mapping, word):
    with pytest.raises(UnreadableFile, match=word):
        read("claim,title\na,b\n", mapping=mapping)


def test_a_format_that_is_named_is_used():
    assert one(review(), import_format="ndjson").given == one(review()).given
    assert "ndjson" in FORMATS


def test_rows_are_counted_from_one_and_know_their_line():
    found = read('text\n"one\ntwo"\n\nthree\n')
    assert [(row.number, row.line) for row in found] == [(1, 2), (2, 5)]


class Slow(io.RawIOBase):
    """A stream that gives a few bytes at a time, as a socket may."""

    def __init__(self, data):
        self.left = data

    def readable(self):
        return True

    def read(self, size=-1):
        taken, self.left = self.left[: min(size, 7)], self.left[min(size, 7) :]
        return taken


@pytest.mark.parametrize("content", ['{"text": "ä%s"}', 'text\n"ä%s"\n', '[{"text": "ä%s"}]'])
def test_a_stream_may_give_a_few_bytes_at_a_time(content):
    content = (content % ("é" * 40_000)).encode()
    slowly = list(rows(Slow(content)))
    assert slowly == read(content)
    assert len(slowly) == 1
