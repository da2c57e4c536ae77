"""Endpoints for webhooks: who is told of what, how that went, and sending it again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
from flask import Response, current_app

from verifier.accounts.auth import actor, requires
from verifier.accounts.permissions import Permission
from verifier.kit import answers
from verifier.kit.answers import if_match
from verifier.kit.clock import lowest_id
from verifier.kit.pagination import PageRequest
from verifier.kit.rest import Blueprint, leads_to
from verifier.kit.schemas import page_of
from verifier.kit.transactions import reading, transaction
from verifier.webhooks import erasing, queries, schemas, service  # noqa: F401  (erasing has reactions)
from verifier.webhooks.models import Webhook, WebhookDelivery
from verifier.webhooks.outbox import DELIVERED, send_again, send_to
from verifier.webhooks.slack import slack_body

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

blp = Blueprint("webhooks", __name__, description="Being told of what happens.")
LINKS = leads_to(show_webhook="webhook_id", list_deliveries="webhook_id")


@blp.post("/v1/webhooks")
@requires(Permission.WEBHOOK_MANAGE)
@blp.takes(schemas.NewWebhook, example=schemas.WEBHOOK)
@blp.creates(schemas.WebhookWithSecret, example=schemas.WITH_SECRET, links=LINKS)
def create_webhook(payload: dict[str, Any]) -> Response:
    """Have an address told of what happens in a desk; its secret is shown this once."""
    with transaction() as session:
        webhook = service.create_webhook(session, actor(), **payload, **_rules())
        where = f"/v1/webhooks/{webhook.id}"
        return answers.created(_with_secret(session, webhook), webhook.version, location=where)


@blp.get("/v1/webhooks")
@requires(Permission.WEBHOOK_MANAGE)
@blp.filters(schemas.WebhookQuery)
@blp.lists(page_of(schemas.WebhookDocument), example=schemas.WEBHOOK_SHOWN)
def list_webhooks(query: dict[str, Any]) -> Response:
    """The webhooks of the desks that you are admin of."""
    page = PageRequest.read(query, name="webhooks")
    with reading() as session:
        rows = queries.webhooks_page(session, actor(), page, desk=query.get("desk"))
    return answers.listing(rows, page)


@blp.get("/v1/webhooks/<id:webhook_id>")
@requires(Permission.WEBHOOK_MANAGE)
@blp.shows(schemas.WebhookDocument, example=schemas.WEBHOOK_SHOWN)
def show_webhook(webhook_id: str) -> Response:
    """A webhook, without its secret."""
    with reading() as session:
        service.load_webhook(session, actor(), webhook_id)
        row = queries.webhook_document(session, webhook_id)
    return answers.resource(row.document, row.version)


@blp.patch("/v1/webhooks/<id:webhook_id>")
@requires(Permission.WEBHOOK_MANAGE)
@blp.takes(schemas.WebhookChange, example={"active": True})
@blp.changes(schemas.WebhookDocument, example=schemas.WEBHOOK_SHOWN)
def update_webhook(payload: dict[str, Any], webhook_id: str) -> Response:
    """Change a webhook, stop it, or make it work again."""
    with transaction() as session:
        service.update_webhook(
            session, actor(), webhook_id, if_match=if_match(), **payload, **_rules()
        )
        row = queries.webhook_document(session, webhook_id)
        return answers.resource(row.document, row.version)


@blp.delete("/v1/webhooks/<id:webhook_id>")
@requires(Permission.WEBHOOK_MANAGE)
@blp.changes(None)
def remove_webhook(webhook_id: str) -> Response:
    """Remove a webhook; what it was not told of yet, it will not be."""
    with transaction() as session:
        service.remove_webhook(session, actor(), webhook_id, if_match=if_match())
    return answers.nothing()


@blp.post("/v1/webhooks/<id:webhook_id>/rotate")
@requires(Permission.WEBHOOK_MANAGE)
@blp.takes(schemas.Rotation, example={"overlap_hours": 24})
@blp.changes(schemas.WebhookWithSecret, example=schemas.WITH_SECRET, keyed=True)
def rotate_webhook(payload: dict[str, Any], webhook_id: str) -> Response:
    """Give a webhook a new secret, shown this once; for a while both sign."""
    with transaction() as session:
        webhook = service.rotate_secret(
            session, actor(), webhook_id, if_match=if_match(), **payload
        )
        return answers.resource(_with_secret(session, webhook), webhook.version)


@blp.post("/v1/webhooks/<id:webhook_id>/test")
@requires(Permission.WEBHOOK_MANAGE)
@blp.takes(schemas.Nothing, example={})
@blp.begins(schemas.DeliveryInFull, example=schemas.DELIVERY_IN_FULL)
def test_webhook(payload: dict[str, Any], webhook_id: str) -> Response:
    """Send a webhook an event that says that it is being tested."""
    del payload
    with transaction() as session:
        webhook = service.load_active(session, actor(), webhook_id)
        event = service.record_on_webhook(session, actor(), "webhook.tested", webhook)
        send_to(session, webhook, event.id, public_url=current_app.config["PUBLIC_URL"])
        return _accepted(session, webhook, event.id)


@blp.post("/v1/webhooks/<id:webhook_id>/redeliver")
@requires(Permission.WEBHOOK_MANAGE)
@blp.takes(schemas.Redelivery, example={"since": "2026-11-22T09:30:00Z"})
@blp.begins(schemas.Redelivered, example={"deliveries": 12})
def redeliver_since(payload: dict[str, Any], webhook_id: str) -> Response:
    """Send again all that a webhook was told of since a moment, or should have been."""
    wanted: list[Any] = [WebhookDelivery.event_id >= lowest_id(payload["since"])]
    if payload["undelivered_only"]:
        wanted.append(WebhookDelivery.state != DELIVERED)
    with transaction() as session:
        webhook = service.load_active(session, actor(), webhook_id)
        number = send_again(session, webhook, *wanted)
        where = f"/v1/webhooks/{webhook_id}/deliveries?state=waiting"
        return answers.accepted({"deliveries": number}, location=where)


@blp.get("/v1/webhooks/<id:webhook_id>/deliveries")
@requires(Permission.WEBHOOK_MANAGE)
@blp.filters(schemas.DeliveryQuery)
@blp.lists(page_of(schemas.DeliveryDocument), example=schemas.DELIVERY_SHOWN)
def list_deliveries(query: dict[str, Any], webhook_id: str) -> Response:
    """What a webhook was and will be told of, the newest event first; kept for 30 days."""
    page = PageRequest.read(query, name=f"deliveries/{webhook_id}")
    with reading() as session:
        webhook = service.load_webhook(session, actor(), webhook_id)
        rows = queries.deliveries_page(session, webhook, page, state=query.get("state"))
    return answers.listing(rows, page)


@blp.get("/v1/webhooks/<id:webhook_id>/deliveries/<id:delivery_id>")
@requires(Permission.WEBHOOK_MANAGE)
@blp.shows(schemas.DeliveryInFull, example=schemas.DELIVERY_IN_FULL)
def show_delivery(webhook_id: str, delivery_id: str) -> Response:
    """One delivery: what is sent, and what came of every attempt."""
    with reading() as session:
        webhook = service.load_webhook(session, actor(), webhook_id)
        return answers.resource(*_delivery(session, webhook, delivery_id))


@blp.post("/v1/webhooks/<id:webhook_id>/deliveries/<id:delivery_id>/redeliver")
@requires(Permission.WEBHOOK_MANAGE)
@blp.takes(schemas.Nothing, example={})
@blp.begins(schemas.DeliveryInFull, example=schemas.DELIVERY_IN_FULL)
def redeliver(payload: dict[str, Any], webhook_id: str, delivery_id: str) -> Response:
    """Send one event to a webhook again, with the same `webhook-id`."""
    del payload
    with transaction() as session:
        webhook = service.load_active(session, actor(), webhook_id)
        queries.delivery_row(session, webhook, delivery_id)
        send_again(session, webhook, WebhookDelivery.event_id == delivery_id)
        return _accepted(session, webhook, delivery_id)


def _accepted(session: Session, webhook: Webhook, delivery_id: str) -> Response:
    document, _ = _delivery(session, webhook, delivery_id)
    where = f"/v1/webhooks/{webhook.id}/deliveries/{delivery_id}"
    return answers.accepted(document, location=where)


def _delivery(session: Session, webhook: Webhook, delivery_id: str) -> tuple[Any, int]:
    row = queries.delivery_row(session, webhook, delivery_id)
    body = slack_body(row.body) if webhook.format == "slack" else row.body
    return {**orjson.loads(row.document), "body": body}, row.version


def _with_secret(session: Session, webhook: Webhook) -> dict[str, Any]:
    row = queries.webhook_document(session, webhook.id)
    return {**orjson.loads(row.document), "secret": webhook.secret}


def _rules() -> dict[str, Any]:
    return {"allow_private": current_app.config["ALLOW_PRIVATE_FETCH"]}
