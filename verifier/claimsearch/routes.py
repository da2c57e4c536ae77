"""The endpoint of Google's Fact Check Tools API, for its clients."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import orjson
from flask import Response, current_app, request

from verifier.accounts.auth import requires
from verifier.accounts.permissions import Permission
from verifier.claimsearch import schemas
from verifier.claimsearch.errors import BELOW, refuses_as_google, told_as_google
from verifier.claimsearch.filters import Filters
from verifier.claimsearch.masks import masked
from verifier.claimsearch.service import Page, search
from verifier.claimsearch.tokens import PageTokens
from verifier.fulltext.terms import language_family
from verifier.kit.clock import now
from verifier.kit.rest import Blueprint
from verifier.kit.transactions import looking_up
from verifier.reviews.standing import site_of

if TYPE_CHECKING:
    from datetime import datetime

blp = Blueprint(
    "claimsearch", __name__, description="Google's Fact Check Tools API, answered from here."
)
BOUND: Final = ("query", "languageCode", "reviewPublisherSiteFilter", "maxAgeDays", "pageSize")
"""Parameters that must be the same on every page."""
OLDEST_DAYS: Final = 366_000
KEPT_SECONDS: Final = 60
SCRIPT: Final = "text/javascript"


@blp.get(f"{BELOW}claims:search")
@refuses_as_google(400, 401, 403, 404, 429, 503)
@requires(Permission.MATCH_READ)
@blp.filters(schemas.ClaimSearchQuery)
@blp.response(200, schemas.ClaimSearchResult, example=schemas.FOUND)
@blp.alt_response(200, schema={"type": "string"}, content_type=SCRIPT, success=True)
@blp.doc(description=schemas.DESCRIPTION)
def search_claims(query: dict[str, Any]) -> Response:
    """Published fact-checks of a statement, or of a publisher, in the shape of Google's API."""
    public_url = current_app.config["PUBLIC_URL"]
    with looking_up() as connection:
        found = search(
            connection,
            query["query"].strip(),
            _filters(query, public_url),
            _page(query),
            public_url=public_url,
            semantic=current_app.extensions["verifier.semantic"],
        )
    return _answer(masked(found, query["fields_"]), query)


@blp.after_app_request
def finish(answer: Response) -> Response:
    """What is read here is for everybody, in any page of any site, and may be kept for a minute."""
    if request.path.startswith(BELOW):
        answer = told_as_google(answer)
        answer.headers["Access-Control-Allow-Origin"] = "*"
        if request.method == "OPTIONS":
            answer.headers["Access-Control-Allow-Headers"] = "*"
        scope = "private" if "Authorization" in request.headers else "public"
        kept = f"{scope}, max-age={KEPT_SECONDS}" if answer.status_code == 200 else "no-store"  # noqa: PLR2004
        answer.headers["Cache-Control"] = kept
    return answer


def _filters(query: dict[str, Any], public_url: str) -> Filters:
    site = query["reviewPublisherSiteFilter"].strip()
    return Filters(
        site=(_site(site) if site else None),
        language=language_family(query["languageCode"]) or None,
        since=_since(query["maxAgeDays"]),
        own_site=site_of(public_url),
    )


def _site(typed: str) -> str:
    """As sites are stored, from a host or an address; what is none is no publisher's."""
    return site_of(typed if "://" in typed else f"https://{typed}") or "?"


def _since(days: int) -> datetime | None:
    return now() - timedelta(days=days) if 0 < days <= OLDEST_DAYS else None


def _page(query: dict[str, Any]) -> Page:
    size = min(query["pageSize"] or schemas.DEFAULT_PAGE, schemas.LARGEST_PAGE)
    tokens = PageTokens([query[name] for name in BOUND])
    return Page(tokens, size, query["pageToken"] or None, query["offset"])


def _answer(found: dict[str, Any], query: dict[str, Any]) -> Response:
    body = orjson.dumps(found, option=orjson.OPT_INDENT_2 if query["prettyPrint"] else None)
    callback = query.get("callback")
    if callback is None:
        return Response(body, mimetype="application/json")
    # The comment keeps a name at the very beginning from being read as another kind of file.
    for ending in ("\u2028", "\u2029"):  # line ends to older readers of JavaScript
        body = body.replace(ending.encode(), b"\\u%04x" % ord(ending))
    return Response(b"/**/%s(%s);" % (callback.encode(), body), mimetype=SCRIPT)
