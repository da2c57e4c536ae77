"""auto-archiver's CSV: what was archived, as sources with the copies that were made of them.

It writes two kinds: the sheet that people keep, with a column for everything, and the log of its
`csv_db`, whose cells hold Python's own notation. https://auto-archiver.readthedocs.io
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Any, Final

from verifier.exports.cells import unescape_cell
from verifier.kit.strict_json import is_too_deep, pointer_part
from verifier.readers import limits
from verifier.readers.addresses import split_addresses
from verifier.readers.mending import Mending
from verifier.readers.objects import Reading, Unknown, refusal
from verifier.readers.records import ArchivedCopy, GivenSource, Remark
from verifier.readers.streams import head_text
from verifier.readers.tables import DELIMITERS, TableRow, open_table, tell_ragged
from verifier.readers.unreadable import UnreadableFile

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from verifier.readers.streams import Peeked

# The first names are auto-archiver's own, the last what a mapping makes of others.
_URL: Final = ("link", "url", "source_url")
_ARCHIVED: Final = ("archive location", "archive url")
_COPIES: Final = ("wacz", "screenshot")
_TITLE: Final = ("upload title", "title")
_TIME: Final = ("upload timestamp", "timestamp", "published_at")
_TEXT: Final = ("text content", "text")
_HASH: Final = ("hash",)
_UNUSED: Final = (
    "archive status", "destination folder", "archive date", "thumbnail", "thumbnail index",
    "perceptual hashes", "replaywebpage", "duration",
)  # fmt: skip
_SHEET: Final = (*_URL, *_ARCHIVED, *_COPIES, *_TITLE, *_TIME, *_TEXT, *_HASH, *_UNUSED)
_LOG: Final = ("status", "metadata", "media")
_SHA256: Final = re.compile(r"(?:sha-?256:)?\s*([0-9a-f]{64})", re.IGNORECASE)
_LONGEST_CELL: Final = 1_000_000
_NO_LINK: Final = "There is no address of what was archived."


def is_archiver(head: bytes) -> bool:
    """Whether a table that begins so is auto-archiver's, by its first row."""
    first = head_text(head).lstrip("\r\n").partition("\n")[0].lower()
    names = {name.strip(' "\r') for name in re.split(f"[{DELIMITERS}]", first)}
    return names >= set(_LOG) or ("archive status" in names and not names.isdisjoint(_URL))


def read_archiver(stream: Peeked, mapping: Mapping[str, str]) -> Iterator[Reading]:
    """Rows whose `given` is a source. Columns have auto-archiver's names, in any case."""
    table = open_table(stream, (*_SHEET, *_LOG))
    renamed = {name.lower(): ours for name, ours in mapping.items()}
    header = [renamed.get(name.lower(), name.lower()) for name in table.header]
    is_log = set(_LOG) <= set(header)
    if not is_log and set(_URL).isdisjoint(header):
        raise UnreadableFile("The table has no column “Link”, as auto-archiver's have.")
    unknown = Unknown()
    for row in table.rows:
        if row.fault:
            yield refusal(row.line, "", row.raw, row.fault)
            continue
        mending = Mending()
        tell_ragged(row, table.header, mending)
        cells = _cells(row, header, table.header)
        source = _logged(cells, mending) if is_log else _listed(cells, mending, unknown)
        yield _reading(row, source, mending)


def _reading(row: TableRow, source: GivenSource | None, mending: Mending) -> Reading:
    if source is None:
        return Reading(row.line, "", row.raw, refused=(*mending.remarks, Remark("", _NO_LINK)))
    return Reading(row.line, "", row.raw, source, repairs=tuple(mending.remarks))


Cells = dict[str, tuple[str, str]]
"""By small name: the text, and the pointer with the name as it is written."""


def _cells(row: TableRow, header: list[str], written: list[str]) -> Cells:
    cells: Cells = {}
    for name, column, cell in zip(header, written, row.cells, strict=False):
        cells.setdefault(name, (unescape_cell(cell).strip(), f"/{pointer_part(column)}"))
    return cells


def _listed(cells: Cells, mending: Mending, unknown: Unknown) -> GivenSource | None:
    for name, (text, pointer) in cells.items():
        if text and name not in _SHEET:
            unknown.tell(pointer[1:], mending)
    url = mending.address(*_first(cells, _URL))
    if url is None:
        return None
    title, title_at = _first(cells, _TITLE)
    text, text_at = _first(cells, _TEXT)
    return GivenSource(
        url=url,
        title=mending.line(title, title_at, limits.LONGEST_TITLE),
        published_at=mending.instant(*_first(cells, _TIME)),
        text=mending.source(text, text_at),
        copies=_listed_copies(cells, mending),
    )


def _first(cells: Cells, names: tuple[str, ...]) -> tuple[str, str]:
    """The first of these columns that says something."""
    found = [cells[name] for name in names if name in cells]
    return next((cell for cell in found if cell[0]), ("", f"/{pointer_part(names[0])}"))


def _listed_copies(cells: Cells, mending: Mending) -> tuple[ArchivedCopy, ...]:
    """The archived file, which the hash is of, and then the others."""
    sha256 = _sha256(*_first(cells, _HASH), mending)
    copies: list[ArchivedCopy] = []
    for names in (_ARCHIVED, *((name,) for name in _COPIES)):
        text, pointer = _first(cells, names)
        urls = (mending.address(address, pointer) for address in split_addresses(text))
        known = sha256 if names is _ARCHIVED else None
        copies += [ArchivedCopy(url, known) for url in urls if url]
    return _bounded(copies, mending)


def _sha256(text: str, pointer: str, mending: Mending) -> str | None:
    found = _SHA256.fullmatch(text.strip())
    if text and found is None and text != "not-calculated":
        mending.tell(pointer, "Left out: only a SHA-256, in 64 hexadecimal digits, is kept.")
    return found[1].lower() if found else None


def _bounded(copies: list[ArchivedCopy], mending: Mending) -> tuple[ArchivedCopy, ...]:
    distinct = tuple({copy.url: copy for copy in reversed(copies)}.values())[::-1]
    if len(distinct) > limits.MOST_COPIES:
        mending.tell("", f"Only the first {limits.MOST_COPIES} of {len(distinct)} copies are kept.")
    return distinct[: limits.MOST_COPIES]


def _logged(cells: Cells, mending: Mending) -> GivenSource | None:
    told = _notation(*cells.get("metadata", ("", "/metadata")), mending)
    said: dict[str, Any] = told if isinstance(told, dict) else {}
    url = mending.address(_text(said, "url"), "/metadata")
    if url is None:
        return None
    return GivenSource(
        url=url,
        title=mending.line(_text(said, "title"), "/metadata", limits.LONGEST_TITLE),
        published_at=mending.instant(_text(said, "timestamp"), "/metadata"),
        text=mending.source(_text(said, "content"), "/metadata"),
        copies=_logged_copies(cells, mending),
    )


def _text(said: dict[str, Any], name: str) -> str:
    value = said.get(name)
    return value if isinstance(value, str) else ""


def _logged_copies(cells: Cells, mending: Mending) -> tuple[ArchivedCopy, ...]:
    """Of each file that was made: where it is kept, and its hash."""
    files = _notation(*cells.get("media", ("", "/media")), mending)
    copies: list[ArchivedCopy] = []
    for file in files if isinstance(files, list) else []:
        properties = file.get("properties") if isinstance(file, dict) else None
        said = properties if isinstance(properties, dict) else {}
        sha256 = _sha256(_text(said, "hash"), "/media", mending)
        kept = file.get("urls") if isinstance(file, dict) else None
        told = [url for url in kept if isinstance(url, str)] if isinstance(kept, list) else []
        urls = (mending.address(url, "/media") for url in told)
        copies += [ArchivedCopy(url, sha256) for url in urls if url]
    return _bounded(copies, mending)


def _notation(text: str, pointer: str, mending: Mending) -> Any:
    """A value in Python's notation, read as data; times become text, what is no data is none."""
    if not text:
        return None
    try:
        if len(text) <= _LONGEST_CELL and not is_too_deep(text.encode("utf-8", "replace")):
            return _value(ast.parse(text, mode="eval").body)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        pass
    mending.tell(pointer, "Left out: this is not as auto-archiver writes it.")
    return None


def _value(node: ast.expr) -> Any:
    match node:
        case ast.Constant(value=value):
            return value
        case ast.List(elts=items) | ast.Tuple(elts=items):
            return [_value(item) for item in items]
        case ast.Dict(keys=keys, values=values):
            return {_value(k): _value(v) for k, v in zip(keys, values, strict=True)
                    if isinstance(k, ast.Constant)}  # fmt: skip
        case ast.Call(func=ast.Attribute(attr="datetime"), args=parts):
            return _time([_value(part) for part in parts])
    return None


def _time(parts: list[Any]) -> str | None:
    """`datetime.datetime(2024, 6, 12, 8, 0, tzinfo=datetime.timezone.utc)`, which are in UTC."""
    numbers = [part for part in parts if isinstance(part, int)][:6]
    if len(numbers) < 3 or not all(0 <= number <= 9999 for number in numbers):  # noqa: PLR2004
        return None
    year, month, day, hour, minute, second = [*numbers, 0, 0, 0][:6]
    return f"{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z"
