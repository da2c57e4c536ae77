"""Bearer tokens: making them, and finding out who holds one, in a single query."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import and_, bindparam, select, update

from verifier.accounts.actor import Actor, Role, Scope
from verifier.accounts.models import Account, Membership, Partnership, Token
from verifier.kit.clock import now

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from verifier.kit.rows import Reader

PREFIX: Final = "fcv_"
SHAPE: Final = re.compile(r"fcv_[A-Za-z0-9_-]{43}\Z")
USE_NOTED_EVERY: Final = timedelta(minutes=5)
WHO: Final = (
    select(
        Token.id,
        Token.scopes,
        Token.expires_at,
        Token.last_used_at,
        Account.id.label("account_id"),
        Account.name,
        Account.is_operator,
        Membership.desk_id,
        Membership.role,
        Partnership.desk_id.label("partner_of"),
    )
    .join(Account, and_(Account.id == Token.account_id, Account.deactivated_at.is_(None)))
    .outerjoin(Membership, Membership.account_id == Account.id)
    .outerjoin(Partnership, Partnership.partner_id == Membership.desk_id)
    .where(Token.hash == bindparam("hash"), Token.revoked_at.is_(None))
)
"""A row for each desk the account belongs to and each desk that desk is a partner of."""


@dataclass(frozen=True, slots=True)
class Bearer:
    """Who holds a token, and whether its use is worth noting again."""

    actor: Actor
    token_id: str
    last_used_at: datetime | None

    @property
    def use_is_due(self) -> bool:
        """Not every request writes: a use is noted once in a few minutes."""
        return self.last_used_at is None or self.last_used_at < now() - USE_NOTED_EVERY


def new_secret() -> str:
    """A token with 256 random bits."""
    return PREFIX + secrets.token_urlsafe(32)


def hash_secret(secret: str) -> str:
    """What is stored of a token. It is random and long, so a plain hash is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()


def identify(reader: Reader, secret: str) -> Bearer | None:
    """The holder of a token, or None for one that is unknown, expired, revoked or deactivated."""
    if not SHAPE.match(secret):
        return None
    found = reader.execute(WHO, {"hash": hash_secret(secret)}).all()
    if not found or found[0].expires_at <= now():
        return None
    roles: dict[str, Role] = {}
    partner_roles: dict[str, dict[str, Role]] = {}
    for row in found:
        if row.desk_id is not None:
            roles[row.desk_id] = Role(row.role)
        if row.partner_of is not None:
            partner_roles.setdefault(row.partner_of, {})[row.desk_id] = Role(row.role)
    first = found[0]
    actor = Actor(
        account_id=first.account_id,
        name=first.name,
        is_operator=first.is_operator,
        scopes=frozenset(Scope(scope) for scope in first.scopes),
        roles=roles,
        partner_roles=partner_roles,
    )
    return Bearer(actor, first.id, first.last_used_at)


def note_use(session: Session, token_id: str) -> None:
    """Remember that the token was used just now."""
    session.execute(update(Token).where(Token.id == token_id).values(last_used_at=now()))
