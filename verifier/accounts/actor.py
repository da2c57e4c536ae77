"""Who acts: a frozen value made once a request, never a database row."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping


class Role(IntEnum):
    """What a member may do in a desk; each role includes the ones below it."""

    contributor = 1
    reviewer = 2
    editor = 3
    admin = 4


class Scope(StrEnum):
    """What a token may be used for; a token never gives more than its account's roles."""

    read = "read"
    submit = "submit"
    review = "review"
    publish = "publish"
    admin = "admin"
    tokens = "tokens"


ALL_SCOPES: Final = frozenset(Scope)


@dataclass(frozen=True, slots=True)
class Actor:
    """An account using a token, or nobody (`ANONYMOUS`), or the command line (`OPERATOR`).

    `roles` is the account's role by desk id. `partner_roles` holds, for each desk that names one of
    the account's desks as a partner, those own desks and the role held there.
    """

    account_id: str | None = None
    name: str = ""
    is_operator: bool = False
    scopes: frozenset[Scope] = frozenset()
    roles: Mapping[str, Role] = field(default_factory=dict)
    partner_roles: Mapping[str, Mapping[str, Role]] = field(default_factory=dict)

    @property
    def readable_desks(self) -> frozenset[str]:
        """Ids of the desks whose unpublished work the actor may read."""
        return frozenset(self.roles) | frozenset(self.partner_roles)

    def acts_for(self, desk_id: str) -> str | None:
        """The desk in whose name the actor works on that desk's claims: their own there, if any."""
        if desk_id in self.roles:
            return desk_id
        own = self.partner_roles.get(desk_id, {})
        return max(own, key=lambda desk: (own[desk], desk), default=None)

    def role_in(self, desk_id: str) -> Role | None:
        """The role as a member of the desk itself."""
        return self.roles.get(desk_id)

    def partner_role_in(self, desk_id: str) -> Role | None:
        """The highest role held in a desk that is a partner of the given one."""
        return max(self.partner_roles.get(desk_id, {}).values(), default=None)


ANONYMOUS: Final = Actor()
OPERATOR: Final = Actor(name="operator", is_operator=True, scopes=ALL_SCOPES)
SERVICE: Final = Actor(name="service")
"""The worker: on the trail, what nobody did."""
