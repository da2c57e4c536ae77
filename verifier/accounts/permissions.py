"""The whole access policy on one page: every permission, its scope, and the role it needs.

A permission is held in a desk: by a member of at least the role, or, where `partners` is set, by
a member of at least that role in a partner desk. What an actor may not see is answered as absent.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Final

from verifier.accounts.actor import Role, Scope
from verifier.kit.errors import NotAllowed, NotFound

if TYPE_CHECKING:
    from verifier.accounts.actor import Actor


class Permission(StrEnum):
    """`what:verb`, as it stands in the API's document."""

    PROFILE_READ = "profile:read"
    TOKEN_MANAGE = "token:manage"  # noqa: S105  (no password)
    DESK_CREATE = "desk:create"
    DESK_READ = "desk:read"
    DESK_UPDATE = "desk:update"
    MEMBER_READ = "member:read"
    MEMBER_MANAGE = "member:manage"
    SOURCE_READ = "source:read"
    SOURCE_SUBMIT = "source:submit"
    CLAIM_READ = "claim:read"
    CLAIM_SUBMIT = "claim:submit"
    CLAIM_TRIAGE = "claim:triage"
    CLAIM_REOPEN = "claim:reopen"
    CLAIM_ASSIGN = "claim:assign"
    EVIDENCE_READ = "evidence:read"
    EVIDENCE_ATTACH = "evidence:attach"
    EVIDENCE_CONFIDENTIAL = "evidence:confidential"
    VERDICT_READ = "verdict:read"
    VERDICT_WRITE = "verdict:write"
    VERDICT_REVIEW = "verdict:review"
    VERDICT_PUBLISH = "verdict:publish"
    RECUSAL_DECLARE = "recusal:declare"
    HISTORY_READ = "history:read"
    QUEUE_READ = "queue:read"
    EXPORT_READ = "export:read"
    IMPORT_RUN = "import:run"
    IMPORT_READ = "import:read"
    MATCH_READ = "match:read"
    DUPLICATE_READ = "duplicate:read"
    SUBSCRIPTION_MANAGE = "subscription:manage"
    AUDIT_READ = "audit:read"
    TEXT_ERASE = "text:erase"
    EVENT_READ = "event:read"
    CORRECTION_READ = "correction:read"
    WEBHOOK_MANAGE = "webhook:manage"


@dataclass(frozen=True, slots=True)
class Rule:
    """What it takes. `public` means that what is published is readable without any right."""

    scope: Scope
    role: Role
    partners: bool = False
    public: bool = False
    operator: bool = False


ABSENT: Final = "There is no such thing here, or you may not see it."
"""Said alike of what is absent and of what is not to be seen, where something is to be changed."""
READ: Final = Rule(Scope.read, Role.contributor, partners=True)
PUBLIC_READ: Final = Rule(Scope.read, Role.contributor, partners=True, public=True)

RULES: Final[dict[Permission, Rule]] = {
    Permission.PROFILE_READ: Rule(Scope.read, Role.contributor),
    Permission.TOKEN_MANAGE: Rule(Scope.tokens, Role.contributor),
    Permission.DESK_CREATE: Rule(Scope.admin, Role.admin, operator=True),
    Permission.DESK_READ: READ,
    Permission.DESK_UPDATE: Rule(Scope.admin, Role.admin, operator=True),
    Permission.MEMBER_READ: Rule(Scope.read, Role.contributor),
    Permission.MEMBER_MANAGE: Rule(Scope.admin, Role.admin, operator=True),
    Permission.SOURCE_READ: READ,
    Permission.SOURCE_SUBMIT: Rule(Scope.submit, Role.contributor),
    Permission.CLAIM_READ: PUBLIC_READ,
    Permission.CLAIM_SUBMIT: Rule(Scope.submit, Role.contributor),
    Permission.CLAIM_TRIAGE: Rule(Scope.review, Role.reviewer),
    Permission.CLAIM_REOPEN: Rule(Scope.publish, Role.editor),
    Permission.CLAIM_ASSIGN: Rule(Scope.publish, Role.editor),
    Permission.EVIDENCE_READ: READ,
    Permission.EVIDENCE_ATTACH: Rule(Scope.submit, Role.contributor),
    Permission.EVIDENCE_CONFIDENTIAL: Rule(Scope.read, Role.contributor),
    Permission.VERDICT_READ: PUBLIC_READ,
    Permission.VERDICT_WRITE: Rule(Scope.review, Role.reviewer),
    Permission.VERDICT_REVIEW: Rule(Scope.review, Role.reviewer, partners=True),
    Permission.VERDICT_PUBLISH: Rule(Scope.publish, Role.editor),
    Permission.RECUSAL_DECLARE: Rule(Scope.submit, Role.contributor, partners=True),
    Permission.HISTORY_READ: PUBLIC_READ,
    Permission.QUEUE_READ: READ,
    Permission.EXPORT_READ: PUBLIC_READ,
    Permission.IMPORT_RUN: Rule(Scope.publish, Role.editor),
    Permission.IMPORT_READ: Rule(Scope.read, Role.contributor),
    Permission.MATCH_READ: PUBLIC_READ,
    Permission.DUPLICATE_READ: READ,
    Permission.SUBSCRIPTION_MANAGE: Rule(Scope.read, Role.contributor),
    Permission.AUDIT_READ: PUBLIC_READ,
    Permission.TEXT_ERASE: Rule(Scope.admin, Role.admin),
    Permission.EVENT_READ: Rule(Scope.read, Role.contributor),
    Permission.CORRECTION_READ: PUBLIC_READ,
    Permission.WEBHOOK_MANAGE: Rule(Scope.admin, Role.admin),
}


def holds(actor: Actor, permission: Permission, desk_id: str) -> bool:
    """Whether the actor has the permission in the desk."""
    return permission in rights_in(actor, desk_id)


def rights_in(actor: Actor, desk_id: str) -> frozenset[Permission]:
    """Every permission that the actor has in the desk."""
    roles = (actor.role_in(desk_id), actor.partner_role_in(desk_id))
    return _rights(*roles, actor.scopes, is_operator=actor.is_operator)


@cache
def _rights(
    role: Role | None, partner_role: Role | None, scopes: frozenset[Scope], *, is_operator: bool
) -> frozenset[Permission]:
    """There are few combinations, and they are asked for with every claim that is shown."""
    return frozenset(
        permission
        for permission, rule in RULES.items()
        if rule.scope in scopes
        and (
            (rule.operator and is_operator)
            or (role is not None and role >= rule.role)
            or (rule.partners and partner_role is not None and partner_role >= rule.role)
        )
    )


def sees(actor: Actor, desk_id: str) -> bool:
    """Whether the actor may know about the desk's unpublished work at all."""
    return desk_id in actor.readable_desks


def demand(actor: Actor, permission: Permission, desk_id: str) -> None:
    """Raise `NotFound` for a desk the actor cannot see, `NotAllowed` where the right is missing."""
    if holds(actor, permission, desk_id):
        return
    if not sees(actor, desk_id):
        raise NotFound(ABSENT)
    rule = RULES[permission]
    role = actor.role_in(desk_id)
    held = f"you are {role.name} here" if role else "you are no member of this desk"
    message = f"{permission.value} needs the role {rule.role.name} in this desk; {held}."
    raise NotAllowed(message, permission=permission.value)
