"""Tokens of one's own: made, listed, revoked."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from verifier.accounts import tokens
from verifier.accounts.actor import Scope
from verifier.accounts.models import Account, Token
from verifier.events.service import record
from verifier.kit.clock import new_id, now
from verifier.kit.errors import Invalid, NotFound

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy.orm import Session

    from verifier.accounts.actor import Actor
    from verifier.kit.answers import IfMatch

DEFAULT_DAYS: Final = 90
MOST_DAYS: Final = 3650


def issue_token(
    session: Session,
    actor: Actor,
    *,
    account: Account,
    name: str,
    scopes: Collection[str] | None = None,
    days: int = DEFAULT_DAYS,
) -> tuple[Token, str]:
    """A token for the account and its secret, which nobody can read again.

    A token never has a scope that the one it was made with lacks.
    """
    wanted = [Scope(scope) for scope in scopes] if scopes else sorted(actor.scopes)
    for n, scope in enumerate(wanted):
        if scope not in actor.scopes:
            message = f"The token you use lacks the scope {scope.value!r}, so it cannot pass it on."
            raise Invalid.member(f"/scopes/{n}", message)
    secret = tokens.new_secret()
    moment = now()
    token = Token(
        id=new_id(), account_id=account.id, name=name, hash=tokens.hash_secret(secret),
        scopes=sorted({scope.value for scope in wanted}), created_at=moment,
        updated_at=moment, expires_at=moment + timedelta(days=days), last_used_at=None,
        revoked_at=None,
    )  # fmt: skip
    session.add(token)
    record(session, actor, "token.issued", token, desk_id=None)
    return token, secret


def revoke_token(session: Session, actor: Actor, token_id: str, *, if_match: IfMatch) -> None:
    """End a token of one's own, at once."""
    query = select(Token).where(Token.id == token_id, Token.account_id == actor.account_id)
    token = session.scalar(query.with_for_update())
    if token is None:
        message = "You have no such token."
        raise NotFound(message)
    if_match.check(token.version)
    if token.revoked_at is None:
        token.revoked_at = token.updated_at = now()
        record(session, actor, "token.revoked", token, desk_id=None)
