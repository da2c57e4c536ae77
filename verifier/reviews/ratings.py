"""Replacing a desk's rating scale without pulling a rating from under a verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import exists, or_, select, update

from verifier.accounts.models import Desk, RatingScale
from verifier.accounts.permissions import Permission
from verifier.accounts.scales import scale_faults
from verifier.claims.models import Claim
from verifier.claims.trail import record_on_claim
from verifier.desks.service import demand_in_desk, load_desk
from verifier.events.service import record
from verifier.kit.clock import now
from verifier.kit.errors import Conflict, InputFault, Invalid
from verifier.reviews.case import open_case, present_scale
from verifier.reviews.models import Verdict
from verifier.reviews.workflow import OPEN_STATES, VERDICT_WORKFLOW

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy.orm import Session

    from verifier.accounts.actor import Actor
    from verifier.kit.answers import IfMatch


class RatingInUse(Conflict):
    """A rating that verdicts use is not dropped without a successor: name it in `replacements`."""


def replace_scale(
    session: Session,
    actor: Actor,
    slug: str,
    *,
    if_match: IfMatch,
    ratings: list[dict[str, Any]],
    replacements: dict[str, str],
) -> Desk:
    """The desk's scale from now on. What is published keeps the scale it was published under."""
    desk = load_desk(session, actor, slug, for_update=True)
    demand_in_desk(actor, Permission.DESK_UPDATE, desk)
    if_match.check(desk.scale_version)
    faults = [InputFault(pointer, detail) for pointer, detail in scale_faults(ratings)]
    slugs = {rating["slug"] for rating in ratings}
    dropped = {rating["slug"] for rating in present_scale(session, desk)} - slugs
    faults += _replacement_faults(replacements, dropped=dropped, slugs=slugs)
    if faults:
        raise Invalid(faults)
    unreplaced = sorted(
        old for old in dropped - replacements.keys() if _is_used(session, desk, old)
    )
    if unreplaced:
        message = f"Verdicts use {', '.join(unreplaced)}: name a successor in `replacements`."
        raise RatingInUse(message, ratings=unreplaced)
    desk.scale_version += 1
    desk.updated_at = now()
    scale = RatingScale(
        desk_id=desk.id, version=desk.scale_version, ratings=ratings, created_at=desk.updated_at
    )
    session.add(scale)
    record(
        session, actor, "desk.scale_replaced", desk, desk_id=desk.id,
        ratings=ratings, replacements=replacements,
    )  # fmt: skip
    for verdict in _open_verdicts(session, desk):
        _carry_over(session, actor, desk, verdict, replacements)
    for old in sorted(replacements):
        in_force = (Claim.desk_id == desk.id, Claim.rating == old)
        session.execute(update(Claim).where(*in_force).values(rating=replacements[old]))
    return desk


def _replacement_faults(
    replacements: dict[str, str], *, dropped: set[str], slugs: set[str]
) -> Iterator[InputFault]:
    for old, new in replacements.items():
        if old not in dropped:
            yield InputFault(f"/replacements/{old}", f"The new scale does not drop {old!r}.")
        if new not in slugs:
            yield InputFault(f"/replacements/{old}", f"The new scale has no {new!r}.")


def _is_used(session: Session, desk: Desk, rating: str) -> bool:
    in_force = exists().where(Claim.desk_id == desk.id, Claim.rating == rating)
    worked_on = exists().where(
        Verdict.desk_id == desk.id, Verdict.state.in_(OPEN_STATES), Verdict.rating == rating
    )
    return bool(session.scalar(select(or_(in_force, worked_on))))


def _open_verdicts(session: Session, desk: Desk) -> Sequence[Verdict]:
    query = select(Verdict).where(Verdict.desk_id == desk.id, Verdict.state.in_(OPEN_STATES))
    return session.scalars(query.order_by(Verdict.id)).all()


def _carry_over(
    session: Session, actor: Actor, desk: Desk, verdict: Verdict, replacements: dict[str, str]
) -> None:
    """An open verdict goes by the new scale; where that changes its rating, approvals lapse."""
    case = open_case(session, session.get_one(Claim, verdict.claim_id), verdict)
    verdict.scale_version = desk.scale_version
    verdict.rating = replacements.get(verdict.rating, verdict.rating)
    digest = case.digest()
    if digest != verdict.digest:
        verdict.digest = digest
        verdict.state = VERDICT_WORKFLOW.follows("approvals_lapsed", verdict.state)
    verdict.updated_at = now()
    record_on_claim(session, actor, case.claim, "verdict.rescaled", verdict)
