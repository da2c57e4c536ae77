"""A desk's events for programs that follow them by position.

The events of a desk are numbered without gaps in the order in which they were committed. So a
position skips none, however late one was committed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import ColumnElement, or_, select

from verifier.accounts.models import Account, Desk
from verifier.events.models import Event
from verifier.events.service import head_of
from verifier.kit.clock import lowest_id
from verifier.kit.errors import Invalid
from verifier.reviews.history import COLUMNS, hidden_subjects, shown_to_desk

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

    from verifier.accounts.actor import Actor

WINDOW: Final = 5000
"""How many events one request looks through for those that its filters pass."""
_EVENTS: Final = select(*COLUMNS, Event.thread_id).outerjoin(Account, Account.id == Event.actor_id)


@dataclass(frozen=True, slots=True)
class News:
    """`reached` is the position to go on from, and `more` whether there is something beyond it."""

    items: list[dict[str, Any]]
    reached: int
    more: bool


def own_desk(session: Session, actor: Actor, slug: str | None) -> str:
    """The id of the desk that is named, or of the only one that the actor is a member of."""
    query = select(Desk.id).where(Desk.id.in_(sorted(actor.roles)))
    found = session.scalars(query if slug is None else query.where(Desk.slug == slug)).all()
    if len(found) == 1:
        return found[0]
    if slug is None:
        message = "Say which desk this is for: you are in none, or in several."
    else:
        message = f"You are in no desk {slug!r}."
    raise Invalid.member("/desk", message)


def position_before(session: Session, desk_id: str, moment: datetime) -> int:
    """The position right before the desk's first event of that moment or later."""
    later = select(Event.seq).where(
        Event.chain_id == desk_id, Event.id >= lowest_id(moment), Event.at >= moment
    )
    first = session.scalar(later.order_by(Event.id).limit(1))
    return head_of(session, desk_id) if first is None else first - 1


def events_after(
    session: Session,
    actor: Actor,
    desk_id: str,
    position: int,
    *,
    limit: int,
    filters: Mapping[str, Any],
) -> News:
    """The desk's events after the position, to one of its members, in order."""
    head = head_of(session, desk_id)
    end = min(head, position + WINDOW)
    query = _EVENTS.where(
        Event.chain_id == desk_id, Event.seq > position, Event.seq <= end, *_conditions(filters)
    )
    rows = session.execute(query.order_by(Event.seq).limit(limit + 1)).all()
    if len(rows) > limit:
        rows = rows[:limit]
        end = rows[-1].seq
    claims = {row.thread_id for row in rows if row.thread_id}
    hidden = hidden_subjects(session, actor, claims) if claims else set()
    items = [
        shown_to_desk(row, hidden=hidden, kept_back=set()) | {"claim": row.thread_id}
        for row in rows
    ]
    return News(items, end, more=end < head)


def _conditions(filters: Mapping[str, Any]) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if "type" in filters:
        wanted = filters["type"]
        begins = Event.type.startswith(f"{wanted.removesuffix('.*')}.", autoescape=True)
        found.append(or_(Event.type == wanted, begins))
    if "subject" in filters:
        found.append(Event.subject_id == filters["subject"])
    if "claim" in filters:
        found.append(Event.thread_id == filters["claim"])
    return found
