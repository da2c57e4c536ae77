"""Naming a row that cannot even be read: SQLite takes any value in any column."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Integer, LargeBinary, select

from verifier.accounts.models import RatingScale
from verifier.events.audit_rows import audited_models
from verifier.events.findings import Finding, streamed
from verifier.events.models import Checkpoint, Event, EventChain, TreeChain, TreeLeaf, TreeNode
from verifier.kit.db import table_of

if TYPE_CHECKING:
    from sqlalchemy import Column, Table
    from sqlalchemy.orm import Session

    from verifier.kit.rows import AnyRow

UNREADABLE: Final = (ValueError, TypeError, AttributeError)
"""What reading such a row, or reckoning with its values, raises."""
_OF_THE_TRAIL: Final = (EventChain, Event, TreeLeaf, TreeNode, TreeChain, Checkpoint, RatingScale)


def unreadable_row(session: Session) -> Finding | None:
    """The first row that holds what its columns cannot; it is slow, as each is read by itself."""
    for model in (*_OF_THE_TRAIL, *audited_models()):
        table = table_of(model)
        keys = [*table.primary_key]
        for key in streamed(session, select(*keys).order_by(*keys)):
            if not _is_readable(session, table, key):
                where = f"row {', '.join(map(str, key))} of {table.name}"
                return Finding(where, "it holds a value that its column cannot: it was edited")
    return None


def _is_readable(session: Session, table: Table, key: AnyRow) -> bool:
    same = (column == value for column, value in zip(table.primary_key, key, strict=True))
    try:
        row = session.execute(select(table).where(*same)).one()
    except UNREADABLE:
        return False
    return all(map(_fits, table.columns, row))


def _fits(column: Column[Any], value: Any) -> bool:
    if isinstance(column.type, Integer):
        return value is None or isinstance(value, int)
    return isinstance(value, bytes) is isinstance(column.type, LargeBinary) or value is None
