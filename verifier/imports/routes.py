"""Endpoints for imports: bring a file, see how it gets on, read what became of each row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from flask import Response, current_app, request
from werkzeug.exceptions import UnsupportedMediaType

from verifier.accounts.auth import actor, requires
from verifier.accounts.permissions import Permission
from verifier.desks.service import desk_for
from verifier.imports import erasing, queries, report, schemas  # noqa: F401  (erasing has reactions)
from verifier.imports.models import ImportRow
from verifier.imports.service import LARGEST_FILE, SUFFIX, mapping_of, request_import
from verifier.kit import answers
from verifier.kit.errors import Invalid
from verifier.kit.pagination import PageRequest
from verifier.kit.rest import WRITE_PROBLEMS, Blueprint, leads_to, refuses
from verifier.kit.schemas import page_of
from verifier.kit.text import pasted_text
from verifier.kit.transactions import database, reading, transaction

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from verifier.kit.db import Database
    from verifier.kit.rows import AnyRow
    from verifier.snapshots.archive import Archive

blp = Blueprint("imports", __name__, description="Files of other people's, taken into a desk.")
MULTIPART: Final = "multipart/form-data"
CHUNK: Final = 64 * 1024
FILE_SCHEMA: Final = {"type": "string"}
LONGEST_NAME: Final = 255


@blp.post("/v1/imports")
@requires(Permission.IMPORT_RUN)
@blp.filters(schemas.ImportQuery)
@blp.creates(
    schemas.ImportDocument,
    example=schemas.IMPORT_SHOWN,
    links=leads_to(show_import="import_id", show_report="import_id"),
)
@refuses(*WRITE_PROBLEMS)
@blp.doc(requestBody=schemas.FILE)
def start_import(query: dict[str, Any]) -> Response:
    """Bring a file of claims, reviews or archived pages; the worker begins with it at once."""
    mapping = mapping_of(query["map"])
    content, name = _file()
    with reading() as session:
        desk_for(session, actor(), Permission.IMPORT_RUN, query["desk"])
    archive: Archive = current_app.extensions["verifier.archive"]
    sha256 = archive.put(content, SUFFIX)
    with transaction() as session:
        asked = request_import(
            session, actor(), desk=query["desk"], name=query["name"] or name,
            format=query["format"], mapping=mapping, dry_run=query["dry_run"], sha256=sha256,
            bytes=len(content),
        )  # fmt: skip
        row = queries.import_row(session, actor(), asked.id)
        return answers.created(row.document, row.version, location=f"/v1/imports/{row.id}")


@blp.get("/v1/imports")
@requires(Permission.IMPORT_READ)
@blp.filters(schemas.ImportsQuery)
@blp.lists(page_of(schemas.ImportDocument), example=schemas.IMPORT_SHOWN)
def list_imports(query: dict[str, Any]) -> Response:
    """Your desks' imports, the newest first."""
    page = PageRequest.read(query, name="imports")
    with reading() as session:
        rows = queries.imports_page(session, actor(), page, desk=query.get("desk"))
        return answers.listing(rows, page)


@blp.get("/v1/imports/<id:import_id>")
@requires(Permission.IMPORT_READ)
@blp.shows(schemas.ImportDocument, example=schemas.IMPORT_SHOWN)
def show_import(import_id: str) -> Response:
    """An import: how far it has come, and the counts."""
    with reading() as session:
        row = queries.import_row(session, actor(), import_id)
    return answers.resource(row.document, row.version)


@blp.get("/v1/imports/<id:import_id>/report")
@requires(Permission.IMPORT_READ)
@blp.response(200, FILE_SCHEMA, content_type=report.NDJSON, example=schemas.REPORT_LINE)
@blp.alt_response(200, schema=FILE_SCHEMA, content_type=report.TEXT)
def show_report(import_id: str) -> Response:
    """What became of each row that is done: NDJSON, or text where `Accept` asks for it."""
    with reading() as session:
        queries.demand_import(session, actor(), import_id)
    best = request.accept_mimetypes.best_match(report.MEDIA_TYPES, report.NDJSON)
    write = report.as_text if best == report.TEXT else report.as_ndjson
    answer = Response(_chunks(database(), import_id, write), mimetype=best)
    answer.vary.add("Accept")
    return answer


@blp.get("/v1/claims/<id:claim_id>/original")
@requires(Permission.IMPORT_READ)
@blp.response(200, schemas.OriginalDocument, example=schemas.ORIGINAL_SHOWN)
def show_claim_original(claim_id: str) -> Response:
    """The row that an imported claim came from, as it stood in its file."""
    with reading() as session:
        document = queries.original(session, actor(), ImportRow.claim_id, claim_id)
    return Response(document, mimetype="application/json")


@blp.get("/v1/sources/<id:source_id>/original")
@requires(Permission.IMPORT_READ)
@blp.response(200, schemas.OriginalDocument, example=schemas.ORIGINAL_SHOWN)
def show_source_original(source_id: str) -> Response:
    """The row that an imported list of sources told of this one."""
    with reading() as session:
        document = queries.original(session, actor(), ImportRow.source_id, source_id)
    return Response(document, mimetype="application/json")


def _file() -> tuple[bytes, str | None]:
    """The file that was sent and its name; kept whole, since a repeated request is known by it."""
    request.max_content_length = LARGEST_FILE
    body = request.get_data()
    if request.mimetype != MULTIPART:
        if request.mimetype not in schemas.MEDIA_TYPES:
            raise UnsupportedMediaType
        return _filled(body), None
    files = request.files.getlist("file")
    if len(files) != 1 or len(request.files) > 1 or request.form:
        message = "Send one file, as the part named file; what to make of it stands in the query."
        raise Invalid.member("/file", message)
    (file,) = files
    return _filled(file.read()), pasted_text(file.filename or "")[:LONGEST_NAME] or None


def _filled(content: bytes) -> bytes:
    if not content:
        raise Invalid.member("/file", "This file is empty.")
    return content


def _chunks(
    source: Database, import_id: str, write: Callable[[Iterable[AnyRow]], Iterator[bytes]]
) -> Iterator[bytes]:
    with source.snapshot() as session:
        buffered = bytearray()
        for piece in write(queries.report_rows(session, import_id)):
            buffered += piece
            if len(buffered) >= CHUNK:
                yield bytes(buffered)
                buffered.clear()
        yield bytes(buffered)
