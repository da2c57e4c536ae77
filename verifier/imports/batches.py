"""One batch of rows: looked up, planned and written in the transaction that is open."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from sqlalchemy import update

from verifier.events.service import lock_chain
from verifier.imports.differences import note_differences
from verifier.imports.drafting import draft_of
from verifier.imports.fitting import storable
from verifier.imports.known import look_up
from verifier.imports.models import Import, ImportRow
from verifier.imports.planning import ALREADY_THERE, REFUSED, TAKEN, Planner
from verifier.imports.quotes import anchored_quotes
from verifier.imports.writing import write
from verifier.kit.bulk import put_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy.orm import Session

    from verifier.imports.drafts import RowDraft
    from verifier.imports.running import Run
    from verifier.readers.records import Remark, Row


class ImportTakenUp(Exception):
    """Another process goes on with this import; what this one was about to write is dropped."""


def store_batch(session: Session, run: Run, batch: Sequence[Row], bytes_read: int) -> int:
    """How many rows were taken. Raises `ImportTakenUp`.

    The chain is held before anything is looked up, so two imports into a desk take turns, and each
    sees what the other has brought.
    """
    drafts = [draft_of(row, run) for row in batch]
    if not run.dry_run:
        lock_chain(session, run.desk_id)
    known = look_up(session, run, drafts)
    planner = Planner(run, known, anchored_quotes(session, drafts, known))
    reported = [planner.plan(draft) for draft in drafts]
    note_differences(session, drafts, planner.compared)
    counts = _counts(drafts, reported)
    _move_on(session, run, len(batch), counts, bytes_read)
    if not run.dry_run:
        write(session, run, planner.writes)
    put_rows(session, ImportRow, [_stored(row) for row in reported])
    return counts[TAKEN]


def _move_on(session: Session, run: Run, rows: int, counts: Counter[str], bytes_read: int) -> None:
    """The position is this batch's end, if it still is at its beginning."""
    here = (Import.id == run.id, Import.position == run.position, Import.state == "running")
    moved = update(Import).where(*here).values(
        position=Import.position + rows,
        taken=Import.taken + counts[TAKEN],
        already_there=Import.already_there + counts[ALREADY_THERE],
        refused=Import.refused + counts[REFUSED],
        repaired=Import.repaired + counts["repaired"],
        bytes_read=bytes_read,
        version=Import.version + 1,
        updated_at=run.moment,
    )  # fmt: skip
    if session.execute(moved, execution_options={"synchronize_session": False}).rowcount != 1:  # type: ignore[attr-defined]
        raise ImportTakenUp


def _counts(drafts: Iterable[RowDraft], reported: Sequence[dict[str, Any]]) -> Counter[str]:
    counts = Counter(row["outcome"] for row in reported)
    for draft, row in zip(drafts, reported, strict=True):
        counts["repaired"] += bool(draft.repairs) and row["outcome"] == TAKEN
    return counts


def _stored(row: dict[str, Any]) -> dict[str, Any]:
    draft: RowDraft = row["remarks"]
    remarks = {
        "repairs": _told(draft.repairs), "notes": _told(draft.notes),
        "reasons": _told(draft.reasons),
    }  # fmt: skip
    pointer = storable(row["pointer"])
    return {**row, "remarks": remarks, "raw": storable(row["raw"]), "pointer": pointer}


def _told(remarks: Iterable[Remark]) -> list[dict[str, str]]:
    return [
        {"pointer": storable(each.pointer), "detail": storable(each.detail)} for each in remarks
    ]
