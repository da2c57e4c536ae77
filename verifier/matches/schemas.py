"""The public shapes of suggested duplicates and of questions that are kept."""

from __future__ import annotations

from typing import Any, Final

from marshmallow import Schema, ValidationError, fields, validates_schema

from verifier.claims.schemas import CLAIM_ID, CLAIM_SHOWN, STATUSES
from verifier.kit.fields import PageQuery, Slug, choice
from verifier.kit.schemas import Person
from verifier.matches.actions import BECOMES, SIDES
from verifier.matches.comparing import STATES
from verifier.matches.question_schemas import METHODS, QUESTION, Matches


class ClaimBeside(Schema):
    """The other claim, in short."""

    id = fields.UUID(required=True)
    text = fields.String(required=True)
    status = choice(*STATUSES, required=True)
    rating = Slug(
        required=True, allow_none=True, metadata={"description": "Of the verdict in force."}
    )


class Decision(Schema):
    """Who decided, and when."""

    by = fields.Nested(Person, required=True)
    at = fields.DateTime(required=True)


class ClaimMatchDocument(Schema):
    """Another claim of the desk that may say the same. While `suggested`, it waits for a person."""

    id = fields.UUID(required=True)
    claim = fields.Nested(ClaimBeside, required=True)
    score = fields.Float(
        required=True,
        metadata={"description": "How likely it is that the claims say the same, from 0 to 1."},
    )
    method = choice(*METHODS, title="MatchMethod", required=True)
    state = choice(*STATES, title="ClaimMatchState", required=True)
    decided = fields.Nested(Decision, required=True, allow_none=True)
    version = fields.Integer(required=True)
    created_at = fields.DateTime(required=True)
    updated_at = fields.DateTime(required=True)


class ClaimMatchQuery(PageQuery):
    """Which matches."""

    state = choice(*STATES)


class ClaimMatchAction(Schema):
    """Whether the claims say the same.

    `confirm` may also mark one of them as a duplicate: `this` claim, or the `other`.
    """

    action = choice(*BECOMES, title="ClaimMatchMove", required=True)
    duplicate = choice(
        *SIDES,
        metadata={"description": "For confirm: the claim that becomes a duplicate of the other."},
    )

    @validates_schema
    def arguments_fit(self, data: dict[str, Any], **_: Any) -> None:
        """Only what is confirmed has a duplicate."""
        if "duplicate" in data and data.get("action") == "dismiss":
            message = "dismiss does not take this member."
            raise ValidationError(message, "duplicate")


class Told(Schema):
    """A published claim that answers the question."""

    claim = fields.UUID(required=True)
    verdict = fields.UUID(required=True)
    score = fields.Float(required=True)
    at = fields.DateTime(required=True)


class SubscriptionDocument(Schema):
    """A question that you keep, and what you were told of."""

    id = fields.UUID(required=True)
    text = fields.String(required=True)
    language = fields.String(
        required=True, metadata={"description": "As given, or as the text was read."}
    )
    desk = Slug(
        required=True, allow_none=True, metadata={"description": "Only claims of this desk."}
    )
    matches = fields.List(fields.Nested(Told), required=True)
    version = fields.Integer(required=True)
    created_at = fields.DateTime(required=True)
    expires_at = fields.DateTime(required=True)


class KeptMatches(Matches):
    """What is known now, and the question as it is kept."""

    subscription = fields.Nested(SubscriptionDocument, required=True)


_MATCH_ID: Final = "019a9a3c-52d1-7c40-8a58-1f0e8c1b7d21"
CLAIM_MATCH_SHOWN: Final[dict[str, Any]] = {
    "id": _MATCH_ID,
    "claim": {
        "id": CLAIM_ID,
        "text": CLAIM_SHOWN["text"],
        "status": "verified",
        "rating": "mostly-true",
    },
    "score": 0.872,
    "method": "lexical",
    "state": "suggested",
    "decided": None,
    "version": 1,
    "created_at": "2026-11-22T09:30:00.000000Z",
    "updated_at": "2026-11-22T09:30:00.000000Z",
}
SUBSCRIPTION_SHOWN: Final[dict[str, Any]] = {
    "id": "019a9a3c-52d1-7c40-8a58-1f0e8c1b7d22",
    "text": QUESTION["text"],
    "language": "en",
    "desk": None,
    "matches": [
        {
            "claim": CLAIM_ID,
            "verdict": "019a9a3c-52d1-7c40-8a58-1f0e8c1b7d23",
            "score": 0.872,
            "at": "2026-11-23T09:30:00.000000Z",
        }
    ],
    "version": 2,
    "created_at": "2026-11-22T09:30:00.000000Z",
    "expires_at": "2027-02-20T09:30:00.000000Z",
}
