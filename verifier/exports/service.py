"""An export in each format: records in, bytes out, and the reasons for what is left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import orjson

from verifier.exports import csv_table, datafeed
from verifier.exports.claimreview import review
from verifier.exports.datafeed import FeedItem
from verifier.kit.clock import now, rfc3339

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

MEDIA_TYPES: Final = {
    "claimreview": "application/ld+json",
    "datafeed": "application/ld+json",
    "ndjson": "application/x-ndjson",
    "csv": "text/csv",
}
SUFFIXES: Final = {
    "claimreview": "jsonld",
    "datafeed": "jsonld",
    "ndjson": "ndjson",
    "csv": "csv",
}
FORMATS: Final = tuple(MEDIA_TYPES)
CHUNK: Final = 64 * 1024
JSON_LD: Final = ("claimreview", "datafeed")
"""Formats that hold verdicts in force only, and only those that make a valid ClaimReview."""

TELLS_ITS_TIME: Final = ("datafeed",)
"""Formats that say when they were made, and so are never the same twice."""


def export(texts: Iterable[str], *, export_format: str, public_url: str) -> Iterator[bytes]:
    """The records, given as JSON text, in the format."""
    return _WRITERS[export_format](texts, public_url)


def omissions(texts: Iterable[str], *, public_url: str) -> Iterator[bytes]:
    """NDJSON: a line for each claim that the JSON-LD formats leave out, with all reasons."""
    for text in texts:
        record = orjson.loads(text)
        faults = review(record, public_url=public_url).faults
        if faults:
            reasons = [{"detail": fault.detail, "pointer": fault.pointer} for fault in faults]
            line = {"claim": record["id"], "text": record["text"], "reasons": reasons}
            yield orjson.dumps(line) + b"\n"


def chunked(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces that are worth sending."""
    buffered = bytearray()
    for piece in pieces:
        buffered += piece
        if len(buffered) >= CHUNK:
            yield bytes(buffered)
            buffered.clear()
    yield bytes(buffered)


def _ndjson(texts: Iterable[str], _public_url: str) -> Iterator[bytes]:
    return (text.encode() + b"\n" for text in texts)


def _csv(texts: Iterable[str], _public_url: str) -> Iterator[bytes]:
    yield csv_table.header()
    for text in texts:
        yield csv_table.row(orjson.loads(text))


def _claimreview(texts: Iterable[str], public_url: str) -> Iterator[bytes]:
    return datafeed.graph(document for _, document in _valid(texts, public_url))


def _datafeed(texts: Iterable[str], public_url: str) -> Iterator[bytes]:
    items = (
        FeedItem(document, record["created_at"], record["updated_at"])
        for record, document in _valid(texts, public_url)
    )
    return datafeed.stream(items, modified=rfc3339(now()))


def _valid(texts: Iterable[str], public_url: str) -> Iterator[tuple[Any, dict[str, object]]]:
    for text in texts:
        record = orjson.loads(text)
        document = review(record, public_url=public_url).document
        if document is not None:
            yield record, document


_WRITERS: Final[dict[str, Callable[[Iterable[str], str], Iterator[bytes]]]] = {
    "claimreview": _claimreview,
    "datafeed": _datafeed,
    "ndjson": _ndjson,
    "csv": _csv,
}
