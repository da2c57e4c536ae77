"""Writing verdicts: drafting, editing, citing evidence, declaring a competing interest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select

from verifier.accounts.permissions import Permission
from verifier.accounts.scales import find_rating
from verifier.claims.loading import load_claim, touch
from verifier.claims.trail import record_on_claim
from verifier.claims.workflow import allowed_on
from verifier.evidence.models import Evidence
from verifier.kit.clock import new_id, now
from verifier.kit.errors import Duplicate, Invalid
from verifier.reviews import corrections, reactions  # noqa: F401  (whoever has verdicts has these)
from verifier.reviews.case import in_force, load_case, open_case, pieces, present_scale
from verifier.reviews.models import Citation, Recusal, Verdict
from verifier.reviews.workflow import CLAIM_STATUSES, VERDICT_WORKFLOW, ClaimIsNotOpen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from verifier.accounts.actor import Actor
    from verifier.claims.models import Claim
    from verifier.kit.answers import IfMatch


class AlreadyRecused(Duplicate):
    """You have declared a competing interest in this claim already."""


def draft_verdict(
    session: Session,
    actor: Actor,
    claim_id: str,
    *,
    rating: str,
    evidence: Sequence[str] | None = None,
    **texts: Any,
) -> Verdict:
    """A draft on a claim in review, or on a verified one, where it will be a correction."""
    claim = load_claim(session, actor, claim_id, Permission.VERDICT_WRITE)
    if claim.status not in CLAIM_STATUSES:
        message = f"This claim is {claim.status}; a verdict is drafted while it is in review."
        raise ClaimIsNotOpen(message, current=claim.status, allowed=allowed_on(actor, claim))
    moment = now()
    verdict = Verdict(
        id=new_id(), claim_id=claim.id, desk_id=claim.desk_id, author_id=actor.account_id,
        rating=rating, state="draft", round=0, origin="desk", digest="", scale_version=0,
        created_at=moment, updated_at=moment,
        **{"title": "", "summary": "", "explanation": "", "language": claim.language, **texts},
    )  # fmt: skip
    case = open_case(session, claim, verdict)
    check_rating(present_scale(session, case.desk), rating)
    cited = _citable(session, claim, evidence)
    case.cited = pieces(session, Evidence.id.in_(cited))
    verdict.scale_version = case.desk.scale_version
    verdict.language = verdict.language or case.desk.language
    verdict.digest = case.digest()
    session.add(verdict)
    record_on_claim(session, actor, claim, "verdict.drafted", verdict, evidence=cited)
    session.add_all(Citation(verdict_id=verdict.id, evidence_id=piece) for piece in cited)
    touch(claim)
    session.flush()
    return verdict


def edit_verdict(
    session: Session,
    actor: Actor,
    verdict_id: str,
    *,
    if_match: IfMatch,
    evidence: Sequence[str] | None = None,
    **members: Any,
) -> Verdict:
    """Change a draft; its author's right."""
    case = load_case(session, actor, verdict_id)
    if_match.check(case.verdict.version)
    force = in_force(session, case.claim.id)
    facts = case.facts(actor, in_force_id=force.id if force else None)
    VERDICT_WORKFLOW.decide("edit", case.verdict.state, facts)
    if "rating" in members:
        check_rating(present_scale(session, case.desk), members["rating"])
    for name, value in members.items():
        setattr(case.verdict, name, value)
    details: dict[str, Any] = {}
    if evidence is not None:
        cited = _citable(session, case.claim, evidence)
        session.execute(delete(Citation).where(Citation.verdict_id == verdict_id))
        session.add_all(Citation(verdict_id=verdict_id, evidence_id=piece) for piece in cited)
        case.cited = pieces(session, Evidence.id.in_(cited))
        details["evidence"] = cited
    case.verdict.digest = case.digest()
    case.verdict.scale_version = case.desk.scale_version
    case.verdict.updated_at = now()
    record_on_claim(session, actor, case.claim, "verdict.edited", case.verdict, **details)
    touch(case.claim)
    session.flush()
    return case.verdict


def recuse(session: Session, actor: Actor, claim_id: str, *, reason: str | None = None) -> Recusal:
    """Declare one's own competing interest in a claim; one's approvals of it no longer count."""
    claim = load_claim(session, actor, claim_id, Permission.RECUSAL_DECLARE)
    mine = (Recusal.claim_id == claim_id, Recusal.account_id == actor.account_id)
    if session.scalar(select(Recusal.id).where(*mine)) is not None:
        message = "You have declared a competing interest in this claim already."
        raise AlreadyRecused(message, existing=f"/v1/claims/{claim_id}")
    recusal = Recusal(
        id=new_id(), claim_id=claim.id, account_id=actor.account_id, reason=reason,
        created_at=now(),
    )  # fmt: skip
    session.add(recusal)
    touch(claim)
    record_on_claim(session, actor, claim, "recusal.declared", recusal)
    return recusal


def check_rating(scale: list[dict[str, Any]], rating: str) -> None:
    """Raise `Invalid` unless the scale has the rating."""
    if find_rating(scale, rating) is None:
        slugs = ", ".join(each["slug"] for each in scale)
        message = f"The desk's rating scale has no {rating!r}; it has {slugs}."
        raise Invalid.member("/rating", message)


def _citable(session: Session, claim: Claim, wanted: Sequence[str] | None) -> list[str]:
    """Ids of evidence to cite: the wanted ones, or all of the claim's that stand."""
    standing = select(Evidence.id).where(
        Evidence.claim_id == claim.id, Evidence.withdrawn_at.is_(None)
    )
    found = list(session.scalars(standing.order_by(Evidence.id)))
    if wanted is None:
        return found
    for n, piece in enumerate(wanted):
        if piece not in found:
            message = "This is not the id of evidence of this claim that stands."
            raise Invalid.member(f"/evidence/{n}", message)
    return sorted(set(wanted))
