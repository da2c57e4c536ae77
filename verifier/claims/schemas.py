"""The public shapes of claims and their appearances."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from verifier.accounts.scales import NORMALISED
from verifier.claims.quotes import APPEARANCE_SHOWN, QUOTE, AppearanceDocument, NewAppearance
from verifier.claims.service import PRIORITIES
from verifier.claims.workflow import CLAIM_WORKFLOW, REASONS
from verifier.kit.fields import (
    Day,
    Flag,
    Identifier,
    Instant,
    Language,
    Line,
    Prose,
    Slug,
    Url,
    choice,
)
from verifier.kit.schemas import Person
from verifier.sources.schemas import CITED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

JSON_LD_SHOWN: Final = {"type": "object", "description": "A schema.org Claim, as JSON-LD."}
TURTLE_SHOWN: Final = {"type": "string", "description": "The same as Turtle."}
LONGEST_CLAIM: Final = 5000
MOST_TOPICS: Final = 20
STATUSES: Final = CLAIM_WORKFLOW.states()


class Claimant(Schema):
    """Who made the claim."""

    name = Line(300, required=True)
    kind = choice(
        "person", "organization", title="ClaimantKind", allow_none=True, load_default=None
    )
    same_as = Url(
        allow_none=True, load_default=None, metadata={"description": "Such as a Wikidata page."}
    )


class ClaimMembers(Schema):
    """What may be said of a claim besides its wording."""

    claimant = fields.Nested(Claimant, allow_none=True)
    claimed_on = Day(allow_none=True)
    language = Language(allow_none=True)
    topics = fields.List(Line(64), validate=validate.Length(max=MOST_TOPICS))
    priority = choice(*PRIORITIES, title="Priority")
    due_at = Instant(allow_none=True)

    @validates_schema
    def topics_differ(self, data: dict[str, Any], **_: Any) -> None:
        """The same topic is not given twice."""
        topics = data.get("topics", [])
        if len(set(topics)) < len(topics):
            message = "Each topic stands once."
            raise ValidationError(message, "topics")


class NewClaim(ClaimMembers):
    """A claim: nothing but its text is needed."""

    desk = Slug(metadata={"description": "May be left out by a member of one desk."})
    text = Prose(LONGEST_CLAIM, required=True)
    appearances = fields.List(fields.Nested(NewAppearance), validate=validate.Length(max=50))
    allow_duplicate = Flag(load_default=False)


class ClaimChange(ClaimMembers):
    """Members to change; those left out stay as they are."""

    text = Prose(LONGEST_CLAIM)


class VerdictInForce(Schema):
    """The published verdict that stands."""

    id = fields.UUID(required=True)
    rating = Slug(required=True)
    label = fields.String(required=True)
    normalised = choice(*NORMALISED, required=True)
    value = fields.Integer(required=True, allow_none=True)
    worst = fields.Integer(required=True, allow_none=True)
    best = fields.Integer(required=True, allow_none=True)
    title = fields.String(required=True)
    summary = fields.String(required=True)
    language = fields.String(required=True, allow_none=True)
    published_at = fields.DateTime(required=True)
    url = fields.String(required=True, allow_none=True)
    origin = choice(
        "imported", metadata={"description": "There where somebody else's verdict was imported."}
    )
    publisher = fields.String(metadata={"description": "Whose it is, where it was imported."})


class EvidenceCounts(Schema):
    """How many pieces of evidence there are."""

    supports = fields.Integer(required=True)
    refutes = fields.Integer(required=True)
    context = fields.Integer(required=True)


class Mark(Schema):
    """Where a word stands, in code points of its snippet; `end` is excluded."""

    start = fields.Integer(required=True)
    end = fields.Integer(required=True)


class Highlight(Schema):
    """A piece of a member that has words that were looked for."""

    member = choice("text", "claimant", "title", "summary", required=True)
    snippet = fields.String(required=True)
    marks = fields.List(fields.Nested(Mark), required=True)


class ClaimDocument(Schema):
    """A claim. What is not required is shown to the desk and its partners only."""

    id = fields.UUID(required=True)
    desk = Slug(required=True)
    text = fields.String(required=True)
    claimant = fields.Nested(Claimant, required=True, allow_none=True)
    claimed_on = fields.Date(required=True, allow_none=True)
    language = fields.String(required=True, allow_none=True)
    topics = fields.List(fields.String(), required=True)
    priority = choice(*PRIORITIES)
    status = choice(*STATUSES, title="ClaimStatus", required=True)
    assignee = fields.Nested(Person, allow_none=True)
    due_at = fields.DateTime(allow_none=True)
    appearances = fields.List(fields.Nested(AppearanceDocument), required=True)
    evidence = fields.Nested(EvidenceCounts)
    verdict = fields.Nested(VerdictInForce, required=True, allow_none=True)
    duplicate_of = fields.UUID(allow_none=True)
    actions = fields.List(
        choice(*CLAIM_WORKFLOW.actions()),
        required=True,
        metadata={"description": "What you may do now."},
    )
    version = fields.Integer(required=True)
    created_by = fields.Nested(Person)
    created_at = fields.DateTime(required=True)
    updated_at = fields.DateTime(required=True)
    highlights = fields.List(
        fields.Nested(Highlight), metadata={"description": "In a list with `highlight=true`."}
    )


class ClaimAction(Schema):
    """A move of the claim's workflow with its arguments."""

    action = choice(*CLAIM_WORKFLOW.actions(), title="ClaimMove", required=True)
    reason = choice(*REASONS, title="RejectionReason", metadata={"description": "For reject."})
    comment = Prose(5000, metadata={"description": "For reject and reopen."})
    of = Identifier(metadata={"description": "For mark_duplicate: the claim it repeats."})
    assignee = Identifier(metadata={"description": "For assign: a member's account."})

    needs: Final = {
        "reject": ("reason",),
        "mark_duplicate": ("of",),
        "assign": ("assignee",),
        "reopen": ("comment",),
    }
    takes: Final = {**needs, "reject": ("reason", "comment")}

    @validates_schema
    def arguments_fit(self, data: dict[str, Any], **_: Any) -> None:
        """Each action has its own arguments."""
        check_arguments(data, self.needs, self.takes)


def check_arguments(
    data: dict[str, Any], needs: Mapping[str, Sequence[str]], takes: Mapping[str, Sequence[str]]
) -> None:
    """Raise unless an action has exactly the arguments that are its own."""
    action = data["action"]
    faults = {
        name: [f"{action} needs this member."]
        for name in needs.get(action, ())
        if data.get(name) is None
    }
    taken = takes.get(action, ())
    faults |= {
        name: [f"{action} does not take this member."]
        for name in data
        if name != "action" and name not in taken
    }
    if faults:
        raise ValidationError(faults)


CLAIM_ID: Final = "019a9a3c-52d1-7c40-8a58-1f0e8c1b7d13"
CLAIM: Final[dict[str, Any]] = {
    "desk": "border-desk",
    "text": "Moscow assured Baku that its troops could leave before the 2025 deadline.",
    "claimant": {"name": "Government of Russia", "kind": "organization"},
    "claimed_on": "2024-04-17",
    "language": "en",
    "topics": ["south-caucasus"],
    "appearances": [{"source": CITED["id"], "quote": QUOTE, "first": True}],
}
CLAIM_SHOWN: Final[dict[str, Any]] = {
    "id": CLAIM_ID,
    **CLAIM,
    "claimant": {"name": "Government of Russia", "kind": "organization", "same_as": None},
    "priority": "normal",
    "status": "submitted",
    "assignee": None,
    "due_at": None,
    "appearances": [APPEARANCE_SHOWN],
    "evidence": {"supports": 0, "refutes": 0, "context": 0},
    "verdict": None,
    "duplicate_of": None,
    "actions": ["accept", "reject", "mark_duplicate", "assign"],
    "version": 1,
    "created_by": {"id": "019a9a3c-52d1-7c40-8a58-1f0e8c1b7d11", "name": "Leyla Q."},
    "created_at": "2026-11-22T09:30:00.000000Z",
    "updated_at": "2026-11-22T09:30:00.000000Z",
}
