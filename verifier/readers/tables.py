"""CSV and its kin (RFC 4180): comma, semicolon or tab, with names of columns in the first row.

Rows come with their original lines. Memory is bounded by the longest row that is read.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from verifier.exports.cells import unescape_cell
from verifier.kit.strict_json import pointer_part
from verifier.readers.limits import LONGEST_ROW
from verifier.readers.members import KNOWN, Told, column_of, read_members
from verifier.readers.mending import Mending
from verifier.readers.objects import Reading, Unknown, refusal
from verifier.readers.streams import NOT_UTF8, has_undecoded, head_text, lines, original, text_of
from verifier.readers.unreadable import UnreadableFile

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from verifier.readers.streams import Peeked

DELIMITERS: Final = ",;\t"
_SHOWN: Final = 1000
_UNCLOSED: Final = "A quotation mark is opened in this row and never closed; it hides all after it."
_TOO_LONG: Final = (
    f"A row has more than {LONGEST_ROW} characters, or a quotation mark is opened in it and never"
    " closed. Nothing after this is read."
)
# For the whole process, as the library has it: rows are bounded here, all their cells together.
csv.field_size_limit(LONGEST_ROW)


class _TooLong(ValueError):
    """The row's lines are longer than any row can be."""


@dataclass(slots=True)
class TableRow:
    """A row's cells, where it begins, its original lines, and why nothing can be read of it."""

    line: int
    cells: list[str]
    raw: str
    fault: str | None = None


@dataclass(slots=True)
class Table:
    """A table's columns and its rows."""

    header: list[str]
    rows: Iterator[TableRow]


@dataclass(slots=True)
class _Lines:
    """Hands lines to the csv module, and keeps those of the row that it is at."""

    source: Iterator[tuple[int, str, bool]]
    first: int = 0
    taken: list[str] = field(default_factory=list)
    room: int = LONGEST_ROW
    has_ended: bool = False

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        try:
            number, line, is_whole = next(self.source)
        except StopIteration:
            self.has_ended = True
            raise
        self.first = self.first or number
        self.taken.append(line)
        self.room -= len(line)
        if self.room < 0 or not is_whole:
            raise _TooLong
        return line

    def begin_row(self) -> None:
        self.first, self.taken, self.room = 0, [], LONGEST_ROW


def delimiter_of(head: bytes, known: Sequence[str]) -> str:
    """The one by which the first row has most columns that are known, or else most columns."""
    first = head_text(head).lstrip("\r\n")
    if first[:4].lower() == "sep=" and first[4:5] in {*DELIMITERS, "|"}:
        return first[4]

    def columns(delimiter: str) -> tuple[int, int]:
        row = next(csv.reader(first.splitlines(keepends=True), delimiter=delimiter), [])
        return sum(name.strip().lower() in known for name in row), len(row)

    return max(DELIMITERS, key=columns)


def open_table(stream: Peeked, known: Sequence[str]) -> Table:
    """The table with its header read. Raises UnreadableFile where it has none."""
    delimiter = delimiter_of(stream.head, known)
    text = text_of(stream, newline="")
    rows = _rows(_Lines(lines(text)), delimiter)
    header = next(rows, None)
    if header and header.raw[:4].lower() == "sep=":
        header = next(rows, None)
    if header is None:
        raise UnreadableFile("The table is empty; its first row names the columns.")
    if header.fault:
        raise UnreadableFile(f"The row that names the columns cannot be read. {header.fault}")
    return Table([cell.strip() for cell in header.cells], rows)


def _rows(source: _Lines, delimiter: str) -> Iterator[TableRow]:
    reader = csv.reader(source, delimiter=delimiter)
    while True:
        source.begin_row()
        try:
            cells = next(reader, None)
        except (_TooLong, csv.Error):
            yield _row(source, [], _TOO_LONG)
            return
        if cells is None:
            return
        if source.has_ended:
            yield _row(source, [], _UNCLOSED)
            return
        if any(cell.strip() for cell in cells):
            fault = NOT_UTF8 if any(map(has_undecoded, cells)) else None
            yield _row(source, cells, fault)


def _row(source: _Lines, cells: list[str], fault: str | None) -> TableRow:
    raw = "".join(source.taken)
    raw = raw[:_SHOWN] if fault and len(raw) > LONGEST_ROW else raw.rstrip("\r\n")
    return TableRow(source.first, cells, original(raw), fault)


def read_table(stream: Peeked, mapping: Mapping[str, str]) -> Iterator[Reading]:
    """Claims, by the columns of the export and what `mapping` makes of other names."""
    table = open_table(stream, (*KNOWN, *(name.lower() for name in mapping)))
    columns = _columns(table.header, mapping)
    unknown = Unknown()
    for row in table.rows:
        if row.fault:
            yield refusal(row.line, "", row.raw, row.fault)
        else:
            yield _read(row, table.header, columns, unknown)


def _columns(header: list[str], mapping: Mapping[str, str]) -> list[str | None]:
    """Which of our columns each is; the first of a name counts."""
    missing = [name for name in mapping if name not in header]
    if missing:
        raise UnreadableFile(
            f"The table has no column “{missing[0]}” to be mapped; it has {_named(header)}."
        )
    columns: list[str | None] = []
    for name in header:
        column = column_of(name, mapping)
        columns.append(None if column in columns else column)
    if "text" not in columns:
        raise UnreadableFile(
            f"The table has no column “text”; it has {_named(header)}. Map the one with the claims."
        )
    return columns


def _named(header: list[str]) -> str:
    return original(", ".join(f"“{name[:40]}”" for name in header[:40]))


def _read(row: TableRow, header: list[str], columns: list[str | None], unknown: Unknown) -> Reading:
    mending = Mending()
    tell_ragged(row, header, mending)
    told: dict[str, Told] = {}
    for name, column, cell in zip(header, columns, row.cells, strict=False):
        if column is not None:
            told[column] = Told(unescape_cell(cell), f"/{pointer_part(name)}")
        elif cell.strip():
            unknown.tell(name, mending)
    given, refused = read_members(told, mending)
    return Reading(row.line, "", row.raw, given, None, tuple(mending.remarks), tuple(refused))


def tell_ragged(row: TableRow, header: list[str], mending: Mending) -> None:
    """Too few cells are empty ones; too many are of no column."""
    told = f"The row has {len(row.cells)} cells for {len(header)} columns;"
    if len(row.cells) < len(header):
        mending.tell("", f"{told} the others count as empty.")
    elif any(cell.strip() for cell in row.cells[len(header) :]):
        mending.tell("", f"{told} those too many stay in the original alone.")
