"""Reading endpoints and deliveries: the database builds each document, one query an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sqlalchemy import case, func, select, text

from verifier.accounts.models import Desk
from verifier.accounts.permissions import Permission, holds
from verifier.events.models import Event, EventChain
from verifier.kit.columns import json_list, json_object, json_text
from verifier.kit.errors import NotFound
from verifier.kit.pagination import Order, fetch_page
from verifier.webhooks.models import (
    Webhook,
    WebhookAttempt,
    WebhookDelivery,
    WebhookMessage,
    WebhookPosition,
)
from verifier.webhooks.outbox import IS_TOLD

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from verifier.accounts.actor import Actor
    from verifier.kit.pagination import PageRequest
    from verifier.kit.rows import AnyRow

WEBHOOKS: Final = Order(None, Webhook.id)
DELIVERIES: Final = Order(None, WebhookDelivery.event_id, descending=True)


class Standing(NamedTuple):
    """Events that have not been handed on, and since when; deliveries; endpoints disabled."""

    events: int
    oldest: datetime | None
    waiting: int
    failed: int
    disabled: int


_webhook = json_object(
    id=Webhook.id,
    desk=Desk.slug,
    url=Webhook.url,
    types=Webhook.types,
    format=Webhook.format,
    description=Webhook.description,
    active=Webhook.active,
    disabled=case(
        (Webhook.disabled_at.is_(None), None),
        else_=json_object(reason=Webhook.disabled_reason, at=Webhook.disabled_at),
    ),
    failing_since=Webhook.failing_since,
    former_secret_until=Webhook.former_until,
    version=Webhook.version,
    created_at=Webhook.created_at,
    updated_at=Webhook.updated_at,
)
_WEBHOOKS: Final = select(json_text(_webhook).label("document"), Webhook.id, Webhook.version).join(
    Desk, Desk.id == Webhook.desk_id
)
_delivery: dict[str, Any] = {
    "id": WebhookDelivery.event_id,
    "type": WebhookDelivery.type,
    "state": WebhookDelivery.state,
    "attempts": WebhookDelivery.attempts,
    "status": WebhookDelivery.status,
    "error": WebhookDelivery.error,
    "next_attempt_at": WebhookDelivery.due_at,
    "version": WebhookDelivery.version,
    "created_at": WebhookDelivery.created_at,
    "updated_at": WebhookDelivery.updated_at,
}
_ATTEMPTS: Final = (
    select(
        json_list(
            json_object(
                at=WebhookAttempt.at,
                status=WebhookAttempt.status,
                latency_ms=WebhookAttempt.latency_ms,
                answer=WebhookAttempt.answer,
                error=WebhookAttempt.error,
            ),
            order_by=WebhookAttempt.id,
        )
    )
    .where(
        WebhookAttempt.event_id == WebhookDelivery.event_id,
        WebhookAttempt.webhook_id == WebhookDelivery.webhook_id,
    )
    .correlate(WebhookDelivery)
    .scalar_subquery()
)
_DELIVERIES: Final = select(
    json_text(json_object(**_delivery)).label("document"),
    WebhookDelivery.event_id.label("id"),
)
_DELIVERY: Final = select(
    json_text(json_object(**_delivery, log=_ATTEMPTS)).label("document"),
    WebhookDelivery.event_id.label("id"),
    WebhookDelivery.version,
    WebhookMessage.body,
).join(WebhookMessage, WebhookMessage.event_id == WebhookDelivery.event_id)


def webhook_document(session: Session, webhook_id: str) -> AnyRow:
    """One endpoint, without its secrets: `document`, `id`, `version`."""
    return session.execute(_WEBHOOKS.where(Webhook.id == webhook_id)).one()


def webhooks_page(
    session: Session, actor: Actor, page: PageRequest, *, desk: str | None = None
) -> Sequence[AnyRow]:
    """The endpoints of desks that the actor is admin of, and one more than the page holds."""
    desks = [desk for desk in actor.roles if holds(actor, Permission.WEBHOOK_MANAGE, desk)]
    query = _WEBHOOKS.where(Webhook.desk_id.in_(sorted(desks)))
    if desk is not None:
        query = query.where(Desk.slug == desk)
    return fetch_page(session, query, WEBHOOKS, page)


def deliveries_page(
    session: Session, webhook: Webhook, page: PageRequest, *, state: str | None = None
) -> Sequence[AnyRow]:
    """What was and will be sent to the endpoint, newest event first, and one more."""
    query = _DELIVERIES.where(WebhookDelivery.webhook_id == webhook.id)
    if state is not None:
        query = query.where(WebhookDelivery.state == state)
    return fetch_page(session, query, DELIVERIES, page)


def delivery_row(session: Session, webhook: Webhook, event_id: str) -> AnyRow:
    """One delivery with its attempts: `document`, `id`, `version`, and the `body` that is sent."""
    this = (WebhookDelivery.webhook_id == webhook.id, WebhookDelivery.event_id == event_id)
    row = session.execute(_DELIVERY.where(*this)).one_or_none()
    if row is None:
        message = "There is no such delivery to this webhook, or not any more."
        raise NotFound(message)
    return row


def standing(session: Session) -> Standing:
    """How things stand with all endpoints, in queries that indexes answer."""
    waiting = select(func.count()).where(WebhookDelivery.due_at.is_not(None))
    failed = select(func.count()).where(text("state = 'failed'")).select_from(WebhookDelivery)
    disabled = select(func.count()).where(Webhook.disabled_at.is_not(None))
    behind = (
        select(func.sum(EventChain.length - WebhookPosition.seq), func.min(Event.at))
        .select_from(WebhookPosition)
        .join(EventChain, EventChain.id == WebhookPosition.chain_id)
        .join(
            Event,
            (Event.chain_id == WebhookPosition.chain_id) & (Event.seq == WebhookPosition.seq + 1),
        )
        .where(IS_TOLD)
    )
    events, oldest = session.execute(behind).one()
    counts = (session.scalar(query) or 0 for query in (waiting, failed, disabled))
    return Standing(int(events or 0), oldest, *counts)
