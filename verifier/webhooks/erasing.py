"""What is erased of a claim is told no more: kept messages about it lose its text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import orjson
from sqlalchemy import and_, bindparam, or_, select, update

from verifier.claims.models import Appearance
from verifier.events.models import Event
from verifier.events.service import on
from verifier.webhooks.models import WebhookAttempt, WebhookMessage
from verifier.webhooks.types import MATCHED

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from verifier.accounts.actor import Actor

TEXTS: Final = dict.fromkeys(("claim", "verdict", "claimreview"))
_REWRITE: Final = (
    update(WebhookMessage)
    .where(WebhookMessage.event_id == bindparam("event"))
    .values(body=bindparam("left"))
)
_UNHEAR: Final = (
    update(WebhookAttempt).where(WebhookAttempt.event_id == bindparam("event")).values(answer="")
)
"""A receiver may have said again what it was sent."""


@on("claim.erased")
def forget_claims_messages(session: Session, _actor: Actor, claim: Any) -> None:
    """Receivers read on by the ids that stay, and see what is left."""
    _forget(session, claim.id)


@on("appearance.erased", "evidence.erased", "verdict.erased")
def forget_messages_of_claim(session: Session, _actor: Actor, part: Any) -> None:
    """What hangs on a claim is told of with it."""
    _forget(session, part.claim_id)


@on("source.erased")
def forget_messages_on_source(session: Session, _actor: Actor, source: Any) -> None:
    """A ClaimReview names the sources that its claim was made in."""
    made_in = select(Appearance.claim_id).where(Appearance.source_id == source.id).distinct()
    for claim_id in session.scalars(made_in).all():
        _forget(session, claim_id)


def _forget(session: Session, claim_id: str) -> None:
    """In what is told of the claim, and in what it answered: that is on the question's thread."""
    answered = and_(WebhookMessage.type == MATCHED, Event.data.contains(claim_id))
    kept = (
        select(WebhookMessage.event_id, WebhookMessage.body)
        .join(Event, Event.id == WebhookMessage.event_id)
        .where(or_(Event.thread_id == claim_id, answered))
    )
    left = [{"event": event_id, "left": _left(body)} for event_id, body in session.execute(kept)]
    if left:
        session.connection().execute(_REWRITE, left)
        session.connection().execute(_UNHEAR, left)


def _left(body: str) -> str:
    message = orjson.loads(body)
    data = message["data"]
    message["data"] = data | {name: None for name in TEXTS if name in data}
    return orjson.dumps(message).decode()
