"""Endpoints for sources."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from verifier.accounts.auth import actor, requires
from verifier.accounts.models import Desk
from verifier.accounts.permissions import Permission
from verifier.kit import answers
from verifier.kit.answers import if_match
from verifier.kit.errors import Invalid, NotFound
from verifier.kit.pagination import PageRequest
from verifier.kit.rest import Blueprint, leads_to
from verifier.kit.schemas import page_of
from verifier.kit.transactions import reading, transaction
from verifier.sources import queries, schemas, service
from verifier.sources.models import Source
from verifier.sources.reading import read_publication, readable
from verifier.sources.urls import UrlNotAccepted, canonical_url

if TYPE_CHECKING:
    from flask import Response
    from sqlalchemy import ColumnElement

blp = Blueprint("sources", __name__, description="Publications that claims and evidence quote.")


@blp.post("/v1/sources")
@requires(Permission.SOURCE_SUBMIT)
@blp.takes(schemas.NewSource, example=schemas.SOURCE)
@blp.creates(
    schemas.SourceDocument,
    example=schemas.SOURCE_SHOWN,
    links=leads_to(show_source="source_id", show_text="source_id"),
)
def submit_source(payload: dict[str, Any]) -> Response:
    """Submit a source: by its address, as a page's html, or as plain text."""
    publication = read_publication(payload)
    with transaction() as session:
        source = service.submit_source(session, actor(), desk=payload["desk"], **publication)
        row = queries.source_document(session, actor(), source.id)
        return answers.created(row.document, row.version, location=f"/v1/sources/{source.id}")


@blp.get("/v1/sources")
@requires(Permission.SOURCE_READ)
@blp.filters(schemas.SourceQuery)
@blp.lists(page_of(schemas.SourceSummary), example=schemas.SUMMARY_SHOWN)
def list_sources(query: dict[str, Any]) -> Response:
    """Sources, newest first, without their text."""
    page = PageRequest.read(query, name="sources")
    with reading() as session:
        rows = queries.sources_page(session, actor(), _conditions(query), page)
    return answers.listing(rows, page)


@blp.get("/v1/sources/<id:source_id>")
@requires(Permission.SOURCE_READ)
@blp.shows(schemas.SourceDocument, example=schemas.SOURCE_SHOWN)
def show_source(source_id: str) -> Response:
    """A source with its text."""
    with reading() as session:
        row = queries.source_document(session, actor(), source_id)
    return answers.resource(row.document, row.version)


@blp.patch("/v1/sources/<id:source_id>")
@requires(Permission.SOURCE_SUBMIT)
@blp.takes(schemas.SourceChange, example={"publisher": "News Example"})
@blp.changes(schemas.SourceDocument, example=schemas.SOURCE_SHOWN)
def update_source(payload: dict[str, Any], source_id: str) -> Response:
    """Correct what is known of a source, or supply its text if it has none."""
    if "text" in payload:
        payload["text"] = readable(payload["text"])
    with transaction() as session:
        service.update_source(session, actor(), source_id, if_match=if_match(), **payload)
        row = queries.source_document(session, actor(), source_id)
        return answers.resource(row.document, row.version)


@blp.get("/v1/sources/<id:source_id>/text")
@requires(Permission.SOURCE_READ)
@blp.shows({"type": "string"}, example=schemas.SOURCE["text"], content_type="text/plain")
def show_text(source_id: str) -> Response:
    """The source's text alone: what offsets of quotes count in, by code points."""
    with reading() as session:
        row = queries.source_text_row(session, actor(), source_id)
    if row.text is None:
        raise NotFound("This source has no text yet.")
    return answers.resource(row.text, row.version, media_type="text/plain")


def _conditions(query: dict[str, Any]) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if "desk" in query:
        conditions.append(Source.desk_id.in_(select(Desk.id).where(Desk.slug == query["desk"])))
    if "url" in query:
        try:
            key = hashlib.sha256(canonical_url(query["url"]).encode()).hexdigest()
        except UrlNotAccepted as error:
            raise Invalid.member("/url", str(error)) from None
        conditions.append(Source.url_key == key)
    return conditions
