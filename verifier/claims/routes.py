"""Endpoints for claims and their appearances."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from verifier.accounts.auth import actor, requires
from verifier.accounts.permissions import Permission
from verifier.claims import actions, filter_schemas, queries, quotes, schemas, service
from verifier.claims.appearances import add_appearance, remove_appearance
from verifier.claims.listing import key_type
from verifier.claims.loading import load_claim, touch
from verifier.claims.searching import find_claims
from verifier.kit import answers
from verifier.kit.answers import if_match
from verifier.kit.fields import PageQuery
from verifier.kit.negotiation import Forms
from verifier.kit.pagination import PageRequest
from verifier.kit.rest import Blueprint, leads_to
from verifier.kit.schemas import page_of
from verifier.kit.transactions import looking_up, reading, transaction

if TYPE_CHECKING:
    from flask import Response

    from verifier.kit.rows import Reader

blp = Blueprint("claims", __name__, description="Checkable statements, and where they were made.")
CLAIM_FORMS: Final = Forms("application/ld+json", "text/turtle")
"""What a claim can be read as besides JSON; the exports write it."""
CLAIM_LINKS = leads_to(
    show_claim="claim_id",
    act_on_claim="claim_id",
    attach_evidence="claim_id",
    draft_verdict="claim_id",
    show_history="claim_id",
)


def answer_claim(reader: Reader, claim_id: str) -> tuple[str, int]:
    """A claim's document as the caller may see it, and its version."""
    row = queries.claim_row(reader, actor(), claim_id)
    return queries.showing(actor())(row), row.version


@blp.post("/v1/claims")
@requires(Permission.CLAIM_SUBMIT)
@blp.takes(schemas.NewClaim, example=schemas.CLAIM)
@blp.creates(schemas.ClaimDocument, example=schemas.CLAIM_SHOWN, links=CLAIM_LINKS)
def submit_claim(payload: dict[str, Any]) -> Response:
    """Submit a claim, with the places in sources where it was made."""
    with transaction() as session:
        claim = service.submit_claim(session, actor(), **payload)
        location = f"/v1/claims/{claim.id}"
        return answers.created(*answer_claim(session, claim.id), location=location)


@blp.get("/v1/claims")
@requires(Permission.CLAIM_READ)
@blp.filters(filter_schemas.ClaimQuery)
@blp.lists(page_of(schemas.ClaimDocument), example=schemas.CLAIM_SHOWN)
def list_claims(query: dict[str, Any]) -> Response:
    """Claims: those of your desks whole, of others what is published."""
    page = PageRequest.read(query, name="claims", key_type=key_type(query["sort"]))
    with looking_up() as connection:
        found = find_claims(connection, actor(), query, page)
    return answers.listing(found.rows, page, show=found.show, key=found.key)


@blp.get("/v1/claims/<id:claim_id>")
@requires(Permission.CLAIM_READ)
@blp.shows(schemas.ClaimDocument, example=schemas.CLAIM_SHOWN)
@blp.alt_response(200, schema=schemas.JSON_LD_SHOWN, content_type="application/ld+json")
@blp.alt_response(200, schema=schemas.TURTLE_SHOWN, content_type="text/turtle")
def show_claim(claim_id: str) -> Response:
    """A claim, with what you may do with it now; as linked data, with every verdict on it."""
    write = CLAIM_FORMS.writer()
    if write is not None:
        return CLAIM_FORMS.offered(write(claim_id))
    with looking_up() as connection:
        return CLAIM_FORMS.offered(answers.resource(*answer_claim(connection, claim_id)))


@blp.patch("/v1/claims/<id:claim_id>")
@requires(Permission.CLAIM_SUBMIT)
@blp.takes(schemas.ClaimChange, example={"priority": "high", "topics": ["south-caucasus"]})
@blp.changes(schemas.ClaimDocument, example=schemas.CLAIM_SHOWN)
def update_claim(payload: dict[str, Any], claim_id: str) -> Response:
    """Change a claim's members."""
    with transaction() as session:
        service.update_claim(session, actor(), claim_id, if_match=if_match(), **payload)
        return answers.resource(*answer_claim(session, claim_id))


@blp.post("/v1/claims/<id:claim_id>/actions")
@requires(Permission.CLAIM_TRIAGE)
@blp.takes(schemas.ClaimAction, example={"action": "accept"})
@blp.changes(schemas.ClaimDocument, example=schemas.CLAIM_SHOWN, keyed=True)
def act_on_claim(payload: dict[str, Any], claim_id: str) -> Response:
    """Move a claim along: accept, reject, mark_duplicate, reopen, assign, unassign."""
    with transaction() as session:
        actions.act_on_claim(session, actor(), claim_id, if_match=if_match(), **payload)
        return answers.resource(*answer_claim(session, claim_id))


@blp.post("/v1/claims/<id:claim_id>/appearances")
@requires(Permission.CLAIM_SUBMIT)
@blp.takes(quotes.NewAppearance, example=schemas.CLAIM["appearances"][0])
@blp.creates(quotes.AppearanceDocument, example=quotes.APPEARANCE_SHOWN)
def submit_appearance(payload: dict[str, Any], claim_id: str) -> Response:
    """Say where else the claim was made."""
    with transaction() as session:
        claim = load_claim(session, actor(), claim_id, Permission.CLAIM_SUBMIT)
        appearance = add_appearance(session, actor(), claim, **payload)
        touch(claim)
        session.flush()
        row = queries.appearance_document(session, actor(), appearance.id)
        where = f"/v1/claims/{claim_id}/appearances"
        return answers.created(row.document, row.version, location=where)


@blp.get("/v1/claims/<id:claim_id>/appearances")
@requires(Permission.CLAIM_READ)
@blp.filters(PageQuery)
@blp.lists(page_of(quotes.AppearanceDocument), example=quotes.APPEARANCE_SHOWN)
def list_appearances(query: dict[str, Any], claim_id: str) -> Response:
    """The places where the claim was made, in the order in which they were added."""
    page = PageRequest.read(query, name=f"appearances/{claim_id}")
    with reading() as session:
        queries.find_visible(session, actor(), claim_id)
        return answers.listing(queries.appearances_page(session, actor(), claim_id, page), page)


@blp.delete("/v1/appearances/<id:appearance_id>")
@requires(Permission.CLAIM_SUBMIT)
@blp.changes(None)
def delete_appearance(appearance_id: str) -> Response:
    """Take back that a claim was made there; its history keeps that it had been said."""
    with transaction() as session:
        remove_appearance(session, actor(), appearance_id, if_match=if_match())
    return answers.nothing()
