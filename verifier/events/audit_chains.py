"""Checking the chains: each event's hash, its link to the one before it, and what was erased."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import orjson
from sqlalchemy import func, select, tuple_

from verifier.events.chain import GENESIS, header_hash, header_of, stored_commitment
from verifier.events.findings import Finding, streamed
from verifier.events.models import Event, EventChain

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from sqlalchemy.orm import Session

    from verifier.events.findings import Progress
    from verifier.kit.rows import AnyRow

ERASING: Final = ".erased"
"""What the types of events end with that tell of an erasure."""


def broken_links(
    session: Session, chain: EventChain, progress: Progress, first: int = 1
) -> Iterator[Finding]:
    """The first bad event of a chain, from number `first` on; a head that is not the last event's.

    An event whose data were erased is as good as any other, if a later one says that they were.
    """
    previous, length = _before(session, chain, first), first - 1
    erased: dict[tuple[str, str], str] = {}
    told: set[tuple[str, str]] = set()
    events = (
        select(*Event.__table__.columns)
        .where(Event.chain_id == chain.id, Event.seq >= first)
        .order_by(Event.seq)
    )
    for row in streamed(session, events):
        length += 1
        where = f"event {row.id} (chain {chain.id}, number {row.seq}, {row.type})"
        if (fault := _fault(row, length, previous)) is not None:
            yield Finding(where, fault)
            return
        if not row.salt:
            erased[row.subject_id, row.id] = where
        elif row.type.endswith(ERASING):
            named = {(row.subject_id, each) for each in orjson.loads(row.data).get("erased", ())}
            if not _were_erased(session, chain, first, named - erased.keys()):
                yield Finding(where, "what it says was erased is there again")
                return
            told |= named
        previous = row.hash
        progress(1)
    for event, where in erased.items():
        if event not in told:
            yield Finding(where, "its data were erased, and no later event tells of that")
            return
    if (chain.length, chain.head) != (length, previous):
        detail = f"its head says {chain.length} events, but {length} are there: its tail was cut"
        yield Finding(f"chain {chain.id}", detail)


def _fault(row: AnyRow, number: int, previous: str | None) -> str | None:
    if row.seq != number:
        return f"number {number} is missing before it: an event was deleted"
    if row.previous != previous:
        return "it does not follow from the event before it"
    if row.hash != hash_of(row):
        return "its content does not match its hash: it was edited"
    return None


def headless_chains(session: Session) -> Iterator[Finding]:
    """Chains whose head is gone while events of them are there: nothing else would read them."""
    query = (
        select(Event.chain_id)
        .outerjoin(EventChain, EventChain.id == Event.chain_id)
        .where(EventChain.id.is_(None))
        .distinct()
        .order_by(Event.chain_id)
    )
    for chain_id in session.scalars(query):
        yield Finding(f"chain {chain_id}", "its head was deleted, but events of it are there")


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


def _were_erased(
    session: Session, chain: EventChain, first: int, events: Collection[tuple[str, str]]
) -> bool:
    """Whether these, by subject and id, are before the first that is read, without their data."""
    blank = select(func.count()).where(
        Event.chain_id == chain.id, Event.seq < first, Event.salt == "",
        tuple_(Event.subject_id, Event.id).in_(events),
    )  # fmt: skip
    return not events or session.scalar(blank) == len(events)


def _before(session: Session, chain: EventChain, first: int) -> str | None:
    if first == 1:
        return GENESIS
    query = select(Event.hash).where(Event.chain_id == chain.id, Event.seq == first - 1)
    return session.scalar(query)
