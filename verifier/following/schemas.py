"""The public shapes of events that are followed, and of corrections."""

from __future__ import annotations

from typing import Any, Final

from marshmallow import Schema, fields, validate

from verifier.claims.schemas import CLAIM_ID
from verifier.kit.fields import Identifier, Instant, PageQuery, Slug, WholeParameter, choice
from verifier.reviews.corrections import RETRACTION
from verifier.reviews.schemas import CORRECTION_KINDS, EVENT_SHOWN, EventDocument

LONGEST_WAIT: Final = 30
TYPE: Final = r"^[a-z_]{1,32}(?:\.(?:[a-z_]{1,32}|\*))?$"
SINCE: Final = {"description": "Begin at this moment; with a cursor it changes nothing more."}


class EventQuery(PageQuery):
    """Which of a desk's events."""

    desk = Slug(metadata={"description": "Needed unless you are in one desk only."})
    type = fields.String(
        validate=validate.Regexp(
            TYPE.replace("$", r"\Z"), error="This must be a type, such as verdict.published."
        ),
        metadata={
            "pattern": TYPE,
            "description": "A type such as `verdict.published`, or what types begin with: "
            "`verdict` or `verdict.*`.",
        },
    )
    subject = Identifier(metadata={"description": "What it happened to, by its id."})
    claim = Identifier(metadata={"description": "The claim that it happened to or that it is of."})
    since = Instant(metadata=SINCE)
    wait = WholeParameter(
        0,
        LONGEST_WAIT,
        load_default=0,
        metadata={"description": "Seconds to wait for something to come, if nothing is there."},
    )


class FollowedEvent(EventDocument):
    """One thing that happened in the desk."""

    claim = fields.UUID(required=True, allow_none=True)


class CorrectionQuery(PageQuery):
    """Which corrections."""

    desk = Slug()
    since = Instant(metadata=SINCE)


class VerdictBeside(Schema):
    """A published verdict, in short."""

    id = fields.UUID(required=True)
    rating = fields.String(required=True)
    title = fields.String(required=True)
    published_at = fields.DateTime(required=True)
    url = fields.String(
        required=True, metadata={"description": "As in its ClaimReview: what it is known by."}
    )


class CorrectionDocument(Schema):
    """What stands in the place of a published verdict: another one, or nothing."""

    id = fields.UUID(required=True)
    at = fields.DateTime(required=True)
    desk = Slug(required=True)
    claim = fields.UUID(required=True)
    kind = choice(*CORRECTION_KINDS, RETRACTION, title="ReplacementKind", required=True)
    note = fields.String(required=True, metadata={"description": "What was wrong, for readers."})
    old = fields.Nested(VerdictBeside, required=True)
    new = fields.Nested(VerdictBeside, required=True, allow_none=True)


FOLLOWED_SHOWN: Final[dict[str, Any]] = {**EVENT_SHOWN, "claim": CLAIM_ID}
_OLD: Final[dict[str, Any]] = {
    "id": "019a9a3c-52d1-7c40-8a58-1f0e8c1b7d16",
    "rating": "mostly-true",
    "title": "Early pull-out",
    "published_at": "2026-11-22T09:30:00.000000Z",
    "url": "https://borderdesk.example/early-pull-out",
}
CORRECTION_SHOWN: Final[dict[str, Any]] = {
    "id": "019a9a3c-52d1-7c40-8a58-1f0e8c1b7d31",
    "at": "2026-11-23T09:30:00.000000Z",
    "desk": "border-desk",
    "claim": CLAIM_ID,
    "kind": "correction",
    "note": "The deadline was 2026, not 2025.",
    "old": _OLD,
    "new": {
        **_OLD,
        "id": "019a9a3c-52d1-7c40-8a58-1f0e8c1b7d32",
        "rating": "false",
        "published_at": "2026-11-23T09:30:00.000000Z",
    },
}
