"""Endpoints for snapshots: have a source fetched, bring a copy, read what is archived."""

from __future__ import annotations

from typing import Any, Final

from flask import Response, current_app, request

from verifier.accounts.auth import actor, requires
from verifier.accounts.permissions import Permission
from verifier.kit import answers
from verifier.kit.errors import Invalid, NotFound
from verifier.kit.fields import PageQuery
from verifier.kit.pagination import PageRequest
from verifier.kit.rest import WRITE_PROBLEMS, Blueprint, leads_to, refuses
from verifier.kit.schemas import page_of
from verifier.kit.transactions import reading, transaction
from verifier.snapshots import queries, schemas, service
from verifier.snapshots.archive import SUFFIX, Archive, ArchiveDamaged, blocks
from verifier.snapshots.uploads import read_upload
from verifier.sources.service import load_source

blp = Blueprint("snapshots", __name__, description="Frozen, hashed copies of sources.")
LARGEST_UPLOAD: Final = 64 * 1024 * 1024
MULTIPART: Final = "multipart/form-data"
WARC_TYPE: Final = "application/warc"
WARC_SCHEMA: Final = {"type": "string", "contentMediaType": WARC_TYPE}
SANDBOX: Final = "sandbox; default-src 'none'"


@blp.post("/v1/sources/<id:source_id>/snapshots")
@requires(Permission.SOURCE_SUBMIT)
@blp.creates(
    schemas.SnapshotDocument,
    example=schemas.SNAPSHOT_SHOWN,
    links=leads_to(show_snapshot="snapshot_id"),
)
@blp.alt_response(
    202,
    schema=schemas.JobDocument,
    example=schemas.JOB_SHOWN,
    description="It will be fetched; `Location` tells how the job stands.",
)
@refuses(*WRITE_PROBLEMS)
@blp.doc(requestBody=schemas.UPLOAD)
def take_snapshot(source_id: str) -> Response:
    """Have a source fetched now (JSON `{}`), or bring a copy of it (multipart `file`)."""
    if request.mimetype == MULTIPART:
        return _supplied(source_id)
    blp.ARGUMENTS_PARSER.parse(schemas.FetchRequest(), location="json")
    with transaction() as session:
        job = service.request_fetch(session, actor(), source_id)
        document = queries.job_document(session, actor(), job.id)
        return answers.accepted(document, location=f"/v1/jobs/{job.id}")


@blp.get("/v1/sources/<id:source_id>/snapshots")
@requires(Permission.SOURCE_READ)
@blp.filters(PageQuery)
@blp.lists(page_of(schemas.SnapshotDocument), example=schemas.SNAPSHOT_SHOWN)
def list_snapshots(query: dict[str, Any], source_id: str) -> Response:
    """A source's snapshots, the one that came last first."""
    page = PageRequest.read(query, name=f"snapshots/{source_id}")
    with reading() as session:
        load_source(session, actor(), source_id, Permission.SOURCE_READ)
        return answers.listing(queries.snapshots_page(session, source_id, page), page)


@blp.get("/v1/snapshots/<id:snapshot_id>")
@requires(Permission.SOURCE_READ)
@blp.shows(schemas.SnapshotDocument, example=schemas.SNAPSHOT_SHOWN)
def show_snapshot(snapshot_id: str) -> Response:
    """A snapshot: when it was taken, and the hashes that prove it."""
    with reading() as session:
        row = queries.snapshot_row(session, actor(), snapshot_id)
    return answers.resource(row.document, row.version)


@blp.get("/v1/snapshots/<id:snapshot_id>/text")
@requires(Permission.SOURCE_READ)
@blp.shows({"type": "string"}, example="The peacekeepers are leaving.", content_type="text/plain")
def show_snapshot_text(snapshot_id: str) -> Response:
    """The text that was read from a snapshot: what offsets counted in then still count in."""
    with reading() as session:
        row = queries.snapshot_text_row(session, actor(), snapshot_id)
    if row.text is None:
        raise NotFound("No text was read from this snapshot, or not yet.")
    return answers.resource(row.text, row.version, media_type="text/plain")


@blp.get("/v1/snapshots/<id:snapshot_id>/warc")
@requires(Permission.SOURCE_READ)
@blp.shows(WARC_SCHEMA, example=None, content_type=WARC_TYPE)
def download_snapshot(snapshot_id: str) -> Response:
    """The WARC file as it was archived; any replay tool opens it."""
    with reading() as session:
        row = queries.snapshot_row(session, actor(), snapshot_id)
    try:
        file = _archive().open(row.sha256)
    except ArchiveDamaged as error:
        message = "This snapshot's file is missing from the archive; its operator can restore it."
        raise NotFound(message) from error
    answer = Response(blocks(file), mimetype=WARC_TYPE)
    answer.headers["Content-Disposition"] = f'attachment; filename="{row.sha256}{SUFFIX}"'
    answer.headers["Content-Security-Policy"] = SANDBOX
    answer.set_etag(row.sha256)
    if request.if_none_match.contains_weak(row.sha256):
        file.close()
        answer = Response(status=304, headers=answer.headers)
    return answer


@blp.get("/v1/jobs/<id:job_id>")
@requires(Permission.SOURCE_READ)
@blp.response(200, schemas.JobDocument, example=schemas.JOB_SHOWN)
def show_job(job_id: str) -> Response:
    """How work in the background stands, such as a fetch that you asked for."""
    with reading() as session:
        return answers.json_answer(queries.job_document(session, actor(), job_id))


def _supplied(source_id: str) -> Response:
    request.max_content_length = LARGEST_UPLOAD
    request.get_data()  # kept whole, since a repeated request is known by it
    form = blp.ARGUMENTS_PARSER.parse(schemas.UploadForm(), location="form")
    files = request.files.getlist("file")
    if len(files) != 1 or len(request.files) > 1:
        message = "Send one file, as the part named file."
        raise Invalid.member("/file", message)
    (file,) = files
    with reading() as session:
        source = load_source(session, actor(), source_id, Permission.SOURCE_SUBMIT)
    upload = read_upload(
        file.read(), file.mimetype, url=form.get("url") or source.url,
        fetched_at=form.get("fetched_at"), software=current_app.config["SOFTWARE"],
    )  # fmt: skip
    sha256 = _archive().put(upload.file)
    with transaction() as session:
        members = {**upload.members(), "sha256": sha256, "is_dated": "fetched_at" in form}
        snapshot = service.supply_snapshot(session, actor(), source_id, **members)
        row = queries.snapshot_row(session, actor(), snapshot.id)
        return answers.created(row.document, row.version, location=f"/v1/snapshots/{row.id}")


def _archive() -> Archive:
    found: Archive = current_app.extensions["verifier.archive"]
    return found
