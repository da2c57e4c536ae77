"""The console script: `verifier …`, by the same service functions as the API."""

from __future__ import annotations

import json
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError, ProgrammingError

from verifier import api, backup, terminal
from verifier.accounts.actor import OPERATOR, Role, Scope
from verifier.app import create_app
from verifier.claims.filters import conditions_for, values_for
from verifier.claims.models import Claim
from verifier.claims.schemas import STATUSES
from verifier.demo.run import run_demo
from verifier.desks import service, tokens
from verifier.desks.schemas import NewDesk, NewMember
from verifier.events.audit import findings
from verifier.events.models import Event
from verifier.exports.queries import records
from verifier.exports.service import FORMATS, JSON_LD, export, omissions
from verifier.kit import migrations
from verifier.kit.db import Database
from verifier.kit.errors import DomainError
from verifier.kit.serving import serve as serve_app
from verifier.kit.sqlite import SqliteTooOld
from verifier.settings import SettingError, Settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy.orm import Session

    from verifier.accounts.models import Account


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


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535))
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64))
@click.option("--access-log", is_flag=True, help="Log every request.")
def serve(host: str, port: int, workers: int, *, access_log: bool) -> None:
    """Run the production server until SIGTERM or Ctrl-C."""
    settings = Settings.from_env()
    _check_migrated(settings)
    click.echo(f"Serving on http://{host}:{port} with {workers} workers; Ctrl-C stops.", err=True)
    serve_app(
        "verifier.app:create_app_from_env",
        host=host, port=port, workers=workers, access_log=access_log,
    )  # fmt: skip


@main.command()
@click.option("--port", default=0, help="Where the demonstration's own server listens.")
def demo(port: int) -> None:
    """Do the whole job on a fresh database, through the API, and say what happens."""
    run_demo(port)


@main.command()
def openapi() -> None:
    """Print the API's document (OpenAPI 3.1)."""
    app = create_app(Settings(database_url="sqlite:///never-opened.db"))
    click.echo(json.dumps(app.extensions["verifier.document"], indent=2, ensure_ascii=False))


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
    _check_migrated(Settings.from_env())
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


@main.group()
def desk() -> None:
    """Desks."""


@desk.command("create")
@click.argument("slug")
@click.option("--name", required=True)
@click.option("--url", default=None, help="The publisher's home page.")
@click.option("--language", default="en", show_default=True)
def create_desk(slug: str, **members: Any) -> None:
    """Create a desk with the default policy and rating scale."""
    with _database() as database, database.transaction() as session:
        sent = _valid(NewDesk(), {"slug": slug, **members})
        service.create_desk(session, OPERATOR, **sent)
    click.echo(f"Created the desk {slug}.")


@main.group()
def account() -> None:
    """Accounts."""


@account.command("create")
@click.argument("email")
@click.option("--name", required=True)
@click.option("--desk", default=None, help="Make it a member of this desk.")
@click.option("--role", type=click.Choice([role.name for role in Role]), default="contributor")
@click.option("--operator", is_flag=True, help="May create desks and accounts.")
def create_account(email: str, name: str, desk: str | None, role: str, *, operator: bool) -> None:
    """Create an account, and give it a role in a desk."""
    sent = _valid(NewMember(), {"email": email, "name": name, "role": role})
    with _database() as database, database.transaction() as session:
        who = {"email": sent["email"], "name": sent["name"]}
        service.create_account(session, OPERATOR, **who, is_operator=operator)
        if desk is not None:
            service.add_member(session, OPERATOR, desk, email=email, role=role)
    click.echo(f"Created the account {email}.")


@account.command()
@click.argument("email")
@click.option("--undo", is_flag=True, help="Open the account again.")
def deactivate(email: str, *, undo: bool) -> None:
    """Close an account: its tokens end at once, what it did stays."""
    with _database() as database, database.transaction() as session:
        service.set_active(session, OPERATOR, _account(session, email), active=undo)
    click.echo(f"The account {email} is {'open' if undo else 'closed'}.")


@main.group()
def token() -> None:
    """Tokens."""


@token.command("create")
@click.argument("email")
@click.option("--scope", "scopes", multiple=True, type=click.Choice([*Scope]), help="Default: all.")
@click.option("--days", default=tokens.DEFAULT_DAYS, type=click.IntRange(1, tokens.MOST_DAYS))
def create_token(email: str, scopes: tuple[str, ...], days: int) -> None:
    """Make a token for an account and print it, this once, alone on standard output."""
    with _database() as database, database.transaction() as session:
        holder = _account(session, email)
        _, secret = tokens.issue_token(
            session, OPERATOR, account=holder, name="command line", scopes=scopes, days=days
        )
    click.echo(secret)


@main.command("export")
@click.option("--format", "export_format", required=True, type=click.Choice(FORMATS))
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--desk", default=None, help="Only this desk's claims.")
@click.option("--status", default=None, type=click.Choice(STATUSES))
@click.option("--topic", default=None)
@click.option("--language", default=None)
def export_claims(export_format: str, output: Path | None, **filters: str | None) -> None:
    """Write claims to a file or to standard output; what is left out is listed with its reasons."""
    settings = Settings.from_env()
    wanted = {name: value for name, value in filters.items() if value is not None}
    valid_only = export_format in JSON_LD
    with _database() as database, database.snapshot() as session:
        counting = select(func.count()).select_from(Claim).where(*conditions_for(wanted))
        total = session.scalar(counting, values_for(OPERATOR, wanted)) or 0

        def texts() -> Iterable[str]:
            return records(session, OPERATOR, wanted, in_force_only=valid_only)

        with terminal.progress("Exporting", unit="claims") as tell:
            counted = terminal.counted(texts(), lambda done: tell(done, total))
            chunks = export(counted, export_format=export_format, public_url=settings.public_url)
            terminal.write(chunks, output)
            tell(total, total)
        if valid_only:
            for line in omissions(texts(), public_url=settings.public_url):
                click.echo(b"left out: " + line.rstrip(), err=True)


@main.group()
def audit() -> None:
    """The trail."""


@audit.command()
def verify() -> None:
    """Check that nobody has touched the trail, or the records that it tells of."""
    with _database() as database, database.snapshot() as session:
        total = session.scalar(select(func.count()).select_from(Event)) or 0
        with terminal.progress("Checking", unit="events") as tell:
            checked = 0

            def count(events: int) -> None:
                nonlocal checked
                checked += events
                tell(checked, total)

            with closing(findings(session, count)) as all_found:
                found = next(all_found, None)
    if found is not None:
        raise click.ClickException(f"the trail was touched: {found.where}: {found.detail}")
    click.echo(f"The trail is whole: {total} events, and every record is what they say.")


def _account(session: Session, email: str) -> Account:
    found = service.find_account(session, email)
    if found is None:
        message = f"There is no account {email}; create it with `verifier account create`."
        raise click.ClickException(message)
    return found


def _check_migrated(settings: Settings) -> None:
    present = migrations.revision_of(settings.database_url)
    if present != migrations.newest_revision():
        message = f"The database is at revision {present}; run `verifier db upgrade`."
        raise click.ClickException(message)


@contextmanager
def _database() -> Iterator[Database]:
    settings = Settings.from_env()
    _check_migrated(settings)
    database = Database(settings.database_url, pgbouncer=settings.pgbouncer)
    try:
        yield database
    finally:
        database.dispose()


def _valid(schema: Any, sent: dict[str, Any]) -> dict[str, Any]:
    """What the API would take; raises the same complaint, as one line."""
    faults = schema.validate({name: value for name, value in sent.items() if value is not None})
    if faults:
        name, messages = next(iter(faults.items()))
        first = messages[0] if isinstance(messages, list) else messages
        raise click.BadParameter(str(first), param_hint=name)
    loaded: dict[str, Any] = schema.load({k: v for k, v in sent.items() if v is not None})
    return loaded


if __name__ == "__main__":
    main()
