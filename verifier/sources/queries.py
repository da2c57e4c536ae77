"""Reading sources: one query for a detail, one for a page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import case, select

from verifier.accounts.models import Account, Desk
from verifier.kit.columns import json_object, json_text
from verifier.kit.errors import NotFound
from verifier.kit.jobs import Job
from verifier.kit.pagination import Order, fetch_page
from verifier.sources.models import Source
from verifier.sources.service import FETCH

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from verifier.accounts.actor import Actor
    from verifier.kit.pagination import PageRequest
    from verifier.kit.rows import AnyRow

ORDER: Final = Order(None, Source.id, descending=True)

JOB: Final[dict[str, Any]] = {
    "id": Job.id,
    "state": Job.state,
    "attempts": Job.attempts,
    "next_attempt_at": case((Job.state == "queued", Job.due_at), else_=None),
    "error": Job.error,
    "requested_at": Job.created_at,
    "updated_at": Job.updated_at,
}
_fetch: Final = (
    select(json_object(**JOB))
    .where(Job.subject_id == Source.id, Job.kind == FETCH)
    .order_by(Job.id.desc())
    .limit(1)
    .correlate(Source)
    .scalar_subquery()
)
_known: dict[str, Any] = {
    "id": Source.id,
    "desk": Desk.slug,
    "url": Source.url,
    "canonical_url": Source.canonical_url,
    "title": Source.title,
    "publisher": Source.publisher,
    "author": Source.author,
    "published_at": Source.published_at,
    "language": Source.language,
    "text_sha256": Source.text_sha256,
    "text_snapshot": Source.text_snapshot_id,
    "archive_urls": Source.archive_urls,
    "archive_hashes": Source.archive_hashes,
    "snapshots": Source.snapshots,
    "fetch": _fetch,
    "created_by": json_object(id=Account.id, name=Account.name),
    "version": Source.version,
    "created_at": Source.created_at,
    "updated_at": Source.updated_at,
}
CITED: Final = {
    name: _known[name] for name in ("id", "url", "title", "publisher", "author", "published_at")
}
"""What stands of a source wherever it is quoted."""


def _select(**more: Any) -> Any:
    return (
        select(
            json_text(json_object(**_known, **more)).label("document"), Source.id, Source.version
        )
        .join(Desk, Desk.id == Source.desk_id)
        .outerjoin(Account, Account.id == Source.created_by)
    )


_DETAIL: Final = _select(text=Source.text)
_LIST: Final = _select()


def source_document(session: Session, actor: Actor, source_id: str) -> AnyRow:
    """`document`, `id`, `version` of a source in a desk that the actor may read."""
    visible = Source.desk_id.in_(actor.readable_desks)
    return _found(session.execute(_DETAIL.where(Source.id == source_id, visible)).one_or_none())


def source_text_row(session: Session, actor: Actor, source_id: str) -> AnyRow:
    """`text` and `version` of a source in a desk that the actor may read."""
    visible = Source.desk_id.in_(actor.readable_desks)
    query = select(Source.text, Source.version).where(Source.id == source_id, visible)
    return _found(session.execute(query).one_or_none())


def sources_page(
    session: Session, actor: Actor, filters: Sequence[ColumnElement[bool]], page: PageRequest
) -> Sequence[AnyRow]:
    """Sources newest first, without their text, and one more than the page holds."""
    query = _LIST.where(Source.desk_id.in_(actor.readable_desks), *filters)
    return fetch_page(session, query, ORDER, page)


def _found(row: AnyRow | None) -> AnyRow:
    if row is None:
        message = "There is no such source, or you may not see it."
        raise NotFound(message)
    return row
