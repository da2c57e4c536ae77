"""Checking the chains: each event's hash, its link to the one before it, and what was erased."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import orjson
from sqlalchemy import select

from verifier.events.chain import GENESIS, header_hash, header_of, stored_commitment
from verifier.events.findings import Finding, streamed
from verifier.events.models import Event

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

    from verifier.events.findings import Progress
    from verifier.events.models import EventChain

ERASING: Final = ".erased"
"""What the types of events end with that tell of an erasure."""


def broken_links(
    session: Session, chain: EventChain, progress: Progress, first: int = 1
) -> Iterator[Finding]:
    """The first bad event of a chain, from number `first` on; a head that is not the last event's.

    An event whose data were erased is as good as any other, if a later one says that they were.
    """
    previous, length = _before(session, chain, first), first - 1
    erased: dict[str, str] = {}
    events = (
        select(*Event.__table__.columns)
        .where(Event.chain_id == chain.id, Event.seq >= first)
        .order_by(Event.seq)
    )
    for row in streamed(session, events):
        length += 1
        where = f"event {row.id} (chain {chain.id}, number {row.seq}, {row.type})"
        if row.seq != length:
            yield Finding(where, f"number {length} is missing before it: an event was deleted")
            return
        if row.previous != previous:
            yield Finding(where, "it does not follow from the event before it")
            return
        if row.hash != hash_of(row):
            yield Finding(where, "its content does not match its hash: it was edited")
            return
        if not row.salt:
            erased[row.id] = where
        elif row.type.endswith(ERASING):
            for told in orjson.loads(row.data).get("erased", ()):
                erased.pop(told, None)
        previous = row.hash
        progress(1)
    for where in erased.values():
        yield Finding(where, "its data were erased, and no later event tells of that")
        return
    if (chain.length, chain.head) != (length, previous):
        detail = f"its head says {chain.length} events, but {length} are there: its tail was cut"
        yield Finding(f"chain {chain.id}", detail)


def hash_of(row: Any) -> str | None:
    """The hash that a stored event should have; None where its data are no event's."""
    commitment = stored_commitment(row.salt, row.data)
    return header_hash(header_text(row, commitment)) if commitment is not None else None


def header_text(row: Any, commitment: str) -> str:
    """The text that is hashed of a stored event."""
    return header_of(
        chain=row.chain_id,
        seq=row.seq,
        at=row.at,
        type=row.type,
        actor=row.actor_id,
        subject=(row.subject_type, row.subject_id),
        thread=row.thread_id,
        commitment=commitment,
        previous=row.previous,
    )


def _before(session: Session, chain: EventChain, first: int) -> str | None:
    if first == 1:
        return GENESIS
    query = select(Event.hash).where(Event.chain_id == chain.id, Event.seq == first - 1)
    return session.scalar(query)
