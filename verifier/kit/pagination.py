"""Keyset pages: each page starts right after the last row of the one before, by an index.

A cursor names the last row's sort key and id. It is opaque to callers, and marked with the list and
the filters it came from: anything else is a 400. Since the id breaks ties, no page skips or repeats
a row while others write.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement, and_, literal, or_, tuple_

from verifier.kit.clock import rfc3339
from verifier.kit.errors import Unreadable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.orm import Session

    from verifier.kit.rows import AnyRow, AnySelect

LARGEST_PAGE: Final = 200
DEFAULT_PAGE: Final = 50
LONGEST_CURSOR: Final = 512
LARGEST_KEY: Final = 2**31 - 1


class CursorUnreadable(Unreadable):
    """`cursor` is none that this list gave, or the other parameters have changed since.

    Start again without a cursor, or keep all other parameters as they were.
    """


@dataclass(frozen=True, slots=True)
class Order:
    """How a list is sorted: by one column, rows without a value last, ties broken by id.

    `key` and `id` are columns; without a key the id alone is the order.
    """

    key: Any
    id: Any
    descending: bool = False
    nullable: bool = False

    def by(self) -> tuple[ColumnElement[Any], ...]:
        """The ORDER BY terms."""
        tie = self.id.desc() if self.descending else self.id.asc()
        if self.key is None:
            return (tie,)
        key = self.key.desc() if self.descending else self.key.asc()
        return (self.key.is_(None), key, tie) if self.nullable else (key, tie)

    def after(self, position: Position) -> Any:
        """The condition for rows that come after the position."""
        beyond_id = self.id < position.id if self.descending else self.id > position.id
        if self.key is None:
            return beyond_id
        if position.key is None:
            return and_(self.key.is_(None), beyond_id)
        here = tuple_(self.key, self.id)
        # With the columns' own types: a moment is text in SQLite, an id no text in PostgreSQL.
        there = tuple_(_typed(position.key, self.key), _typed(position.id, self.id))
        after = here < there if self.descending else here > there
        return or_(after, self.key.is_(None)) if self.nullable else after


@dataclass(frozen=True, slots=True)
class Position:
    """Where a page ended."""

    key: Any
    id: str


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Which page of which list: `scope` is a fingerprint of the list and its filters."""

    limit: int
    position: Position | None
    scope: str

    @classmethod
    def read(
        cls,
        parameters: Mapping[str, Any],
        *,
        name: str,
        key_type: type = int,
        always_keyed: bool = False,
    ) -> PageRequest:
        """From parsed query parameters. Raises `CursorUnreadable`.

        `always_keyed` where the list is sorted by what each of its rows has.
        """
        scope = _fingerprint(name, parameters)
        first = cls(parameters.get("limit", DEFAULT_PAGE), None, scope)
        cursor = parameters.get("cursor")
        if cursor is None:
            return first
        position = _decode(cursor, key_type)
        if (
            position is None
            or (position.key is None and always_keyed)
            or first.cursor_after(position.key, position.id) != cursor
        ):
            message = (
                "The cursor is none that this list gave for these parameters; keep the others as "
                "they were, or start again without a cursor."
            )
            raise CursorUnreadable(message)
        return replace(first, position=position)

    def cut(self, rows: Sequence[Any]) -> tuple[Sequence[Any], bool]:
        """The page's rows out of one row more than were asked for, and whether more follow."""
        return rows[: self.limit], len(rows) > self.limit

    def cursor_after(self, key: Any, row_id: str) -> str:
        """The cursor of the page that follows the given row."""
        if isinstance(key, datetime):
            key = rfc3339(key)
        mark = _mark([self.scope, key, row_id])
        return base64.urlsafe_b64encode(orjson.dumps([mark, key, row_id])).decode().rstrip("=")


def _typed(value: Any, column: Any) -> Any:
    """The value as the column's type; a parameter of a prepared statement has its own already."""
    return value if isinstance(value, ColumnElement) else literal(value, column.type)


def fetch_page(
    session: Session, query: AnySelect, order: Order, page: PageRequest
) -> Sequence[AnyRow]:
    """The page's rows in order, and one row more if more follow."""
    if page.position is not None:
        query = query.where(order.after(page.position))
    return session.execute(query.order_by(*order.by()).limit(page.limit + 1)).all()


def _fingerprint(name: str, parameters: Mapping[str, Any]) -> str:
    rest = {k: v for k, v in parameters.items() if k not in ("cursor", "limit")}
    return _mark([name, rest])


def _mark(parts: Any) -> str:
    """Tells apart what differs; no secret, since a cursor gives no right to anything."""
    text = orjson.dumps(parts, default=str, option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(text).hexdigest()[:12]


def _decode(cursor: str, key_type: type) -> Position | None:
    """What the cursor says, whether or not it is one of ours."""
    if len(cursor) > LONGEST_CURSOR:
        return None
    try:
        packed = cursor.encode("ascii")
        _, key, row_id = orjson.loads(
            base64.b64decode(packed + b"=" * (-len(packed) % 4), altchars=b"-_", validate=True)
        )
        return Position(None if key is None else _read_key(key, key_type), str(UUID(row_id)))
    except (ValueError, TypeError, AttributeError, OverflowError, binascii.Error):
        return None


def _read_key(key: Any, key_type: type) -> Any:
    if key_type is datetime:
        return datetime.fromisoformat(key).astimezone(UTC)
    if type(key) is not int or abs(key) > LARGEST_KEY:
        raise ValueError
    return key
