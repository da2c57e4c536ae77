"""Alembic's environment: migrates the connection it is given, else the settings' database."""

from alembic import context
from sqlalchemy import Connection, text

from verifier import api  # noqa: F401  (it loads the models of every capability)
from verifier.kit.db import Base, connect
from verifier.settings import Settings

LOCK_TIMEOUT = "SET lock_timeout = '10s'"


def run(connection: Connection) -> None:
    """Run the wanted migrations in one transaction."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(LOCK_TIMEOUT))
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    with connect(Settings.from_env().database_url).execution_options(writes=True).begin() as own:
        run(own)
