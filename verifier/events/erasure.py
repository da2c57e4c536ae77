"""Erasing text from a record and from the events that tell of it, while every hash still holds.

An event's header commits to its data by a salted hash. Data and salt go, the commitment stays: the
chain, the tree and all proofs are as they were, and what was erased can be neither read nor
guessed. A new event says who erased what and why, names the events, and states what is left.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import orjson
from sqlalchemy import bindparam, inspect, select, update

from verifier.events.chain import commitment, erased_data
from verifier.events.models import Event
from verifier.events.service import record

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from sqlalchemy.orm import Session

    from verifier.accounts.actor import Actor
    from verifier.events.service import Audited
    from verifier.kit.rows import AnyRow

    Tells = Callable[[Mapping[str, Any]], bool]

ERASED_TEXT: Final = "[erased]"
"""What stands in the place of a text that was erased."""

_FORGET: Final = (
    update(Event).where(Event.id == bindparam("event")).values(data=bindparam("left"), salt="")
)


def telling(columns: Collection[str], details: Collection[str] = ()) -> Tells:
    """Whether an event's data hold a value of one of these columns, or one of these details."""

    def tells(data: Mapping[str, Any]) -> bool:
        stated = (data.get("changes", {}), data.get("state", {}))
        held = (each.get(name) for each in stated for name in columns)
        return any(value not in (None, ERASED_TEXT) for value in held) or any(
            data.get(name) for name in details
        )

    return tells


def erase(
    session: Session,
    actor: Actor,
    row: Audited,
    values: Mapping[str, Any],
    *,
    tells: Tells,
    members: Collection[str],
    reason: str,
    desk_id: str | None,
    thread_id: str | None = None,
) -> bool:
    """Put these values in the place of the row's, and erase the data of all events that tell.

    `members` are what the new event says was erased. The row may be one that was removed: nothing
    but its id is known then. Returns whether there was anything to erase.
    """
    events = _telling_events(session, row, tells)
    values = {name: value for name, value in values.items() if getattr(row, name) is not None}
    if not events and all(getattr(row, name) == value for name, value in values.items()):
        return False
    for name, value in values.items():
        setattr(row, name, value)
    removed = inspect(row).transient
    record(
        session, actor, f"{row.__subject__}.erased", row, desk_id=desk_id, thread_id=thread_id,
        removed=removed, members=sorted(members), reason=reason, erased=_named(events),
        earlier=_earlier(events), **({} if removed else _left(session, row)),
    )  # fmt: skip
    if events:
        session.connection().execute(
            _FORGET,
            [{"event": e.id, "left": erased_data(commitment(e.salt, e.data))} for e in events],
        )
    return True


def _telling_events(session: Session, row: Audited, tells: Tells) -> Sequence[AnyRow]:
    """The subject's events with such data, those that were erased already left out."""
    query = (
        select(Event.id, Event.data, Event.salt)
        .where(Event.subject_type == row.__subject__, Event.subject_id == row.id)
        .where(Event.salt != "")
        .order_by(Event.seq)
    )
    return [event for event in session.execute(query) if tells(orjson.loads(event.data))]


def _earlier(events: Sequence[AnyRow]) -> list[dict[str, Any]]:
    """What erasures were told of by events that are erased now: why must not be lost."""
    found: list[dict[str, Any]] = []
    for event in events:
        data = orjson.loads(event.data)
        if "erased" in data:
            told = {name: data[name] for name in ("members", "reason")}
            found += [*data["earlier"], {"event": event.id, **told}]
    return found


def _left(session: Session, row: Audited) -> dict[str, Any]:
    """The row's state, and the lists beside it that its events give whole: those are not erased."""
    model: Any = type(row)
    lists = getattr(model, "__listed__", {})
    found = session.execute(select(model.id, *lists.values()).where(model.id == row.id)).one()
    state = {name: getattr(row, name) for name in row.__audited__}
    return {"state": state, **dict(zip(lists, found[1:], strict=True))}


def _named(events: Sequence[AnyRow]) -> list[str]:
    """Their ids, and those that they name themselves where they told of an earlier erasure."""
    named: dict[str, None] = {}
    for event in events:
        named |= dict.fromkeys((event.id, *orjson.loads(event.data).get("erased", ())))
    return list(named)
