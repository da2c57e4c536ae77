"""The query parameters that say which claims, for lists and exports alike, and in which order."""

from __future__ import annotations

from typing import Any, Final

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from verifier.accounts.scales import NORMALISED
from verifier.claims.schemas import STATUSES
from verifier.kit.fields import (
    FlagParameter,
    Identifier,
    Instant,
    Language,
    Line,
    PageQuery,
    Slug,
    Typed,
    choice,
)

MOST_TYPED: Final = 1000
BY_RELEVANCE: Final = "relevance"
_KEYS: Final = ("created_at", "updated_at", "priority", "due_at")
SORTS: Final = (*_KEYS, *(f"-{key}" for key in _KEYS))


class ClaimFilters(Schema):
    """Which claims: all conditions must hold."""

    desk = Slug()
    status = choice(*STATUSES)
    rating = Slug(metadata={"description": "Of the verdict in force."})
    normalised = choice(*NORMALISED)
    topic = Line(64)
    language = Language()
    claimant = Line(300)
    source = Identifier(metadata={"description": "Claims that appear in this source."})
    assignee = fields.String(metadata={"description": "An account's id, or `me`."})
    drifted = FlagParameter(
        validate=validate.Equal(True, error="This is `true`, or left out."),  # noqa: FBT003  (the value)
        metadata={"description": "Claims with a quote that its source no longer bears out."},
    )
    created_after = Instant()
    created_before = Instant()
    updated_after = Instant()
    q = Typed(
        MOST_TYPED,
        metadata={
            "description": "Words that the claim, its claimant, or the title or summary of its "
            'verdict has: `troops withdrawal`, `"early withdrawal"`, `withdr*`, `-Georgia`.'
        },
    )


class ClaimQuery(ClaimFilters, PageQuery):
    """Which claims to list, and in which order."""

    sort = choice(
        *SORTS,
        BY_RELEVANCE,
        title="ClaimOrder",
        load_default="-created_at",
        metadata={
            "description": "`-` reverses; claims without a due date come last. `relevance`, with "
            "`q`: those that have more and rarer words of it come first."
        },
    )
    highlight = FlagParameter(
        load_default=False, metadata={"description": "Show where the words of `q` stand."}
    )

    @validates_schema
    def search_has_words(self, data: dict[str, Any], **_: Any) -> None:
        """What is about the words of `q` needs some."""
        if "q" not in data and data.get("sort") == BY_RELEVANCE:
            message = "This needs `q`: say what for."
            raise ValidationError(message, "sort")
