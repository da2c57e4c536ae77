"""Endpoints: made, changed, given new secrets, disabled and removed, each on the trail."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from sqlalchemy import delete, func, select, update

from verifier.accounts.permissions import ABSENT, Permission, demand
from verifier.desks.service import desk_for
from verifier.events.chain import sha256
from verifier.events.service import SERVER_CHAIN, head_of, lock_chain, record
from verifier.kit.addresses import may_be_dialled
from verifier.kit.clock import new_id, now
from verifier.kit.db import insert_unless_there
from verifier.kit.errors import Conflict, Invalid, NotFound
from verifier.kit.fetched import FetchFailed
from verifier.kit.targets import parse_target
from verifier.webhooks.models import Webhook, WebhookPosition
from verifier.webhooks.outbox import drop_waiting
from verifier.webhooks.signing import new_secret

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from verifier.accounts.actor import Actor
    from verifier.kit.answers import IfMatch

MOST_WEBHOOKS: Final = 50
LOCAL: Final = "localhost"


class TooManyWebhooks(Conflict):
    """This desk has as many webhooks as a desk may have; remove one before you add another."""


class WebhookIsOff(Conflict):
    """This webhook is not active, so nothing is sent to it; make it active with PATCH first."""


def create_webhook(
    session: Session,
    actor: Actor,
    *,
    url: str,
    desk: str | None = None,
    allow_private: bool = False,
    **members: Any,
) -> Webhook:
    """An endpoint that is told of what happens from now on."""
    owner = desk_for(session, actor, Permission.WEBHOOK_MANAGE, desk)
    check_url(url, allow_private=allow_private)
    chain = lock_chain(session, owner.id)
    mine = select(func.count()).where(Webhook.desk_id == owner.id)
    number = session.scalar(mine) or 0
    if number >= MOST_WEBHOOKS:
        message = f"The desk has {number} webhooks already, and may have no more."
        raise TooManyWebhooks(message)
    moment = now()
    webhook = Webhook(
        id=new_id(), desk_id=owner.id, url=url, url_sha256=sha256(url), active=True,
        created_by=actor.account_id, follows_after=chain.length, secret=new_secret(),
        created_at=moment, updated_at=moment, **members,
    )  # fmt: skip
    _begin_at(session, owner.id, chain.length, anew=number == 0)
    _begin_at(session, SERVER_CHAIN, head_of(session, SERVER_CHAIN), anew=False)
    session.add(webhook)
    record_on_webhook(session, actor, "webhook.created", webhook)
    return webhook


def update_webhook(
    session: Session,
    actor: Actor,
    webhook_id: str,
    *,
    if_match: IfMatch,
    allow_private: bool = False,
    **members: Any,
) -> Webhook:
    """Change an endpoint; making it active again also clears what it was disabled for."""
    webhook = load_webhook(session, actor, webhook_id, for_update=True)
    if_match.check(webhook.version)
    if "url" in members:
        check_url(members["url"], allow_private=allow_private)
        members["url_sha256"] = sha256(members["url"])
    for name, value in members.items():
        setattr(webhook, name, value)
    if members.get("active"):
        webhook.disabled_reason = webhook.disabled_at = None
    if members.get("active") or "url" in members:
        webhook.failing_since = None
    if members.get("active") is False:
        drop_waiting(session, webhook)
    webhook.updated_at = now()
    record_on_webhook(session, actor, "webhook.updated", webhook)
    return webhook


def rotate_secret(
    session: Session, actor: Actor, webhook_id: str, *, if_match: IfMatch, overlap_hours: int
) -> Webhook:
    """A new secret; the one before it signs, too, for so many hours."""
    webhook = load_webhook(session, actor, webhook_id, for_update=True)
    if_match.check(webhook.version)
    moment = now()
    webhook.former_secret, webhook.secret = webhook.secret, new_secret()
    webhook.former_until = moment + timedelta(hours=overlap_hours)
    webhook.updated_at = moment
    until = webhook.former_until
    record_on_webhook(session, actor, "webhook.rotated", webhook, former_until=until)
    return webhook


def remove_webhook(session: Session, actor: Actor, webhook_id: str, *, if_match: IfMatch) -> None:
    """End an endpoint; what was not sent yet will not be."""
    webhook = load_webhook(session, actor, webhook_id, for_update=True)
    if_match.check(webhook.version)
    drop_waiting(session, webhook)
    record_on_webhook(session, actor, "webhook.removed", webhook, removed=True)
    session.execute(delete(Webhook).where(Webhook.id == webhook.id))


def load_webhook(
    session: Session, actor: Actor, webhook_id: str, *, for_update: bool = False
) -> Webhook:
    """The endpoint, to an admin of its desk."""
    query = select(Webhook).where(Webhook.id == webhook_id)
    webhook = session.scalar(query.with_for_update() if for_update else query)
    if webhook is None:
        raise NotFound(ABSENT)
    demand(actor, Permission.WEBHOOK_MANAGE, webhook.desk_id)
    return webhook


def load_active(session: Session, actor: Actor, webhook_id: str) -> Webhook:
    """The endpoint, if anything is sent to it. Raises `WebhookIsOff`."""
    webhook = load_webhook(session, actor, webhook_id, for_update=True)
    if not webhook.active:
        message = "This webhook is not active; make it active first, and then send again."
        raise WebhookIsOff(message, current="inactive", allowed=[])
    return webhook


def record_on_webhook(
    session: Session, actor: Actor, event_type: str, webhook: Webhook, **details: Any
) -> Any:
    """In the chain of the endpoint's desk; of the address the host alone."""
    host = urlsplit(webhook.url).hostname
    return record(
        session, actor, event_type, webhook, desk_id=webhook.desk_id, host=host, **details
    )


def check_url(url: str, *, allow_private: bool) -> None:
    """Raise `Invalid` for what will never be sent to; names are looked up at each attempt."""
    try:
        target = parse_target(url, any_port=allow_private)
    except FetchFailed as failure:
        raise Invalid.member("/url", str(failure).replace("fetched from", "sent to")) from None
    is_private = target.is_address and not may_be_dialled(target.host, allow_private=allow_private)
    is_local = target.host == LOCAL or target.host.endswith(f".{LOCAL}")
    if is_private or (is_local and not allow_private):
        message = f"{target.host} is not on the public Internet."
        raise Invalid.member("/url", message)


def _begin_at(session: Session, chain_id: str, seq: int, *, anew: bool) -> None:
    """Where a chain is handed on from; `anew` where nobody was told of what came last."""
    insert_unless_there(session, WebhookPosition, chain_id=chain_id, seq=seq)
    if anew:
        moved = update(WebhookPosition).where(WebhookPosition.chain_id == chain_id)
        session.execute(moved.values(seq=seq).execution_options(synchronize_session=False))
