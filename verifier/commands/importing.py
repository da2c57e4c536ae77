"""`verifier import`: a file taken into a desk here and now, without the server."""

from __future__ import annotations

import hashlib
import shutil
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

import click

from verifier import terminal
from verifier.accounts.actor import OPERATOR
from verifier.commands.opened import opened_database
from verifier.desks.service import load_desk
from verifier.imports import report
from verifier.imports.batches import ImportTakenUp
from verifier.imports.queries import report_rows
from verifier.imports.running import begin, read_on, unfinished
from verifier.imports.service import finish, mapping_of, open_import
from verifier.readers.reading import FORMATS
from verifier.search.embedding import follow
from verifier.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from verifier.imports.models import Import
    from verifier.kit.db import Database

SOME_REFUSED: Final = 3
"""The command's exit status where the file was read to its end, but not every row was taken."""


@click.command("import")
@click.argument(
    "file", type=click.Path(path_type=Path, exists=True, dir_okay=False, allow_dash=True)
)
@click.option("--desk", required=True, help="The slug of the desk that takes it in.")
@click.option("--format", "import_format", type=click.Choice(FORMATS), help="By default guessed.")
@click.option("--map", "pairs", multiple=True, metavar="THEIRS=OURS", help="Another column's name.")
@click.option("--dry-run", is_flag=True, help="Tell all, and change nothing.")
@click.option(
    "--report", "told", type=click.Path(path_type=Path, dir_okay=False),
    help="Write what became of each row: NDJSON, or text where the name ends in .txt.",
)  # fmt: skip
def import_file(
    file: Path,
    desk: str,
    import_format: str | None,
    pairs: tuple[str, ...],
    told: Path | None,
    *,
    dry_run: bool,
) -> None:
    """Take FILE (or - for standard input) into a desk: claims, reviews, or archived pages.

    A file that was broken off goes on where it was when the same command is given again. Records
    that the desk itself has exported come back as its own. Exits with 3 where rows were refused.
    """
    mapping = mapping_of(pairs)
    settings = Settings.from_env()
    with _opened(file) as (stream, sha256, size), opened_database() as database:
        if settings.embedding_model:
            follow(database)
        members = {"format": import_format, "mapping": mapping, "dry_run": dry_run}
        begun = _begun(database, desk, name=file.name, sha256=sha256, bytes=size, **members)
        ended = _read(database, begun, stream)
        _tell(database, ended, told)
    if ended.state == "failed":
        message = f"{file} cannot be read further than row {ended.position}: {ended.error}"
        raise click.ClickException(message)
    if ended.refused:
        sys.exit(SOME_REFUSED)


def _begun(database: Database, desk: str, **members: Any) -> str:
    """The id of the import that is to go on, or of a new one."""
    with database.transaction() as session:
        home = load_desk(session, OPERATOR, desk)
        same = {"desk_id": home.id, "sha256": members["sha256"]}
        kinds = {name: members[name] for name in ("dry_run", "mapping")}
        there = unfinished(session, **same, **kinds, import_format=members["format"])
        if there is not None:
            click.echo(f"Going on after row {there.position}.", err=True)
        begun = there or open_import(session, OPERATOR, home, restores=True, **members)
        return begun.id


def _read(database: Database, import_id: str, stream: IO[bytes]) -> Import:
    run = begin(database, import_id)
    with terminal.progress("Importing", unit="bytes") as tell:
        try:
            error = read_on(database, run, stream, tell)
        except ImportTakenUp:
            message = "Another process is reading this file into this desk just now."
            raise click.ClickException(message) from None
    with database.transaction() as session:
        return finish(session, OPERATOR, import_id, error)


def _tell(database: Database, ended: Import, told: Path | None) -> None:
    if told is not None:
        as_lines = report.as_text if told.suffix == ".txt" else report.as_ndjson
        with database.snapshot() as session:
            terminal.write(as_lines(report_rows(session, ended.id)), told)
    elif ended.refused:
        with database.snapshot() as session:
            refused = (row for row in report_rows(session, ended.id) if row.outcome == "refused")
            for line in report.as_text(refused):
                click.echo(line, err=True, nl=False)
    click.echo(report.summary(ended, dry_run=ended.dry_run))


@contextmanager
def _opened(file: Path) -> Iterator[tuple[IO[bytes], str, int]]:
    """The file, its SHA-256 and its size; standard input is put into a file first."""
    with tempfile.TemporaryFile() if str(file) == "-" else file.open("rb") as stream:
        if str(file) == "-":
            shutil.copyfileobj(sys.stdin.buffer, stream)
            stream.seek(0)
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
        size = stream.tell()
        stream.seek(0)
        yield stream, digest, size
