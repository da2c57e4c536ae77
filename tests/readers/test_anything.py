"""Whatever a file holds, it is read or refused; what this service writes, it reads back."""

import io
import json
from contextlib import suppress
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.exports.samples import PUBLIC_URL, SOUND, records, sound_records
from tests.readers.files import claim, one, read
from verifier.exports import claimreview, csv_table, datafeed, ndjson
from verifier.exports.records import ClaimRecord
from verifier.kit.text import pasted_text
from verifier.readers import limits
from verifier.readers.reading import FORMATS, rows
from verifier.readers.records import GivenClaim, GivenSource
from verifier.readers.unreadable import UnreadableFile

NAMES = [
    *[
        "@context",
        "@type",
        "@graph",
        "@id",
        "@value",
        "type",
        "properties",
        "item",
        "dataFeedElement",
    ],
    *[
        "claimReviewed",
        "itemReviewed",
        "reviewRating",
        "alternateName",
        "ratingValue",
        "bestRating",
    ],
    *[
        "worstRating",
        "author",
        "name",
        "url",
        "sameAs",
        "appearance",
        "firstAppearance",
        "keywords",
    ],
    *[
        "datePublished",
        "inLanguage",
        "headline",
        "text",
        "topics",
        "rating",
        "claimant",
        "en",
        "x/~",
    ],
]
WORDS = [
    *[
        "ClaimReview",
        "Claim",
        "CreativeWork",
        "http://schema.org/ClaimReview",
        "False",
        "",
        " ",
        "-1",
    ],
    *[
        "https://a.example/x",
        "www.b.example and http://c.example",
        "//[",
        "/x",
        "mailto:x",
        "2026-01-02",
    ],
    *[
        "3/4/2026",
        "1767312000000",
        "&lt;b&gt;x",
        "\u202ex",
        "a\x00b",
        "\ud800",
        "en_US",
        "5",
        "1e5",
    ],
]
leaves = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(WORDS) | st.text(max_size=9)
)  # fmt: skip
values = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=3), inner, max_size=6)
    ),
    max_leaves=25,
)
reviews = st.fixed_dictionaries(
    {"@type": st.just("ClaimReview")}, optional=dict.fromkeys(NAMES[8:], values)
)


def pieces_of(parts: list[str]) -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(parts), max_size=40).map("".join)


jsonish = pieces_of(
    ["{", "}", "[", "]", '"', ",", ":", "\\", "\n", "1", "@graph", "text", " ", "\ud800"]
)
tabular = pieces_of(
    ["text", "rating", ",", ";", "\t", '"', "\n", "\r", "a", "=1", "\x00", "é", "sep="]
)


def tolerates(data: bytes, import_format: str | None) -> None:
    """All of it is read, or the file as a whole refused; what is read can be stored."""
    with suppress(UnreadableFile):
        for row in rows(io.BytesIO(data), import_format=import_format):
            assert (row.given is None) == bool(row.refused)
            json.dumps([row.raw, row.record, str(row.given)], allow_nan=False).encode()
            str(row).encode()
            for remark in (*row.repairs, *row.refused):
                assert remark.pointer == "" or remark.pointer.startswith("/")
                assert remark.detail.endswith(".")


formats = st.sampled_from([None, *FORMATS])


@given(values | reviews, formats)
def test_any_json_is_read_or_refused(value: Any, import_format: str | None) -> None:
    tolerates(json.dumps(value).encode(), import_format)


@given(jsonish | tabular, formats)
def test_any_text_is_read_or_refused(text: str, import_format: str | None) -> None:
    tolerates(text.encode("utf-8", "surrogatepass"), import_format)


@given(
    st.binary(max_size=60),
    st.sampled_from([b"", b"text\n", b"\xff\xfe", b"{", b"<script>"]),
    formats,
)
def test_any_bytes_are_read_or_refused(
    data: bytes, start: bytes, import_format: str | None
) -> None:
    tolerates(start + data, import_format)


@given(jsonish | tabular | values.map(json.dumps))
def test_any_page_is_read_or_refused(script: str) -> None:
    page = f"<html><script type='application/ld+json'>{script}</script></html>"
    tolerates(page.encode("utf-8", "surrogatepass"), "claimreview")


@given(tabular, tabular)
def test_any_log_of_an_archiver_is_read_or_refused(one_cell: str, another: str) -> None:
    cells = [cell.replace('"', "'") for cell in (one_cell, another)]
    table = f'status,metadata,media\nx,"{cells[0]}","{cells[1]}"\n'
    tolerates(table.encode("utf-8", "surrogatepass"), "auto-archiver")


@given(sound_records.filter(lambda record: "\\u0000" not in json.dumps(record)))
def test_a_line_of_ours_gives_the_record_back(record: ClaimRecord) -> None:
    row = one(ndjson.line(record), import_format="ndjson")
    assert row.record == record or row.refused[0].pointer == "/text"


# What was typed into this service is in need of no repair.
typed = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=20)
typed_records = records(
    SOUND._replace(word=typed.map(pasted_text).map(str.strip).map(lambda word: word or "-1"))
)


@given(typed_records)
def test_a_row_of_our_table_comes_back(record: ClaimRecord) -> None:
    row = one(csv_table.header() + csv_table.row(record), import_format="csv")
    given_claim = row.given
    assert isinstance(given_claim, GivenClaim)
    assert given_claim.text == record["text"]
    assert given_claim.claimed_on == (
        record["claimed_on"] and date.fromisoformat(record["claimed_on"])
    )
    judged, written = given_claim.verdict, record["verdict"]
    assert judged is not None
    assert written is not None
    told = "rating_label" if written["origin"] == "imported" else "rating"
    assert judged.rating.label == written[told]
    assert judged.url == written["url"]
    assert judged.explanation == written["explanation"]


@given(sound_records)
def test_our_claim_reviews_come_back(record: ClaimRecord) -> None:
    document = claimreview.review(record, public_url=PUBLIC_URL).document
    assert document is not None
    item = datafeed.FeedItem(document, created="2026-01-01", modified="2026-01-01")
    feed = b"".join(datafeed.stream([item, item], modified="2026-01-01T00:00:00Z"))
    first, second = read(feed)
    assert (first.pointer, second.pointer) == (
        "/dataFeedElement/0/item/0",
        "/dataFeedElement/1/item/0",
    )
    assert first.given == second.given == one(document).given
    assert json.loads(first.raw) == document
    assert read(b"".join(datafeed.graph([document])))[0].given == first.given


@pytest.mark.parametrize("import_format", FORMATS)
@given(data=values.map(json.dumps) | tabular)
def test_reading_again_gives_the_same_rows(import_format: str, data: str) -> None:
    """The storing side resumes by a row's number."""
    with suppress(UnreadableFile):
        assert read(data.encode("utf-8", "replace"), import_format=import_format) == read(
            data.encode("utf-8", "replace"), import_format=import_format
        )


def test_given_is_within_the_limits_of_what_is_stored() -> None:
    long = {
        "text": "word " * 9000,
        "rating": "r " * 900,
        "title": "t" * 9000,
        "publisher": "p" * 999,
    }
    given_claim = claim(long)
    verdict = given_claim.verdict
    assert verdict is not None
    assert len(given_claim.text) <= limits.LONGEST_CLAIM
    assert len(verdict.rating.label) <= limits.LONGEST_LABEL
    assert len(verdict.title or "") == limits.LONGEST_TITLE
    assert len(verdict.publisher or "") == limits.LONGEST_PUBLISHER


def test_a_source_is_no_claim() -> None:
    row = one("Link,Archive Status\nhttps://a.example/,done\n")
    assert row.given == GivenSource(url="https://a.example/")


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "content",
    [
        json.dumps({"text": "x", "source_url": "https://a.example/" + " " * 400_000 + "x"}),
        json.dumps({"text": "x", "source_url": "https://a.example/ " * 100_000}),
        json.dumps({"text": "x", "topics": "; a" * 200_000, "published_at": "Mon " * 200_000}),
        json.dumps(
            {"@type": "ClaimReview", "claimReviewed": "<a " * 200_000, "keywords": "a," * 200_000}
        ),
        json.dumps(
            {"@type": "ClaimReview", "claimReviewed": "\n \n" * 200_000, "url": '"' * 400_000}
        ),
        '{"@graph": [' + "[{" * 200_000,
        '{"text": "' + '\\"' * 400_000,
        "[" + ", " * 400_000 + "]",
        "<script type='application/ld+json'>{" + " \n" * 400_000 + "x</script>",
        "<script type='application/ld+json'>" + "<!-- //" * 300_000 + "</script>",
        "text\n" + '"' * 400_001 + "\n",
        "text" + ",a" * 200_000 + "\n" + "x" + ",b" * 200_000,
    ],
    ids=range(12),
)
def test_nothing_takes_long_for_its_size(content: str) -> None:
    tolerates(content.encode(), None)
