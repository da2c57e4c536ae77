"""Suggested duplicates: the worker's job of looking for claims of a desk that say the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import delete, or_, select

from verifier.accounts.actor import SERVICE, Actor, Role
from verifier.accounts.models import Desk
from verifier.claims.models import Claim
from verifier.claims.trail import record_on_claim
from verifier.claims.workflow import OPEN
from verifier.events.service import lock_chain, on
from verifier.fulltext.reach import reach_of
from verifier.kit.clock import new_id, now
from verifier.kit.jobs import enqueue
from verifier.matches.models import ClaimMatch
from verifier.search.matching import find_matches

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from sqlalchemy.orm import Session

    from verifier.kit.db import Database
    from verifier.kit.jobs import Claimed
    from verifier.kit.rows import AnyRow, Reader

COMPARE: Final = "claim.compare"
LEAST_SCORE: Final = 0.5
"""More likely than not that the claims say the same."""
MOST_SUGGESTED: Final = 5
METHOD: Final = "lexical"
STATES: Final = ("suggested", "confirmed", "dismissed")
SUGGESTED: Final = ClaimMatch.state == "suggested"
_COMPARED: Final = (
    Claim.id, Claim.desk_id, Claim.text, Claim.language, Claim.status, Desk.slug,
)  # fmt: skip

Scores = dict[str, float]


@on(
    "claim.submitted",
    "claim.edited",
    "claim.rejected",
    "claim.marked_duplicate",
    "claim.reopened",
    "claim.verified",
    "claim.back_in_review",
)
def ask_for_comparison(session: Session, _actor: Actor, claim: Claim) -> None:
    """What the claim says, or whether it still is to be worked on, is not what it was."""
    enqueue(session, COMPARE, claim.id)


@dataclass(frozen=True, slots=True)
class CompareClaim:
    """Looks for claims that say what the claim says that a job names."""

    database: Database

    def __call__(self, job: Claimed) -> Callable[[Session], dict[str, Any]]:
        with self.database.reading() as session:
            seen = compared(session, [job.subject_id])[job.subject_id]
            found = likely_matches(session, seen)

        def write(session: Session) -> dict[str, Any]:
            held = select(Claim).where(Claim.id == job.subject_id).with_for_update()
            claim = session.scalars(held).one()
            if _matter(claim) == _matter(seen):
                return keep_suggestions(session, claim, found)
            # While a job runs no other can be asked for, so what has changed since is done here.
            anew = compared(session, [claim.id])[claim.id]
            return keep_suggestions(session, claim, likely_matches(session, anew))

        return write


def likely_matches(session: Session, claim: AnyRow) -> Scores:
    """Claims that say the same, by id; each pair is compared from either side, the better counts.

    What is suggested already is looked at again, however many others are more alike.
    """
    open_ids = {each.partner_of(claim.id) for each in _matches(session, claim.id, SUGGESTED)}
    scores = _scores(session, claim) if claim.status in OPEN else {}
    near = [other for other, score in scores.items() if score >= LEAST_SCORE]
    others = compared(session, {*near[:MOST_SUGGESTED], *open_ids})
    found = {}
    for other in others.values():
        if is_worth_suggesting(claim, other):
            back = _scores(session, other).get(claim.id, 0.0)
            found[other.id] = round(max(back, scores.get(other.id, 0.0)), 3)
    return {other: score for other, score in found.items() if score >= LEAST_SCORE}


def is_worth_suggesting(claim: Claim | AnyRow, other: AnyRow) -> bool:
    """Whether anybody could still act on it; a duplicate's original stands for it."""
    statuses = {claim.status, other.status}
    return "duplicate" not in statuses and not statuses.isdisjoint(OPEN)


def keep_suggestions(session: Session, claim: Claim, found: Mapping[str, float]) -> dict[str, Any]:
    """Bring what is suggested about the claim, which is held, up to date with what was found."""
    if not found and not _matches(session, claim.id, SUGGESTED):
        return {"suggested": 0}
    # Whoever compares the other claim of a pair waits here, and then sees the pair.
    lock_chain(session, claim.desk_id)
    others = compared(session, found).values()
    worth = {other.id for other in others if is_worth_suggesting(claim, other)}
    found = {other: score for other, score in found.items() if other in worth}
    known = {each.partner_of(claim.id): each for each in _matches(session, claim.id)}
    for other, match in known.items():
        if match.state == "suggested" and other not in found:
            record_on_claim(session, SERVICE, claim, "match.withdrawn", match, removed=True)
            session.execute(delete(ClaimMatch).where(ClaimMatch.id == match.id))
    for other, score in found.items():
        if other not in known:
            _suggest(session, claim, other, score)
        elif known[other].state == "suggested" and known[other].score != score:
            known[other].score, known[other].updated_at = score, now()
            record_on_claim(session, SERVICE, claim, "match.rescored", known[other])
    return {"suggested": len(found)}


def compared(session: Session, ids: Collection[str]) -> dict[str, AnyRow]:
    """What of these claims matters for a comparison, by id."""
    query = select(*_COMPARED).join(Desk, Desk.id == Claim.desk_id).where(Claim.id.in_(ids))
    return {row.id: row for row in session.execute(query.order_by(Claim.id))}


def _suggest(session: Session, claim: Claim, other: str, score: float) -> None:
    first, second = sorted((claim.id, other))
    moment = now()
    match = ClaimMatch(
        id=new_id(), claim_id=first, other_id=second, desk_id=claim.desk_id, score=score,
        method=METHOD, state="suggested", decided_by=None, decided_at=None, created_at=moment,
        updated_at=moment,
    )  # fmt: skip
    session.add(match)
    record_on_claim(session, SERVICE, claim, "match.suggested", match, other=other)


def _scores(reader: Reader, claim: AnyRow) -> Scores:
    """How likely other claims of the desk say what this one says, best first."""
    of_the_desk = Actor(roles={claim.desk_id: Role.contributor})
    reach = reach_of(reader, of_the_desk, claim.text, language=claim.language, desk=claim.slug)
    ranked = find_matches(reader, reach, claim.text)
    return {each.claim_id: each.score for each in ranked if each.claim_id != claim.id}


def _matches(session: Session, claim_id: str, *conditions: Any) -> list[ClaimMatch]:
    either = or_(ClaimMatch.claim_id == claim_id, ClaimMatch.other_id == claim_id)
    query = select(ClaimMatch).where(either, *conditions).order_by(ClaimMatch.id)
    return list(session.scalars(query.execution_options(populate_existing=True)))


def _matter(claim: Any) -> tuple[str, str | None, str]:
    return claim.text, claim.language, claim.status
