"""The public shapes of erasures."""

from __future__ import annotations

from typing import Any, Final

from marshmallow import Schema, fields, validate

from verifier.claims.schemas import CLAIM_ID
from verifier.erasures.rules import ERASABLE, MEMBERS, ON_CLAIMS
from verifier.kit.fields import Identifier, Prose, choice

LONGEST_REASON: Final = 5000


class SourceErasure(Schema):
    """What of a source is to be erased, and why."""

    members = fields.List(
        choice(*ERASABLE["source"]), required=True, validate=validate.Length(min=1, max=10)
    )
    reason = Prose(
        LONGEST_REASON,
        required=True,
        metadata={"description": "It stays on the trail: do not repeat what is to be erased."},
    )


class ErasureSubject(Schema):
    """The claim itself, or what hangs on it."""

    type = choice(*ON_CLAIMS, required=True)
    id = Identifier(required=True)


class ClaimErasure(SourceErasure):
    """What of a claim, or of what hangs on it, is to be erased, and why."""

    subject = fields.Nested(
        ErasureSubject, metadata={"description": "The claim itself if nothing is said."}
    )
    members = fields.List(choice(*MEMBERS), required=True, validate=validate.Length(min=1, max=10))


REASON: Final = "A private person asked for it; we hold that this is their right."
SOURCE_ERASURE: Final[dict[str, Any]] = {"members": ["author"], "reason": REASON}
CLAIM_ERASURE: Final[dict[str, Any]] = {
    "subject": {"type": "claim", "id": CLAIM_ID},
    "members": ["claimant"],
    "reason": REASON,
}
