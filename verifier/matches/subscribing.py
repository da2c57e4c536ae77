"""Questions that people keep: begun with a search, ended by their owner or by time."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import delete, exists, func, or_, select

from verifier.accounts.actor import SERVICE
from verifier.accounts.models import Desk
from verifier.claims.models import Claim
from verifier.events.chain import sha256
from verifier.events.service import SERVER_CHAIN, lock_chain, record
from verifier.fulltext.reach import reach_of
from verifier.kit.clock import new_id, now
from verifier.kit.errors import Conflict, Duplicate, Invalid, NotFound
from verifier.matches.models import MatchSubscription, SubscriptionMatch
from verifier.matches.queries import NO_SUBSCRIPTION, own
from verifier.search.ranking import Asked

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from verifier.accounts.actor import Actor
    from verifier.kit.answers import IfMatch

KEPT_FOR: Final = timedelta(days=90)
MOST_SUBSCRIPTIONS: Final = 100
ENDED_AT_ONCE: Final = 500


class SubscriptionExists(Duplicate):
    """You keep this question already; `existing` names the subscription."""


class TooManySubscriptions(Conflict):
    """You keep as many questions as one account may; end one before you keep another.

    Each ends by itself after 90 days.
    """


def subscribe(
    session: Session, actor: Actor, *, text: str, language: str | None, desk: str | None
) -> MatchSubscription:
    """Keep a question, to be told of claims that answer it once a verdict on them is published."""
    lock_chain(session, SERVER_CHAIN)
    desk_id = _desk_seen_by(session, actor, desk) if desk else None
    _refuse_another(session, actor, sha256(text), desk_id)
    read_in = reach_of(session, actor, text, language=language).languages[0]
    moment = now()
    subscription = MatchSubscription(
        id=new_id(), account_id=actor.account_id, desk_id=desk_id, text=text,
        text_sha256=sha256(text), language=read_in,
        terms=[sorted(group) for group in Asked.of(text, [read_in]).terms],
        expires_at=moment + KEPT_FOR, created_at=moment, updated_at=moment,
    )  # fmt: skip
    session.add(subscription)
    record_on_subscription(session, actor, "subscription.created", subscription)
    return subscription


def end_subscription(
    session: Session, actor: Actor, subscription_id: str, *, if_match: IfMatch
) -> None:
    """End a subscription of one's own; what it was told of goes with it."""
    query = select(MatchSubscription).where(MatchSubscription.id == subscription_id, *own(actor))
    subscription = session.scalar(query.with_for_update())
    if subscription is None:
        raise NotFound(NO_SUBSCRIPTION)
    if_match.check(subscription.version)
    _end(session, actor, "subscription.ended", subscription)


def end_expired(session: Session) -> int:
    """Forget some of the questions whose time is over; how many."""
    over = select(MatchSubscription).where(MatchSubscription.expires_at <= now())
    ended = session.scalars(
        over.order_by(MatchSubscription.id).limit(ENDED_AT_ONCE).with_for_update(skip_locked=True)
    ).all()
    for subscription in ended:
        _end(session, SERVICE, "subscription.expired", subscription)
    return len(ended)


def record_on_subscription(
    session: Session,
    actor: Actor,
    event_type: str,
    subscription: MatchSubscription,
    **details: Any,
) -> None:
    """In the server's chain, as all that is an account's own, and on the subscription's thread."""
    record(
        session, actor, event_type, subscription, desk_id=None, thread_id=subscription.id, **details
    )


def _end(session: Session, actor: Actor, event_type: str, subscription: MatchSubscription) -> None:
    record_on_subscription(session, actor, event_type, subscription, removed=True)
    told = SubscriptionMatch.subscription_id == subscription.id
    session.execute(delete(SubscriptionMatch).where(told))
    session.execute(delete(MatchSubscription).where(MatchSubscription.id == subscription.id))


def _refuse_another(
    session: Session, actor: Actor, digest: str | None, desk_id: str | None
) -> None:
    same = (
        MatchSubscription.text_sha256 == digest,
        MatchSubscription.desk_id.is_not_distinct_from(desk_id),
    )
    known = session.scalar(select(MatchSubscription.id).where(*own(actor), *same))
    if known is not None:
        message = "You keep this question already."
        raise SubscriptionExists(message, existing=f"/v1/match-subscriptions/{known}")
    number = session.scalar(select(func.count()).select_from(MatchSubscription).where(*own(actor)))
    if (number or 0) >= MOST_SUBSCRIPTIONS:
        message = f"You keep {number} questions already, and an account may keep no more."
        raise TooManySubscriptions(message)


def _desk_seen_by(session: Session, actor: Actor, slug: str) -> str:
    """The desk's id, if the actor may know of it: by being there, or by what it has published."""
    published = exists().where(Claim.desk_id == Desk.id, Claim.published_at.is_not(None))
    known = or_(Desk.id.in_(sorted(actor.readable_desks)), published)
    desk_id = session.scalar(select(Desk.id).where(Desk.slug == slug, known))
    if desk_id is None:
        message = "There is no such desk, or it has published nothing yet."
        raise Invalid.member("/desk", message)
    return desk_id
