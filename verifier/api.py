"""The API's document, and its blueprints in the order in which a reader wants to meet them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import orjson
from flask import Blueprint, Response, current_app
from flask_swagger_ui import get_swaggerui_blueprint
from markupsafe import escape

from verifier.claims.routes import blp as claims
from verifier.claimsearch.routes import blp as claimsearch
from verifier.desks.routes import blp as desks
from verifier.drift.routes import blp as drift
from verifier.erasures.routes import blp as erasures
from verifier.events.audit_routes import blp as audit
from verifier.evidence.routes import blp as evidence
from verifier.exports.routes import blp as exports
from verifier.feeds.routes import blp as feeds
from verifier.following.routes import blp as following
from verifier.imports.routes import blp as imports
from verifier.kit.errors import NotFound, all_kinds
from verifier.kit.openapi import Api, describe_paths
from verifier.kit.problems import HTTP_PROBLEMS, status_of
from verifier.matches.routes import blp as matches
from verifier.reviews.routes import blp as reviews
from verifier.search.routes import blp as search
from verifier.snapshots.routes import blp as snapshots
from verifier.sources.routes import blp as sources
from verifier.web.oembed import blp as oembed
from verifier.web.routes import blp as factchecks
from verifier.web.sitemaps import blp as sitemaps
from verifier.webhooks.description import described
from verifier.webhooks.routes import blp as webhooks

if TYPE_CHECKING:
    from flask import Flask

VERSION: Final = "0.1.0"
BLUEPRINTS: Final = (
    sources, snapshots, claims, search, matches, evidence, drift, reviews, audit, erasures,
    exports, feeds, oembed, claimsearch, imports, following, webhooks, desks,
)  # fmt: skip
DESCRIPTION: Final = """\
Fact-claim verification: sources, claims with the exact place where they were made, evidence,
verdicts that a colleague must approve, corrections in the open.

Every resource carries a strong `ETag`; changing it needs `If-Match`. Every `POST` takes an
`Idempotency-Key`. Lists are keyset pages. Errors are problem documents (RFC 9457).
"""
SPEC_OPTIONS: Final[dict[str, Any]] = {
    "info": {
        "description": DESCRIPTION,
        "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
    },
    "servers": [{"url": "/"}],
    "webhooks": described(),
    "jsonSchemaDialect": "https://spec.openapis.org/oas/3.1/dialect/base",
}
pages = Blueprint("pages", __name__)


def register(app: Flask) -> Api:
    """Register every endpoint, and what the document says of all."""
    app.config |= {
        "API_TITLE": "Fact-claim verification",
        "API_VERSION": VERSION,
        "OPENAPI_VERSION": "3.1.0",
        "API_SPEC_OPTIONS": SPEC_OPTIONS,
    }
    api = Api()
    describe_paths(api)
    api.init_app(app)
    api.spec.components.security_scheme(
        "bearer",
        {"type": "http", "scheme": "bearer", "description": "A token such as `fcv_…`."},
    )
    for blueprint in BLUEPRINTS:
        api.register_blueprint(blueprint)
    for unversioned in (pages, factchecks, sitemaps):
        app.register_blueprint(unversioned)
    docs = get_swaggerui_blueprint(
        "/docs", "/openapi.json", config={"validatorUrl": None, "deepLinking": True}
    )
    app.register_blueprint(docs)
    app.extensions["verifier.api"] = api
    return api


@pages.get("/openapi.json")
def openapi() -> Response:
    """The API's document (OpenAPI 3.1)."""
    document = current_app.extensions["verifier.api"].document()
    return Response(orjson.dumps(document), mimetype="application/json")


@pages.get("/problems/<slug:slug>")
def explain_problem(slug: str) -> Response:
    """The page that a problem document's `type` leads to."""
    known = {kind.slug(): kind for kind in all_kinds()}
    if slug in known:
        kind = known[slug]
        title, status, text = kind.heading(), int(status_of(kind)), kind.__doc__ or ""
    else:
        found = next(((s, t) for s, (name, t) in HTTP_PROBLEMS.items() if name == slug), None)
        if found is None:
            message = "There is no such kind of problem."
            raise NotFound(message)
        status, text = found
        title = slug.replace("-", " ").capitalize()
    body = (
        "<!doctype html><html lang=en><meta charset=utf-8>"
        "<meta name=viewport content='width=device-width'>"
        f"<title>{escape(title)}</title>"
        f"<h1>{escape(title)}</h1><p>HTTP status {status}.</p>"
        + "".join(f"<p>{escape(part)}</p>" for part in text.strip().split("\n\n"))
    )
    return Response(body, mimetype="text/html")
