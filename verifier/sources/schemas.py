"""The public shapes of sources."""

from __future__ import annotations

from typing import Any, Final

from marshmallow import Schema, fields, validate

from verifier.kit.fields import Instant, Language, Line, PageQuery, Slug, Url, choice
from verifier.kit.jobs import JOB_STATES
from verifier.kit.schemas import Person

MOST_ARCHIVE_URLS: Final = 20


class SourceMembers(Schema):
    """What may be said of a source; what is left out is taken from the page where it is found."""

    title = Line(500, allow_none=True)
    publisher = Line(200, allow_none=True)
    author = Line(500, allow_none=True)
    published_at = Instant(allow_none=True)
    language = Language(allow_none=True)
    archive_urls = fields.List(
        Url(),
        validate=validate.Length(max=MOST_ARCHIVE_URLS),
        metadata={"description": "Copies elsewhere: archive.org, archive.today, perma.cc …"},
    )


class NewSource(SourceMembers):
    """A publication: its address, a page's html, or plain text; an address may go with either."""

    desk = Slug(
        load_default=None, metadata={"description": "May be left out by a member of one desk."}
    )
    url = Url(load_default=None, allow_none=True)
    html = fields.String(
        metadata={"description": "The page; its main text and particulars are extracted."}
    )
    text = fields.String(metadata={"description": "The text that quotes are taken from."})


class SourceChange(SourceMembers):
    """Members to correct; `text` only for a source that has none yet."""

    text = fields.String()


class SourceQuery(PageQuery):
    """Which sources to list."""

    desk = Slug()
    url = Url(metadata={"description": "Any spelling of the address; compared canonically."})


class FetchDocument(Schema):
    """How the newest fetch stands. After a failed attempt it is queued again, five times."""

    id = fields.UUID(required=True)
    state = choice(*JOB_STATES, title="JobState", required=True)
    attempts = fields.Integer(required=True)
    next_attempt_at = fields.DateTime(required=True, allow_none=True)
    error = fields.String(
        required=True, allow_none=True, metadata={"description": "Why the last attempt failed."}
    )
    requested_at = fields.DateTime(required=True)
    updated_at = fields.DateTime(required=True)


class SnapshotBrief(Schema):
    """A snapshot as its source shows it."""

    id = fields.UUID(required=True)
    fetched_at = fields.DateTime(required=True)
    http_status = fields.Integer(required=True, allow_none=True)
    sha256 = fields.String(required=True)
    supplied = fields.Boolean(required=True, metadata={"description": "Brought by a person."})


class SourceSummary(Schema):
    """A source without its text."""

    id = fields.UUID(required=True)
    desk = Slug(required=True)
    url = fields.String(required=True, allow_none=True)
    canonical_url = fields.String(required=True, allow_none=True)
    title = fields.String(required=True, allow_none=True)
    publisher = fields.String(required=True, allow_none=True)
    author = fields.String(required=True, allow_none=True)
    published_at = fields.DateTime(required=True, allow_none=True)
    language = fields.String(required=True, allow_none=True)
    text_sha256 = fields.String(required=True, allow_none=True)
    text_snapshot = fields.UUID(
        required=True,
        allow_none=True,
        metadata={"description": "The snapshot that the text is from; null: somebody entered it."},
    )
    archive_urls = fields.List(fields.String(), required=True)
    archive_hashes = fields.Dict(
        fields.String(),
        fields.String(),
        required=True,
        allow_none=True,
        metadata={"description": "SHA-256 of copies, by address, where their keeper told it."},
    )
    snapshots = fields.List(
        fields.Nested(SnapshotBrief), required=True, metadata={"description": "The newest ten."}
    )
    fetch = fields.Nested(FetchDocument, required=True, allow_none=True)
    created_by = fields.Nested(Person, required=True)
    version = fields.Integer(required=True)
    created_at = fields.DateTime(required=True)
    updated_at = fields.DateTime(required=True)


class SourceDocument(SourceSummary):
    """A source with its text, in which quotes are anchored."""

    text = fields.String(required=True, allow_none=True)


class CitedSource(Schema):
    """A source where it is quoted."""

    id = fields.UUID(required=True)
    url = fields.String(required=True, allow_none=True)
    title = fields.String(required=True, allow_none=True)
    publisher = fields.String(required=True, allow_none=True)
    author = fields.String(required=True, allow_none=True)
    published_at = fields.DateTime(required=True, allow_none=True)


SOURCE: Final[dict[str, Any]] = {
    "desk": "border-desk",
    "url": "https://news.example/2024/withdrawal",
    "title": "Convoys head north",
    "text": "The peacekeepers are leaving. The pull-out may be finished before the end of 2025.",
    "language": "en",
}
CITED: Final[dict[str, Any]] = {
    "id": "019a9a3c-52d1-7c40-8a58-1f0e8c1b7d12",
    "url": SOURCE["url"],
    "title": SOURCE["title"],
    "publisher": None,
    "author": None,
    "published_at": None,
}
SOURCE_SHOWN: Final[dict[str, Any]] = {
    **CITED,
    "desk": "border-desk",
    "canonical_url": SOURCE["url"],
    "language": "en",
    "text_sha256": "3f" * 32,
    "text_snapshot": None,
    "archive_urls": ["https://archive.example/2024/withdrawal"],
    "archive_hashes": None,
    "snapshots": [],
    "fetch": None,
    "created_by": {"id": "019a9a3c-52d1-7c40-8a58-1f0e8c1b7d11", "name": "Leyla Q."},
    "version": 1,
    "created_at": "2026-11-22T09:30:00.000000Z",
    "updated_at": "2026-11-22T09:30:00.000000Z",
    "text": SOURCE["text"],
}
SUMMARY_SHOWN: Final = {name: SOURCE_SHOWN[name] for name in SOURCE_SHOWN if name != "text"}
