"""Finding a claim to work on: whether the actor may, and holding it while they do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from verifier.accounts.permissions import ABSENT, Permission, demand, sees
from verifier.claims.models import Claim
from verifier.kit.clock import now
from verifier.kit.errors import NotAllowed, NotFound

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from verifier.accounts.actor import Actor


def load_claim(
    session: Session, actor: Actor, claim_id: str, permission: Permission | None
) -> Claim:
    """The claim, held until the transaction ends: one at a time changes what hangs on it.

    Raises `NotFound` where the actor cannot see it. With no permission given, seeing is enough.
    """
    claim = session.scalar(select(Claim).where(Claim.id == claim_id).with_for_update())
    if claim is None or not (sees(actor, claim.desk_id) or claim.published_at is not None):
        raise NotFound(ABSENT)
    if permission is not None:
        demand_on_claim(actor, permission, claim)
    return claim


def demand_on_claim(actor: Actor, permission: Permission, claim: Claim) -> None:
    """As `demand`; where the claim is public, a missing right is no secret."""
    if claim.published_at is not None and not sees(actor, claim.desk_id):
        message = f"{permission.value} is for members of the claim's desk."
        raise NotAllowed(message, permission=permission.value)
    demand(actor, permission, claim.desk_id)


def touch(claim: Claim) -> None:
    """Whatever hangs on a claim has changed, and so has the claim: it gets a new version."""
    claim.updated_at = now()
