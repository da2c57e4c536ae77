"""SQLite as a database that keeps what it acknowledged: the driver, and each connection."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Final

from sqlalchemy.dialects.sqlite.base import SQLiteCompiler

if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

BUSY_MILLISECONDS: Final = 10_000
OLDEST: Final = (3, 44, 6)
"""The oldest line of releases with the WAL-reset bug mended, and with ordered aggregates."""
MENDED_FROM: Final = {(3, 50): (3, 50, 7), (3, 51): (3, 51, 3)}


class Compiler(SQLiteCompiler):
    """SQLAlchemy's, which also writes what `with_hint` asks for: `INDEXED BY`."""

    def get_from_hint_text(self, _table: object, text: str | None) -> str | None:
        return text


class SqliteTooOld(RuntimeError):
    """The only SQLite at hand can corrupt a database that several connections write to."""


def driver() -> ModuleType:
    """The DB-API module to use: `pysqlite3` with its own SQLite, else a sound standard one."""
    try:
        from pysqlite3 import dbapi2  # noqa: PLC0415  (it has no wheel for some platforms)
    except ImportError:
        if not is_sound(sqlite3.sqlite_version_info):
            message = (
                f"This Python's SQLite is {sqlite3.sqlite_version}, which can corrupt a database "
                "that several connections write to. Install the package pysqlite3, use a Python "
                "with SQLite 3.51.3 or newer, or let VERIFIER_DATABASE_URL name a PostgreSQL."
            )
            raise SqliteTooOld(message) from None
        return sqlite3
    module: ModuleType = dbapi2
    return module


def is_sound(version: tuple[int, int, int]) -> bool:
    """Whether this release has the fix of the WAL-reset bug (3.44.6, 3.50.7, 3.51.3 and later)."""
    if version[:2] == OLDEST[:2]:
        return version >= OLDEST
    return version >= MENDED_FROM.get(version[:2], (3, 50, 7))


def prepare_connection(connection: Any, _record: object) -> None:
    """Leave transactions to SQLAlchemy's `begin` event, and set what makes a commit durable."""
    connection.isolation_level = None
    for pragma in (
        f"busy_timeout={BUSY_MILLISECONDS}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "trusted_schema=OFF",
        "cache_size=-8192",
        "mmap_size=268435456",
        "temp_store=MEMORY",
    ):
        connection.execute(f"PRAGMA {pragma}").close()
