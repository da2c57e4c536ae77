"""Taking snapshots into the record: what was fetched, and what somebody saved and brought."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, or_, select

from verifier.accounts.permissions import Permission
from verifier.events.service import record
from verifier.kit.clock import new_id, now, rfc3339
from verifier.kit.errors import Conflict
from verifier.kit.jobs import Job, enqueue
from verifier.snapshots.models import Snapshot
from verifier.sources.models import Source
from verifier.sources.service import FETCH, load_source

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from verifier.accounts.actor import Actor

READ: Final = "snapshot.read"
"""The kind of job that reads a snapshot's text and sees how the quotes fare."""
SHOWN: Final = 10


class SourceHasNoAddress(Conflict):
    """This source has no URL, so there is nothing to fetch. A copy of it can be uploaded."""


class SnapshotExists(Conflict):
    """The very same file or page was uploaded for this source; `existing` names the snapshot."""


def request_fetch(session: Session, actor: Actor, source_id: str) -> Job:
    """Have the source fetched now; where that is under way already, the job that does it."""
    source = load_source(session, actor, source_id, Permission.SOURCE_SUBMIT)
    if source.url is None:
        message = "This source has no URL to fetch; upload a copy of it instead."
        raise SourceHasNoAddress(message)
    who = {"desk_id": source.desk_id, "requested_by": actor.account_id}
    return enqueue(session, FETCH, source.id, **who)


def supply_snapshot(
    session: Session,
    actor: Actor,
    source_id: str,
    *,
    fetched_at: datetime,
    is_dated: bool,
    **members: Any,
) -> Snapshot:
    """Add a copy that a person brought; it is marked as such for good.

    `is_dated`: they said when it was made, so the same page of another day is another copy.
    """
    source = load_source(session, actor, source_id, Permission.SOURCE_SUBMIT, for_update=True)
    same = Snapshot.sha256 == members["sha256"]
    if members["http_status"] is None:  # wrapped in a WARC file, by us, each time anew
        page = and_(
            Snapshot.payload_sha256 == members["payload_sha256"], Snapshot.http_status.is_(None)
        )
        same = or_(same, and_(page, Snapshot.fetched_at == fetched_at) if is_dated else page)
    query = select(Snapshot.id).where(Snapshot.source_id == source.id, same)
    if (known := session.scalar(query.limit(1))) is not None:
        message = "This file was uploaded for this source already."
        raise SnapshotExists(message, existing=f"/v1/snapshots/{known}")
    supplied = {**members, "fetched_at": fetched_at, "supplied_by": actor.account_id}
    return add_snapshot(session, actor, source_id, **supplied)


def add_snapshot(
    session: Session,
    actor: Actor,
    source_id: str,
    *,
    fetched_at: datetime,
    supplied_by: str | None = None,
    **members: Any,
) -> Snapshot:
    """A new snapshot of the source, to be read by the worker.

    `members`: url, http_status, media_type, sha256 and bytes of the WARC file, payload_sha256.
    """
    source = session.scalars(select(Source).where(Source.id == source_id).with_for_update()).one()
    moment = now()
    snapshot = Snapshot(
        id=new_id(), source_id=source.id, fetched_at=fetched_at, supplied_by=supplied_by,
        created_at=moment, updated_at=moment, **members,
    )  # fmt: skip
    session.add(snapshot)
    record(session, actor, "snapshot.taken", snapshot, desk_id=source.desk_id)
    source.snapshots = _with(source.snapshots, snapshot)
    if supplied_by is None:
        source.checked_at = fetched_at
    session.flush()
    enqueue(session, READ, snapshot.id, desk_id=source.desk_id, requested_by=supplied_by)
    return snapshot


def newest_copy(session: Session, source_id: str, *, holding: str | None = None) -> Snapshot | None:
    """Of the ten newest that show the publication, the first in whose text these words stand."""
    shows = or_(Snapshot.http_status.is_(None), Snapshot.http_status < HTTPStatus.BAD_REQUEST)
    copies = select(Snapshot).where(Snapshot.source_id == source_id, shows)
    newest_first = copies.order_by(Snapshot.fetched_at.desc(), Snapshot.id.desc()).limit(SHOWN)
    for copy in session.scalars(newest_first).all():
        if holding is None:
            return copy
        text = session.scalar(select(Snapshot.text).where(Snapshot.id == copy.id))
        if text is not None and holding in text:
            return copy
    return None


def _with(shown: list[dict[str, Any]], snapshot: Snapshot) -> list[dict[str, Any]]:
    brief = {
        "id": snapshot.id,
        "fetched_at": rfc3339(snapshot.fetched_at),
        "http_status": snapshot.http_status,
        "sha256": snapshot.sha256,
        "supplied": snapshot.supplied_by is not None,
    }
    newest_first = sorted([brief, *shown], key=lambda each: each["fetched_at"], reverse=True)
    return newest_first[:SHOWN]
