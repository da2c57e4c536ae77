"""What a change of claim or evidence means for verdicts: approvals lapse, the published stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select, update

from verifier.claims.models import Claim
from verifier.claims.trail import record_on_claim
from verifier.events.service import on
from verifier.evidence.models import Evidence
from verifier.kit.clock import now
from verifier.reviews.case import open_case
from verifier.reviews.models import Citation, Recusal, Verdict
from verifier.reviews.workflow import OPEN_STATES, VERDICT_WORKFLOW

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from verifier.accounts.actor import Actor


@on("verdict.published")
def freeze_cited(session: Session, _actor: Actor, verdict: Verdict) -> None:
    """What a published verdict cites stays as it is; the database holds to that."""
    cited = select(Citation.evidence_id).where(Citation.verdict_id == verdict.id)
    fresh = update(Evidence).where(Evidence.id.in_(cited), Evidence.published_at.is_(None))
    session.execute(fresh.values(published_at=verdict.published_at))


@on("evidence.edited", "evidence.pinned", "evidence.withdrawn")
def reconsider_citing(session: Session, actor: Actor, evidence: Evidence) -> None:
    """Approvals given for the evidence as it was no longer count."""
    reconsider(session, actor, evidence.claim_id)


@on("claim.edited")
def reconsider_statement(session: Session, actor: Actor, claim: Claim) -> None:
    """Approvals given for the statement as it was no longer count."""
    reconsider(session, actor, claim.id)


@on("recusal.declared")
def reconsider_recused(session: Session, actor: Actor, recusal: Recusal) -> None:
    """Approvals by somebody with a competing interest no longer count."""
    reconsider(session, actor, recusal.claim_id)


def reconsider(session: Session, actor: Actor, claim_id: str) -> None:
    """Bring the digests of the claim's open verdicts up to date, and their states with them."""
    claim = session.get_one(Claim, claim_id)
    open_verdicts = select(Verdict).where(
        Verdict.claim_id == claim_id, Verdict.state.in_(OPEN_STATES)
    )
    for verdict in session.scalars(open_verdicts.order_by(Verdict.id)).all():
        case = open_case(session, claim, verdict)
        digest = case.digest()
        lapsed = verdict.digest != digest
        verdict.digest = digest
        if verdict.state == "approved" and not case.quorum():
            verdict.state = VERDICT_WORKFLOW.follows("approvals_lapsed", verdict.state)
            lapsed = True
        if lapsed:
            verdict.updated_at = now()
            record_on_claim(session, actor, case.claim, "verdict.reconsidered", verdict)
