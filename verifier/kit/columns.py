"""Column types and SQL expressions that mean the same on SQLite and PostgreSQL.

The JSON expressions let the database build a whole document in one statement: a detail is then one
indexed look-up, and a list of fifty is one query, whatever hangs below each item.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import (
    JSON,
    Boolean,
    DateTime,
    String,
    Text,
    TypeDecorator,
    bindparam,
    literal_column,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from verifier.kit.clock import rfc3339

if TYPE_CHECKING:
    from sqlalchemy import Dialect
    from sqlalchemy.sql.compiler import SQLCompiler
    from sqlalchemy.types import TypeEngine

Id: Final = String(36).with_variant(UUID(as_uuid=False), "postgresql")
"""A UUID as its canonical text in Python and in SQLite, a native one in PostgreSQL."""

Document: Final = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
"""A small JSON document that is read and written whole."""


class Moment(TypeDecorator[datetime]):
    """An instant in UTC: `timestamptz` in PostgreSQL, in SQLite RFC 3339 text, which sorts."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(DateTime(timezone=True))
        return dialect.type_descriptor(String(27))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None or dialect.name == "postgresql":
            return value
        return rfc3339(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if dialect.name == "postgresql":
            return value.astimezone(UTC)  # type: ignore[no-any-return]
        return datetime.fromisoformat(value)


class Ids(TypeDecorator[list[str]]):
    """A list of ids as one parameter."""

    impl = JSON
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(ARRAY(UUID(as_uuid=False)))
        return dialect.type_descriptor(JSON())


def only_where(condition: str, *, sqlite: str | None = None) -> dict[str, Any]:
    """For an index of some rows only.

    SQLite goes by it where a query has the same words: `sqlite` are SQLAlchemy's, if they differ.
    """
    return {"postgresql_where": text(condition), "sqlite_where": text(sqlite or condition)}


class json_object(FunctionElement[Any]):  # noqa: N801  (an SQL function)
    """`{name: expression, …}`, built by the database."""

    type = JSON()
    inherit_cache = True

    def __init__(self, **members: Any) -> None:
        pairs: list[tuple[Any, Any]] = [
            (literal_column(f"'{name}'"), value) for name, value in members.items()
        ]
        super().__init__(*(part for pair in pairs for part in pair))


class json_list(FunctionElement[Any]):  # noqa: N801
    """`[expression, …]` over a group's rows in the given order; `[]` where there are none."""

    type = JSON()
    inherit_cache = True

    def __init__(self, item: Any, *, order_by: Any) -> None:
        super().__init__(item, order_by)


class json_text(FunctionElement[str]):  # noqa: N801
    """A JSON expression as text, ready to be put into an answer without being parsed."""

    type = Text()
    inherit_cache = True


class is_among(FunctionElement[bool]):  # noqa: N801
    """Whether an id is in a list that is one parameter: one statement, however long the list."""

    type = Boolean()
    inherit_cache = True

    def __init__(self, column: Any, parameter: str) -> None:
        super().__init__(column, bindparam(parameter, type_=Ids))

    def self_group(self, against: Any = None) -> Any:  # noqa: ARG002  (SQLAlchemy's signature)
        """Itself: SQLAlchemy would write `… = 1` for SQLite, which then takes no index for it."""
        return self


class rfc3339_text(FunctionElement[str]):  # noqa: N801
    """A `Moment` as RFC 3339 text in UTC with microseconds."""

    type = Text()
    inherit_cache = True


@compiles(json_object, "sqlite")
def _sqlite_object(element: json_object, compiler: SQLCompiler, **kw: Any) -> str:
    parts = [_sqlite_value(part, compiler, **kw) for part in element.clauses]
    return f"json_object({', '.join(parts)})"


@compiles(json_object, "postgresql")
def _postgresql_object(element: json_object, compiler: SQLCompiler, **kw: Any) -> str:
    parts = [_postgresql_value(part, compiler, **kw) for part in element.clauses]
    return f"json_build_object({', '.join(parts)})"


@compiles(json_list, "sqlite")
def _sqlite_list(element: json_list, compiler: SQLCompiler, **kw: Any) -> str:
    item, order = element.clauses
    value = _sqlite_value(item, compiler, **kw)
    return f"json_group_array({value} ORDER BY {compiler.process(order, **kw)})"


@compiles(json_list, "postgresql")
def _postgresql_list(element: json_list, compiler: SQLCompiler, **kw: Any) -> str:
    item, order = element.clauses
    value = _postgresql_value(item, compiler, **kw)
    return f"coalesce(json_agg({value} ORDER BY {compiler.process(order, **kw)}), '[]'::json)"


@compiles(json_text, "sqlite")
def _sqlite_text(element: json_text, compiler: SQLCompiler, **kw: Any) -> str:
    return compiler.process(next(iter(element.clauses)), **kw)


@compiles(json_text, "postgresql")
def _postgresql_text(element: json_text, compiler: SQLCompiler, **kw: Any) -> str:
    return f"CAST({compiler.process(next(iter(element.clauses)), **kw)} AS TEXT)"


@compiles(is_among, "sqlite")
def _sqlite_is_among(element: is_among, compiler: SQLCompiler, **kw: Any) -> str:
    column, ids = (compiler.process(part, **kw) for part in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({ids}))"  # noqa: S608


@compiles(is_among, "postgresql")
def _postgresql_is_among(element: is_among, compiler: SQLCompiler, **kw: Any) -> str:
    column, ids = (compiler.process(part, **kw) for part in element.clauses)
    return f"{column} = ANY ({ids})"


@compiles(rfc3339_text, "sqlite")
def _sqlite_moment(element: rfc3339_text, compiler: SQLCompiler, **kw: Any) -> str:
    return compiler.process(next(iter(element.clauses)), **kw)


@compiles(rfc3339_text, "postgresql")
def _postgresql_moment(element: rfc3339_text, compiler: SQLCompiler, **kw: Any) -> str:
    instant = compiler.process(next(iter(element.clauses)), **kw)
    return f"to_char({instant} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"


def _sqlite_value(part: Any, compiler: SQLCompiler, **kw: Any) -> str:
    value = compiler.process(part, **kw)
    if isinstance(part.type, JSON):
        return f"json({value})"
    if isinstance(part.type, Boolean):
        return f"json(CASE {value} WHEN 1 THEN 'true' WHEN 0 THEN 'false' END)"
    return value


def _postgresql_value(part: Any, compiler: SQLCompiler, **kw: Any) -> str:
    if isinstance(part.type, Moment):
        return compiler.process(rfc3339_text(part), **kw)
    return compiler.process(part, **kw)
