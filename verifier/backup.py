"""Backing up and restoring: SQLite by its online backup, PostgreSQL by its own programs."""

from __future__ import annotations

import os
import shutil
import subprocess
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import URL, make_url

from verifier.kit import sqlite

if TYPE_CHECKING:
    from collections.abc import Callable

PAGES_AT_ONCE: Final = 2000


class BackupFailed(Exception):
    """The backup or restore did not happen; the message says why and what to do."""


def back_up(database_url: str, target: Path, progress: Callable[[int, int], None]) -> None:
    """A consistent copy while others read and write. The file appears whole or not at all.

    `progress` is told (done, total) in pages.
    """
    url = make_url(database_url)
    part = target.with_name(f"{target.name}.part")
    if url.get_backend_name() == "sqlite":
        _copy_sqlite(_file_of(url), part, progress)
    else:
        _run(url, "pg_dump", "--format=custom", f"--file={part}")
    part.replace(target)


def restore(database_url: str, source: Path, progress: Callable[[int, int], None]) -> None:
    """Put a backup in the place of the database. Stop the service first."""
    url = make_url(database_url)
    if url.get_backend_name() != "sqlite":
        _run(
            url, "pg_restore", "--clean", "--if-exists", "--no-owner", "--single-transaction",
            str(source),
        )  # fmt: skip
        return
    check_sqlite(source)
    target = _file_of(url)
    target.parent.mkdir(parents=True, exist_ok=True)
    _copy_sqlite(source, target, progress)


def check_sqlite(file: Path) -> None:
    """Raise `BackupFailed` unless the file is an undamaged database of this service."""
    driver: Any = sqlite.driver()
    try:
        with closing(driver.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            verdict = connection.execute("PRAGMA quick_check").fetchone()[0]
            connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except driver.Error as error:
        message = f"{file} is not a backup of this service: {error}."
        raise BackupFailed(message) from None
    if verdict != "ok":
        message = f"{file} is damaged: {verdict}."
        raise BackupFailed(message)


def _copy_sqlite(source: Path, target: Path, progress: Callable[[int, int], None]) -> None:
    if not source.exists():
        message = f"There is no database at {source}."
        raise BackupFailed(message)
    driver: Any = sqlite.driver()

    def tell(_status: int, remaining: int, total: int) -> None:
        progress(total - remaining, total)

    with closing(driver.connect(source)) as old, closing(driver.connect(target)) as new:
        old.backup(new, pages=PAGES_AT_ONCE, progress=tell)


def _file_of(url: URL) -> Path:
    return Path(url.database or "")


def _run(url: URL, program: str, *arguments: str) -> None:
    """Run one of PostgreSQL's programs; a password is not for other users' `ps` to show."""
    if shutil.which(program) is None:
        message = f"{program} was not found; install PostgreSQL's client programs."
        raise BackupFailed(message)
    bare = URL.create("postgresql", url.username, None, url.host, url.port, url.database, url.query)
    environ = os.environ | ({"PGPASSWORD": str(url.password)} if url.password else {})
    command = [program, *arguments, f"--dbname={bare.render_as_string()}"]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode != 0:
        message = f"{program} failed: {done.stderr.strip()}"
        raise BackupFailed(message)
