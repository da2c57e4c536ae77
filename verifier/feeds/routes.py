"""Endpoints for feeds: what is published, for whoever follows it, the same for everybody."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from flask import Response, current_app, request

from verifier.accounts.auth import requires
from verifier.accounts.permissions import Permission
from verifier.exports.service import chunked
from verifier.feeds import queries, schemas
from verifier.feeds.queries import CORRECTION, GONE, PUBLISHED, RETRACTION
from verifier.feeds.service import Asked, atom_feed, data_feed
from verifier.kit.freshness import State, held, kept_by_all
from verifier.kit.pagination import PageRequest
from verifier.kit.rest import LIST_HEADERS, Blueprint, refuses
from verifier.kit.transactions import database, looking_up

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from verifier.kit.db import Database

blp = Blueprint("feeds", __name__, description="What is published, for whoever follows it.")


@blp.get("/feeds/verdicts.atom")
@requires(Permission.EXPORT_READ)
@blp.filters(schemas.FeedQuery)
@blp.shares(schemas.ATOM_SHOWN, content_type=schemas.ATOM, headers=LIST_HEADERS)
@refuses(400)
def follow_verdicts(query: dict[str, Any]) -> Response:
    """Fact-checks as Atom, the newest first: one entry each, for good; the retracted deleted."""
    return _page("Fact-checks", (PUBLISHED, GONE), query)


@blp.get("/feeds/corrections.atom")
@requires(Permission.EXPORT_READ)
@blp.filters(schemas.FeedQuery)
@blp.shares(schemas.ATOM_SHOWN, content_type=schemas.ATOM, headers=LIST_HEADERS)
@refuses(400)
def follow_corrections(query: dict[str, Any]) -> Response:
    """Corrections and retractions as Atom, the newest first, each an entry of its own."""
    return _page("Corrections", (CORRECTION, RETRACTION), query)


@blp.get("/feeds/claimreview.jsonld")
@requires(Permission.EXPORT_READ)
@blp.filters(schemas.FeedFilters)
@blp.shares(schemas.DATAFEED_SHOWN, content_type=schemas.JSON_LD)
def follow_claimreviews(query: dict[str, Any]) -> Response:
    """The ClaimReviews of all verdicts in force as one DataFeed, streamed."""
    state = _state(_asked(query))
    pieces = chunked(_pieces(database(), query, current_app.config["PUBLIC_URL"]))
    answer = Response(pieces, mimetype=schemas.JSON_LD)
    return held(state, schemas.JSON_LD) or kept_by_all(answer, state)


def _page(title: str, kinds: Sequence[str], query: dict[str, Any]) -> Response:
    page = PageRequest.read(query, name=request.path, key_type=datetime)
    asked = _asked(query)
    state = _state(asked)
    if (answer := held(state, schemas.ATOM)) is not None:
        return answer
    with looking_up() as connection:
        rows = queries.moments_page(connection, kinds, query, page)
    shown, more = page.cut(rows)
    following = page.cursor_after(shown[-1].at, shown[-1].id) if more else None
    software = current_app.config["SOFTWARE"]
    body = atom_feed(title, asked, shown, following=following, software=software)
    answer = Response(body, mimetype=schemas.ATOM)
    if following:
        answer.headers["Link"] = f'<{asked.address(following)}>; rel="next"'
    return kept_by_all(answer, state)


def _asked(query: dict[str, Any]) -> Asked:
    return Asked(current_app.config["PUBLIC_URL"], request.path, query)


def _state(asked: Asked) -> State:
    with looking_up() as connection:
        changes = queries.last_changes(connection, asked.query.get("desk"))
    made_by = [current_app.config["SOFTWARE"], asked.address(asked.query.get("cursor"))]
    changed = max((change.at for change in changes), default=None)
    return State.of(changed, [*made_by, *(change.id for change in changes)])


def _pieces(source: Database, query: dict[str, Any], public_url: str) -> Iterator[bytes]:
    with source.snapshot() as session:
        modified = queries.last_moment(session, query)
        texts = queries.records_in_force(session, query)
        yield from data_feed(texts, public_url=public_url, modified=modified)
