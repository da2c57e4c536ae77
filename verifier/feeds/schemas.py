"""What may be asked of a feed, and how its answers are described."""

from __future__ import annotations

from typing import Final

from marshmallow import Schema, fields

from verifier.kit.fields import Language, Line, Slug, WholeParameter

PAGE: Final = 50
ATOM: Final = "application/atom+xml"
JSON_LD: Final = "application/ld+json"
ATOM_SHOWN: Final = {"type": "string", "description": "An Atom feed (RFC 4287)."}
DATAFEED_SHOWN: Final = {"type": "object", "description": "schema.org DataFeed of ClaimReviews"}


class FeedFilters(Schema):
    """Which verdicts."""

    desk = Slug()
    topic = Line(64, metadata={"description": "One of the claim's topics."})
    rating = Slug()
    language = Language(metadata={"description": "That the verdict is written in."})


class FeedQuery(FeedFilters):
    """Which verdicts, and which page of them."""

    limit = WholeParameter(
        1,
        PAGE,
        load_default=PAGE,
        metadata={"description": "How many entries a page holds."},
    )
    cursor = fields.String(
        metadata={"description": 'Of the link `rel="next"` of the page before; opaque.'}
    )
