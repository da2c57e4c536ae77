"""The public shapes of what other people's services answer."""

from __future__ import annotations

from typing import Any, Final

from marshmallow import Schema, ValidationError, fields

from verifier.kit.fields import choice

STATUSES: Final = ("answered", "failed")
MOST_NAMES: Final = 20
LONGEST_NAME: Final = 64


class Elsewhere(fields.Field[Any]):
    """Which services are asked: all, none, or those of these names."""

    def __init__(self) -> None:
        names = {
            "type": "array",
            "items": {"type": "string", "maxLength": LONGEST_NAME},
            "maxItems": MOST_NAMES,
        }
        described = {
            "description": "Ask other people's services too, as the operator has set them up: "
            "`true` for all, or their names. The text leaves this service; needs a token.",
            "anyOf": [{"type": "boolean"}, names],
        }
        super().__init__(load_default=False, metadata=described)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:  # noqa: ARG002
        if isinstance(value, bool):
            return value
        if not isinstance(value, list) or len(value) > MOST_NAMES:
            message = f"This must be true, false, or a list of up to {MOST_NAMES} names."
            raise ValidationError(message)
        faults: dict[str | int, Any] = {
            n: ["This must be a name."] for n, name in enumerate(value) if not isinstance(name, str)
        }
        if faults:
            raise ValidationError(faults)
        return list(dict.fromkeys(value))


class ReviewElsewhere(Schema):
    """Somebody's review, as the other service tells it; nobody here has looked at it."""

    publisher = fields.String(required=True, allow_none=True)
    site = fields.String(required=True, allow_none=True)
    url = fields.Url(required=True)
    title = fields.String(required=True, allow_none=True)
    rating = fields.String(
        required=True, allow_none=True, metadata={"description": "In the publisher's words."}
    )
    language = fields.String(required=True, allow_none=True)
    published_at = fields.DateTime(required=True, allow_none=True)


class ClaimElsewhere(Schema):
    """A claim that the other service knows."""

    text = fields.String(required=True)
    claimant = fields.String(required=True, allow_none=True)
    claimed_on = fields.Date(required=True, allow_none=True)
    reviews = fields.List(fields.Nested(ReviewElsewhere), required=True)


class AnswerElsewhere(Schema):
    """What one service answered. One that fails or is slow takes nothing from the rest."""

    source = fields.String(required=True, metadata={"description": "The service's name here."})
    status = choice(*STATUSES, required=True)
    detail = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Why it failed, or what was left out of its answer."},
    )
    fetched_at = fields.DateTime(required=True)
    cached = fields.Boolean(
        required=True, metadata={"description": "Whether it was asked before, not now."}
    )
    items = fields.List(fields.Nested(ClaimElsewhere), required=True)


ANSWER_SHOWN: Final[dict[str, Any]] = {
    "source": "google",
    "status": "answered",
    "detail": None,
    "fetched_at": "2026-11-22T09:30:00.000000Z",
    "cached": False,
    "items": [
        {
            "text": "Peacekeepers will be gone from Karabakh before 2025.",
            "claimant": "A viral post",
            "claimed_on": "2024-11-20",
            "reviews": [
                {
                    "publisher": "Zagros Facts",
                    "site": "zagros.example",
                    "url": "https://zagros.example/checks/12",
                    "title": "No date was named",
                    "rating": "Half true",
                    "language": "en",
                    "published_at": "2024-11-25T00:00:00.000000Z",
                }
            ],
        }
    ],
}
