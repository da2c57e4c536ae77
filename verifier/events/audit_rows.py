"""Checking the records: each audited row against what its events say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import select

from verifier.events.chain import canonical, sha256
from verifier.events.findings import Finding, streamed
from verifier.events.models import Event
from verifier.kit.db import Base

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy.orm import Session

    from verifier.events.findings import Progress


def audited_models() -> list[Any]:
    """Every model whose rows the trail can rebuild."""
    models = (mapper.class_ for mapper in Base.registry.mappers)
    return sorted(
        (model for model in models if hasattr(model, "__audited__")),
        key=lambda model: model.__tablename__,
    )


def differing_rows(
    session: Session, model: Any, progress: Progress, ids: Sequence[str] | None = None
) -> Iterator[Finding]:
    """Rows that differ from their events, rows without any, and events without their row.

    Rows and events are read side by side in the order of ids, so that neither is held in memory.
    Only those of the given ids are, if any are given.
    """
    told = _folded(session, model, progress, ids)
    stored = _stored(session, model, ids)
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
            yield from _compare(model, row, state)
            row, state = next(stored, None), next(told, None)


def _compare(
    model: Any, row: tuple[str, dict[str, Any]], state: tuple[str, dict[str, Any] | None]
) -> Iterator[Finding]:
    subject = model.__subject__
    if state[1] is None:
        yield Finding(f"{subject} {row[0]}", "it is there, though an event says it was removed")
        return
    untold = _lists(model).keys() - state[1].keys()
    differing = sorted(
        name for name, value in row[1].items() if name not in untold and state[1].get(name) != value
    )
    if differing:
        names = ", ".join(differing)
        yield Finding(f"{subject} {row[0]}", f"its {names} is not what its events say")


def _stored(
    session: Session, model: Any, ids: Sequence[str] | None
) -> Iterator[tuple[str, dict[str, Any]]]:
    hashed: dict[str, str] = getattr(model, "__hashed__", {})
    lists = _lists(model)
    columns = [getattr(model, hashed.get(name, name)) for name in model.__audited__]
    query = select(model.id, *columns, *lists.values()).order_by(model.id)
    if ids is not None:
        query = query.where(model.id.in_(ids))
    for row_id, *values in streamed(session, query):
        row = dict(zip((*model.__audited__, *lists), values, strict=True))
        row |= {name: sha256(row[name]) for name in hashed}
        row |= {name: sorted(row[name]) for name in lists}
        yield row_id, orjson.loads(canonical(row))


def _folded(
    session: Session, model: Any, progress: Progress, ids: Sequence[str] | None
) -> Iterator[tuple[str, dict[str, Any] | None]]:
    """By subject, the state that its events add up to; None once it was removed.

    An event that tells of an erasure states the whole of what is left.
    """
    lists = _lists(model).keys()
    query = (
        select(Event.subject_id, Event.data)
        .where(Event.subject_type == model.__subject__)
        .order_by(Event.subject_id, Event.seq)
    )
    if ids is not None:
        query = query.where(Event.subject_id.in_(ids))
    current: str | None = None
    state: dict[str, Any] | None = None
    for subject_id, text in streamed(session, query):
        if subject_id != current:
            if current is not None:
                yield current, state
            current, state = subject_id, {}
        progress(1)
        data = orjson.loads(text)
        told = {**data.get("changes", {}), **data.get("state", {})}
        told |= {name: sorted(set(data[name])) for name in lists & data.keys()}
        state = None if data.get("removed") else {**(state or {}), **told}
    if current is not None:
        yield current, state


def _lists(model: Any) -> dict[str, Any]:
    """What stands in tables beside the row's own, by the detail of events that gives it whole."""
    return getattr(model, "__listed__", {})
