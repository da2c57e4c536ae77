"""A database full of claims, filled in bulk: the schema is migrated, and all its rules are on.

Each audited row has its event in its desk's hash chain, so that the trail is as long as it would be
and can be checked (`verifier audit verify`).
"""

from __future__ import annotations

import secrets
from contextlib import closing
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select, update

from benchmarks.newsroom import claims, open_newsroom
from verifier.claims.models import Appearance, Claim, ClaimTopic
from verifier.events.chain import canonical, event_hash
from verifier.events.models import Event, EventChain
from verifier.evidence.models import Evidence
from verifier.kit import migrations
from verifier.kit.db import Database
from verifier.reviews.models import Citation, Review, Verdict
from verifier.reviews.standing import put_anew
from verifier.sources.models import Source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from sqlalchemy import Column, Dialect, Table

    from benchmarks.newsroom import Newsroom, Row

MODELS: Final = (
    Source, Claim, ClaimTopic, Appearance, Evidence, Verdict, Citation, Review, Event,
)  # fmt: skip
"""In an order that foreign keys allow."""
BATCH: Final = 1000


def fill(url: str, number: int) -> Newsroom:
    """Migrate the empty database, and put a newsroom with so many claims into it."""
    migrations.upgrade(url)
    database = Database(url)
    try:
        with database.transaction() as session:
            room = open_newsroom(session)
            trail = Trail(session.scalars(select(EventChain)))
        with closing(database.engine.raw_connection()) as connection:
            loader = Loader(database.engine.dialect, connection.driver_connection)
            batch: list[Row] = []
            for rows in claims(room, number):
                batch += rows
                if len(batch) >= BATCH:
                    loader.load(trail.told(batch))
                    batch = []
            loader.load(trail.told(batch))
            connection.commit()
            connection.detach()
        with database.transaction() as session:
            for chain_id, (length, head) in trail.heads.items():
                chain = update(EventChain).where(EventChain.id == chain_id)
                session.execute(chain.values(length=length, head=head))
            for _ in put_anew(session):
                pass
        if database.dialect == "postgresql":
            _analyse(database)
    finally:
        database.dispose()
    return room


class Trail:
    """The heads of the chains, and the events that are added to them."""

    def __init__(self, chains: Iterable[EventChain]) -> None:
        self.heads = {chain.id: (chain.length, chain.head) for chain in chains}

    def told(self, rows: Sequence[Row]) -> list[Row]:
        """The rows, and an event for each that is audited."""
        events: list[Row] = []
        desk_id = ""
        for model, row in rows:
            desk_id = row.get("desk_id", desk_id)
            if hasattr(model, "__audited__"):
                events.append((Event, self._event(model, row, desk_id)))
        return [*rows, *events]

    def _event(self, model: Any, row: dict[str, Any], desk_id: str) -> dict[str, Any]:
        length, previous = self.heads[desk_id]
        told = {
            "seq": length + 1,
            "at": row["created_at"],
            "type": f"{model.__subject__}.imported",
            "data": canonical({"changes": {name: row.get(name) for name in model.__audited__}}),
            "salt": secrets.token_hex(16),
            "previous": previous,
        }
        subject = (model.__subject__, row["id"])
        thread = row["id"] if model is Claim else row.get("claim_id")
        link = event_hash(chain=desk_id, actor=None, subject=subject, thread=thread, **told)
        self.heads[desk_id] = (length + 1, link)
        return {
            **told, "id": row["id"], "chain_id": desk_id, "subject_type": subject[0],
            "subject_id": row["id"], "thread_id": thread, "hash": link,
        }  # fmt: skip


class Loader:
    """Puts rows into their tables as fast as the driver takes them."""

    def __init__(self, dialect: Dialect, connection: Any) -> None:
        self._connection = connection
        self._put = self._copy if dialect.name == "postgresql" else self._insert
        self._columns = {model: _columns(model.__table__, dialect) for model in MODELS}
        if dialect.name == "sqlite":
            for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-1048576"):
                connection.execute(f"PRAGMA {pragma}").close()
            connection.execute("BEGIN")

    def load(self, rows: Sequence[Row]) -> None:
        """Rows of any of the tables."""
        for model in MODELS:
            columns = self._columns[model]
            mine = [
                tuple(bind(row.get(name, default)) for name, bind, default in columns)
                for kind, row in rows
                if kind is model
            ]
            if mine:
                names = ", ".join(f'"{name}"' for name, *_ in columns)
                self._put(f"{model.__tablename__} ({names})", len(columns), mine)

    def _copy(self, table: str, _width: int, rows: list[tuple[Any, ...]]) -> None:
        with self._connection.cursor().copy(f"COPY {table} FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)

    def _insert(self, table: str, width: int, rows: list[tuple[Any, ...]]) -> None:
        marks = ", ".join("?" * width)
        self._connection.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)  # noqa: S608


def _columns(table: Table, dialect: Dialect) -> list[tuple[str, Callable[[Any], Any], Any]]:
    """Each column's name, how its values go to the driver, and which it has if none is given."""
    return [
        (
            column.name,
            column.type.dialect_impl(dialect).bind_processor(dialect) or _as_it_is,
            _default(column),
        )
        for column in table.columns
    ]


def _default(column: Column[Any]) -> Any:
    default: Any = column.default
    if default is None:
        return None
    return default.arg(None) if default.is_callable else default.arg


def _as_it_is(value: Any) -> Any:
    return value


def _analyse(database: Database) -> None:
    """What PostgreSQL's autovacuum does after a while."""
    with database.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.exec_driver_sql("VACUUM ANALYZE")
