"""Endpoints for what says the same: claims that are known, suggested duplicates, kept questions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import orjson
from flask import current_app

from verifier.accounts.auth import actor, requires
from verifier.accounts.permissions import Permission
from verifier.kit import answers
from verifier.kit.answers import if_match
from verifier.kit.errors import NotAuthenticated
from verifier.kit.fields import PageQuery
from verifier.kit.pagination import PageRequest
from verifier.kit.rest import ETAG_HEADER, LOCATION_HEADER, Blueprint, refuses
from verifier.kit.schemas import page_of
from verifier.kit.transactions import asking, reading, transaction
from verifier.matches import notifying, queries, question_schemas, schemas  # noqa: F401  (notifying has reactions)
from verifier.matches.actions import act_on_match
from verifier.matches.subscribing import end_subscription, subscribe
from verifier.search.matching import matches_shown

if TYPE_CHECKING:
    from flask import Response

    from verifier.elsewhere.asking import Remotes

blp = Blueprint("matches", __name__, description="Has this been checked before?")
BESIDES: Final = {"notify": "Keeping a question", "elsewhere": "Asking elsewhere"}
KEPT: Final[dict[str, Any]] = {
    "schema": schemas.KeptMatches,
    "example": {"items": [], "subscription": {**schemas.SUBSCRIPTION_SHOWN, "matches": []}},
    "headers": {**ETAG_HEADER, **LOCATION_HEADER},
}


@blp.post("/v1/matches")
@requires(Permission.MATCH_READ)
@blp.takes(question_schemas.MatchQuestion, example=question_schemas.QUESTION)
@blp.answers(question_schemas.Matches, example={"items": [question_schemas.MATCH_SHOWN]})
@blp.alt_response(201, **KEPT, success=True)
@refuses(409)
def find_known_claims(payload: dict[str, Any]) -> Response:
    """Known claims that say what a text says, however worded; `notify` keeps the question."""
    asked = {name: value for name, value in payload.items() if name not in BESIDES}
    for name, what in BESIDES.items():
        if payload[name] and actor().account_id is None:
            message = f"{what} needs a token; send one, or leave out `{name}`."
            raise NotAuthenticated(message)
    names = _remotes().chosen(payload["elsewhere"])
    semantic = current_app.extensions["verifier.semantic"]
    with asking() as connection:
        found = {"items": matches_shown(connection, actor(), **asked, semantic=semantic)}
    if payload["elsewhere"]:
        told = {"language": asked.get("language"), "limit": asked["limit"]}
        found["elsewhere"] = _remotes().ask(names, asked["text"], **told)
    return _kept(asked, found) if payload["notify"] else answers.json_answer(found)


def _remotes() -> Remotes:
    found: Remotes = current_app.extensions["verifier.elsewhere"]
    return found


def _kept(asked: dict[str, Any], found: dict[str, Any]) -> Response:
    members = {name: asked.get(name) for name in ("language", "desk")}
    with transaction() as session:
        subscription = subscribe(session, actor(), text=asked["text"], **members)
        row = queries.subscription_document(session, actor(), subscription.id)
        document = {**found, "subscription": orjson.Fragment(row.document)}
        where = f"/v1/match-subscriptions/{subscription.id}"
        return answers.created(document, row.version, location=where)


@blp.get("/v1/match-subscriptions")
@requires(Permission.SUBSCRIPTION_MANAGE)
@blp.filters(PageQuery)
@blp.lists(page_of(schemas.SubscriptionDocument), example=schemas.SUBSCRIPTION_SHOWN)
def list_match_subscriptions(query: dict[str, Any]) -> Response:
    """The questions that you keep, newest first, with what you were told of."""
    page = PageRequest.read(query, name="match-subscriptions")
    with reading() as session:
        return answers.listing(queries.subscriptions_page(session, actor(), page), page)


@blp.get("/v1/match-subscriptions/<id:subscription_id>")
@requires(Permission.SUBSCRIPTION_MANAGE)
@blp.shows(schemas.SubscriptionDocument, example=schemas.SUBSCRIPTION_SHOWN)
def show_match_subscription(subscription_id: str) -> Response:
    """A question that you keep, with the published claims that answer it."""
    with reading() as session:
        row = queries.subscription_document(session, actor(), subscription_id)
    return answers.resource(row.document, row.version)


@blp.delete("/v1/match-subscriptions/<id:subscription_id>")
@requires(Permission.SUBSCRIPTION_MANAGE)
@blp.changes(None)
def end_match_subscription(subscription_id: str) -> Response:
    """Keep a question no longer; it is deleted with what you were told of."""
    with transaction() as session:
        end_subscription(session, actor(), subscription_id, if_match=if_match())
    return answers.nothing()


@blp.get("/v1/claims/<id:claim_id>/matches")
@requires(Permission.DUPLICATE_READ)
@blp.filters(schemas.ClaimMatchQuery)
@blp.lists(page_of(schemas.ClaimMatchDocument), example=schemas.CLAIM_MATCH_SHOWN)
def list_claim_matches(query: dict[str, Any], claim_id: str) -> Response:
    """Other claims of the desk that may say the same, to the desk and its partners."""
    page = PageRequest.read(query, name=f"matches/{claim_id}")
    with reading() as session:
        rows = queries.matches_page(session, actor(), claim_id, page, state=query.get("state"))
    return answers.listing(rows, page)


@blp.get("/v1/claims/<id:claim_id>/matches/<id:match_id>")
@requires(Permission.DUPLICATE_READ)
@blp.shows(schemas.ClaimMatchDocument, example=schemas.CLAIM_MATCH_SHOWN)
def show_claim_match(claim_id: str, match_id: str) -> Response:
    """Another claim that may say the same, seen from either of the two."""
    with reading() as session:
        row = queries.match_document(session, actor(), claim_id, match_id)
    return answers.resource(row.document, row.version)


@blp.post("/v1/claims/<id:claim_id>/matches/<id:match_id>/actions")
@requires(Permission.CLAIM_TRIAGE)
@blp.takes(schemas.ClaimMatchAction, example={"action": "confirm", "duplicate": "this"})
@blp.changes(schemas.ClaimMatchDocument, example=schemas.CLAIM_MATCH_SHOWN, keyed=True)
def act_on_claim_match(payload: dict[str, Any], claim_id: str, match_id: str) -> Response:
    """Say whether the claims say the same: confirm, dismiss."""
    with transaction() as session:
        act_on_match(session, actor(), claim_id, match_id, if_match=if_match(), **payload)
        row = queries.match_document(session, actor(), claim_id, match_id)
        return answers.resource(row.document, row.version)
