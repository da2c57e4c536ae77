"""Erasing whose an account was: what it did stays, by its id alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.desks.service import set_active
from verifier.events.erasure import ERASED_TEXT, erase, telling

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from verifier.accounts.actor import Actor
    from verifier.accounts.models import Account


def erase_account(session: Session, actor: Actor, account: Account, *, reason: str) -> None:
    """Close the account, and erase its holder's name and address. An operator's right."""
    set_active(session, actor, account, active=False)
    account.email = f"{account.id}@erased.invalid"
    erase(
        session, actor, account, {"name": ERASED_TEXT}, tells=telling({"name"}),
        members=("name",), reason=reason, desk_id=None,
    )  # fmt: skip
    session.flush()
