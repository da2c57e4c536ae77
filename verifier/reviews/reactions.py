"""What a change of claim or evidence means for verdicts: approvals lapse, the published stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import exists, select

from verifier.claims.models import Claim
from verifier.claims.trail import record_on_claim
from verifier.events.service import on
from verifier.kit.clock import now
from verifier.kit.errors import Conflict
from verifier.reviews.case import open_case
from verifier.reviews.models import Citation, Recusal, Verdict
from verifier.reviews.workflow import OPEN_STATES, PUBLIC_STATES, VERDICT_WORKFLOW

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from verifier.accounts.actor import Actor
    from verifier.evidence.models import Evidence


class EvidenceIsPublished(Conflict):
    """A verdict that was published cites this piece, so it stands as it is.

    Withdraw it with a reason, attach the better one, and publish a correction.
    """


@on("evidence.edited")
def keep_published_evidence(session: Session, _actor: Actor, evidence: Evidence) -> None:
    """What a published verdict cites cannot be rewritten."""
    published = exists().where(
        Citation.evidence_id == evidence.id,
        Verdict.id == Citation.verdict_id,
        Verdict.state.in_(PUBLIC_STATES),
    )
    if session.scalar(select(published)):
        message = "A published verdict cites this piece of evidence; withdraw it instead."
        raise EvidenceIsPublished(message, current="published", allowed=["withdraw"])


@on("evidence.edited", "evidence.withdrawn")
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
