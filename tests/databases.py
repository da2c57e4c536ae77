"""A database of its own for each test: a copy of one that was migrated once, on either backend."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING
from uuid import uuid4

import psycopg
from sqlalchemy import event, make_url, select

from tests import postgres
from verifier.kit import migrations
from verifier.kit.db import Base

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sqlalchemy import Engine, Row

    from verifier.kit.db import Database

SERVER = "VERIFIER_TEST_POSTGRES_URL"
FRAMES = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")


def postgres_server() -> str:
    """The URL of the server to test on; without one in the environment, one is started."""
    if SERVER not in os.environ:
        # Processes that are started from here on share it.
        os.environ[SERVER] = postgres.start()
    return os.environ[SERVER]


class SQLiteCopies:
    """Copies of a migrated file, or of another one that is ready for use."""

    def __init__(self, folder: Path, prepare: Callable[[str], None] = migrations.upgrade) -> None:
        self._folder = folder
        self._template = folder / f"{uuid4().hex}.db"
        prepare(f"sqlite:///{self._template}")
        log = self._template.with_name(f"{self._template.name}-wal")
        assert not log.exists(), "a copy of the file alone would lack what is in its log"

    def prepared(self, furnish: Callable[[str], None]) -> SQLiteCopies:
        """Copies of a copy that was furnished."""
        return SQLiteCopies(self._folder, lambda url: self._furnished(url, furnish))

    def _furnished(self, url: str, furnish: Callable[[str], None]) -> None:
        shutil.copyfile(self._template, make_url(url).database or "")
        furnish(url)

    @contextmanager
    def fresh(self) -> Iterator[str]:
        """The URL of a new copy."""
        copy = self._folder / f"{uuid4().hex}.db"
        shutil.copyfile(self._template, copy)
        yield f"sqlite:///{copy}"
        for path in self._folder.glob(f"{copy.name}*"):
            path.unlink()


class PostgresCopies:
    """Copies of a migrated template database."""

    def __init__(
        self,
        server: str,
        prepare: Callable[[str], None] = migrations.upgrade,
        *,
        template: str = "template1",
    ) -> None:
        self._server = make_url(server).set(drivername="postgresql")
        self._admin = psycopg.connect(self._url(self._server.database), autocommit=True)
        self._template = self._name()
        self._used: list[str] = []
        self._copy(template, self._template)
        prepare(self._url(self._template))
        # Nobody may be connected to a database that is copied.
        self._admin.execute(f"ALTER DATABASE {self._template} ALLOW_CONNECTIONS false")

    def prepared(self, furnish: Callable[[str], None]) -> PostgresCopies:
        """Copies of a copy that was furnished."""
        return PostgresCopies(self._url(self._server.database), furnish, template=self._template)

    @contextmanager
    def fresh(self) -> Iterator[str]:
        """The URL of a new copy."""
        # A used one goes two tests later: dropping it while its connections are still closing takes
        # the server 100 ms.
        self._drop(self._used[:-1])
        name = self._name()
        self._copy(self._template, name)
        try:
            yield self._url(name)
        finally:
            self._used.append(name)

    def close(self) -> None:
        """Leave nothing behind on the server."""
        self._drop([*self._used, self._template])
        self._admin.close()

    def _copy(self, template: str, name: str) -> None:
        # Copying files is faster than copying through the server's log.
        self._admin.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")

    def _drop(self, names: list[str]) -> None:
        for name in names:
            self._admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
        self._used = [name for name in self._used if name not in names]

    def _url(self, database: str | None) -> str:
        return self._server.set(database=database).render_as_string(hide_password=False)

    @staticmethod
    def _name() -> str:
        return f"verifier_test_{uuid4().hex}"


@contextmanager
def recorded_queries(engine: Engine) -> Iterator[list[str]]:
    """The statements that the engine runs meanwhile, but for those that frame a transaction."""
    statements: list[str] = []

    def record(_connection, _cursor, statement: str, *_rest) -> None:
        if not statement.lstrip().upper().startswith(FRAMES):
            statements.append(statement)

    event.listen(engine, "before_cursor_execute", record)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", record)


def contents(database: Database) -> dict[str, list[Row]]:
    """Every row of every table, but for when a token was last used."""
    with database.snapshot() as session:
        return {
            table.name: list(
                session.execute(
                    select(
                        *(column for column in table.c if column.name != "last_used_at")
                    ).order_by(*table.primary_key)
                )
            )
            for table in Base.metadata.sorted_tables
        }
