"""`verifier search`: what finding claims needs beside the database's own tables."""

from __future__ import annotations

import click
from sqlalchemy import text

from verifier import terminal
from verifier.claims.indexing import index_anew
from verifier.commands.opened import opened_database
from verifier.search.embedding import embed_all
from verifier.search.semantic import open_semantic
from verifier.search.vectors import other_tables
from verifier.settings import Settings


@click.group()
def search() -> None:
    """Finding claims."""


@search.command()
def index() -> None:
    """Make the index of claims' words anew, as if every claim came once more.

    Never needed in daily work: each claim's words are kept with it. Searches wait on SQLite.
    """
    done = 0
    with (
        opened_database() as database,
        terminal.progress("Indexing", unit="claims") as tell,
        database.transaction() as session,
    ):
        for done, total in index_anew(session):
            tell(done, total)
    click.echo(f"{done} claims are indexed.")


@search.command()
@click.option("--forget-others", is_flag=True, help="Drop the vectors of other models.")
def embed(*, forget_others: bool) -> None:
    """Give every claim a vector by VERIFIER_EMBEDDING_MODEL; what has one already keeps it.

    To be run once after the setting is made or changed; then the worker keeps them up to date.
    """
    semantic = open_semantic(Settings.from_env(), threads=0)
    if semantic is None:
        message = "VERIFIER_EMBEDDING_MODEL is not set: claims are found by their words alone."
        raise click.UsageError(message)
    done = encoded = 0
    with opened_database() as database:
        with database.transaction() as session:
            semantic.vectors.set_up(session)
        with terminal.progress("Encoding", unit="claims") as tell:
            for step in embed_all(database, semantic):
                done, encoded, total = step
                tell(done, total)
        click.echo(f"{done} claims have vectors; {encoded} were encoded now.")
        with database.transaction() as session:
            others = other_tables(session.connection(), semantic.vectors.table.name)
            for name in others if forget_others else ():
                session.execute(text(f'DROP TABLE "{name}"'))
    if others:
        told = "Dropped" if forget_others else "There are vectors of other models, too, in"
        click.echo(f"{told} {', '.join(others)}.")
