"""The public shapes of snapshots, uploads and jobs."""

from __future__ import annotations

from typing import Any, Final

from flask_smorest.fields import Upload
from marshmallow import Schema, fields

from verifier.kit.fields import Instant, Url
from verifier.kit.schemas import Person
from verifier.snapshots.service import READ
from verifier.sources.schemas import SOURCE, FetchDocument
from verifier.sources.service import FETCH


class FetchRequest(Schema):
    """Ask for the source to be fetched now; there is nothing to choose."""


class UploadForm(Schema):
    """The fields beside `file` of an upload."""

    fetched_at = Instant(
        metadata={"description": "When the copy was made; by default what the WARC file says."}
    )
    url = Url(metadata={"description": "Where from; by default the source's own URL."})


class SnapshotUpload(UploadForm):
    """A copy that you hold, with what you know of it."""

    file = Upload(
        required=True, metadata={"description": "A WARC file, a saved page, a PDF, a text."}
    )


class SnapshotDocument(Schema):
    """A frozen copy of a source."""

    id = fields.UUID(required=True)
    source = fields.UUID(required=True)
    url = fields.String(required=True, allow_none=True)
    fetched_at = fields.DateTime(required=True)
    http_status = fields.Integer(required=True, allow_none=True)
    media_type = fields.String(required=True, allow_none=True)
    sha256 = fields.String(
        required=True, metadata={"description": "Of the WARC file: what `sha256sum` prints."}
    )
    bytes = fields.Integer(required=True, metadata={"description": "Of the WARC file."})
    payload_sha256 = fields.String(
        required=True, metadata={"description": "Of the page itself, its content coding undone."}
    )
    warc = fields.String(required=True, metadata={"description": "Where the WARC file is."})
    supplied_by = fields.Nested(
        Person,
        required=True,
        allow_none=True,
        metadata={"description": "Who brought it; null: this service fetched it itself."},
    )
    text_sha256 = fields.String(required=True, allow_none=True)
    read_at = fields.DateTime(
        required=True,
        allow_none=True,
        metadata={"description": "When its text was read; there may be none to be found."},
    )
    version = fields.Integer(required=True)
    created_at = fields.DateTime(required=True)


class JobDocument(FetchDocument):
    """Work that is done in the background."""

    kind = fields.String(required=True, metadata={"enum": [FETCH, READ]})
    subject = fields.UUID(required=True, metadata={"description": "The source or snapshot."})
    result = fields.Dict(
        required=True, allow_none=True, metadata={"description": "Such as the new snapshot's id."}
    )


SNAPSHOT_SHOWN: Final[dict[str, Any]] = {
    "id": "019a9a3c-52d1-7c40-8a58-1f0e8c1b7d15",
    "source": "019a9a3c-52d1-7c40-8a58-1f0e8c1b7d12",
    "url": SOURCE["url"],
    "fetched_at": "2026-11-22T09:30:00.000000Z",
    "http_status": 200,
    "media_type": "text/html",
    "sha256": "9c" * 32,
    "bytes": 48_211,
    "payload_sha256": "5b" * 32,
    "warc": "/v1/snapshots/019a9a3c-52d1-7c40-8a58-1f0e8c1b7d15/warc",
    "supplied_by": None,
    "text_sha256": "3f" * 32,
    "read_at": "2026-11-22T09:30:01.000000Z",
    "version": 2,
    "created_at": "2026-11-22T09:30:00.000000Z",
}
JOB_SHOWN: Final[dict[str, Any]] = {
    "id": "019a9a3c-52d1-7c40-8a58-1f0e8c1b7d16",
    "kind": FETCH,
    "subject": SNAPSHOT_SHOWN["source"],
    "state": "queued",
    "attempts": 0,
    "next_attempt_at": "2026-11-22T09:30:00.000000Z",
    "error": None,
    "result": None,
    "requested_at": "2026-11-22T09:30:00.000000Z",
    "updated_at": "2026-11-22T09:30:00.000000Z",
}
UPLOAD: Final[dict[str, Any]] = {
    "content": {
        "application/json": {"schema": FetchRequest, "example": {}},
        "multipart/form-data": {"schema": SnapshotUpload},
    },
    "required": True,
}
"""What `POST /v1/sources/{id}/snapshots` takes, for the API's document."""
