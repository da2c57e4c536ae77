"""Endpoints for exports: streamed, so that memory does not grow with what is stored."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

import orjson
from flask import Response, current_app, request
from marshmallow import INCLUDE, Schema

from verifier.accounts.auth import actor, requires
from verifier.accounts.permissions import Permission
from verifier.claims.filter_schemas import SORTS, ClaimFilters
from verifier.claims.filters import values_for
from verifier.claims.routes import CLAIM_FORMS
from verifier.exports import linked_data, queries
from verifier.exports.claimreview import review
from verifier.exports.manifest import Manifest
from verifier.exports.schemas import MANIFEST_SHOWN, ManifestDocument
from verifier.exports.service import (
    FORMATS,
    JSON_LD,
    MEDIA_TYPES,
    SUFFIXES,
    TELLS_ITS_TIME,
    chunked,
    export,
    omissions,
)
from verifier.kit.answers import json_answer, resource
from verifier.kit.errors import Conflict, Invalid, NotFound
from verifier.kit.fields import FlagParameter, choice
from verifier.kit.rest import Blueprint, refuses
from verifier.kit.transactions import database, reading

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from sqlalchemy.orm import Session

    from verifier.accounts.actor import Actor
    from verifier.kit.db import Database

blp = Blueprint("exports", __name__, description="Claims in the formats that the world reads.")
FILES: Final = {
    "application/ld+json": {"type": "object"},
    "application/x-ndjson": {"type": "string"},
    "text/csv": {"type": "string"},
}


class NoVerdictInForce(NotFound):
    """This claim has no published verdict in force, so there is no ClaimReview of it."""


class NotExportable(Conflict):
    """The verdict in force does not make a valid ClaimReview; `errors` says what is missing."""


class ClaimReview(Schema):
    """A fact-check, as schema.org has it."""

    class Meta:
        unknown = INCLUDE


class ExportQuery(ClaimFilters):
    """Which claims; `omitted` or `manifest` tell about the export instead of making it."""

    sort = choice(
        *SORTS,
        title="ExportOrder",
        error="An export goes by one of: {choices}. `relevance` ranks the best finds only, and an "
        "export holds them all: ask the list for it.",
        metadata={
            "description": "`created_at` if left out; `-` reverses; claims without a due date come "
            "last. By `priority` or `due_at`, only your desks' and their partners' claims."
        },
    )
    omitted = FlagParameter(
        load_default=False,
        metadata={"description": "NDJSON of the claims that JSON-LD leaves out, and why."},
    )
    manifest = FlagParameter(
        load_default=False,
        metadata={"description": "JSON: the export's hash, and the trail's newest checkpoint."},
    )


@blp.get(f"/v1/exports/<any({','.join(FORMATS)}):export_format>")
@requires(Permission.EXPORT_READ)
@blp.filters(ExportQuery)
@blp.response(200, FILES["text/csv"], content_type="text/csv")
@blp.alt_response(200, schema=FILES["application/x-ndjson"], content_type="application/x-ndjson")
@blp.alt_response(200, schema=FILES["application/ld+json"], content_type="application/ld+json")
@blp.alt_response(
    200, schema=ManifestDocument, content_type="application/json", example=MANIFEST_SHOWN
)
def export_claims(query: dict[str, Any], export_format: str) -> Response:
    """Claims you may read, whole; as JSON-LD those with a verdict in force."""
    public_url = current_app.config["PUBLIC_URL"]
    values_for(actor(), query)  # what makes no sense is refused before the stream begins
    valid_only = export_format in JSON_LD
    if query.pop("manifest"):
        return _manifest(query, export_format, public_url)
    listing_omitted = query["omitted"] and valid_only
    write = (
        partial(omissions, public_url=public_url)
        if listing_omitted
        else partial(export, export_format=export_format, public_url=public_url)
    )
    media_type = "application/x-ndjson" if listing_omitted else MEDIA_TYPES[export_format]
    chunks = _chunks(database(), actor(), query, write, in_force_only=valid_only)
    answer = Response(chunks, mimetype=media_type)
    if not listing_omitted:
        name = f"claims.{SUFFIXES[export_format]}"
        answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    for told in ("manifest", "omitted") if valid_only else ("manifest",):
        answer.headers.add("Link", f'<{_about_this(told)}>; rel="describedby"')
    return answer


def _about_this(told: str) -> str:
    """Where the same filters tell of the export."""
    same = [(name, value) for name, value in request.args.items() if name != "omitted"]
    return f"{request.path}?{urlencode([*same, (told, 'true')])}"


@blp.get("/v1/claims/<id:claim_id>/claimreview")
@requires(Permission.CLAIM_READ)
@blp.shows(ClaimReview, content_type="application/ld+json", example=None)
@refuses(409)
def show_claimreview(claim_id: str) -> Response:
    """The ClaimReview of the verdict in force."""
    with reading() as session:
        record, _ = _record(session, claim_id)
    if record["verdict"] is None:
        message = "This claim has no published verdict in force."
        raise NoVerdictInForce(message)
    reviewed = review(record, public_url=current_app.config["PUBLIC_URL"])
    if reviewed.document is None:
        reasons = [{"detail": f.detail, "pointer": f.pointer} for f in reviewed.faults]
        message = "The verdict in force does not make a valid ClaimReview."
        raise NotExportable(message, errors=reasons)
    version = record["verdict"]["version"]
    return resource(reviewed.document, version, media_type="application/ld+json")


@CLAIM_FORMS.written(linked_data.JSON_LD)
def show_linked_data(claim_id: str) -> Response:
    """The claim and its verdicts as JSON-LD."""
    document, version = _linked(claim_id)
    return resource(document, version, media_type=linked_data.JSON_LD)


@CLAIM_FORMS.written(linked_data.TURTLE)
def show_turtle(claim_id: str) -> Response:
    """The same as Turtle."""
    document, version = _linked(claim_id)
    return resource(linked_data.turtle(document), version, media_type=linked_data.TURTLE)


def _linked(claim_id: str) -> tuple[dict[str, object], int]:
    with reading() as session:
        record, version = _record(session, claim_id)
        reviews = queries.reviews(session, claim_id)
    public_url = current_app.config["PUBLIC_URL"]
    return linked_data.linked(record, reviews, public_url=public_url), version


def _record(session: Session, claim_id: str) -> tuple[Any, int]:
    found = queries.record(session, actor(), claim_id)
    if found is None:
        message = "There is no such claim, or you may not see it."
        raise NotFound(message)
    return orjson.loads(found.document), found.version


def _manifest(query: dict[str, Any], export_format: str, public_url: str) -> Response:
    if query.pop("omitted"):
        message = "Ask for what is left out and for the manifest one after the other."
        raise Invalid.member("/manifest", message)
    with database().snapshot() as session:
        told = Manifest.begin(session, export_format, query)
        in_force_only = export_format in JSON_LD
        texts = queries.records(session, actor(), query, in_force_only=in_force_only)
        chunks = export(told.count(texts), export_format=export_format, public_url=public_url)
        for _ in told.read(chunks):
            pass
    document = told.document()
    if export_format in TELLS_ITS_TIME:
        document |= {"bytes": None, "sha256": None}
    return json_answer(document)


def _chunks(
    source: Database,
    who: Actor,
    filters: dict[str, Any],
    write: Callable[[Iterable[str]], Iterator[bytes]],
    *,
    in_force_only: bool,
) -> Iterator[bytes]:
    with source.snapshot() as session:
        texts = queries.records(session, who, filters, in_force_only=in_force_only)
        yield from chunked(write(texts))
