"""Reading imports, their reports, and the originals of what they brought."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, case, select
from sqlalchemy.orm import aliased

from verifier.accounts.models import Account, Desk
from verifier.accounts.permissions import Permission, holds
from verifier.imports.models import Import, ImportRow
from verifier.imports.service import RUN
from verifier.kit.columns import json_object, json_text
from verifier.kit.errors import NotFound
from verifier.kit.jobs import Job
from verifier.kit.pagination import Order, fetch_page

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy.orm import Session

    from verifier.accounts.actor import Actor
    from verifier.kit.pagination import PageRequest
    from verifier.kit.rows import AnyRow

ORDER: Final = Order(None, Import.id, descending=True)
ROWS_AT_ONCE: Final = 500
ABSENT: Final = "There is no such import, or you may not see it."
NO_ORIGINAL: Final = "Nothing was imported here, or you may not see it."
_job: Final = aliased(Job)
_GAVE_UP: Final = and_(Import.state.in_(("queued", "running")), _job.state == "failed")
_DOCUMENT: Final = json_object(
    id=Import.id,
    desk=Desk.slug,
    name=Import.name,
    format=Import.format,
    map=Import.mapping,
    dry_run=Import.dry_run,
    sha256=Import.sha256,
    state=case((_GAVE_UP, "failed"), else_=Import.state),
    progress=json_object(rows=Import.position, read=Import.bytes_read, bytes=Import.bytes),
    counts=json_object(
        taken=Import.taken,
        already_there=Import.already_there,
        repaired=Import.repaired,
        refused=Import.refused,
    ),
    error=case((Import.error.is_(None), _job.error), else_=Import.error),
    created_by=json_object(id=Account.id, name=Account.name),
    finished_at=Import.finished_at,
    version=Import.version,
    created_at=Import.created_at,
    updated_at=Import.updated_at,
)
_newest_job: Final = (
    select(Job.id)
    .where(Job.subject_id == Import.id, Job.kind == RUN)
    .order_by(Job.id.desc())
    .limit(1)
    .correlate(Import)
    .scalar_subquery()
)
_SELECT: Final = (
    select(json_text(_DOCUMENT).label("document"), Import.id, Import.version, Import.desk_id)
    .join(Desk, Desk.id == Import.desk_id)
    .outerjoin(Account, Account.id == Import.created_by)
    .outerjoin(_job, _job.id == _newest_job)
)
_REPORTED: Final = (
    ImportRow.number, ImportRow.line, ImportRow.pointer, ImportRow.outcome, ImportRow.claim_id,
    ImportRow.source_id, ImportRow.remarks, ImportRow.raw,
)  # fmt: skip
_ORIGINAL: Final = (
    json_text(
        json_object(
            **{"import": ImportRow.import_id},
            row=ImportRow.number,
            line=ImportRow.line,
            pointer=ImportRow.pointer,
            format=Import.format,
            name=Import.name,
            sha256=Import.sha256,
            imported_at=Import.created_at,
            raw=ImportRow.raw,
        )
    ).label("document"),
    Import.desk_id,
)


def import_row(session: Session, actor: Actor, import_id: str) -> AnyRow:
    """`document`, `id` and `version` of an import of the actor's desk."""
    row = session.execute(_SELECT.where(Import.id == import_id)).one_or_none()
    if row is None or not holds(actor, Permission.IMPORT_READ, row.desk_id):
        raise NotFound(ABSENT)
    return row


def imports_page(
    session: Session, actor: Actor, page: PageRequest, *, desk: str | None
) -> Sequence[AnyRow]:
    """Imports of the actor's desks, the newest first, and one more than the page holds."""
    query = _SELECT.where(Import.desk_id.in_(sorted(actor.roles)))
    if desk is not None:
        query = query.where(Desk.slug == desk)
    return fetch_page(session, query, ORDER, page)


def report_rows(session: Session, import_id: str) -> Iterator[AnyRow]:
    """The rows that are done, in the order of the file, in bounded memory."""
    query = select(*_REPORTED).where(ImportRow.import_id == import_id).order_by(ImportRow.number)
    yield from session.execute(query, execution_options={"yield_per": ROWS_AT_ONCE})


def original(session: Session, actor: Actor, column: Any, subject_id: str) -> str:
    """The row that a claim or a source came from, as it stood in its file."""
    query = (
        select(*_ORIGINAL)
        .join(Import, Import.id == ImportRow.import_id)
        .where(column == subject_id, ImportRow.key.is_not(None))
        .order_by(ImportRow.import_id)
        .limit(1)
    )
    row = session.execute(query).one_or_none()
    if row is None or not holds(actor, Permission.IMPORT_READ, row.desk_id):
        raise NotFound(NO_ORIGINAL)
    document: str = row.document
    return document


def stored_files(session: Session) -> Iterator[str]:
    """The hashes of the files that were brought; those of the command stay where they are."""
    query = select(Import.sha256).where(Import.restores.is_(False)).distinct()
    yield from session.scalars(query, execution_options={"yield_per": ROWS_AT_ONCE})


def demand_import(session: Session, actor: Actor, import_id: str) -> None:
    """Raise `NotFound` unless the actor may read the import's report."""
    desk_id = session.scalar(select(Import.desk_id).where(Import.id == import_id))
    if desk_id is None or not holds(actor, Permission.IMPORT_READ, desk_id):
        raise NotFound(ABSENT)
