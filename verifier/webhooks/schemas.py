"""The public shapes of webhooks and of their deliveries."""

from __future__ import annotations

from typing import Any, Final

from marshmallow import Schema, ValidationError, fields, validate

from verifier.kit.fields import (
    Flag,
    Instant,
    Line,
    PageQuery,
    Slug,
    Url,
    Whole,
    choice,
)
from verifier.webhooks.outbox import STATES
from verifier.webhooks.types import USUAL, is_known

FORMATS: Final = ("standard", "slack")
REASONS: Final = ("gone", "failing")
MOST_TYPES: Final = 100
DEFAULT_OVERLAP: Final = 24
LONGEST_OVERLAP: Final = 24 * 7


def _check_type(wanted: str) -> None:
    if not is_known(wanted):
        message = "There are no events of this type; name one, or a kind such as verdict.*"
        raise ValidationError(message)


def _types(**options: Any) -> fields.List[Any]:
    described = {
        "description": "`verdict.published`, or `verdict.*` for all of a kind. What imports bring, "
        "such as `verdict.imported`, is told only to who names it."
    }
    return fields.List(
        fields.String(validate=_check_type),
        validate=validate.Length(1, MOST_TYPES),
        metadata=described,
        **options,
    )


class NewWebhook(Schema):
    """An address to be told of a desk's events."""

    desk = Slug(metadata={"description": "Needed unless you are in one desk only."})
    url = Url(required=True)
    types = _types(load_default=lambda: list(USUAL))
    format = choice(
        *FORMATS,
        title="WebhookFormat",
        load_default=FORMATS[0],
        metadata={"description": "`slack`: what Slack's incoming webhooks take."},
    )
    description = Line(200, shortest=0, load_default="")


class WebhookChange(Schema):
    """Members to change; `active: true` also makes one work again that was disabled."""

    url = Url()
    types = _types()
    format = choice(*FORMATS)
    description = Line(200, shortest=0)
    active = Flag()


class Disabled(Schema):
    """Why nothing is sent any more, since when."""

    reason = choice(
        *REASONS,
        required=True,
        metadata={"description": "`gone`: it answered 410; `failing`: nothing arrived for days."},
    )
    at = fields.DateTime(required=True)


class WebhookDocument(Schema):
    """An address that is told of a desk's events; its secret is shown only when it is made."""

    id = fields.UUID(required=True)
    desk = Slug(required=True)
    url = fields.String(required=True)
    types = fields.List(fields.String(), required=True)
    format = choice(*FORMATS, required=True)
    description = fields.String(required=True)
    active = fields.Boolean(required=True)
    disabled = fields.Nested(Disabled, required=True, allow_none=True)
    failing_since = fields.DateTime(
        required=True,
        allow_none=True,
        metadata={"description": "Nothing has arrived since then, though it was tried."},
    )
    former_secret_until = fields.DateTime(
        required=True,
        allow_none=True,
        metadata={"description": "Until then the secret before this one signs, too."},
    )
    version = fields.Integer(required=True)
    created_at = fields.DateTime(required=True)
    updated_at = fields.DateTime(required=True)


class WebhookWithSecret(WebhookDocument):
    """A webhook with the secret that its messages are signed with, this once."""

    secret = fields.String(required=True)


class Rotation(Schema):
    """How long the secret that is replaced goes on signing beside the new one."""

    overlap_hours = Whole(0, LONGEST_OVERLAP, load_default=DEFAULT_OVERLAP)


class WebhookQuery(PageQuery):
    """Which webhooks."""

    desk = Slug()


class DeliveryQuery(PageQuery):
    """Which deliveries."""

    state = choice(*STATES)


class DeliveryDocument(Schema):
    """One event on its way to one webhook; `id` is the event's, and what `webhook-id` says."""

    id = fields.UUID(required=True)
    type = fields.String(required=True)
    state = choice(
        *STATES,
        title="DeliveryState",
        required=True,
        metadata={"description": "`skipped`: the webhook was not active. `failed`: given up."},
    )
    attempts = fields.Integer(
        required=True, metadata={"description": "Since it was last asked for."}
    )
    status = fields.Integer(
        required=True, allow_none=True, metadata={"description": "Of the last answer."}
    )
    error = fields.String(required=True, allow_none=True)
    next_attempt_at = fields.DateTime(required=True, allow_none=True)
    version = fields.Integer(required=True)
    created_at = fields.DateTime(required=True)
    updated_at = fields.DateTime(required=True)


class AttemptDocument(Schema):
    """One attempt, and the first part of what was answered."""

    at = fields.DateTime(required=True)
    status = fields.Integer(required=True, allow_none=True)
    latency_ms = fields.Integer(required=True)
    answer = fields.String(required=True)
    error = fields.String(required=True, allow_none=True)


class DeliveryInFull(DeliveryDocument):
    """A delivery with all attempts, and the body that is sent at each."""

    log = fields.List(fields.Nested(AttemptDocument), required=True)
    body = fields.String(required=True)


class Nothing(Schema):
    """An empty object."""


class Redelivery(Schema):
    """From when on to send events again."""

    since = Instant(required=True, metadata={"description": "Events of this moment and later."})
    undelivered_only = Flag(
        load_default=False,
        metadata={"description": "Leave out what has arrived."},
    )


class Redelivered(Schema):
    """What will be sent again."""

    deliveries = fields.Integer(required=True)


_ID: Final = "019a9a3c-52d1-7c40-8a58-1f0e8c1b7d41"
_AT: Final = "2026-11-22T09:30:00.000000Z"
WEBHOOK: Final[dict[str, Any]] = {
    "url": "https://example.org/hooks/fact-checks",
    "types": ["verdict.published", "verdict.superseded", "verdict.retracted"],
}
WEBHOOK_SHOWN: Final[dict[str, Any]] = {
    "id": _ID,
    "desk": "border-desk",
    **WEBHOOK,
    "format": "standard",
    "description": "Our site",
    "active": True,
    "disabled": None,
    "failing_since": None,
    "former_secret_until": None,
    "version": 1,
    "created_at": _AT,
    "updated_at": _AT,
}
WITH_SECRET: Final = {**WEBHOOK_SHOWN, "secret": "whsec_…"}
DELIVERY_SHOWN: Final[dict[str, Any]] = {
    "id": "019a9a3c-52d1-7c40-8a58-1f0e8c1b7d42",
    "type": "verdict.published",
    "state": "waiting",
    "attempts": 1,
    "status": 500,
    "error": "It answered 500, not 2xx.",
    "next_attempt_at": "2026-11-22T09:30:05.000000Z",
    "version": 2,
    "created_at": _AT,
    "updated_at": _AT,
}
DELIVERY_IN_FULL: Final[dict[str, Any]] = {
    **DELIVERY_SHOWN,
    "log": [
        {
            "at": _AT,
            "status": 500,
            "latency_ms": 31,
            "answer": "Internal Server Error",
            "error": "It answered 500, not 2xx.",
        }
    ],
    "body": '{"type":"verdict.published","timestamp":"…","data":{}}',
}
