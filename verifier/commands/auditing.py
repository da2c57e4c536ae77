"""`verifier audit`: checking the trail, its checkpoints and proofs, and the keys they need."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click
import orjson
from sqlalchemy import func, select

from verifier import terminal
from verifier.commands.opened import opened_database
from verifier.events.audit import findings
from verifier.events.audit_checkpoints import Kept
from verifier.events.checkpoints import Gatherer, known_keys, newest_checkpoint
from verifier.events.keys import (
    KeyFileInTheWay,
    add_key,
    others_may_read,
    signing_keys,
    write_key,
)
from verifier.events.models import Event
from verifier.events.notes import NoteUnreadable, SigningKey, VerifierKey
from verifier.events.proofs import ProofInvalid, check_proof
from verifier.events.tree import size_of
from verifier.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session

    from verifier.events.findings import Finding
    from verifier.events.proofs import Proven

FILE = click.Path(path_type=Path, dir_okay=False)
THERE = click.Path(path_type=Path, dir_okay=False, exists=True)
NO_KEY = "No key is set up (VERIFIER_AUDIT_KEY): checkpoints are not signed."


class KeyText(click.ParamType[VerifierKey]):
    """A verifier key as an argument."""

    name = "name+id+base64"

    def convert(self, value: str, param: object, ctx: object) -> VerifierKey:
        """Read it, or complain."""
        del param, ctx
        try:
            return VerifierKey.read(value.strip())
        except NoteUnreadable as error:
            self.fail(str(error))


@click.group()
def audit() -> None:
    """The trail."""


@audit.command()
@click.option("--fast", is_flag=True, help="Only what came after a checkpoint; see the docs.")
@click.option("--against", type=THERE, help="A checkpoint that was kept elsewhere: it must hold.")
@click.option("--key", "keys", type=KeyText(), multiple=True, help="Who must have signed that.")
@click.option("--keep", type=FILE, help="Write the newest checkpoint there if all is well.")
def verify(
    *, fast: bool, against: Path | None, keys: tuple[VerifierKey, ...], keep: Path | None
) -> None:
    """Check that nobody has touched the trail, or the records that it tells of."""
    signing = signing_keys(Settings.from_env().audit_key)
    if keys and against is None:
        raise click.UsageError("--key says who has signed what --against names.")
    with opened_database() as database, database.snapshot() as session:
        kept = None
        if against is not None:
            own = (*known_keys(session), *(key.verifier for key in signing))
            kept = Kept(_text_of(against), str(against), keys or own)
        total = session.scalar(select(func.count()).select_from(Event)) or 0
        found = _first(session, total * 2 + size_of(session), kept, fast=fast)
        if found is not None:
            raise click.ClickException(f"the trail was touched: {found.where}: {found.detail}")
        newest = newest_checkpoint(session)
    if fast:
        click.echo("Nothing that came after the checkpoint was touched; the rest was not read.")
    else:
        click.echo(f"The trail is whole: {total} events, and every record is what they say.")
    if newest is None or newest.note is None:
        click.echo(NO_KEY if not signing else "No checkpoint is signed yet.", err=True)
    elif keep is not None:
        terminal.write([newest.note.encode()], keep)
        click.echo(f"The checkpoint of {newest.size} events is in {keep}.")


def _first(session: Session, total: int, kept: Kept | None, *, fast: bool) -> Finding | None:
    with terminal.progress("Checking", unit="steps") as tell:
        checked = 0

        def count(steps: int) -> None:
            nonlocal checked
            checked += steps
            tell(checked, total)

        with closing(findings(session, count, kept=kept, fast=fast)) as all_found:
            return next(all_found, None)


@audit.command()
@click.option("-o", "--output", type=FILE, help="Where to write it instead.")
def checkpoint(output: Path | None) -> None:
    """Gather and sign now what the worker would in a minute, and print the newest checkpoint."""
    keys = signing_keys(Settings.from_env().audit_key)
    with opened_database() as database:
        Gatherer(database, keys)()
        with database.snapshot() as session:
            newest = newest_checkpoint(session)
    if newest is None or newest.note is None:
        raise click.ClickException(NO_KEY)
    terminal.write([newest.note.encode()], output)


@audit.command()
@click.argument("file", type=THERE)
@click.option("--key", "keys", type=KeyText(), multiple=True, help="Who must have signed it.")
def proof(file: Path, keys: tuple[VerifierKey, ...]) -> None:
    """Check a proof that was saved from GET /v1/claims/{id}/proof. No database is needed."""
    try:
        proven = check_proof(orjson.loads(file.read_bytes()), keys)
    except orjson.JSONDecodeError as error:
        raise click.ClickException(f"{file} is no JSON: {error}.") from None
    except ProofInvalid as error:
        raise click.ClickException(f"{file} does not hold: {error}.") from None
    _tell(proven, click.echo)
    if not proven.signed_by:
        click.echo("Who signed the checkpoint was not checked: name a --key.", err=True)


def _tell(proven: Proven, say: Callable[[str], None]) -> None:
    size = proven.head.size if proven.head else 0
    part = "" if proven.is_whole else " This is a part of the proof; `next` leads on."
    say(f"Claim {proven.claim}: {proven.included} events are among the {size} of the checkpoint.")
    say(f"{proven.readable} of them can be read here, {proven.pending} are not in it yet.{part}")
    for key in proven.signed_by:
        say(f"The checkpoint is signed by {key}.")


@audit.command()
@click.argument("file", type=FILE)
@click.option("--name", help="The log's name, such as checks.example.org/trail.")
@click.option("--rotate", is_flag=True, help="Add a key to the file's others: all sign from now.")
def keygen(file: Path, name: str | None, *, rotate: bool) -> None:
    """Make a key that checkpoints are signed with, and print its public half.

    FILE is what VERIFIER_AUDIT_KEY is to name. It is for the worker alone; the public key, a
    verifier key as transparency logs have them, is for everybody.
    """
    if rotate and name is not None:
        raise click.UsageError("A new key bears the name of the others.")
    public = urlsplit(Settings.from_env().public_url)
    try:
        if rotate:
            key = add_key(file)
        else:
            key = SigningKey.generate(name or f"{public.netloc}{public.path}")
            write_key(file, key)
    except (KeyFileInTheWay, NoteUnreadable) as error:
        raise click.ClickException(str(error)) from None
    click.echo(str(key.verifier))


def _text_of(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except UnicodeDecodeError:
        raise click.ClickException(f"{file} is no checkpoint: it is not UTF-8.") from None


@audit.command()
def keys() -> None:
    """List the public keys that checkpoints were ever signed with, the oldest first."""
    path = Settings.from_env().audit_key
    with opened_database() as database, database.reading() as session:
        for key in known_keys(session):
            click.echo(str(key))
    if path is None:
        click.echo(NO_KEY, err=True)
    elif others_may_read(Path(path)):
        click.echo(f"Others may read {path}: chmod 600.", err=True)
