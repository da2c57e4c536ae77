"""What the public pages are asked for."""

from __future__ import annotations

from typing import Any, Final

from marshmallow import Schema, fields

from verifier.accounts.scales import NORMALISED
from verifier.kit.fields import Language, Line, Slug, Typed, WholeParameter, choice

MOST_TYPED: Final = 300
MOST_PIXELS: Final = 999_999_999


class SearchQuery(Schema):
    """Which fact-checks; what a form leaves empty is not asked for."""

    q = Typed(MOST_TYPED)
    desk = Slug()
    rating = Slug()
    normalised = choice(*NORMALISED)
    topic = Line(64)
    language = Language()
    cursor = fields.String()


class OEmbedQuery(Schema):
    """How another site asks; what else it says is not for this service."""

    url = fields.String(metadata={"description": "The address of a fact-check's page."})
    maxwidth = WholeParameter(1, MOST_PIXELS)
    maxheight = WholeParameter(1, MOST_PIXELS)
    format = fields.String(load_default="json", metadata={"description": "`json` or `xml`."})


class OEmbedDocument(Schema):
    """How to show a fact-check on another site (https://oembed.com), of type `rich`."""

    version = fields.String(required=True)
    type = fields.String(required=True)
    title = fields.String(required=True)
    author_name = fields.String(required=True)
    provider_name = fields.String(required=True)
    provider_url = fields.Url(required=True)
    cache_age = fields.Integer(required=True, metadata={"description": "In seconds."})
    html = fields.String(required=True, metadata={"description": "An `iframe` with the card."})
    width = fields.Integer(required=True)
    height = fields.Integer(required=True)


OEMBED_SHOWN: Final[dict[str, Any]] = {
    "version": "1.0",
    "type": "rich",
    "title": "Was an early pull-out promised?",
    "author_name": "Border Desk",
    "provider_name": "Border Desk",
    "provider_url": "https://checks.example.org/factchecks",
    "cache_age": 3600,
    "html": '<iframe src="https://checks.example.org/factchecks/…/card"></iframe>',
    "width": 600,
    "height": 300,
}
