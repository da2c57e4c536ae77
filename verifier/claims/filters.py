"""From query parameters to conditions and their values; lists and exports share them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from sqlalchemy import bindparam, select

from verifier.accounts.models import Desk
from verifier.claims.models import Appearance, Claim, ClaimTopic
from verifier.claims.service import claimant_key
from verifier.fulltext.saying import is_said, parameters_of
from verifier.kit.clock import lowest_id
from verifier.kit.columns import is_among
from verifier.kit.errors import Invalid

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

    from verifier.accounts.actor import Actor

LATEST_ID: Final = timedelta(minutes=1)
"""An id is given to a claim within this time of its `created_at`."""
CONDITIONS: Final[dict[str, ColumnElement[bool]]] = {
    "desk": Claim.desk_id
    == select(Desk.id).where(Desk.slug == bindparam("desk")).scalar_subquery(),
    "status": Claim.status == bindparam("status"),
    "rating": Claim.rating == bindparam("rating"),
    "normalised": Claim.normalised == bindparam("normalised"),
    "topic": Claim.id.in_(
        select(ClaimTopic.claim_id).where(ClaimTopic.topic == bindparam("topic"))
    ),
    "language": Claim.language == bindparam("language"),
    "claimant": Claim.claimant_key == bindparam("claimant"),
    "source": Claim.id.in_(
        select(Appearance.claim_id).where(Appearance.source_id == bindparam("source"))
    ),
    # Assignments are seen by the desk and its partners only.
    "assignee": (Claim.assignee_id == bindparam("assignee")) & is_among(Claim.desk_id, "readable"),
    # As is whether a source has changed.
    "drifted": Claim.drifted & is_among(Claim.desk_id, "readable"),
    "created_after": (Claim.id >= bindparam("lowest_id"))
    & (Claim.created_at >= bindparam("created_after")),
    "created_before": (Claim.id < bindparam("highest_id"))
    & (Claim.created_at < bindparam("created_before")),
    "updated_after": Claim.updated_at >= bindparam("updated_after"),
    # What `q` is turned into: claims that were found by it, or what they must say.
    "found": is_among(Claim.id, "found"),
    "said": is_said(Claim.id),
}
"""What each filter means; the names of their parameters are those of `values_for`."""


def conditions_for(query: dict[str, Any]) -> list[ColumnElement[bool]]:
    """The conditions that the filters name; what the actor may see is another matter."""
    return [CONDITIONS[name] for name in query if name in CONDITIONS]


def values_for(actor: Actor, query: dict[str, Any]) -> dict[str, Any]:
    """The values that the conditions of these filters take."""
    values = {name: query[name] for name in query if name in CONDITIONS}
    if "claimant" in values:
        values["claimant"] = claimant_key(values["claimant"])
    if "assignee" in values:
        values["assignee"] = _account(actor, values["assignee"])
    if "said" in values:
        values |= parameters_of(values.pop("said"))
    if "created_after" in values:
        values["lowest_id"] = lowest_id(values["created_after"])
    if "created_before" in values:
        values["highest_id"] = lowest_id(values["created_before"] + LATEST_ID)
    return values


def _account(actor: Actor, text: str) -> str | None:
    if text == "me":
        return actor.account_id
    try:
        return str(UUID(text))
    except ValueError:
        message = "This must be the id of an account, or `me`."
        raise Invalid.member("/assignee", message) from None
