"""Writing the trail: an event in the same transaction as the change it tells of."""

from __future__ import annotations

import secrets
from collections import defaultdict
from typing import TYPE_CHECKING, Any, ClassVar, Final, Protocol

from sqlalchemy import inspect, select

from verifier.events.chain import GENESIS, canonical, event_hash
from verifier.events.models import Event, EventChain
from verifier.kit.clock import new_id, now
from verifier.kit.db import insert_unless_there

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session

    from verifier.accounts.actor import Actor
    from verifier.kit.rows import Reader

SERVER_CHAIN: Final = "00000000-0000-7000-8000-000000000000"
"""The chain of what belongs to no desk: accounts, tokens."""
SALT_BYTES: Final = 16


class Audited(Protocol):
    """A row whose columns in `__audited__` the trail can rebuild and check."""

    __subject__: ClassVar[str]
    __audited__: ClassVar[tuple[str, ...]]
    id: Any


HANDLERS: Final[dict[str, list[Callable[[Session, Actor, Any], None]]]] = defaultdict(list)


def on(*event_types: str) -> Callable[[Any], Any]:
    """Have a function called, in the same transaction, after each event of these types.

    This is how a capability reacts to what happens in one below it, which may not import it. It
    gets the session, the actor and the changed row, and may raise to refuse the whole change.
    """

    def decorator(handler: Any) -> Any:
        for event_type in event_types:
            HANDLERS[event_type].append(handler)
        return handler

    return decorator


def record(
    session: Session,
    actor: Actor,
    event_type: str,
    row: Audited,
    *,
    desk_id: str | None,
    thread_id: str | None = None,
    removed: bool = False,
    **details: Any,
) -> Event:
    """Write what has just been done to the row, and flush both.

    The event holds the audited columns that changed (`changes`), so that folding a row's events
    gives its present state. `removed` marks a row that is deleted with this event.
    """
    changes = {"removed": True} if removed else {"changes": changed_columns(row)}
    chain = lock_chain(session, desk_id or SERVER_CHAIN)
    members: dict[str, Any] = {
        "chain": chain.id,
        "seq": chain.length + 1,
        "at": now(),
        "type": event_type,
        "actor": actor.account_id,
        "subject": (row.__subject__, row.id),
        "thread": thread_id,
        "data": canonical({**changes, **details}),
        "salt": secrets.token_hex(SALT_BYTES),
        "previous": chain.head,
    }
    event = Event(
        id=new_id(),
        chain_id=members["chain"],
        seq=members["seq"],
        at=members["at"],
        type=event_type,
        actor_id=actor.account_id,
        subject_type=row.__subject__,
        subject_id=row.id,
        thread_id=thread_id,
        data=members["data"],
        salt=members["salt"],
        previous=chain.head,
        hash=event_hash(**members),
    )
    chain.length, chain.head = event.seq, event.hash
    session.add(event)
    session.flush()
    for handler in HANDLERS[event_type]:
        handler(session, actor, row)
    return event


def changed_columns(row: Audited) -> dict[str, Any]:
    """The audited columns that are not in the database yet as they are in the row."""
    state = inspect(row)
    if state.transient or state.pending:
        return {name: getattr(row, name) for name in row.__audited__}
    return {
        name: getattr(row, name)
        for name in row.__audited__
        if state.attrs[name].history.has_changes()
    }


def head_of(reader: Reader, chain_id: str) -> int:
    """The number of the chain's newest event; 0 where there is none."""
    return reader.scalar(select(EventChain.length).where(EventChain.id == chain_id)) or 0


def lock_chain(session: Session, chain_id: str) -> EventChain:
    """The chain's head, held until the transaction ends; the chain is begun where there is none."""
    held = session.identity_map.get(session.identity_key(EventChain, chain_id))
    if isinstance(held, EventChain):
        return held
    query = select(EventChain).where(EventChain.id == chain_id).with_for_update()
    chain = session.scalar(query)
    if chain is None:
        insert_unless_there(session, EventChain, id=chain_id, length=0, head=GENESIS)
        chain = session.scalars(query).one()
    return chain
