"""What may happen to a claim: the first of the two workflow tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from verifier.accounts.permissions import RULES, Permission, holds
from verifier.kit.errors import NotAllowed
from verifier.kit.workflow import Condition, Move, Workflow

if TYPE_CHECKING:
    from verifier.accounts.actor import Actor

OPEN: Final = ("submitted", "in_review")
REASONS: Final = ("not_checkable", "out_of_scope", "opinion", "prediction", "spam")
VERDICT_PUBLISHED: Final = "verdict_published"
VERDICT_RETRACTED: Final = "verdict_retracted"


@dataclass(frozen=True, slots=True)
class ClaimFacts:
    """What the table asks about: the actor's rights here, and whether they act for themself."""

    rights: frozenset[Permission]
    for_self: bool = True


def may(permission: Permission) -> Condition:
    """The actor has the permission in the claim's desk."""
    role = RULES[permission].role.name
    detail = f"{permission.value} needs the role {role} in this desk and the scope for it."
    return Condition(lambda facts: permission in facts.rights, NotAllowed, detail)


ASSIGNS: Final = Condition(
    lambda facts: facts.for_self or Permission.CLAIM_ASSIGN in facts.rights,
    NotAllowed,
    "Only an editor assigns claims to somebody else; a reviewer may take one or hand it back.",
)
TRIAGE: Final = (may(Permission.CLAIM_TRIAGE),)

CLAIM_WORKFLOW: Final = Workflow(
    (
        Move("accept", ("submitted",), "in_review", TRIAGE),
        Move("reject", OPEN, "rejected", TRIAGE),
        Move("mark_duplicate", OPEN, "duplicate", TRIAGE),
        Move("reopen", ("rejected", "duplicate"), "submitted", (may(Permission.CLAIM_REOPEN),)),
        Move("assign", OPEN, None, (*TRIAGE, ASSIGNS)),
        Move("unassign", OPEN, None, (*TRIAGE, ASSIGNS)),
        Move(VERDICT_PUBLISHED, ("in_review",), "verified", automatic=True, posted=False),
        Move(VERDICT_RETRACTED, ("verified",), "in_review", automatic=True, posted=False),
    )
)


def rights_in(actor: Actor, desk_id: str) -> frozenset[Permission]:
    """Every permission that the actor has in the desk."""
    return frozenset(permission for permission in Permission if holds(actor, permission, desk_id))
