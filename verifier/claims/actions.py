"""The moves of a claim that people make: triage, duplicates, assignments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from verifier.claims.loading import load_claim, touch
from verifier.claims.models import Claim
from verifier.claims.service import member_of_desk
from verifier.claims.topics import move_claim
from verifier.claims.trail import record_on_claim
from verifier.claims.workflow import CLAIM_WORKFLOW, claim_facts
from verifier.kit.errors import Invalid

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from verifier.accounts.actor import Actor
    from verifier.kit.answers import IfMatch

EVENTS: Final = {
    "accept": "claim.accepted",
    "reject": "claim.rejected",
    "mark_duplicate": "claim.marked_duplicate",
    "reopen": "claim.reopened",
    "assign": "claim.assigned",
    "unassign": "claim.unassigned",
}


def act_on_claim(
    session: Session,
    actor: Actor,
    claim_id: str,
    *,
    action: str,
    if_match: IfMatch,
    of: str | None = None,
    assignee: str | None = None,
    **said: Any,
) -> Claim:
    """Make a move of the claim's workflow. `said` is what the event tells: reason, comment."""
    claim = load_claim(session, actor, claim_id, None)
    if_match.check(claim.version)
    facts = claim_facts(actor, claim, assignee=assignee)
    move = CLAIM_WORKFLOW.decide(action, claim.status, facts)
    if action == "mark_duplicate" and of is not None:
        claim.duplicate_of_id = _original(session, claim, of).id
    if action == "assign" and assignee is not None:
        claim.assignee_id = member_of_desk(session, claim.desk_id, assignee, "/assignee").id
    if action == "unassign":
        claim.assignee_id = None
    if action == "reopen":
        claim.duplicate_of_id = None
    if move.becomes is not None:
        move_claim(session, claim, move.becomes)
    touch(claim)
    told = {name: value for name, value in said.items() if value is not None}
    record_on_claim(session, actor, claim, EVENTS[action], claim, **told)
    return claim


def _original(session: Session, claim: Claim, of: str) -> Claim:
    query = select(Claim).where(Claim.id == of, Claim.desk_id == claim.desk_id)
    original = session.scalar(query.with_for_update())
    if original is None or original.id == claim.id:
        message = "This is not the id of another claim of this desk."
        raise Invalid.member("/of", message)
    if original.duplicate_of_id is not None:
        message = f"That claim is a duplicate itself, of {original.duplicate_of_id}."
        raise Invalid.member("/of", message)
    return original
