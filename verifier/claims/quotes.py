"""The public shapes of quotes: W3C selectors, where a claim appeared, and how a quote fares."""

from __future__ import annotations

from typing import Any, Final

from marshmallow import Schema, fields, validate

from verifier.kit.fields import Flag, Identifier, Whole, choice
from verifier.sources.schemas import CITED, CitedSource

LONGEST_QUOTE: Final = 10_000
LONGEST_CONTEXT: Final = 1000


class QuoteGiven(Schema):
    """A passage by its exact words; context or position only where the words are not unique."""

    exact = fields.String(required=True, validate=validate.Length(1, LONGEST_QUOTE))
    prefix = fields.String(allow_none=True, validate=validate.Length(max=LONGEST_CONTEXT))
    suffix = fields.String(allow_none=True, validate=validate.Length(max=LONGEST_CONTEXT))
    start = Whole(0, 2**31 - 1, allow_none=True)
    end = Whole(0, 2**31 - 1, allow_none=True, metadata={"description": "Ignored; filled in."})


class QuoteShown(Schema):
    """W3C selectors: offsets count code points over the source's text, `end` is excluded."""

    exact = fields.String(required=True)
    prefix = fields.String(required=True, allow_none=True)
    suffix = fields.String(required=True, allow_none=True)
    start = fields.Integer(required=True, allow_none=True)
    end = fields.Integer(required=True, allow_none=True)


class StandingShown(Schema):
    """How the quote fared in the newest snapshot of its source, and where it stands there."""

    outcome = choice(
        "exact", "moved", "fuzzy", "ambiguous", "orphaned", title="QuoteOutcome", required=True
    )
    score = fields.Float(required=True, metadata={"description": "How alike, from 0 to 1."})
    snapshot = fields.UUID(required=True)
    start = fields.Integer(required=True, allow_none=True)
    end = fields.Integer(required=True, allow_none=True)
    check = fields.UUID(required=True)


class NewAppearance(Schema):
    """A place where the claim was made."""

    source = Identifier(required=True)
    quote = fields.Nested(QuoteGiven, allow_none=True)
    first = Flag(load_default=False, metadata={"description": "The earliest place known."})


class AppearanceDocument(Schema):
    """A place where the claim was made, exactly."""

    id = fields.UUID(required=True)
    source = fields.Nested(CitedSource, required=True)
    quote = fields.Nested(QuoteShown, required=True, allow_none=True)
    standing = fields.Nested(
        StandingShown,
        required=True,
        allow_none=True,
        metadata={"description": "For the desk and its partners."},
    )
    first = fields.Boolean(required=True)
    version = fields.Integer(required=True)


QUOTE: Final[dict[str, Any]] = {"exact": "may be finished before the end of 2025"}
APPEARANCE_SHOWN: Final[dict[str, Any]] = {
    "id": "019a9a3c-52d1-7c40-8a58-1f0e8c1b7d14",
    "source": CITED,
    "quote": {
        **QUOTE,
        "prefix": "peacekeepers are leaving. The pull-out ",
        "suffix": ".",
        "start": 43,
        "end": 81,
    },
    "standing": None,
    "first": True,
    "version": 1,
}
