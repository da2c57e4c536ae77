"""The public shapes of matching."""

from __future__ import annotations

from typing import Any, Final

from marshmallow import Schema, fields, validate

from verifier.claims.schemas import CLAIM_SHOWN, LONGEST_CLAIM, ClaimDocument
from verifier.elsewhere.schemas import AnswerElsewhere, Elsewhere
from verifier.kit.fields import Flag, Language, Pasted, Slug, Whole, choice

MOST_MATCHES: Final = 50
DEFAULT_MATCHES: Final = 10
METHODS: Final = ("lexical", "hybrid")
CONTRADICTIONS: Final = ("number", "name", "negation", "opposite")


class MatchQuestion(Schema):
    """What may have been checked before: a claim, a headline, a post."""

    text = Pasted(LONGEST_CLAIM, required=True)
    language = Language(metadata={"description": "Of the text; guessed where it is left out."})
    desk = Slug(metadata={"description": "Only claims of this desk."})
    limit = Whole(
        1,
        MOST_MATCHES,
        load_default=DEFAULT_MATCHES,
        metadata={"description": "How many claims to show."},
    )
    notify = Flag(
        load_default=False,
        metadata={
            "description": "Keep the question, and be told of claims that answer it once a "
            "verdict on them is published; needs a token."
        },
    )
    elsewhere = Elsewhere()


class ContradictionShown(Schema):
    """Where the claim says something else than the text."""

    kind = choice(*CONTRADICTIONS, required=True)
    asked = fields.String(required=True)
    known = fields.String(required=True)


class Why(Schema):
    """What speaks for a match, and against it."""

    shared = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "Words of the text that the claim has, the rarest first."},
    )
    contradictions = fields.List(fields.Nested(ContradictionShown), required=True)


class MatchShown(Schema):
    """A claim that may say what the text says."""

    claim = fields.Nested(ClaimDocument, required=True)
    score = fields.Float(
        required=True,
        validate=validate.Range(0, 1),
        metadata={"description": "How likely it is that the claim says the same."},
    )
    method = choice(
        *METHODS,
        required=True,
        metadata={
            "description": "`lexical`: by the words; `hybrid`: by the words and their meaning."
        },
    )
    why = fields.Nested(Why, required=True)


class Matches(Schema):
    """Claims that may say what the text says, best first."""

    items = fields.List(fields.Nested(MatchShown), required=True)
    elsewhere = fields.List(
        fields.Nested(AnswerElsewhere),
        metadata={"description": "What other people's services answered, where they were asked."},
    )


QUESTION: Final[dict[str, Any]] = {
    "text": "So Russia PROMISED the peacekeepers go home before the 2025 deadline?! #Karabakh"
}
MATCH_SHOWN: Final[dict[str, Any]] = {
    "claim": CLAIM_SHOWN,
    "score": 0.872,
    "method": "lexical",
    "why": {"shared": ["deadline", "2025", "before"], "contradictions": []},
}
