"""From query parameters to conditions and orders; lists and exports share them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from sqlalchemy import false, select

from verifier.accounts.models import Desk
from verifier.claims.models import Appearance, Claim, ClaimTopic
from verifier.claims.service import claimant_key
from verifier.kit.clock import lowest_id
from verifier.kit.errors import Invalid
from verifier.kit.pagination import Order

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import InstrumentedAttribute

    from verifier.accounts.actor import Actor

KEYS: Final[dict[str, tuple[InstrumentedAttribute[Any] | None, type]]] = {
    "created_at": (None, int),
    "updated_at": (Claim.updated_at, datetime),
    "priority": (Claim.priority, int),
    "due_at": (Claim.due_at, datetime),
}
"""By which column each sort goes; ids are in the order of creation."""


def order_for(sort: str) -> tuple[Order, type]:
    """The order that `sort` names, and the type of its key."""
    name = sort.removeprefix("-")
    key, key_type = KEYS[name]
    order = Order(key, Claim.id, descending=sort.startswith("-"), nullable=name == "due_at")
    return order, key_type


def conditions_for(actor: Actor, query: dict[str, Any]) -> list[ColumnElement[bool]]:
    """The conditions that the filters name; what the actor may see is another matter."""
    made = {name: query[name] for name in query if name in CONDITIONS}
    conditions = [CONDITIONS[name](value) for name, value in made.items()]
    if "assignee" in query:
        conditions.append(_assigned(actor, query["assignee"]))
    return conditions


def _assigned(actor: Actor, assignee: str) -> ColumnElement[bool]:
    """Assignments are seen by the desk and its partners only."""
    account_id = actor.account_id if assignee == "me" else _account(assignee)
    if account_id is None:
        return false()
    seen = Claim.desk_id.in_(sorted(actor.readable_desks))
    return (Claim.assignee_id == account_id) & seen


def _account(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError:
        message = "This must be the id of an account, or `me`."
        raise Invalid.member("/assignee", message) from None


CONDITIONS: Final[dict[str, Any]] = {
    "desk": lambda slug: (
        Claim.desk_id == select(Desk.id).where(Desk.slug == slug).scalar_subquery()
    ),
    "status": lambda status: Claim.status == status,
    "rating": lambda rating: Claim.rating == rating,
    "normalised": lambda normalised: Claim.normalised == normalised,
    "topic": lambda topic: Claim.id.in_(
        select(ClaimTopic.claim_id).where(ClaimTopic.topic == topic)
    ),
    "language": lambda language: Claim.language == language,
    "claimant": lambda name: Claim.claimant_key == claimant_key(name),
    "source": lambda source: Claim.id.in_(
        select(Appearance.claim_id).where(Appearance.source_id == source)
    ),
    "created_after": lambda moment: (Claim.id >= lowest_id(moment)) & (Claim.created_at >= moment),
    "created_before": lambda moment: Claim.created_at < moment,
    "updated_after": lambda moment: Claim.updated_at >= moment,
}
