"""The database: one recipe for SQLite and PostgreSQL that loses no update; transactions one sees.

Four ways in: `transaction()` writes, `reading()` and `looking_up()` read, `snapshot()` reads much
from one point in time. On SQLite a writing transaction begins IMMEDIATE, since a deferred one that
turns into a write fails with "database is locked" however long the busy time-out is.
"""

from __future__ import annotations

from contextlib import contextmanager
from datetime import datetime  # noqa: TC003  (SQLAlchemy reads the annotation)
from typing import TYPE_CHECKING, Any, Final, cast

import orjson
from sqlalchemy import Engine, Integer, MetaData, QueuePool, create_engine, event, make_url
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects import sqlite as sqlite_sql
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, declared_attr, mapped_column
from sqlalchemy.orm.exc import StaleDataError

from verifier.kit import sqlite
from verifier.kit.columns import Id, Moment

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection, Table

NAMING: Final = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
POOL: Final[dict[str, Any]] = {
    "poolclass": QueuePool,
    "pool_size": 12,
    "max_overflow": 12,
    "pool_timeout": 10,
}
POSTGRES_LIMITS: Final = (
    "-c lock_timeout=10s -c statement_timeout=60s -c idle_in_transaction_session_timeout=120s"
)
RETRYABLE: Final = {"40001", "40P01"}
"""Serialisation failure and deadlock: PostgreSQL asks for the whole transaction again."""
BUSY: Final = {"55P03", "53300", "57014", "57P03"}
"""Lock not available, too many connections, statement timed out, cannot connect now."""
BUSY_SQLITE: Final = {"database is locked", "unable to open database file"}


class Base(DeclarativeBase):
    """The models of all capabilities share these naming rules, so migrations can name things."""

    metadata = MetaData(naming_convention=NAMING)


class Versioned:
    """A row with a version that each change raises, and that a stale change cannot overwrite."""

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    version: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(Moment)
    updated_at: Mapped[datetime] = mapped_column(Moment)

    @declared_attr.directive
    @classmethod
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.__table__.c.version}  # type: ignore[attr-defined]


class Database:
    """The engines of one process. Make it after a fork, dispose of it before the next."""

    def __init__(self, url: str, *, read_url: str | None = None, pgbouncer: bool = False) -> None:
        self.engine = connect(url, pgbouncer=pgbouncer)
        self._own_reader = connect(read_url, pgbouncer=pgbouncer) if read_url else None
        reader = self._own_reader or self.engine
        self.dialect = self.engine.dialect.name
        self._writer = self.engine.execution_options(writes=True)
        if self.dialect == "postgresql":
            self._reader = self._looker = reader.execution_options(isolation_level="AUTOCOMMIT")
            self._snapshots = reader.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
        else:
            self._reader = self._snapshots = reader.execution_options()
            self._looker = reader.execution_options(begins=False)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A transaction that may write; commits at the end, rolls back on any exception."""
        new = Session(self._writer, expire_on_commit=False, autoflush=False)
        with new as session, session.begin():
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """For reads of a statement or two; from the replica where there is one."""
        with Session(self._reader, expire_on_commit=False, autoflush=False) as session:
            yield session

    @contextmanager
    def looking_up(self) -> Iterator[Connection]:
        """As `reading`, for one statement that reads columns: a session would double its cost."""
        with self._looker.connect() as connection:
            yield connection

    @contextmanager
    def snapshot(self) -> Iterator[Session]:
        """A long read of one state of the data: exports, checks of the trail."""
        with Session(self._snapshots, expire_on_commit=False, autoflush=False) as session:
            yield session

    def dispose(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()
        if self._own_reader is not None:
            self._own_reader.dispose()


def connect(url: str, *, pgbouncer: bool = False) -> Engine:
    """An engine for the URL with this product's settings for that database."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        engine = create_engine(parsed, module=sqlite.driver(), json_serializer=_json, **POOL)
        engine.dialect.statement_compiler = sqlite.Compiler
        event.listen(engine, "connect", sqlite.prepare_connection)
        event.listen(engine, "begin", _begin_on_sqlite)
        return engine
    parsed = parsed.set(drivername="postgresql+psycopg")
    # In pgbouncer's transaction mode a prepared statement may meet another server connection.
    arguments: dict[str, Any] = (
        {"prepare_threshold": None} if pgbouncer else {"options": POSTGRES_LIMITS}
    )
    return create_engine(
        parsed, connect_args=arguments, json_serializer=_json, pool_pre_ping=True, **POOL
    )


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()


def _begin_on_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    if options.get("begins", True):
        connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("writes") else "BEGIN")


def table_of(model: type[Base]) -> Table:
    """The model's table, for rows that are put there as they are, with the versions they have."""
    return cast("Table", model.__table__)


def insert_unless_there(session: Session, model: type[Base], **values: Any) -> None:
    """A new row, or none where a unique index has it already: whoever comes second sees that."""
    insert_those_not_there(session, model, [values])


def insert_those_not_there(
    session: Session, model: type[Base], rows: Sequence[dict[str, Any]]
) -> None:
    """As `insert_unless_there`, of many rows with the same columns."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite_sql
    session.execute(dialect.insert(model).on_conflict_do_nothing(), rows)


def is_retryable(error: BaseException) -> bool:
    """Whether the same transaction, run again from its start, may well succeed."""
    if isinstance(error, StaleDataError):
        return True
    return isinstance(error, DBAPIError) and _sqlstate(error) in RETRYABLE


def is_busy(error: BaseException) -> bool:
    """Whether the database could not serve this in time, without anything being wrong with it."""
    if isinstance(error, PoolTimeoutError | StaleDataError):
        return True
    if not isinstance(error, DBAPIError):
        return False
    if error.connection_invalidated or _sqlstate(error) in BUSY | RETRYABLE:
        return True
    # Psycopg's errors have an SQLSTATE unless there was nobody to give it.
    unreachable = getattr(error.orig, "sqlstate", "") is None
    return isinstance(error, OperationalError) and (unreachable or str(error.orig) in BUSY_SQLITE)


def _sqlstate(error: DBAPIError) -> str | None:
    return getattr(error.orig, "sqlstate", None)
