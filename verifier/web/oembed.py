"""How another site shows a fact-check as a card (https://oembed.com)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import orjson
from markupsafe import Markup
from marshmallow import EXCLUDE

from verifier.kit.answers import resource
from verifier.kit.errors import NotFound, NotOffered, Unreadable
from verifier.kit.rest import Blueprint, refuses
from verifier.kit.transactions import looking_up
from verifier.web import queries
from verifier.web.factcheck import read_factcheck
from verifier.web.links import card_size
from verifier.web.rendering import FRESH, site
from verifier.web.schemas import OEMBED_SHOWN, OEmbedDocument, OEmbedQuery

if TYPE_CHECKING:
    from flask import Response

    from verifier.web.factcheck import Factcheck

blp = Blueprint("oembed", __name__, description="Fact-checks shown on other sites.")
CACHE_AGE: Final = 3600
XML: Final = "text/xml"


class UrlMissing(Unreadable):
    """oEmbed asks about an address: send it as `url`."""


class FormatNotOffered(NotOffered):
    """oEmbed is answered as `json` or `xml`."""


class NoFactcheckThere(NotFound):
    """There is no published fact-check of this service at that address."""


@blp.get("/oembed")
@blp.arguments(OEmbedQuery(), location="query", unknown=EXCLUDE)
@blp.response(200, OEmbedDocument, example=OEMBED_SHOWN)
@blp.alt_response(200, schema={"type": "string"}, content_type=XML)
@blp.alt_response(304, "NotModified")
@blp.doc(security=[])
@refuses(400, 404, 422, 501, 503)
def show_oembed(query: dict[str, Any]) -> Response:
    """How to show a fact-check on another site: oEmbed, type `rich`."""
    if query["format"] not in ("json", "xml"):
        raise FormatNotOffered("oEmbed is answered as json or xml.")
    if not query.get("url"):
        raise UrlMissing("Send the address of a fact-check's page as `url`.")
    claim_id = site().claim_at(query["url"])
    with looking_up() as connection:
        text = claim_id and queries.factcheck_document(connection, claim_id)
    if not text:
        raise NoFactcheckThere("There is no published fact-check at that address.")
    size = card_size(query.get("maxwidth"), query.get("maxheight"))
    document = _document(read_factcheck(orjson.loads(text)), *size)
    as_xml = query["format"] == "xml"
    sent = resource(
        _xml(document) if as_xml else document, 0, media_type=XML if as_xml else "application/json"
    )
    sent.headers["Cache-Control"] = FRESH
    sent.headers["Access-Control-Allow-Origin"] = "*"
    return sent


def _document(check: Factcheck, width: int, height: int) -> dict[str, Any]:
    return {
        "version": "1.0",
        "type": "rich",
        "title": check.heading,
        "author_name": check.publisher,
        "provider_name": check.claim["desk"]["name"],
        "provider_url": site().listing,
        "cache_age": CACHE_AGE,
        "html": site().iframe(check.claim["id"], check.heading, width=width, height=height),
        "width": width,
        "height": height,
    }


def _xml(document: dict[str, Any]) -> str:
    members = Markup("").join(
        Markup("<{name}>{value}</{name}>").format(name=name, value=value)
        for name, value in document.items()
    )
    return f'<?xml version="1.0" encoding="utf-8" standalone="yes"?>\n<oembed>{members}</oembed>'
