"""Forgetting deliveries that were over long ago, and those of endpoints that are gone."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, exists, select, tuple_

from verifier.kit.clock import lowest_id, now
from verifier.webhooks.models import WebhookAttempt, WebhookDelivery, WebhookMessage

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

KEPT_FOR: Final = timedelta(days=30)
SWEPT_AT_ONCE: Final = 2000


def sweep_deliveries(session: Session) -> int:
    """Forget some of the old ones, with their attempts and what was sent; how many."""
    long_ago = lowest_id(now() - KEPT_FOR)
    old = (
        select(WebhookDelivery.webhook_id, WebhookDelivery.event_id)
        .where(WebhookDelivery.event_id < long_ago, WebhookDelivery.due_at.is_(None))
        .order_by(WebhookDelivery.event_id)
        .limit(SWEPT_AT_ONCE)
    )
    found = [tuple(row) for row in session.execute(old)]
    for model in (WebhookAttempt, WebhookDelivery):
        if found:
            these = tuple_(model.webhook_id, model.event_id).in_(found)
            session.execute(delete(model).where(these))
    events = {event_id for _, event_id in found}
    in_use = exists().where(WebhookDelivery.event_id == WebhookMessage.event_id)
    if events:
        session.execute(delete(WebhookMessage).where(WebhookMessage.event_id.in_(events), ~in_use))
    return len(found)
