"""The public shapes of checks: how a quote fared in a snapshot, and what a person makes of it."""

from __future__ import annotations

from typing import Any, Final

from marshmallow import Schema, ValidationError, fields, validates_schema

from verifier.claims.quotes import APPEARANCE_SHOWN, QuoteGiven, StandingShown
from verifier.claims.schemas import CLAIM_ID
from verifier.kit.fields import FlagParameter, PageQuery, Prose, choice
from verifier.kit.schemas import Person
from verifier.snapshots.schemas import SNAPSHOT_SHOWN


class Subject(Schema):
    """Whose quote it is."""

    type = choice("appearance", "evidence", required=True)
    id = fields.UUID(required=True)


class Settlement(Schema):
    """How it was settled; by nobody where a later snapshot did, or a change of the quote."""

    how = choice(
        "kept", "reanchored", "changed", "removed", "recovered", "superseded", required=True
    )
    by = fields.Nested(Person, required=True)
    at = fields.DateTime(required=True, allow_none=True)
    comment = fields.String(required=True, allow_none=True)


class QuoteCheckDocument(StandingShown):
    """How a quote fared in a snapshot. While it is `open`, it waits for a person."""

    class Meta:
        exclude = ("check",)

    id = fields.UUID(required=True)
    claim = fields.UUID(required=True)
    subject = fields.Nested(Subject, required=True)
    exact = fields.String(required=True, metadata={"description": "The words looked for."})
    found = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "The words at `start` to `end` of the snapshot's text."},
    )
    open = fields.Boolean(required=True)
    settled = fields.Nested(Settlement, required=True, allow_none=True)
    version = fields.Integer(required=True)
    created_at = fields.DateTime(required=True)


class CheckQuery(PageQuery):
    """Which checks."""

    open = FlagParameter(metadata={"description": "Only those that wait for a person, or not."})


class QuoteCheckAction(Schema):
    """What is to become of it.

    `keep`: the quote stands as it was archived. `reanchor`: it now reads as `quote` says, or as
    the passage that was found.
    """

    action = choice("keep", "reanchor", title="QuoteCheckMove", required=True)
    comment = Prose(5000)
    quote = fields.Nested(QuoteGiven)

    @validates_schema
    def arguments_fit(self, data: dict[str, Any], **_: Any) -> None:
        """A quote is for reanchor only."""
        if "quote" in data and data.get("action") == "keep":
            message = "keep does not take this member."
            raise ValidationError(message, "quote")


CHECK_SHOWN: Final[dict[str, Any]] = {
    "id": "019a9a3c-52d1-7c40-8a58-1f0e8c1b7d19",
    "snapshot": SNAPSHOT_SHOWN["id"],
    "claim": CLAIM_ID,
    "subject": {"type": "appearance", "id": APPEARANCE_SHOWN["id"]},
    "exact": APPEARANCE_SHOWN["quote"]["exact"],
    "outcome": "fuzzy",
    "score": 0.921,
    "start": 43,
    "end": 82,
    "found": "will be finished before the end of 2025",
    "open": True,
    "settled": None,
    "version": 1,
    "created_at": "2026-11-22T09:30:00.000000Z",
}
