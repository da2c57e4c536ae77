"""What may happen to a claim: the first of the two workflow tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from verifier.accounts.permissions import RULES, Permission, rights_in
from verifier.kit.errors import Conflict, NotAllowed
from verifier.kit.workflow import Condition, Move, Workflow

if TYPE_CHECKING:
    from verifier.accounts.actor import Actor

OPEN: Final = ("submitted", "in_review")
REASONS: Final = ("not_checkable", "out_of_scope", "opinion", "prediction", "spam")
VERDICT_PUBLISHED: Final = "verdict_published"
VERDICT_RETRACTED: Final = "verdict_retracted"


@dataclass(frozen=True, slots=True)
class ClaimFacts:
    """What the table asks about: the actor's rights here, and whose the claim is or is to be."""

    rights: frozenset[Permission]
    is_assigned: bool = False
    is_assignee: bool = False
    for_self: bool = True
    """Whether it is to be assigned to the actor."""


class NobodyIsAssigned(Conflict):
    """The claim is assigned to nobody, so it cannot be handed back."""


def may(permission: Permission) -> Condition:
    """The actor has the permission in the claim's desk."""
    role = RULES[permission].role.name
    detail = f"{permission.value} needs the role {role} in this desk and the scope for it."
    return Condition(lambda facts: permission in facts.rights, NotAllowed, detail)


OWN_ONLY: Final = (
    "Only an editor assigns claims to somebody else; a reviewer may take one or hand it back."
)
ASSIGNS: Final = Condition(
    lambda facts: facts.for_self or Permission.CLAIM_ASSIGN in facts.rights, NotAllowed, OWN_ONLY
)
HANDS_BACK: Final = Condition(
    lambda facts: (
        facts.is_assignee or not facts.is_assigned or Permission.CLAIM_ASSIGN in facts.rights
    ),
    NotAllowed,
    OWN_ONLY,
)
ASSIGNED: Final = Condition(
    lambda facts: facts.is_assigned, NobodyIsAssigned, "This claim is assigned to nobody."
)
TRIAGE: Final = (may(Permission.CLAIM_TRIAGE),)

CLAIM_WORKFLOW: Final = Workflow(
    (
        Move("accept", ("submitted",), "in_review", TRIAGE),
        Move("reject", OPEN, "rejected", TRIAGE),
        Move("mark_duplicate", OPEN, "duplicate", TRIAGE),
        Move("reopen", ("rejected", "duplicate"), "submitted", (may(Permission.CLAIM_REOPEN),)),
        Move("assign", OPEN, None, (*TRIAGE, ASSIGNS)),
        Move("unassign", OPEN, None, (*TRIAGE, HANDS_BACK), (ASSIGNED,)),
        Move(VERDICT_PUBLISHED, ("in_review",), "verified", automatic=True, posted=False),
        Move(VERDICT_RETRACTED, ("verified",), "in_review", automatic=True, posted=False),
    )
)


def claim_facts(actor: Actor, claim: Any, *, assignee: str | None = None) -> ClaimFacts:
    """The facts of a claim, a row of it or its columns, were it to be assigned to `assignee`."""
    return ClaimFacts(
        rights=rights_in(actor, claim.desk_id),
        is_assigned=claim.assignee_id is not None,
        is_assignee=claim.assignee_id is not None and claim.assignee_id == actor.account_id,
        for_self=assignee in (None, actor.account_id),
    )


def allowed_on(actor: Actor, claim: Any) -> list[str]:
    """What the actor may do with the claim now."""
    return CLAIM_WORKFLOW.allowed(claim.status, claim_facts(actor, claim))
