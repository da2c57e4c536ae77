"""Which endpoint has something due, whose turn it is there, and what is due."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, exists, or_, select, update
from sqlalchemy.orm import aliased

from verifier.kit.clock import now
from verifier.webhooks.models import Webhook, WebhookDelivery, WebhookMessage

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime, timedelta

    from sqlalchemy.orm import Session

    from verifier.kit.rows import AnyRow

_COLUMNS: Final = (
    WebhookDelivery.event_id, WebhookDelivery.thread_id, WebhookDelivery.seq,
    WebhookDelivery.attempts, WebhookMessage.body,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Turn:
    """An endpoint that is this worker's to look after while the lease lasts."""

    webhook_id: str
    url: str
    format: str
    secrets: tuple[str, ...]
    failing_since: datetime | None
    lease: str
    lasts: timedelta


def is_any_due(session: Session, *, sound: bool) -> bool:
    """Whether it is anybody's turn: a look that holds up nobody; `sound`: of those not failing."""
    return session.scalar(select(Webhook.id).where(*_is_due(sound=sound)).limit(1)) is not None


def take(session: Session, lease: str, lasts: timedelta, *, sound: bool) -> Turn | None:
    """The endpoint that has waited longest, this worker's for the time of the lease."""
    query = select(
        Webhook.id, Webhook.url, Webhook.format, Webhook.secret, Webhook.former_secret,
        Webhook.former_until, Webhook.failing_since,
    ).where(*_is_due(sound=sound))  # fmt: skip
    row = session.execute(
        query.order_by(Webhook.due_at).limit(1).with_for_update(skip_locked=True)
    ).one_or_none()
    if row is None:
        return None
    moment = now()
    taken = update(Webhook).where(Webhook.id == row.id)
    session.execute(taken.values(lease=lease, leased_until=moment + lasts))
    is_overlap = row.former_until is not None and row.former_until > moment
    secrets = (row.secret, row.former_secret) if is_overlap else (row.secret,)
    return Turn(row.id, row.url, row.format, secrets, row.failing_since, lease, lasts)


def give_back(session: Session, leases: Collection[str]) -> None:
    """It was no turn: others may have it at once."""
    held = update(Webhook).where(Webhook.lease.in_(leases))
    session.execute(held.values(lease=None, leased_until=None))


def due(session: Session, webhook_id: str, most: int) -> Sequence[AnyRow]:
    """What to send to the endpoint now, in order; nothing that would overtake what waits."""
    moment = now()
    earlier = aliased(WebhookDelivery)
    # Asked first, and once for all: of thousands that are due few are on a thread where one waits.
    is_on_free_thread = WebhookDelivery.thread_id.not_in(
        select(earlier.thread_id).where(earlier.webhook_id == webhook_id, earlier.due_at > moment)
    )
    waits_behind = exists().where(
        earlier.webhook_id == webhook_id,
        earlier.thread_id == WebhookDelivery.thread_id,
        earlier.seq < WebhookDelivery.seq,
        earlier.due_at > moment,
    )
    query = (
        select(*_COLUMNS)
        .join(WebhookMessage, WebhookMessage.event_id == WebhookDelivery.event_id)
        .where(WebhookDelivery.webhook_id == webhook_id, WebhookDelivery.due_at <= moment)
        .where(or_(is_on_free_thread, ~waits_behind))
    )
    return session.execute(query.order_by(WebhookDelivery.seq).limit(most)).all()


def _is_due(*, sound: bool) -> tuple[Any, ...]:
    moment = now()
    is_free = or_(Webhook.leased_until.is_(None), Webhook.leased_until <= moment)
    is_due = (and_(Webhook.active, Webhook.due_at <= moment), is_free)
    return (*is_due, Webhook.failing_since.is_(None)) if sound else is_due
