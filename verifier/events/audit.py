"""Checking the trail: each chain link by link, and each audited row against what its events say."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import select

from verifier.events.chain import GENESIS, canonical, event_hash, sha256
from verifier.events.models import Event, EventChain
from verifier.kit.db import Base

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from verifier.kit.rows import AnyRow, AnySelect

Progress = Callable[[int], None]
BATCH = 1000


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as the trail says: where, and what is wrong with it."""

    where: str
    detail: str


def findings(session: Session, progress: Progress = lambda _: None) -> Generator[Finding]:
    """Everything that does not hold; memory does not grow with the trail.

    The rows are compared only with a trail that is whole: a broken one tells nothing for sure.
    """
    whole = True
    for chain in session.scalars(select(EventChain).order_by(EventChain.id)).all():
        for finding in broken_links(session, chain, progress):
            whole = False
            yield finding
    for model in audited_models() if whole else ():
        yield from differing_rows(session, model)


def broken_links(session: Session, chain: EventChain, progress: Progress) -> Iterator[Finding]:
    """The first bad event of a chain, and a head that is not the last event's."""
    previous, length = GENESIS, 0
    events = select(*Event.__table__.columns).where(Event.chain_id == chain.id).order_by(Event.seq)
    for row in _streamed(session, events):
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
        previous = row.hash
        progress(1)
    if (chain.length, chain.head) != (length, previous):
        detail = f"its head says {chain.length} events, but {length} are there: its tail was cut"
        yield Finding(f"chain {chain.id}", detail)


def hash_of(row: Any) -> str:
    """The hash that a stored event should have."""
    return event_hash(
        chain=row.chain_id,
        seq=row.seq,
        at=row.at,
        type=row.type,
        actor=row.actor_id,
        subject=(row.subject_type, row.subject_id),
        thread=row.thread_id,
        data=row.data,
        salt=row.salt,
        previous=row.previous,
    )


def audited_models() -> list[Any]:
    """Every model whose rows the trail can rebuild."""
    models = (mapper.class_ for mapper in Base.registry.mappers)
    return sorted(
        (model for model in models if hasattr(model, "__audited__")),
        key=lambda model: model.__tablename__,
    )


def differing_rows(session: Session, model: Any) -> Iterator[Finding]:
    """Rows that differ from their events, rows without any, and events without their row.

    Rows and events are read side by side in the order of ids, so that neither is held in memory.
    """
    told = _folded(session, model.__subject__)
    stored = _stored(session, model)
    row, state = next(stored, None), next(told, None)
    while row is not None or state is not None:
        if state is None or (row is not None and row[0] < state[0]):
            yield Finding(f"{model.__subject__} {row[0]}", "no event tells of it")  # type: ignore[index]
            row = next(stored, None)
        elif row is None or state[0] < row[0]:
            if state[1] is not None:
                yield Finding(f"{model.__subject__} {state[0]}", "its row was deleted")
            state = next(told, None)
        else:
            yield from _compare(model.__subject__, row, state)
            row, state = next(stored, None), next(told, None)


def _compare(
    subject: str, row: tuple[str, dict[str, Any]], state: tuple[str, dict[str, Any] | None]
) -> Iterator[Finding]:
    if state[1] is None:
        yield Finding(f"{subject} {row[0]}", "it is there, though an event says it was removed")
        return
    differing = sorted(name for name, value in row[1].items() if state[1].get(name) != value)
    if differing:
        names = ", ".join(differing)
        yield Finding(f"{subject} {row[0]}", f"its {names} is not what its events say")


def _stored(session: Session, model: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    hashed: dict[str, str] = getattr(model, "__hashed__", {})
    columns = [getattr(model, hashed.get(name, name)) for name in model.__audited__]
    query = select(model.id, *columns).order_by(model.id)
    for row_id, *values in _streamed(session, query):
        row = dict(zip(model.__audited__, values, strict=True))
        row |= {name: sha256(row[name]) for name in hashed}
        yield row_id, orjson.loads(canonical(row))


def _folded(session: Session, subject: str) -> Iterator[tuple[str, dict[str, Any] | None]]:
    query = (
        select(Event.subject_id, Event.data)
        .where(Event.subject_type == subject)
        .order_by(Event.subject_id, Event.seq)
    )
    current: str | None = None
    state: dict[str, Any] | None = None
    for subject_id, text in _streamed(session, query):
        if subject_id != current:
            if current is not None:
                yield current, state
            current, state = subject_id, {}
        data = orjson.loads(text)
        state = None if data.get("removed") else {**(state or {}), **data.get("changes", {})}
    if current is not None:
        yield current, state


def _streamed(session: Session, query: AnySelect) -> Iterator[AnyRow]:
    """Rows a batch at a time; the cursor is closed also where they are not read to the end."""
    with closing(session.execute(query, execution_options={"yield_per": BATCH})) as result:
        yield from result
