"""Migrations from within the program: bring a database up to date, and say whether it is."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import make_url

import migrations
from verifier.kit.db import Base, connect

if TYPE_CHECKING:
    from sqlalchemy import Connection

FOLDER = Path(migrations.__file__).parent


def upgrade(database_url: str) -> str:
    """Bring the database to the newest revision, in one transaction, and return its name."""
    if (file := _sqlite_file(database_url)) is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
    engine = connect(database_url)
    try:
        with engine.execution_options(writes=True).begin() as connection:
            command.upgrade(alembic_config(connection), "head")
            return present_revision(connection) or ""
    finally:
        engine.dispose()


def revision_of(database_url: str) -> str | None:
    """The database's revision; None for one that was never migrated or is not there at all."""
    file = _sqlite_file(database_url)
    if file is not None and not file.exists():
        return None
    engine = connect(database_url)
    try:
        with engine.connect() as connection:
            return present_revision(connection)
    finally:
        engine.dispose()


def newest_revision() -> str:
    """The revision that this program needs."""
    head = ScriptDirectory(str(FOLDER)).get_current_head()
    return head or ""


@cache
def older_revisions() -> frozenset[str]:
    """Those that lack something this program needs. A newer one, of a later program, does not."""
    scripts = ScriptDirectory(str(FOLDER)).walk_revisions()
    return frozenset(script.revision for script in scripts) - {newest_revision()}


def present_revision(connection: Connection) -> str | None:
    """The revision that the database is at; None for one that was never migrated."""
    return MigrationContext.configure(connection).get_current_revision()


def differences(connection: Connection) -> list[object]:
    """How the database's tables differ from the models: what `alembic check` would say."""
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, Base.metadata))


def _sqlite_file(database_url: str) -> Path | None:
    url = make_url(database_url)
    return Path(url.database or "") if url.get_backend_name() == "sqlite" else None


def alembic_config(connection: Connection) -> Config:
    """Alembic's configuration for a connection that is open already."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["connection"] = connection
    return config
