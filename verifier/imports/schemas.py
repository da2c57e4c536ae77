"""The public shapes of imports."""

from __future__ import annotations

from typing import Any, Final

from flask_smorest.fields import Upload
from marshmallow import Schema, fields, validate

from verifier.claims.schemas import CLAIM_ID
from verifier.imports.service import STATES
from verifier.kit.fields import FlagParameter, Line, PageQuery, Slug, choice
from verifier.kit.schemas import Person
from verifier.readers.reading import FORMATS

MOST_MAPPED: Final = 50


class ImportQuery(Schema):
    """What to make of the file that is sent."""

    desk = Slug(
        load_default=None, metadata={"description": "May be left out by a member of one desk."}
    )
    format = choice(
        *FORMATS,
        title="ImportFormat",
        load_default=None,
        metadata={"description": "Left out: what the file looks like."},
    )
    dry_run = FlagParameter(
        load_default=False, metadata={"description": "Tell all, and change nothing."}
    )
    map = fields.List(
        Line(300),
        load_default=list,
        validate=validate.Length(max=MOST_MAPPED),
        metadata={"description": "`theirs=ours`, once for each column that has another name."},
    )
    name = Line(
        255,
        load_default=None,
        metadata={"description": "What the file is called; by default as the form says."},
    )


class ImportUpload(Schema):
    """The file as browsers and `curl -F` send it."""

    file = Upload(required=True)


class ImportsQuery(PageQuery):
    """Which imports to list."""

    desk = Slug()


class ImportCounts(Schema):
    """What has become of the rows so far; a repaired one is taken, too."""

    taken = fields.Integer(required=True)
    already_there = fields.Integer(required=True)
    repaired = fields.Integer(required=True)
    refused = fields.Integer(required=True)


class ImportProgress(Schema):
    """How many rows are done, and how many of the file's bytes were read."""

    rows = fields.Integer(required=True)
    read = fields.Integer(required=True)
    bytes = fields.Integer(required=True)


class ImportDocument(Schema):
    """A file that a desk takes in. Rows that are done stay, also where it fails later on."""

    id = fields.UUID(required=True)
    desk = Slug(required=True)
    name = fields.String(required=True, allow_none=True)
    format = choice(
        *FORMATS,
        title="ImportFormat",
        required=True,
        allow_none=True,
        metadata={"description": "As it was asked for; null: by what the file looks like."},
    )
    map = fields.Dict(fields.String(), fields.String(), required=True)
    dry_run = fields.Boolean(required=True)
    sha256 = fields.String(required=True, metadata={"description": "Of the file."})
    state = choice(*STATES, required=True)
    progress = fields.Nested(ImportProgress, required=True)
    counts = fields.Nested(ImportCounts, required=True)
    error = fields.String(
        required=True, allow_none=True, metadata={"description": "Why it cannot be read further."}
    )
    created_by = fields.Nested(
        Person,
        required=True,
        metadata={"description": "Null members: the operator, by command."},
    )
    finished_at = fields.DateTime(required=True, allow_none=True)
    version = fields.Integer(required=True)
    created_at = fields.DateTime(required=True)
    updated_at = fields.DateTime(required=True)


class OriginalDocument(Schema):
    """A row as it stood in the file that was imported."""

    import_id = fields.UUID(required=True, data_key="import")
    row = fields.Integer(required=True, metadata={"description": "Counted from 1."})
    line = fields.Integer(required=True, allow_none=True)
    pointer = fields.String(required=True)
    format = fields.String(required=True, allow_none=True)
    name = fields.String(required=True, allow_none=True)
    sha256 = fields.String(required=True, metadata={"description": "Of the file."})
    imported_at = fields.DateTime(required=True)
    raw = fields.String(required=True)


IMPORT_SHOWN: Final[dict[str, Any]] = {
    "id": "019a9a3c-52d1-7c40-8a58-1f0e8c1b7d19",
    "desk": "border-desk",
    "name": "fact-checks-2019.csv",
    "format": None,
    "map": {"Afirmação": "text"},
    "dry_run": False,
    "sha256": "9c" * 32,
    "state": "running",
    "progress": {"rows": 1500, "read": 1_048_576, "bytes": 4_194_304},
    "counts": {"taken": 1480, "already_there": 12, "repaired": 310, "refused": 8},
    "error": None,
    "created_by": {"id": "019a9a3c-52d1-7c40-8a58-1f0e8c1b7d11", "name": "Leyla Q."},
    "finished_at": None,
    "version": 5,
    "created_at": "2026-11-22T09:30:00.000000Z",
    "updated_at": "2026-11-22T09:30:02.000000Z",
}
ORIGINAL_SHOWN: Final[dict[str, Any]] = {
    "import": IMPORT_SHOWN["id"],
    "row": 17,
    "line": 18,
    "pointer": "",
    "format": None,
    "name": IMPORT_SHOWN["name"],
    "sha256": IMPORT_SHOWN["sha256"],
    "imported_at": IMPORT_SHOWN["created_at"],
    "raw": '{"Afirmação": "As tropas saíram em junho.", "rating": "Falso"}',
}
REPORT_LINE: Final = (
    '{"row": 17, "line": 18, "pointer": "", "outcome": "taken", '
    f'"claim": "{CLAIM_ID}", "source": null, "repairs": '
    '[{"pointer": "/published_at", "detail": "…"}], "notes": [], "reasons": []}\n'
)
MEDIA_TYPES: Final = (
    "text/csv", "text/tab-separated-values", "text/plain", "text/html", "application/json",
    "application/ld+json", "application/x-ndjson", "application/octet-stream",
)  # fmt: skip
FILE: Final[dict[str, Any]] = {
    "description": (
        "The file as it is, whose media type decides nothing: `format` does, or else what it looks "
        f"like. Taken are {', '.join(f'`{each}`' for each in MEDIA_TYPES)}; and a form."
    ),
    "content": {
        "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
        "multipart/form-data": {"schema": ImportUpload},
    },
    "required": True,
}
"""What `POST /v1/imports` takes, for the API's document."""
