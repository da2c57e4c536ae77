"""The public shapes of suggestions."""

from __future__ import annotations

import re
from typing import Any, Final

from marshmallow import Schema, ValidationError, fields, validate

from verifier.claims.quotes import APPEARANCE_SHOWN, QuoteShown
from verifier.kit.fields import PageQuery, WholeParameter, choice
from verifier.kit.pagination import LARGEST_PAGE
from verifier.search.suggesting import LONGEST, LOOKED_AT, MOST_SENTENCES
from verifier.search.worthiness import REASONS

DEFAULT_LIMIT: Final = 20
# Python's own reader takes other spellings too: underscores, exponents, digits of any script.
_SHARE: Final = re.compile(r"[01](?:\.[0-9]{1,6})?")


class Share(fields.Float):
    """A number from 0 to 1, in a query."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(validate=validate.Range(0, 1), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if isinstance(value, str) and _SHARE.fullmatch(value):
            return super()._deserialize(value, attr, data, **kwargs)
        message = "This must be a number from 0 to 1, such as 0.5."
        raise ValidationError(message)


class SuggestionQuery(PageQuery):
    """Which suggestions to show."""

    limit = WholeParameter(
        1,
        LARGEST_PAGE,
        load_default=DEFAULT_LIMIT,
        metadata={"description": "How many items a page holds."},
    )
    min_score = Share(load_default=0.0, metadata={"description": "The least score to show."})


class SuggestionDocument(Schema):
    """A sentence that is worth checking."""

    quote = fields.Nested(
        QuoteShown,
        required=True,
        metadata={"description": "Ready to be posted as the `quote` of a claim's appearance."},
    )
    score = fields.Float(
        required=True,
        validate=validate.Range(0, 1),
        metadata={"description": "How much it is worth checking: compare within one text."},
    )
    reasons = fields.List(
        choice(*REASONS),
        required=True,
        metadata={
            "description": "What speaks for it. `quantity`: a number or share; `money`; `date`: a "
            "day, month or year; `comparison`: more, least, first, doubled …; `attribution`: said, "
            "denied, according to …; `quotation`: words in quotation marks; `past-event`: signed, "
            "killed, visited …; `promise`: a pledge, plan or deadline; `names`: names of people, "
            "places, organisations; `office`: a president, court, company …; `negation`."
        },
    )
    claims = fields.List(
        fields.UUID(),
        required=True,
        metadata={"description": "Claims that quote it, or a part of it, already."},
    )


DESCRIPTION: Final = f"""\
A sentence that states something checkable (figures, dates, names, who said or did what) stands
above opinions, questions and generalities. What surrounds an article, such as menus, share buttons
and photo credits, is left out, and so are sentences of over {LONGEST:,} code points; one that
is repeated is listed once. The first {MOST_SENTENCES:,} sentences of the text's first {LOOKED_AT:,}
code points are looked at. A source without text has no suggestions.

The words it goes by are known for English, Russian, Azerbaijani, Turkish, Armenian, Spanish,
Portuguese, French, German and Arabic; elsewhere numbers, dates, names and length decide.
"""
SUGGESTION_SHOWN: Final[dict[str, Any]] = {
    "quote": {
        "exact": "The pull-out may be finished before the end of 2025.",
        "prefix": "The peacekeepers are leaving. ",
        "suffix": "",
        "start": 30,
        "end": 82,
    },
    "score": 0.683,
    "reasons": ["date"],
    "claims": [APPEARANCE_SHOWN["id"]],
}
