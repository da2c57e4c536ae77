"""The public shapes of evidence."""

from __future__ import annotations

from typing import Any, Final

from marshmallow import Schema, fields

from verifier.claims.quotes import (
    APPEARANCE_SHOWN,
    QUOTE,
    QuoteGiven,
    QuoteShown,
    StandingShown,
)
from verifier.claims.schemas import CLAIM_ID
from verifier.evidence.service import STANCES
from verifier.kit.fields import Flag, Identifier, PageQuery, Prose, choice
from verifier.kit.schemas import Person
from verifier.sources.schemas import CITED, CitedSource

LONGEST_NOTE: Final = 20_000


class EvidenceChange(Schema):
    """Members of a piece of evidence to change."""

    stance = choice(*STANCES, title="Stance")
    quote = fields.Nested(QuoteGiven, allow_none=True)
    note = Prose(LONGEST_NOTE, shortest=0)
    confidential = Flag(metadata={"description": "Counts in the desk and never leaves it."})


class NewEvidence(EvidenceChange):
    """A passage of a source that bears on the claim."""

    source = Identifier(required=True)
    stance = choice(*STANCES, required=True)


class Withdrawal(Schema):
    """Who took it back, when and why."""

    by = fields.Nested(Person, required=True)
    at = fields.DateTime(required=True)
    reason = fields.String(required=True)


class SharedEvidence(Schema):
    """What is shown of a piece of evidence wherever it is cited."""

    id = fields.UUID(required=True)
    source = fields.Nested(CitedSource, required=True)
    stance = choice(*STANCES, required=True)
    quote = fields.Nested(QuoteShown, required=True, allow_none=True)
    note = fields.String(required=True)
    snapshot = fields.UUID(
        required=True,
        allow_none=True,
        metadata={"description": "The copy that it rests on, in whose text the quote stands."},
    )
    snapshot_sha256 = fields.String(
        required=True, allow_none=True, metadata={"description": "Of that copy's WARC file."}
    )
    confidential = fields.Boolean(required=True)


class EvidenceDocument(SharedEvidence):
    """A piece of evidence."""

    claim = fields.UUID(required=True)
    standing = fields.Nested(StandingShown, required=True, allow_none=True)
    added_by = fields.Nested(Person, required=True)
    withdrawn = fields.Nested(Withdrawal, required=True, allow_none=True)
    version = fields.Integer(required=True)
    created_at = fields.DateTime(required=True)
    updated_at = fields.DateTime(required=True)


class EvidenceQuery(PageQuery):
    """Which evidence of a claim."""

    stance = choice(*STANCES)


class EvidenceAction(Schema):
    """Taking a piece of evidence back."""

    action = choice("withdraw", title="EvidenceMove", required=True)
    reason = Prose(5000, required=True)


EVIDENCE: Final[dict[str, Any]] = {
    "source": CITED["id"],
    "stance": "supports",
    "quote": QUOTE,
    "note": "The ministry's own announcement.",
}
EVIDENCE_SHOWN: Final[dict[str, Any]] = {
    "id": "019a9a3c-52d1-7c40-8a58-1f0e8c1b7d15",
    "claim": CLAIM_ID,
    "source": CITED,
    "stance": "supports",
    "quote": APPEARANCE_SHOWN["quote"],
    "note": "The ministry's own announcement.",
    "snapshot": None,
    "snapshot_sha256": None,
    "standing": None,
    "confidential": False,
    "added_by": {"id": "019a9a3c-52d1-7c40-8a58-1f0e8c1b7d11", "name": "Leyla Q."},
    "withdrawn": None,
    "version": 1,
    "created_at": "2026-11-22T09:30:00.000000Z",
    "updated_at": "2026-11-22T09:30:00.000000Z",
}
