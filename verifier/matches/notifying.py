"""Telling those who keep a question of a claim that was published: the worker's job.

What everybody may see is all that is looked at, so nobody's rights have to be asked for.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sqlalchemy import exists, or_, select

from verifier.accounts.actor import ANONYMOUS, SERVICE
from verifier.accounts.models import Account, Desk
from verifier.claims.models import Claim
from verifier.events.service import on
from verifier.fulltext.models import SearchDocument
from verifier.fulltext.reach import reach_of
from verifier.fulltext.terms import stems_in
from verifier.fulltext.weighing import fields_of
from verifier.kit.clock import now
from verifier.kit.jobs import enqueue
from verifier.matches.comparing import LEAST_SCORE
from verifier.matches.models import MatchSubscription, SubscriptionMatch
from verifier.matches.subscribing import record_on_subscription
from verifier.search.matching import find_matches

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from sqlalchemy.orm import Session

    from verifier.accounts.actor import Actor
    from verifier.kit.db import Database
    from verifier.kit.jobs import Claimed
    from verifier.kit.rows import AnyRow

NOTIFY: Final = "match.notify"
BEST: Final = 5
"""A claim is worth telling of if it is among so many of the best answers."""
LEAST_SHARE: Final = 0.2
"""Of the words of a question that tell something: a claim with fewer is not looked at closely."""
AT_ONCE: Final = 1000


class Published(NamedTuple):
    """What of a published claim matters here; `verdict_id` is None once it is retracted."""

    id: str
    desk_id: str
    verdict_id: str | None
    language: str
    words: str

    def stems(self) -> frozenset[str]:
        """The terms that stand for its words."""
        said = fields_of(self.words).values()
        return frozenset(stem for folded in said for stem in stems_in(folded, self.language))


@on("claim.verified")
def ask_for_notices(session: Session, _actor: Actor, claim: Claim) -> None:
    """Somebody may be waiting for this."""
    enqueue(session, NOTIFY, claim.id)


@dataclass(frozen=True, slots=True)
class NotifySubscribers:
    """Finds the questions that a published claim answers."""

    database: Database

    def __call__(self, job: Claimed) -> Callable[[Session], dict[str, Any]]:
        with self.database.reading() as session:
            seen = published(session, job.subject_id)
            found = answered(session, seen)

        def write(session: Session) -> dict[str, Any]:
            session.execute(select(Claim.id).where(Claim.id == job.subject_id).with_for_update())
            present = published(session, job.subject_id)
            # While a job runs no other can be asked for: a verdict that came since is told of here.
            scores = found if present == seen else answered(session, present)
            return {"notified": notify(session, present, scores)}

        return write


def published(session: Session, claim_id: str) -> Published:
    """The claim as it stands, and its words as the index has them."""
    query = (
        select(
            Claim.id, Claim.desk_id, Claim.verdict, SearchDocument.language, SearchDocument.words
        )
        .join(SearchDocument, SearchDocument.claim_id == Claim.id)
        .where(Claim.id == claim_id)
    )
    row = session.execute(query).one()
    verdict_id = row.verdict["id"] if row.verdict else None
    return Published(row.id, row.desk_id, verdict_id, row.language, row.words)


def answered(session: Session, claim: Published) -> dict[str, float]:
    """The questions that the claim answers, each with the score, by the subscription's id."""
    if claim.verdict_id is None:
        return {}
    stems = claim.stems()
    found = {}
    for subscription in _open_questions(session, claim):
        if shares_enough(subscription.terms, stems):
            score = _score(session, claim, subscription)
            if score >= LEAST_SCORE:
                found[subscription.id] = round(score, 3)
    return found


def shares_enough(terms: Sequence[Sequence[str]], stems: Collection[str]) -> bool:
    """Whether so many of a question's words are said that a search may find the claim at all."""
    shared = sum(not frozenset(group).isdisjoint(stems) for group in terms)
    return shared >= max(1, math.ceil(LEAST_SHARE * len(terms)))


def notify(session: Session, claim: Published, scores: dict[str, float]) -> int:
    """Tell the subscriptions that are there still, and were not told of the claim; how many."""
    query = (
        select(MatchSubscription)
        .where(MatchSubscription.id.in_(scores), *_open(claim))
        .order_by(MatchSubscription.id)
        .with_for_update()
    )
    subscriptions = session.scalars(query).all()
    for subscription in subscriptions:
        moment, score = now(), scores[subscription.id]
        members = {"claim_id": claim.id, "verdict_id": claim.verdict_id, "score": score}
        session.add(SubscriptionMatch(subscription_id=subscription.id, at=moment, **members))
        subscription.updated_at = moment
        told = {"claim": claim.id, "verdict": claim.verdict_id, "score": score}
        record_on_subscription(session, SERVICE, "subscription.matched", subscription, **told)
    return len(subscriptions)


def _open_questions(session: Session, claim: Published) -> Iterator[AnyRow]:
    """Subscriptions that the claim may answer, a batch at a time."""
    columns = (
        MatchSubscription.id, MatchSubscription.text, MatchSubscription.language,
        MatchSubscription.terms, Desk.slug,
    )  # fmt: skip
    query = (
        select(*columns)
        .join(Account, Account.id == MatchSubscription.account_id)
        .outerjoin(Desk, Desk.id == MatchSubscription.desk_id)
        .where(Account.deactivated_at.is_(None), *_open(claim))
        .order_by(MatchSubscription.id)
        .limit(AT_ONCE)
    )
    batch = session.execute(query).all()
    while batch:
        yield from batch
        batch = session.execute(query.where(MatchSubscription.id > batch[-1].id)).all()


def _open(claim: Published) -> tuple[Any, ...]:
    """Conditions for those that wait for such a claim, and were not told of it."""
    told = exists().where(
        SubscriptionMatch.subscription_id == MatchSubscription.id,
        SubscriptionMatch.claim_id == claim.id,
    )
    any_desk = MatchSubscription.desk_id.is_(None)
    return (
        MatchSubscription.expires_at > now(),
        or_(any_desk, MatchSubscription.desk_id == claim.desk_id),
        ~told,
    )


def _score(session: Session, claim: Published, subscription: AnyRow) -> float:
    """How well the claim answers the question; 0.0 where others answer it better."""
    asked = {"language": subscription.language, "desk": subscription.slug}
    reach = reach_of(session, ANONYMOUS, subscription.text, **asked)
    best = find_matches(session, reach, subscription.text)[:BEST]
    return next((each.score for each in best if each.claim_id == claim.id), 0.0)
