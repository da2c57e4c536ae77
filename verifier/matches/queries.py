"""Reading suggested duplicates from either claim, and one's own subscriptions: one query each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import bindparam, case, or_, select

from verifier.accounts.models import Account, Desk
from verifier.accounts.permissions import sees
from verifier.claims.models import Claim
from verifier.claims.queries import find_visible
from verifier.kit.clock import now
from verifier.kit.columns import Id, is_among, json_list, json_object, json_text
from verifier.kit.errors import NotFound
from verifier.kit.pagination import Order, fetch_page
from verifier.matches.models import ClaimMatch, MatchSubscription, SubscriptionMatch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from verifier.accounts.actor import Actor
    from verifier.kit.pagination import PageRequest
    from verifier.kit.rows import AnyRow

MATCHES: Final = Order(None, ClaimMatch.id)
SUBSCRIPTIONS: Final = Order(None, MatchSubscription.id, descending=True)
NO_SUBSCRIPTION: Final = "You have no such subscription."

_this = bindparam("this", type_=Id)
_other = case((ClaimMatch.claim_id == _this, ClaimMatch.other_id), else_=ClaimMatch.claim_id)
_match = json_object(
    id=ClaimMatch.id,
    claim=json_object(id=Claim.id, text=Claim.text, status=Claim.status, rating=Claim.rating),
    score=ClaimMatch.score,
    method=ClaimMatch.method,
    state=ClaimMatch.state,
    decided=case(
        (ClaimMatch.decided_at.is_(None), None),
        else_=json_object(
            by=json_object(id=Account.id, name=Account.name), at=ClaimMatch.decided_at
        ),
    ),
    version=ClaimMatch.version,
    created_at=ClaimMatch.created_at,
    updated_at=ClaimMatch.updated_at,
)
_MATCHES: Final = (
    select(json_text(_match).label("document"), ClaimMatch.id, ClaimMatch.version)
    .join(Claim, Claim.id == _other)
    .outerjoin(Account, Account.id == ClaimMatch.decided_by)
    .where(or_(ClaimMatch.claim_id == _this, ClaimMatch.other_id == _this))
)
_ONE_MATCH: Final = _MATCHES.where(
    ClaimMatch.id == bindparam("match"), is_among(ClaimMatch.desk_id, "readable")
)

_told = (
    select(
        json_list(
            json_object(
                claim=SubscriptionMatch.claim_id,
                verdict=SubscriptionMatch.verdict_id,
                score=SubscriptionMatch.score,
                at=SubscriptionMatch.at,
            ),
            order_by=SubscriptionMatch.at,
        )
    )
    .where(SubscriptionMatch.subscription_id == MatchSubscription.id)
    .correlate(MatchSubscription)
    .scalar_subquery()
)
_subscription = json_object(
    id=MatchSubscription.id,
    text=MatchSubscription.text,
    language=MatchSubscription.language,
    desk=Desk.slug,
    matches=_told,
    version=MatchSubscription.version,
    created_at=MatchSubscription.created_at,
    expires_at=MatchSubscription.expires_at,
)
_SUBSCRIPTIONS: Final = select(
    json_text(_subscription).label("document"), MatchSubscription.id, MatchSubscription.version
).outerjoin(Desk, Desk.id == MatchSubscription.desk_id)


def match_document(session: Session, actor: Actor, claim_id: str, match_id: str) -> AnyRow:
    """`document`, `id`, `version` of a match as it is seen from the claim."""
    parameters = {"this": claim_id, "match": match_id, "readable": sorted(actor.readable_desks)}
    row = session.execute(_ONE_MATCH, parameters).one_or_none()
    if row is None:
        message = "There is no such match of this claim, or you may not see it."
        raise NotFound(message)
    return row


def matches_page(
    session: Session, actor: Actor, claim_id: str, page: PageRequest, *, state: str | None = None
) -> Sequence[AnyRow]:
    """The claim's matches in the order in which they were found, and one more."""
    claim = find_visible(session, actor, claim_id)
    if not sees(actor, claim.desk_id):
        message = "There is no such claim, or its matches are not for you to see."
        raise NotFound(message)
    conditions: list[Any] = [ClaimMatch.state == state] if state else []
    query = _MATCHES.where(*conditions).params(this=claim_id)
    return fetch_page(session, query, MATCHES, page)


def subscription_document(session: Session, actor: Actor, subscription_id: str) -> AnyRow:
    """`document`, `id`, `version` of a subscription of one's own."""
    query = _SUBSCRIPTIONS.where(MatchSubscription.id == subscription_id, *own(actor))
    row = session.execute(query).one_or_none()
    if row is None:
        raise NotFound(NO_SUBSCRIPTION)
    return row


def subscriptions_page(session: Session, actor: Actor, page: PageRequest) -> Sequence[AnyRow]:
    """One's own subscriptions, newest first, and one more than the page holds."""
    return fetch_page(session, _SUBSCRIPTIONS.where(*own(actor)), SUBSCRIPTIONS, page)


def own(actor: Actor) -> tuple[Any, ...]:
    """The actor's subscriptions that have not run out."""
    return (MatchSubscription.account_id == actor.account_id, MatchSubscription.expires_at > now())
