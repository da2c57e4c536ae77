"""Taking in claims, editing them, and saying where they were made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from verifier.accounts.models import Account, Membership
from verifier.accounts.permissions import Permission, demand
from verifier.claims import indexing  # noqa: F401  (so that whoever changes claims has it too)
from verifier.claims.appearances import add_appearance
from verifier.claims.loading import load_claim, touch
from verifier.claims.models import Claim
from verifier.claims.topics import store_topics
from verifier.claims.trail import record_on_claim
from verifier.claims.workflow import allowed_on
from verifier.desks.service import desk_for
from verifier.events.service import lock_chain
from verifier.kit.clock import new_id, now
from verifier.kit.errors import Conflict, Duplicate, Invalid
from verifier.kit.text import matching_key

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from verifier.accounts.actor import Actor
    from verifier.kit.answers import IfMatch

PRIORITIES: Final = ("low", "normal", "high", "urgent")
NO_EVIDENCE: Final = {
    kind: {"supports": 0, "refutes": 0, "context": 0} for kind in ("all", "shared")
}
STATEMENT: Final = frozenset(("text", "claimant", "claimed_on", "language"))
"""What a published verdict judged; it changes only by way of a retraction."""


class ClaimExists(Duplicate):
    """The desk has a claim of the same wording; `existing` names it. Or send `allow_duplicate`."""


class ClaimIsPublished(Conflict):
    """A published verdict judges this statement, so its wording and claimant stand as they are.

    Retract the verdict first, or submit the better wording as a claim of its own.
    """


def submit_claim(
    session: Session,
    actor: Actor,
    *,
    desk: str | None = None,
    allow_duplicate: bool = False,
    appearances: Sequence[dict[str, Any]] = (),
    **members: Any,
) -> Claim:
    """A new claim, with the places where it was made. It may still lack everything but its text."""
    home = desk_for(session, actor, Permission.CLAIM_SUBMIT, desk)
    lock_chain(session, home.id)
    moment = now()
    claim = Claim(
        id=new_id(), desk_id=home.id, status="submitted", is_original=True, topics=[],
        priority=PRIORITIES.index("normal"), evidence=NO_EVIDENCE, created_by=actor.account_id,
        created_at=moment, updated_at=moment,
    )  # fmt: skip
    _assign_members(session, claim, members)
    claim.is_original = not _refuse_same_text(session, claim, allow_duplicate=allow_duplicate)
    session.add(claim)
    record_on_claim(session, actor, claim, "claim.submitted", claim)
    store_topics(session, claim)
    for n, appearance in enumerate(appearances):
        add_appearance(session, actor, claim, pointer=f"/appearances/{n}", **appearance)
    return claim


def update_claim(
    session: Session, actor: Actor, claim_id: str, *, if_match: IfMatch, **members: Any
) -> Claim:
    """Change a claim's members; its submitter may while it is new, reviewers while it is open."""
    claim = load_claim(session, actor, claim_id, Permission.CLAIM_SUBMIT)
    if_match.check(claim.version)
    if claim.created_by != actor.account_id or claim.status != "submitted":
        demand(actor, Permission.CLAIM_TRIAGE, claim.desk_id)
    if claim.verdict is not None and (frozen := sorted(STATEMENT & members.keys())):
        message = f"A verdict on this claim is published; its {', '.join(frozen)} cannot change."
        told = {"current": claim.status, "allowed": allowed_on(actor, claim)}
        raise ClaimIsPublished(message, **told)
    _assign_members(session, claim, members)
    if "text" in members:
        claim.is_original = not _refuse_same_text(session, claim, allow_duplicate=False)
    touch(claim)
    record_on_claim(session, actor, claim, "claim.edited", claim)
    if "topics" in members:
        store_topics(session, claim)
    return claim


def member_of_desk(session: Session, desk_id: str, account_id: str, pointer: str) -> Account:
    """The account, which must be an active member of the desk."""
    query = (
        select(Account)
        .join(Membership, Membership.account_id == Account.id)
        .where(Account.id == account_id, Membership.desk_id == desk_id)
        .where(Account.deactivated_at.is_(None))
    )
    account = session.scalar(query)
    if account is None:
        message = "This is not the id of a member of the desk."
        raise Invalid.member(pointer, message)
    return account


def claimant_key(name: str | None) -> str | None:
    """What claimants are found by, whatever the spelling's case and spacing."""
    return matching_key(name) if name else None


def _assign_members(session: Session, claim: Claim, members: dict[str, Any]) -> None:
    claimant = members.pop("claimant", ...)
    if claimant is not ...:
        claimant = claimant or {}
        claim.claimant_name = claimant.get("name")
        claim.claimant_kind = claimant.get("kind")
        claim.claimant_same_as = claimant.get("same_as")
        claim.claimant_key = claimant_key(claim.claimant_name)
    if "priority" in members:
        claim.priority = PRIORITIES.index(members.pop("priority"))
    if assignee := members.get("assignee_id"):
        member_of_desk(session, claim.desk_id, assignee, "/assignee")
    for name, value in members.items():
        setattr(claim, name, value)
    claim.text_key = matching_key(claim.text)


def _refuse_same_text(session: Session, claim: Claim, *, allow_duplicate: bool) -> bool:
    """Whether another claim of the desk stands for this text already; a refusal unless allowed."""
    same = select(Claim.id).where(
        Claim.desk_id == claim.desk_id,
        Claim.text_key == claim.text_key,
        Claim.is_original,
        Claim.id != claim.id,
    )
    known = session.scalar(same)
    if known is not None and not allow_duplicate:
        message = "This desk has a claim of the same wording already."
        raise ClaimExists(message, existing=f"/v1/claims/{known}")
    return known is not None
