"""The public shapes of verdicts, reviews, recusals and histories."""

from __future__ import annotations

from typing import Any, Final

from marshmallow import Schema, fields, validate, validates_schema

from verifier.accounts.scales import NORMALISED
from verifier.claims.schemas import CLAIM_ID, check_arguments
from verifier.evidence.schemas import EVIDENCE_SHOWN, SharedEvidence
from verifier.kit.fields import Identifier, Language, Line, Prose, Slug, Url, choice
from verifier.kit.schemas import Person
from verifier.reviews.workflow import VERDICT_WORKFLOW

MOST_CITED: Final = 200
CORRECTION_KINDS: Final = ("typo", "clarification", "update", "correction")


class VerdictMembers(Schema):
    """What a verdict's author writes."""

    rating = Slug(metadata={"description": "One of the desk's rating scale."})
    title = Line(500, shortest=0)
    summary = Prose(5000, shortest=0)
    explanation = Prose(100_000, shortest=0, metadata={"description": "Markdown."})
    language = Language(allow_none=True)
    evidence = fields.List(
        Identifier(),
        validate=validate.Length(max=MOST_CITED),
        metadata={"description": "Ids; left out: all of the claim's that is not withdrawn."},
    )


class VerdictChange(VerdictMembers):
    """Members of a draft to change."""


class NewVerdict(VerdictMembers):
    """A verdict to draft."""

    rating = Slug(required=True)


class CorrectionGiven(Schema):
    """What a verdict corrects in the one in force."""

    kind = choice(*CORRECTION_KINDS, title="CorrectionKind", required=True)
    note = Prose(5000, required=True, metadata={"description": "What was wrong; it is published."})


class CorrectionNote(CorrectionGiven):
    """A correction and the verdict that it corrects."""

    of = fields.UUID(required=True)


class VerdictAction(Schema):
    """A move of the verdict's workflow with its arguments."""

    action = choice(*VERDICT_WORKFLOW.actions(), title="VerdictMove", required=True)
    correction = fields.Nested(
        CorrectionGiven, metadata={"description": "For propose, where a verdict is in force."}
    )
    comment = Prose(5000, metadata={"description": "For approve and request_changes."})
    rating = Slug(metadata={"description": "For approve, where the desk rates blind: your own."})
    url = Url(metadata={"description": "For publish: where the article stands."})
    reason = Prose(5000, metadata={"description": "For retract; it is published."})

    needs: Final = {"request_changes": ("comment",), "retract": ("reason",)}
    takes: Final = {
        **needs,
        "propose": ("correction",),
        "approve": ("comment", "rating"),
        "publish": ("url",),
    }

    @validates_schema
    def arguments_fit(self, data: dict[str, Any], **_: Any) -> None:
        """Each action has its own arguments."""
        check_arguments(data, self.needs, self.takes)


class CitedWithdrawal(Schema):
    """When and why a cited piece of evidence was taken back."""

    at = fields.DateTime(required=True)
    reason = fields.String(required=True)


class CitedEvidence(SharedEvidence):
    """A piece of evidence as a verdict cites it."""

    withdrawn = fields.Nested(CitedWithdrawal, required=True, allow_none=True)


class ReviewDocument(Schema):
    """One colleague's decision on a verdict as it stood."""

    id = fields.UUID(required=True)
    reviewer = fields.Nested(Person, required=True)
    desk = Slug(required=True, metadata={"description": "In whose name."})
    decision = choice("approved", "changes_requested", "rated_differently", required=True)
    comment = fields.String(required=True, allow_none=True)
    rating = fields.String(required=True, allow_none=True)
    digest = fields.String(required=True, metadata={"description": "What was reviewed."})
    counts = fields.Boolean(
        required=True, metadata={"description": "An approval of the verdict as it stands now."}
    )
    created_at = fields.DateTime(required=True)


class VerdictDocument(Schema):
    """A verdict. `author` and `reviews` are for the desk and its partners.

    While `hidden` is true (a desk that rates blind), what would give the rating away is null.
    """

    id = fields.UUID(required=True)
    claim = fields.UUID(required=True)
    desk = Slug(required=True)
    rating = fields.String(required=True, allow_none=True)
    label = fields.String(required=True, allow_none=True)
    value = fields.Integer(required=True, allow_none=True)
    best = fields.Integer(required=True, allow_none=True)
    worst = fields.Integer(required=True, allow_none=True)
    normalised = choice(*NORMALISED, required=True, allow_none=True)
    title = fields.String(required=True, allow_none=True)
    summary = fields.String(required=True, allow_none=True)
    explanation = fields.String(required=True, allow_none=True)
    language = fields.String(required=True, allow_none=True)
    evidence = fields.List(fields.UUID(), required=True)
    citations = fields.List(fields.Nested(CitedEvidence), required=True)
    state = choice(*VERDICT_WORKFLOW.states(), title="VerdictState", required=True)
    hidden = fields.Boolean(required=True)
    author = fields.Nested(Person)
    origin = choice("desk", "imported", required=True)
    publisher = fields.String(required=True, allow_none=True)
    publisher_url = fields.String(required=True, allow_none=True)
    correction = fields.Nested(CorrectionNote, required=True, allow_none=True)
    retracted_reason = fields.String(required=True, allow_none=True)
    digest = fields.String(required=True, allow_none=True)
    reviews = fields.List(fields.Nested(ReviewDocument))
    actions = fields.List(choice(*VERDICT_WORKFLOW.actions()), required=True)
    published_at = fields.DateTime(required=True, allow_none=True)
    url = fields.String(required=True, allow_none=True)
    version = fields.Integer(required=True)
    created_at = fields.DateTime(required=True)
    updated_at = fields.DateTime(required=True)


class NewRecusal(Schema):
    """A competing interest to declare."""

    reason = Prose(5000, load_default=None, allow_none=True)


class RecusalDocument(Schema):
    """A declared competing interest."""

    id = fields.UUID(required=True)
    claim = fields.UUID(required=True)
    account = fields.Nested(Person, required=True)
    reason = fields.String(required=True, allow_none=True)
    created_at = fields.DateTime(required=True)


class EventSubject(Schema):
    """What an event is about."""

    type = fields.String(required=True)
    id = fields.UUID(required=True)


class EventDocument(Schema):
    """Something that happened; `hash` is its place in the desk's chain."""

    id = fields.UUID(required=True)
    seq = fields.Integer(required=True)
    at = fields.DateTime(required=True)
    type = fields.String(required=True)
    actor = fields.Nested(Person, required=True, allow_none=True)
    subject = fields.Nested(EventSubject, required=True)
    data = fields.Dict(required=True)
    hash = fields.String(required=True)


VERDICT: Final[dict[str, Any]] = {
    "rating": "mostly-true",
    "title": "Was an early pull-out promised?",
    "summary": "Yes, in general terms; no date was given.",
    "explanation": "The ministry said so on **17 April 2024** …",
}
VERDICT_SHOWN: Final[dict[str, Any]] = {
    "id": "019a9a3c-52d1-7c40-8a58-1f0e8c1b7d16",
    "claim": CLAIM_ID,
    "desk": "border-desk",
    **VERDICT,
    "label": "Mostly true",
    "value": 5,
    "best": 6,
    "worst": 1,
    "normalised": "true",
    "language": "en",
    "evidence": [EVIDENCE_SHOWN["id"]],
    "citations": [
        {
            name: EVIDENCE_SHOWN[name]
            for name in (
                "id", "source", "stance", "quote", "note", "snapshot", "snapshot_sha256",
                "confidential", "withdrawn",
            )
        }
    ],
    "state": "draft",
    "hidden": False,
    "author": {"id": "019a9a3c-52d1-7c40-8a58-1f0e8c1b7d11", "name": "Leyla Q."},
    "origin": "desk",
    "publisher": None,
    "publisher_url": None,
    "correction": None,
    "retracted_reason": None,
    "digest": "9c" * 32,
    "reviews": [],
    "actions": ["propose", "withdraw"],
    "published_at": None,
    "url": None,
    "version": 1,
    "created_at": "2026-11-22T09:30:00.000000Z",
    "updated_at": "2026-11-22T09:30:00.000000Z",
}  # fmt: skip
RECUSAL_SHOWN: Final[dict[str, Any]] = {
    "id": "019a9a3c-52d1-7c40-8a58-1f0e8c1b7d17",
    "claim": CLAIM_ID,
    "account": {"id": "019a9a3c-52d1-7c40-8a58-1f0e8c1b7d11", "name": "Leyla Q."},
    "reason": "I advised the ministry until 2023.",
    "created_at": "2026-11-22T09:30:00.000000Z",
}
EVENT_SHOWN: Final[dict[str, Any]] = {
    "id": "019a9a3c-52d1-7c40-8a58-1f0e8c1b7d18",
    "seq": 41,
    "at": "2026-11-22T09:30:00.000000Z",
    "type": "claim.accepted",
    "actor": RECUSAL_SHOWN["account"],
    "subject": {"type": "claim", "id": CLAIM_ID},
    "data": {"changes": {"status": "in_review"}},
    "hash": "5e" * 32,
}
