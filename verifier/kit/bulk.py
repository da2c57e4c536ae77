"""Many rows at once, handed to the driver itself: SQLAlchemy would look at each value thrice."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Any, cast

import psycopg
from sqlalchemy.exc import DBAPIError

from verifier.kit.db import table_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from sqlalchemy import Connection, Dialect, Table
    from sqlalchemy.orm import Session

    from verifier.kit.db import Base

    Shape = Callable[[Any], Any] | None


def put_rows(session: Session, model: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Add rows that all name the same columns, in the transaction that is open.

    What a column would be by default has to be named, too, unless the database itself knows it.
    PostgreSQL takes them by `COPY`. Errors are SQLAlchemy's, so `is_retryable` knows them.
    """
    if not rows:
        return
    table, names = table_of(model), tuple(rows[0])
    connection = session.connection()
    shaped = _shaped(rows, names, _shapes(table, names, connection.dialect))
    columns = ", ".join(connection.dialect.identifier_preparer.quote(name) for name in names)
    if connection.dialect.name == "postgresql":
        _copy(connection, f"COPY {table.name} ({columns}) FROM STDIN", shaped)
        return
    marks = ", ".join("?" * len(names))
    statement = f"INSERT INTO {table.name} ({columns}) VALUES ({marks})"  # noqa: S608
    connection.exec_driver_sql(statement, list(shaped))


def _copy(connection: Connection, statement: str, rows: Iterable[Sequence[Any]]) -> None:
    driver = cast("psycopg.Connection[Any]", connection.connection.driver_connection)
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as inward:
            for row in rows:
                inward.write_row(row)
    except psycopg.Error as error:
        raise DBAPIError.instance(
            statement, None, error, psycopg.Error, dialect=connection.dialect
        ) from error


def _shapes(table: Table, names: Iterable[str], dialect: Dialect) -> list[Shape]:
    """How each column's values are written for the driver; none where they are as they are."""
    types = [table.c[name].type.dialect_impl(dialect) for name in names]
    return [each.bind_processor(dialect) for each in types]


def _shaped(
    rows: Iterable[Mapping[str, Any]], names: Sequence[str], shapes: Sequence[Shape]
) -> Iterator[tuple[Any, ...]]:
    changed = [(at, shape) for at, shape in enumerate(shapes) if shape]
    pick = itemgetter(*names) if len(names) > 1 else lambda row: (row[names[0]],)
    if not changed:
        yield from map(pick, rows)
        return
    for row in rows:
        values = list(pick(row))
        for at, shape in changed:
            values[at] = shape(values[at])
        yield tuple(values)
