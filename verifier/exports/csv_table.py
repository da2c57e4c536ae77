"""CSV: one claim a row, RFC 4180 in UTF-8, for people who work in a spreadsheet.

It starts with a byte order mark: without one Excel reads UTF-8 as the machine's old code page.
LibreOffice and pandas skip it; Python's `csv` wants the encoding `utf-8-sig`. The columns are those
of the import, so that a table can come back: whence the rating's slug, not its label; of a rating
that is not the desk's own, whatever its publisher calls it.
"""

from codecs import BOM_UTF8
from collections.abc import Iterable

from verifier.exports.cells import escape_cell, join_topics
from verifier.exports.records import AppearanceRecord, ClaimRecord

COLUMNS = (
    "text",
    "claimant",
    "claimed_on",
    "language",
    "topics",
    "source_url",
    "quote",
    "rating",
    "title",
    "summary",
    "explanation",
    "review_url",
    "published_at",
    "publisher",
)


def header() -> bytes:
    """The byte order mark and the names of the columns: a table without rows is one, too."""
    # Not quoted: a reader that does not know the mark then still finds thirteen of the names.
    return BOM_UTF8 + ",".join(COLUMNS).encode() + b"\r\n"


def row(record: ClaimRecord) -> bytes:
    """The claim, where it was first made, and the verdict in force; what is not known is empty."""
    cells = _claim_cells(record) | _origin_cells(record) | _verdict_cells(record)
    return _line(escape_cell(cells.get(column) or "") for column in COLUMNS)


def _claim_cells(record: ClaimRecord) -> dict[str, str | None]:
    claimant = record["claimant"]
    return {
        "text": record["text"],
        "claimant": claimant and claimant["name"],
        "claimed_on": record["claimed_on"],
        "language": record["language"],
        "topics": join_topics(record["topics"]),
    }


def _origin_cells(record: ClaimRecord) -> dict[str, str | None]:
    place = _origin(record["appearances"])
    if place is None:
        return {}
    quote = place["quote"]
    return {"source_url": place["source"]["url"], "quote": quote and quote["exact"]}


def _origin(places: list[AppearanceRecord]) -> AppearanceRecord | None:
    """A row has room for one place: the first appearance, or else the first one noted."""
    return next((place for place in places if place["first"]), places[0] if places else None)


def _verdict_cells(record: ClaimRecord) -> dict[str, str | None]:
    verdict = record["verdict"]
    if verdict is None:
        return {}
    imported = verdict["origin"] == "imported"
    return {
        "rating": verdict["rating_label"] if imported else verdict["rating"],
        "title": verdict["title"],
        "summary": verdict["summary"],
        "explanation": verdict["explanation"],
        "review_url": verdict["url"],
        "published_at": verdict["published_at"],
        "publisher": verdict["publisher"] if imported else record["desk"]["name"],
    }


def _line(cells: Iterable[str]) -> bytes:
    """Every cell is quoted: RFC 4180 allows it, and no text needs a second look."""
    quoted = ('"' + cell.replace('"', '""') + '"' for cell in cells)
    return (",".join(quoted) + "\r\n").encode()
