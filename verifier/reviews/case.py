"""A verdict with everything that decides about it, loaded together and held by its claim."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from verifier.accounts.models import Desk, RatingScale
from verifier.accounts.permissions import ABSENT, rights_in, sees
from verifier.claims.loading import load_claim
from verifier.evidence.models import Evidence
from verifier.kit.errors import NotFound
from verifier.reviews.models import Citation, Recusal, Review, Verdict
from verifier.reviews.policy import Cited, Policy, Tally, digest_of
from verifier.reviews.workflow import PUBLIC_STATES, VerdictFacts
from verifier.sources.models import Source

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from verifier.accounts.actor import Actor
    from verifier.claims.models import Claim

COMPUTED: Final = {
    "domain": Source.domain,
    "withdrawn": Evidence.withdrawn_at.is_not(None),
}


@dataclass(slots=True)
class Case:
    """What a decision on a verdict looks at."""

    claim: Claim
    desk: Desk
    verdict: Verdict
    cited: Sequence[Cited]
    reviews: Sequence[Review]
    recused: frozenset[str]

    def digest(self) -> str:
        """The digest of the verdict as it stands in memory now."""
        claim, verdict = self.claim, self.verdict
        statement = {
            name: getattr(claim, name)
            for name in ("text", "claimant_name", "claimant_kind", "claimant_same_as", "claimed_on")
        }
        judged = {
            name: getattr(verdict, name)
            for name in (
                "rating", "title", "summary", "explanation", "language", "correction_kind",
                "correction_note", "correction_of_id",
            )
        }  # fmt: skip
        return digest_of(statement, judged, self.cited)

    def reviews_now(self) -> list[Review]:
        """The reviews of this round that were given for the content as it is."""
        now = (self.verdict.round, self.verdict.digest)
        return [review for review in self.reviews if (review.round, review.digest) == now]

    def quorum(self) -> bool:
        """Whether the approvals that count are enough; those of recused colleagues do not."""
        counting = [
            review
            for review in self.reviews_now()
            if review.decision == "approved" and review.reviewer_id not in self.recused
        ]
        return Policy.of(self.desk).quorum_reached(
            people=len({review.reviewer_id for review in counting}),
            desks=len({review.desk_id for review in counting}),
        )

    def facts(self, actor: Actor, *, in_force_id: str | None) -> VerdictFacts:
        """What the workflow's table asks about."""
        policy = Policy.of(self.desk)
        return VerdictFacts(
            rights=rights_in(actor, self.desk.id),
            is_author=self.verdict.author_id == actor.account_id,
            is_recused=actor.account_id in self.recused,
            has_reviewed=any(r.reviewer_id == actor.account_id for r in self.reviews_now()),
            claim_status=self.claim.status,
            unmet=policy.unmet(self.verdict.rating, Tally.of(self.cited)),
            has_quorum=self.quorum(),
            replaces_in_force=in_force_id in (None, self.verdict.correction_of_id),
        )


def load_case(session: Session, actor: Actor, verdict_id: str) -> Case:
    """The verdict's case, held until the transaction ends. Raises `NotFound`."""
    of = session.scalar(select(Verdict.claim_id).where(Verdict.id == verdict_id))
    if of is None:
        raise NotFound(ABSENT)
    claim = load_claim(session, actor, of, None)
    verdict = session.scalars(select(Verdict).where(Verdict.id == verdict_id)).one()
    if not sees(actor, claim.desk_id) and verdict.state not in PUBLIC_STATES:
        raise NotFound(ABSENT)
    return open_case(session, claim, verdict)


def open_case(session: Session, claim: Claim, verdict: Verdict) -> Case:
    """The case of a verdict whose claim is held already."""
    reviews = select(Review).where(Review.verdict_id == verdict.id).order_by(Review.id)
    recusals = select(Recusal.account_id).where(Recusal.claim_id == claim.id)
    return Case(
        claim=claim,
        desk=session.get_one(Desk, claim.desk_id),
        verdict=verdict,
        cited=cited_by(session, verdict.id),
        reviews=session.scalars(reviews).all(),
        recused=frozenset(session.scalars(recusals)),
    )


def cited_by(session: Session, verdict_id: str) -> Sequence[Cited]:
    """The evidence that the verdict cites, withdrawn pieces included."""
    cited = select(Citation.evidence_id).where(Citation.verdict_id == verdict_id)
    return pieces(session, Evidence.id.in_(cited))


def pieces(session: Session, condition: ColumnElement[bool]) -> Sequence[Cited]:
    """Evidence as policy and digest look at it."""
    columns: list[Any] = [
        COMPUTED[field.name] if field.name in COMPUTED else getattr(Evidence, field.name)
        for field in fields(Cited)
    ]
    query = select(*columns).join(Source, Source.id == Evidence.source_id).where(condition)
    return [Cited(*row) for row in session.execute(query.order_by(Evidence.id))]


def in_force(session: Session, claim_id: str) -> Verdict | None:
    """The claim's published verdict."""
    query = select(Verdict).where(Verdict.claim_id == claim_id, Verdict.state == "published")
    return session.scalar(query)


def present_scale(session: Session, desk: Desk) -> list[dict[str, Any]]:
    """The ratings of the desk's rating scale as it is now."""
    return session.get_one(RatingScale, (desk.id, desk.scale_version)).ratings
