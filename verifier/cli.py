"""The console script: `verifier …`, by the same service functions as the API."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError, ProgrammingError

from verifier import api, backup, terminal
from verifier.accounts.actor import OPERATOR
from verifier.app import create_app
from verifier.claims.filter_schemas import SORTS
from verifier.claims.filters import conditions_for, values_for
from verifier.claims.models import Claim
from verifier.claims.schemas import STATUSES
from verifier.commands import auditing, importing, people, running, searching
from verifier.commands.opened import check_migrated, opened_database
from verifier.demo.run import run_demo
from verifier.exports.manifest import Manifest
from verifier.exports.queries import records
from verifier.exports.service import FORMATS, JSON_LD, export, omissions
from verifier.imports.queries import stored_files
from verifier.imports.service import SUFFIX as IMPORT_SUFFIX
from verifier.kit import migrations
from verifier.kit.answers import dump
from verifier.kit.errors import DomainError
from verifier.kit.sqlite import SqliteTooOld
from verifier.settings import SettingError, Settings
from verifier.snapshots.archive import damaged_files, open_archive
from verifier.snapshots.models import Snapshot
from verifier.snapshots.queries import archived_files

if TYPE_CHECKING:
    from collections.abc import Iterable


class Commands(click.Group):
    """Commands in which what goes wrong in a known way is one clear line, not a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command. A wrong setting exits with 2, everything else with 1."""
        try:
            return super().invoke(ctx)
        except (SettingError, SqliteTooOld) as error:
            raise click.UsageError(str(error)) from None
        except (DomainError, backup.BackupFailed) as error:
            raise click.ClickException(str(error)) from None
        except (OperationalError, ProgrammingError) as error:
            message = f"The database refuses: {error.orig}. Is it up, and is its address right?"
            raise click.ClickException(message) from None


@click.group(cls=Commands)
@click.version_option(api.VERSION)
def main() -> None:
    """Fact-claim verification: the service and its tools."""


for command in (
    running.serve, running.worker, searching.search, people.desk, people.account, people.token,
    importing.import_file,
    auditing.audit,
):  # fmt: skip
    main.add_command(command)


@main.command()
@click.option("--port", default=0, help="Where the demonstration's own server listens.")
def demo(port: int) -> None:
    """Do the whole job on a fresh database, through the API, and say what happens."""
    run_demo(port)


@main.command()
def openapi() -> None:
    """Print the API's document (OpenAPI 3.1)."""
    app = create_app(Settings(database_url="sqlite:///never-opened.db"))
    click.echo(json.dumps(app.extensions["verifier.api"].document(), indent=2, ensure_ascii=False))


@main.group()
def db() -> None:
    """Look after the database."""


@db.command()
def upgrade() -> None:
    """Create the tables, or bring them up to date."""
    click.echo(
        f"The database is at revision {migrations.upgrade(Settings.from_env().database_url)}."
    )


@db.command()
def check() -> None:
    """Say whether the database is up to date; exit 1 if not."""
    check_migrated(Settings.from_env())
    click.echo(f"The database is at revision {migrations.newest_revision()}, the newest.")


@db.command("backup")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def back_up(file: Path) -> None:
    """Copy the database to FILE while the service runs."""
    with terminal.progress("Backing up", unit="pages") as tell:
        backup.back_up(Settings.from_env().database_url, file, tell)
    click.echo(f"Backed up to {file}.")


@db.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.confirmation_option(prompt="This replaces everything in the database. Go on?")
def restore(file: Path) -> None:
    """Put a backup in the place of the database. Stop the service first."""
    with terminal.progress("Restoring", unit="pages") as tell:
        backup.restore(Settings.from_env().database_url, file, tell)
    click.echo(f"Restored from {file}.")


@main.command("export")
@click.option("--format", "export_format", required=True, type=click.Choice(FORMATS))
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--desk", default=None, help="Only this desk's claims.")
@click.option("--status", default=None, type=click.Choice(STATUSES))
@click.option("--topic", default=None)
@click.option("--language", default=None)
@click.option("--sort", type=click.Choice(SORTS), help="The oldest first, if left out.")
def export_claims(export_format: str, output: Path | None, **filters: str | None) -> None:
    """Write claims to a file or to standard output; what is left out is listed with its reasons.

    Beside a file stands FILE.manifest.json: its hash, and the trail's newest checkpoint.
    """
    settings = Settings.from_env()
    wanted = {name: value for name, value in filters.items() if value is not None}
    valid_only = export_format in JSON_LD
    with opened_database() as database, database.snapshot() as session:
        counting = select(func.count()).select_from(Claim).where(*conditions_for(wanted))
        total = session.scalar(counting, values_for(OPERATOR, wanted)) or 0

        def texts() -> Iterable[str]:
            return records(session, OPERATOR, wanted, in_force_only=valid_only)

        with terminal.progress("Exporting", unit="claims") as tell:
            counted = terminal.counted(texts(), lambda done: tell(done, total))
            manifest = Manifest.begin(session, export_format, wanted)
            chunks = export(
                manifest.count(counted),
                export_format=export_format,
                public_url=settings.public_url,
            )
            terminal.write(manifest.read(chunks), output)
            tell(total, total)
        if output is not None:
            beside = output.with_name(f"{output.name}.manifest.json")
            terminal.write([dump(manifest.document()), b"\n"], beside)
        if valid_only:
            for line in omissions(texts(), public_url=settings.public_url):
                click.echo(b"left out: " + line.rstrip(), err=True)


@main.group()
def archive() -> None:
    """The files of snapshots and imports."""


@archive.command("check")
def check_archive() -> None:
    """Read every snapshot's and import's file; say which are missing or not what they were."""
    files = open_archive(Settings.from_env().archive_dir)
    with opened_database() as database, database.snapshot() as session:
        total = session.scalar(select(func.count()).select_from(Snapshot)) or 0
        with terminal.progress("Checking", unit="snapshots") as tell:
            known = terminal.counted(archived_files(session), lambda done: tell(done, total))
            damaged = list(damaged_files(files, known))
        brought = list(stored_files(session))
        damaged += damaged_files(files, brought, IMPORT_SUFFIX)
    for line in damaged:
        click.echo(line, err=True)
    if damaged:
        checked = total + len(brought)
        raise click.ClickException(f"{len(damaged)} of {checked} files are not as archived.")
    click.echo(f"The archive is whole: {total} snapshots and {len(brought)} imports' files.")


if __name__ == "__main__":
    main()
