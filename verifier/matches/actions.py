"""What a person makes of two claims that may say the same; nothing is merged by a machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import or_, select

from verifier.accounts.permissions import ABSENT, Permission, demand, sees
from verifier.claims.actions import act_on_claim
from verifier.claims.loading import load_claim
from verifier.claims.models import Claim
from verifier.claims.trail import record_on_claim
from verifier.kit.answers import IfMatch
from verifier.kit.clock import now
from verifier.kit.errors import Conflict, Invalid, NotFound
from verifier.matches.models import ClaimMatch

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from verifier.accounts.actor import Actor

BECOMES: Final = {"confirm": "confirmed", "dismiss": "dismissed"}
SIDES: Final = ("this", "other")


class MatchIsDecided(Conflict):
    """Somebody has decided so about these claims already; the other decision may still be made."""


def act_on_match(
    session: Session,
    actor: Actor,
    claim_id: str,
    match_id: str,
    *,
    action: str,
    if_match: IfMatch,
    duplicate: str | None = None,
) -> None:
    """Say that the claims do or do not say the same; `duplicate` is the one that repeats the other.

    A decision may be changed. It does not reopen what was marked as a duplicate: that is a move of
    the claim's own workflow.
    """
    match = _load_match(session, claim_id, match_id)
    claim = load_claim(session, actor, claim_id, None)
    if not sees(actor, claim.desk_id):
        raise NotFound(ABSENT)
    demand(actor, Permission.CLAIM_TRIAGE, claim.desk_id)
    if_match.check(match.version)
    if match.state == BECOMES[action]:
        others = [other for other, state in BECOMES.items() if state != match.state]
        message = f"These two claims are {match.state} already."
        raise MatchIsDecided(message, current=match.state, allowed=others)
    match.state = BECOMES[action]
    match.decided_by, match.decided_at = actor.account_id, now()
    match.updated_at = match.decided_at
    other_id = match.partner_of(claim.id)
    told = {"other": other_id} | ({"duplicate": duplicate} if duplicate else {})
    record_on_claim(session, actor, claim, f"match.{match.state}", match, **told)
    if duplicate is not None:
        pair = (claim.id, other_id) if duplicate == "this" else (other_id, claim.id)
        _mark_duplicate(session, actor, *pair)


def _load_match(session: Session, claim_id: str, match_id: str) -> ClaimMatch:
    """The match of which the claim is one side, held, and both claims with it."""
    either = or_(ClaimMatch.claim_id == claim_id, ClaimMatch.other_id == claim_id)
    query = select(ClaimMatch).where(ClaimMatch.id == match_id, either)
    seen = session.scalar(query)
    if seen is None:
        raise NotFound(ABSENT)
    # In one order whichever side is acted on, and before the trail, for which others wait too.
    pair = select(Claim).where(Claim.id.in_((seen.claim_id, seen.other_id))).order_by(Claim.id)
    session.scalars(pair.with_for_update()).all()
    match = session.scalar(query.with_for_update().execution_options(populate_existing=True))
    if match is None:
        raise NotFound(ABSENT)
    return match


def _mark_duplicate(session: Session, actor: Actor, claim_id: str, of: str) -> None:
    """As the claim's own action, which is asked for here by another member."""
    try:
        act_on_claim(
            session, actor, claim_id, action="mark_duplicate", of=of, if_match=IfMatch(None)
        )
    except Invalid as refused:
        raise Invalid.member("/duplicate", refused.detail) from refused
