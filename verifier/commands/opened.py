"""The settings' database, opened for a command once it is known to be migrated."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from verifier.kit import migrations
from verifier.kit.db import Database
from verifier.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator


def check_migrated(settings: Settings) -> None:
    """Raise `click.ClickException` unless the database is at the newest revision."""
    present = migrations.revision_of(settings.database_url)
    if present != migrations.newest_revision():
        message = f"The database is at revision {present}; run `verifier db upgrade`."
        raise click.ClickException(message)


@contextmanager
def opened_database() -> Iterator[Database]:
    """The database; its connections end with the context."""
    settings = Settings.from_env()
    check_migrated(settings)
    database = Database(settings.database_url, pgbouncer=settings.pgbouncer)
    try:
        yield database
    finally:
        database.dispose()
