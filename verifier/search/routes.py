"""Endpoints for search: what is worth checking in a source."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Any

from verifier.accounts.auth import actor, requires
from verifier.accounts.permissions import Permission
from verifier.kit import answers
from verifier.kit.pagination import PageRequest
from verifier.kit.rest import Blueprint
from verifier.kit.schemas import page_of
from verifier.kit.transactions import reading
from verifier.search import schemas
from verifier.search.suggesting import suggestions_page

if TYPE_CHECKING:
    from flask import Response

blp = Blueprint("search", __name__, description="Finding what is worth checking.")


@blp.get("/v1/sources/<id:source_id>/suggestions")
@requires(Permission.SOURCE_READ)
@blp.filters(schemas.SuggestionQuery)
@blp.lists(page_of(schemas.SuggestionDocument), example=schemas.SUGGESTION_SHOWN)
@blp.doc(description=schemas.DESCRIPTION)
def list_suggestions(query: dict[str, Any], source_id: str) -> Response:
    """Check-worthy sentences of a source's text, best first, each ready to be quoted by a claim."""
    page = PageRequest.read(query, name=f"suggestions/{source_id}", always_keyed=True)
    with reading() as session:
        rows = suggestions_page(session, actor(), source_id, page, least=query["min_score"])
    return answers.listing(rows, page, key=attrgetter("score"))
