"""Fetching again by itself: sources that a desk's policy wants looked at every so often."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import exists, func, or_, select

from verifier.accounts.models import Desk
from verifier.kit.clock import now
from verifier.kit.jobs import Job, enqueue
from verifier.sources.models import Source
from verifier.sources.service import FETCH

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

WAITING: Final = 20
"""So many fetches wait at most before more are added: what people ask for comes soon."""


def enqueue_rechecks(session: Session) -> int:
    """Queue the fetches that are due, longest unseen first; how many there were."""
    waiting = select(func.count()).where(Job.kind == FETCH, Job.due_at.is_not(None))
    room = WAITING - (session.scalar(waiting) or 0)
    asking = select(Desk.id, Desk.recheck_after).where(Desk.recheck_after.is_not(None))
    queued = 0
    for desk_id, hours in session.execute(asking).all():
        for source_id in _due(session, desk_id, hours, max(0, room - queued)):
            enqueue(session, FETCH, source_id, desk_id=desk_id)
            queued += 1
    return queued


def _due(session: Session, desk_id: str, hours: int | None, limit: int) -> list[str]:
    """Sources not seen, and not tried in vain, for so long."""
    cutoff = now() - timedelta(hours=hours or 0)
    tried = exists().where(
        Job.subject_id == Source.id,
        Job.kind == FETCH,
        or_(Job.due_at.is_not(None), Job.updated_at > cutoff),
    )
    query = (
        select(Source.id)
        .where(Source.desk_id == desk_id, Source.checked_at <= cutoff, ~tried)
        .order_by(Source.checked_at)
        .limit(limit)
    )
    return list(session.scalars(query))
