"""The public shape of an export's manifest."""

from __future__ import annotations

from typing import Any, Final

from marshmallow import Schema, fields

from verifier.events.audit_schemas import CHECKPOINT, CheckpointDocument

OF_THE_FILE: Final = "Of the file's bytes; null for a DataFeed, which tells when it was made."


class ManifestDocument(Schema):
    """What an export is of, as the service had it at that moment."""

    format = fields.String(required=True)
    filters = fields.Dict(required=True)
    claims = fields.Integer(
        required=True, metadata={"description": "How many matched the filters."}
    )
    bytes = fields.Integer(required=True, allow_none=True)
    sha256 = fields.String(required=True, allow_none=True, metadata={"description": OF_THE_FILE})
    at = fields.DateTime(required=True)
    checkpoint = fields.Nested(
        CheckpointDocument,
        required=True,
        allow_none=True,
        metadata={"description": "The trail's newest one at that moment."},
    )


MANIFEST_SHOWN: Final[dict[str, Any]] = {
    "format": "ndjson",
    "filters": {"desk": "border-desk"},
    "claims": 1,
    "bytes": 1903,
    "sha256": "b3a8e0e1f9ab1bfe3a36f231f676f78bb30a519d2b21e6c530c0eee8ebb4a5d0",
    "at": "2026-11-26T09:30:00.000000Z",
    "checkpoint": CHECKPOINT,
}
