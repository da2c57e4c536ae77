"""The moves of a verdict: propose, withdraw, approve, request changes, publish, retract."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from verifier.accounts.scales import find_rating, shown_rating
from verifier.claims.loading import touch
from verifier.claims.topics import move_claim
from verifier.claims.trail import record_on_claim
from verifier.claims.workflow import CLAIM_WORKFLOW, VERDICT_PUBLISHED, VERDICT_RETRACTED
from verifier.kit.clock import new_id, now, rfc3339
from verifier.kit.errors import Invalid
from verifier.reviews import standing  # noqa: F401  (it reacts to what is published here)
from verifier.reviews.case import Case, in_force, load_case, present_scale
from verifier.reviews.models import Review, Verdict
from verifier.reviews.service import check_rating
from verifier.reviews.workflow import VERDICT_WORKFLOW

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session

    from verifier.accounts.actor import Actor
    from verifier.kit.answers import IfMatch


def act_on_verdict(
    session: Session,
    actor: Actor,
    verdict_id: str,
    *,
    action: str,
    if_match: IfMatch,
    **arguments: Any,
) -> Verdict:
    """Make a move of the verdict's workflow."""
    case = load_case(session, actor, verdict_id)
    if_match.check(case.verdict.version)
    force = in_force(session, case.claim.id)
    facts = case.facts(actor, in_force_id=force.id if force else None)
    move = VERDICT_WORKFLOW.decide(action, case.verdict.state, facts)
    case.verdict.updated_at = now()
    touch(case.claim)
    MOVES[action](session, actor, case, becomes=move.becomes, in_force=force, **arguments)
    session.flush()
    return case.verdict


def _propose(
    session: Session,
    actor: Actor,
    case: Case,
    *,
    becomes: str,
    in_force: Verdict | None,
    correction: dict[str, str] | None = None,
) -> None:
    if in_force is not None and correction is None:
        message = "A verdict is in force: say what this one corrects, by kind and note."
        raise Invalid.member("/correction", message)
    if in_force is None and correction is not None:
        message = "No verdict is in force, so there is nothing to correct."
        raise Invalid.member("/correction", message)
    verdict = case.verdict
    verdict.state, verdict.round = becomes, verdict.round + 1
    verdict.correction_kind = correction["kind"] if correction else None
    verdict.correction_note = correction["note"] if correction else None
    verdict.correction_of_id = in_force.id if in_force else None
    verdict.digest = case.digest()
    record_on_claim(session, actor, case.claim, "verdict.proposed", case.verdict)


def _withdraw(
    session: Session, actor: Actor, case: Case, *, becomes: str, in_force: Verdict | None
) -> None:
    del in_force
    case.verdict.state = becomes
    record_on_claim(session, actor, case.claim, "verdict.withdrawn", case.verdict)


def _approve(
    session: Session,
    actor: Actor,
    case: Case,
    *,
    becomes: str,
    in_force: Verdict | None,
    comment: str | None = None,
    rating: str | None = None,
) -> None:
    del in_force
    blind = case.desk.blind_second_rating
    if blind and rating is None:
        message = "This desk rates blind: give your own rating of the claim."
        raise Invalid.member("/rating", message)
    if rating is not None and not blind:
        message = "This desk does not rate blind, so a review takes no rating."
        raise Invalid.member("/rating", message)
    if rating is not None:
        check_rating(present_scale(session, case.desk), rating)
    agrees = rating in (None, case.verdict.rating)
    decision = "approved" if agrees else "rated_differently"
    _add_review(session, actor, case, decision, comment=comment, rating=rating)
    if not agrees:
        case.verdict.state = "draft"
        record_on_claim(
            session,
            actor,
            case.claim,
            "verdict.returned",
            case.verdict,
            because="rated_differently",
        )
    elif case.quorum():
        case.verdict.state = becomes
        record_on_claim(session, actor, case.claim, "verdict.approved", case.verdict)


def _request_changes(
    session: Session,
    actor: Actor,
    case: Case,
    *,
    becomes: str,
    in_force: Verdict | None,
    comment: str,
) -> None:
    del in_force
    _add_review(session, actor, case, "changes_requested", comment=comment)
    case.verdict.state = becomes
    record_on_claim(
        session, actor, case.claim, "verdict.returned", case.verdict, because="changes_requested"
    )


def _publish(
    session: Session,
    actor: Actor,
    case: Case,
    *,
    becomes: str,
    in_force: Verdict | None,
    url: str | None = None,
) -> None:
    verdict, claim, moment = case.verdict, case.claim, now()
    if in_force is not None:
        in_force.state = VERDICT_WORKFLOW.follows("superseded", in_force.state)
        in_force.updated_at = moment
        record_on_claim(session, actor, claim, "verdict.superseded", in_force, by=verdict.id)
    verdict.state, verdict.published_at, verdict.url = becomes, moment, url
    verdict.scale_version = case.desk.scale_version
    record_on_claim(
        session, actor, case.claim, "verdict.published", case.verdict, digest=verdict.digest
    )
    scale = present_scale(session, case.desk)
    rating = find_rating(scale, verdict.rating)
    if rating is None:
        message = f"The desk's rating scale has no {verdict.rating!r} any more."
        raise Invalid.member("/rating", message)
    claim.verdict = {
        "id": verdict.id,
        "rating": verdict.rating,
        **shown_rating(scale, verdict.rating, verdict.language),
        "title": verdict.title,
        "summary": verdict.summary,
        "language": verdict.language,
        "published_at": rfc3339(moment),
        "url": verdict.url,
    }
    claim.rating, claim.normalised = verdict.rating, rating["normalised"]
    claim.published_at = claim.published_at or moment
    move_claim(session, claim, CLAIM_WORKFLOW.follows(VERDICT_PUBLISHED, claim.status))
    record_on_claim(session, actor, claim, "claim.verified", claim)


def _retract(
    session: Session,
    actor: Actor,
    case: Case,
    *,
    becomes: str,
    in_force: Verdict | None,
    reason: str,
) -> None:
    del in_force
    case.verdict.state, case.verdict.retracted_reason = becomes, reason
    record_on_claim(session, actor, case.claim, "verdict.retracted", case.verdict)
    claim = case.claim
    claim.verdict = claim.rating = claim.normalised = None
    move_claim(session, claim, CLAIM_WORKFLOW.follows(VERDICT_RETRACTED, claim.status))
    record_on_claim(session, actor, claim, "claim.back_in_review", claim)


def _add_review(
    session: Session,
    actor: Actor,
    case: Case,
    decision: str,
    *,
    comment: str | None,
    rating: str | None = None,
) -> None:
    verdict = case.verdict
    review = Review(
        id=new_id(), verdict_id=verdict.id, author_id=verdict.author_id,
        reviewer_id=actor.account_id, desk_id=actor.acts_for(case.desk.id), decision=decision,
        comment=comment, rating=rating, digest=verdict.digest, round=verdict.round,
        created_at=now(),
    )  # fmt: skip
    session.add(review)
    record_on_claim(session, actor, case.claim, "review.given", review)
    case.reviews = [*case.reviews, review]


MOVES: Final[dict[str, Callable[..., None]]] = {
    "propose": _propose,
    "withdraw": _withdraw,
    "approve": _approve,
    "request_changes": _request_changes,
    "publish": _publish,
    "retract": _retract,
}
