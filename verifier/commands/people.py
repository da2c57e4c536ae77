"""`verifier desk`, `account` and `token`: who works here, set up by whoever runs the server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from verifier.accounts.actor import OPERATOR, Role, Scope
from verifier.commands.opened import opened_database
from verifier.desks import service, tokens
from verifier.desks.erasing import erase_account
from verifier.desks.schemas import NewDesk, NewMember

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from verifier.accounts.models import Account


@click.group()
def desk() -> None:
    """Desks."""


@desk.command("create")
@click.argument("slug")
@click.option("--name", required=True)
@click.option("--url", default=None, help="The publisher's home page.")
@click.option("--language", default="en", show_default=True)
def create_desk(slug: str, **members: Any) -> None:
    """Create a desk with the default policy and rating scale."""
    with opened_database() as database, database.transaction() as session:
        sent = _valid(NewDesk(), {"slug": slug, **members})
        service.create_desk(session, OPERATOR, **sent)
    click.echo(f"Created the desk {slug}.")


@click.group()
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
    with opened_database() as database, database.transaction() as session:
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
    with opened_database() as database, database.transaction() as session:
        service.set_active(session, OPERATOR, _account(session, email), active=undo)
    click.echo(f"The account {email} is {'open' if undo else 'closed'}.")


@account.command()
@click.argument("email")
@click.option("--reason", required=True, help="It stays on the trail; do not repeat the name.")
@click.confirmation_option(prompt="This closes the account and cannot be undone. Go on?")
def erase(email: str, reason: str) -> None:
    """Erase an account's name and address, also from the trail; what it did stays, by its id."""
    with opened_database() as database, database.transaction() as session:
        erase_account(session, OPERATOR, _account(session, email), reason=reason)
    click.echo("The account is closed, its name and its address are erased.")


@click.group()
def token() -> None:
    """Tokens."""


@token.command("create")
@click.argument("email")
@click.option("--scope", "scopes", multiple=True, type=click.Choice([*Scope]), help="Default: all.")
@click.option("--days", default=tokens.DEFAULT_DAYS, type=click.IntRange(1, tokens.MOST_DAYS))
def create_token(email: str, scopes: tuple[str, ...], days: int) -> None:
    """Make a token for an account and print it, this once, alone on standard output."""
    with opened_database() as database, database.transaction() as session:
        holder = _account(session, email)
        _, secret = tokens.issue_token(
            session, OPERATOR, account=holder, name="command line", scopes=scopes, days=days
        )
    click.echo(secret)


def _account(session: Session, email: str) -> Account:
    found = service.find_account(session, email)
    if found is None:
        message = f"There is no account {email}; create it with `verifier account create`."
        raise click.ClickException(message)
    return found


def _valid(schema: Any, sent: dict[str, Any]) -> dict[str, Any]:
    """What the API would take; raises the same complaint, as one line."""
    faults = schema.validate({name: value for name, value in sent.items() if value is not None})
    if faults:
        name, messages = next(iter(faults.items()))
        first = messages[0] if isinstance(messages, list) else messages
        raise click.BadParameter(str(first), param_hint=name)
    loaded: dict[str, Any] = schema.load({k: v for k, v in sent.items() if v is not None})
    return loaded
