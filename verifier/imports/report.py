"""The report of an import, row by row: a line of JSON, or of text, for each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import orjson

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from verifier.kit.rows import AnyRow

NDJSON: Final = "application/x-ndjson"
TEXT: Final = "text/plain"
MEDIA_TYPES: Final = (NDJSON, TEXT)
OUTCOME: Final = {"taken": "taken", "already_there": "already there", "refused": "refused"}
KINDS: Final = {"reasons": "", "repairs": "repaired: ", "notes": "note: "}


def as_ndjson(rows: Iterable[AnyRow]) -> Iterator[bytes]:
    """An object a row; a refused one comes with its original, to be mended and sent again."""
    for row in rows:
        line = {
            "row": row.number, "line": row.line, "pointer": row.pointer, "outcome": row.outcome,
            "claim": row.claim_id, "source": row.source_id, **row.remarks,
            **({"raw": row.raw} if row.outcome == "refused" else {}),
        }  # fmt: skip
        yield orjson.dumps(line) + b"\n"


def as_text(rows: Iterable[AnyRow]) -> Iterator[bytes]:
    """A line a row, and an indented one for each remark."""
    for row in rows:
        yield "\n".join(_lines(row)).encode() + b"\n"


def _lines(row: AnyRow) -> Iterator[str]:
    place = [f"line {row.line}"] if row.line is not None else []
    place += [row.pointer] if row.pointer else []
    where = f" ({', '.join(place)})" if place else ""
    became = row.claim_id or row.source_id
    yield f"row {row.number}{where}: {OUTCOME[row.outcome]}{f', {became}' if became else ''}"
    for kind, word in KINDS.items():
        for remark in row.remarks[kind]:
            at = f"{remark['pointer']}: " if remark["pointer"] else ""
            yield f"    {word}{at}{remark['detail']}"


def summary(counts: Any, *, dry_run: bool) -> str:
    """The counts of an import as a sentence."""
    would = "would be " if dry_run else ""
    return (
        f"{counts.taken} {would}taken ({counts.repaired} of them repaired), "
        f"{counts.already_there} already there, {counts.refused} {would}refused."
    )
