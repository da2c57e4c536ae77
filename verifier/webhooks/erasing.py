"""What is erased of a claim is told no more: kept messages about it lose its text.

So do the answers to them, for a receiver may have sent back what it was sent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import orjson
from sqlalchemy import bindparam, select, update

from verifier.claims.models import Appearance, Claim
from verifier.events.models import Event
from verifier.events.service import on
from verifier.webhooks.models import WebhookAttempt, WebhookMessage
from verifier.webhooks.types import MATCHED

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

    from verifier.accounts.actor import Actor
    from verifier.kit.rows import AnyRow

TEXTS: Final = ("claim", "verdict", "claimreview")
OF_SOURCES: Final = ("claimreview",)
ON_CLAIM: Final = ("appearance.erased", "claim.erased", "evidence.erased", "verdict.erased")
ON_SOURCE: Final = "source.erased"
_KEPT: Final = select(WebhookMessage.event_id, WebhookMessage.body)
_REWRITE: Final = (
    update(WebhookMessage)
    .where(WebhookMessage.event_id == bindparam("event"))
    .values(body=bindparam("left"))
)
_SILENCE: Final = (
    update(WebhookAttempt).where(WebhookAttempt.event_id == bindparam("event")).values(answer="")
)


@on("claim.erased")
def forget_claims_messages(session: Session, _actor: Actor, claim: Any) -> None:
    """Receivers read on by the ids that stay, and see what is left."""
    _forget_claim(session, claim.id)


@on("appearance.erased", "evidence.erased", "verdict.erased")
def forget_messages_of_claim(session: Session, _actor: Actor, part: Any) -> None:
    """What hangs on a claim is told of with it."""
    _forget_claim(session, part.claim_id)


@on(ON_SOURCE)
def forget_reviews_that_name_source(session: Session, _actor: Actor, source: Any) -> None:
    """A ClaimReview says where the claim was made."""
    _forget_source(session, source.id)


def forget_what_was_erased(session: Session, events: Iterable[AnyRow]) -> None:
    """Once more, when a worker comes to the erasure: it may have told of the text meanwhile."""
    for event in events:
        if event.type in ON_CLAIM:
            _forget_claim(session, event.thread_id)
        elif event.type == ON_SOURCE:
            _forget_source(session, event.subject_id)


def _forget_claim(session: Session, claim_id: str) -> None:
    _forget(session, select(Claim.id).where(Claim.id == claim_id), TEXTS)


def _forget_source(session: Session, source_id: str) -> None:
    made_there = select(Appearance.claim_id).where(Appearance.source_id == source_id)
    _forget(session, made_there, OF_SOURCES)


def _forget(session: Session, claims: Select[str], names: tuple[str, ...]) -> None:
    of_claims = _KEPT.join(Event, Event.id == WebhookMessage.event_id)
    kept = session.execute(of_claims.where(Event.thread_id.in_(claims))).all()
    kept = [*kept, *_matches(session, claims)]
    left = [{"event": event_id, "left": _left(body, names)} for event_id, body in kept]
    if left:
        session.connection().execute(_REWRITE, left)
        session.connection().execute(_SILENCE, [{"event": each["event"]} for each in left])


def _matches(session: Session, claims: Select[str]) -> list[AnyRow]:
    """Messages that one of the claims answers a question: their events hang on the question."""
    answers = session.execute(_KEPT.where(WebhookMessage.type == MATCHED)).all()
    ids = set(session.scalars(claims).all()) if answers else set()
    return [each for each in answers if _claim_of(each.body) in ids]


def _claim_of(body: str) -> Any:
    claim = orjson.loads(body)["data"]["claim"]
    return claim and claim["id"]


def _left(body: str, names: tuple[str, ...]) -> str:
    message = orjson.loads(body)
    data = message["data"]
    message["data"] = data | {name: None for name in names if name in data}
    return orjson.dumps(message).decode()
