"""Reading snapshots and jobs: one query for a detail, one for a page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import case, select

from verifier.accounts.models import Account
from verifier.kit.columns import json_object, json_text
from verifier.kit.errors import NotFound
from verifier.kit.jobs import Job
from verifier.kit.pagination import Order, fetch_page
from verifier.snapshots.models import Snapshot
from verifier.sources.models import Source
from verifier.sources.queries import JOB

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy.orm import Session

    from verifier.accounts.actor import Actor
    from verifier.kit.pagination import PageRequest
    from verifier.kit.rows import AnyRow

ORDER: Final = Order(None, Snapshot.id, descending=True)
_DOCUMENT: Final = json_object(
    id=Snapshot.id,
    source=Snapshot.source_id,
    url=Snapshot.url,
    fetched_at=Snapshot.fetched_at,
    http_status=Snapshot.http_status,
    media_type=Snapshot.media_type,
    sha256=Snapshot.sha256,
    bytes=Snapshot.bytes,
    payload_sha256=Snapshot.payload_sha256,
    warc="/v1/snapshots/" + Snapshot.id.cast(Account.name.type) + "/warc",
    supplied_by=case(
        (Snapshot.supplied_by.is_(None), None),
        else_=json_object(id=Account.id, name=Account.name),
    ),
    text_sha256=Snapshot.text_sha256,
    read_at=Snapshot.read_at,
    version=Snapshot.version,
    created_at=Snapshot.created_at,
)
_SELECT: Final = (
    select(json_text(_DOCUMENT).label("document"), Snapshot.id, Snapshot.version, Snapshot.sha256)
    .join(Source, Source.id == Snapshot.source_id)
    .outerjoin(Account, Account.id == Snapshot.supplied_by)
)


def snapshot_row(session: Session, actor: Actor, snapshot_id: str) -> AnyRow:
    """`document`, `id`, `version`, `sha256` of a snapshot in a desk that the actor may read."""
    query = _SELECT.where(Snapshot.id == snapshot_id, Source.desk_id.in_(actor.readable_desks))
    return _found(session.execute(query).one_or_none())


def snapshot_text_row(session: Session, actor: Actor, snapshot_id: str) -> AnyRow:
    """`text` and `version` of a snapshot in a desk that the actor may read."""
    query = (
        select(Snapshot.text, Snapshot.version)
        .join(Source, Source.id == Snapshot.source_id)
        .where(Snapshot.id == snapshot_id, Source.desk_id.in_(actor.readable_desks))
    )
    return _found(session.execute(query).one_or_none())


def snapshots_page(session: Session, source_id: str, page: PageRequest) -> Sequence[AnyRow]:
    """A source's snapshots, the one that came last first, and one more than the page holds."""
    return fetch_page(session, _SELECT.where(Snapshot.source_id == source_id), ORDER, page)


def archived_files(session: Session) -> Iterator[str]:
    """The hashes of all snapshots' files."""
    query = select(Snapshot.sha256).order_by(Snapshot.id)
    yield from session.scalars(query, execution_options={"yield_per": 1000})


def job_document(session: Session, actor: Actor, job_id: str) -> dict[str, Any]:
    """A job of a desk that the actor may read."""
    columns = [column.label(name) for name, column in JOB.items()]
    query = select(*columns, Job.kind, Job.subject_id.label("subject"), Job.result)
    visible = Job.desk_id.in_(actor.readable_desks)
    row = _found(session.execute(query.where(Job.id == job_id, visible)).one_or_none())
    return dict(zip(row._fields, row, strict=True))


def _found(row: AnyRow | None) -> AnyRow:
    if row is None:
        message = "There is no such thing here, or you may not see it."
        raise NotFound(message)
    return row
