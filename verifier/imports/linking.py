"""Once all records are there: each duplicate points to the claim that it repeats."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import bindparam, select, update

from verifier.claims.models import Claim
from verifier.events.bulk import Happening, record_many
from verifier.events.service import lock_chain
from verifier.imports.identity import moved_id
from verifier.imports.models import ImportRow
from verifier.kit.db import table_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from verifier.imports.running import Run
    from verifier.kit.db import Database
    from verifier.kit.rows import AnyRow

AT_ONCE: Final = 500
GONE: Final = "duplicate_of: the claim that it repeats is not here"


def link_duplicates(database: Database, run: Run) -> None:
    """Each batch of links is one transaction; those that are made are not made again."""
    more = not run.dry_run
    while more:
        with database.transaction() as session:
            more = _link_some(session, run)


def _link_some(session: Session, run: Run) -> bool:
    lock_chain(session, run.desk_id)
    open_links = (
        select(ImportRow.number, ImportRow.claim_id, ImportRow.duplicate_of, ImportRow.remarks)
        .where(ImportRow.import_id == run.id, ImportRow.duplicate_of.is_not(None))
        .order_by(ImportRow.number)
        .limit(AT_ONCE)
    )
    rows = session.execute(open_links).all()
    if rows:
        _link(session, run, rows)
    return len(rows) == AT_ONCE


def _link(session: Session, run: Run, rows: Sequence[AnyRow]) -> None:
    given = {row.duplicate_of for row in rows}
    ids = given | {moved_id(each, run.desk_id) for each in given}
    query = select(Claim.id).where(Claim.id.in_(ids), Claim.desk_id == run.desk_id)
    there = set(session.scalars(query))
    links, settled = [], []
    for row in rows:
        candidates = (row.duplicate_of, moved_id(row.duplicate_of, run.desk_id))
        others = (each for each in candidates if each != row.claim_id)
        original = next((each for each in others if each in there), None)
        remarks = dict(row.remarks)
        if original is None:
            gone = {"pointer": "/duplicate_of", "detail": GONE}
            remarks["repairs"] = [*remarks["repairs"], gone]
        else:
            links.append({"of": row.claim_id, "original": original})
        settled.append({"at": row.number, "told": remarks})
    if links:
        _point(session, run, links)
    table = table_of(ImportRow)
    here = (table.c.import_id == run.id, table.c.number == bindparam("at"))
    done = update(table).where(*here).values(duplicate_of=None, remarks=bindparam("told"))
    session.connection().execute(done, settled)


def _point(session: Session, run: Run, links: list[dict[str, Any]]) -> None:
    """The claim's time of change stays the record's."""
    table = table_of(Claim)
    pointing = update(table).where(table.c.id == bindparam("of"))
    values = {"duplicate_of_id": bindparam("original"), "version": table.c.version + 1}
    session.connection().execute(pointing.values(**values), links)
    told = [
        Happening(
            "claim.linked", (Claim.__subject__, link["of"]),
            {"duplicate_of_id": link["original"]}, link["of"], {"import_id": run.id},
        )
        for link in links
    ]  # fmt: skip
    record_many(session, run.actor, run.desk_id, told)
