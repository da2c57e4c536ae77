"""Sources as they are stored."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from verifier.kit.columns import Document, Id, Moment
from verifier.kit.db import Base, Versioned


class Source(Versioned, Base):
    """A publication. `url_key` is the hash of its canonical URL, by which a desk knows it again.

    `text_snapshot_id` is null for a text that somebody entered, else the snapshot that it is from.
    `archive_hashes` holds the SHA-256 of copies in `archive_urls`, by address, where it was told.
    `snapshots` (the newest ones) and `checked_at` are kept here by the capability above.
    """

    __tablename__ = "sources"
    __table_args__ = (
        Index(None, "desk_id", "id"),
        Index(None, "desk_id", "url_key", unique=True),
        Index(None, "desk_id", "checked_at"),
    )
    __subject__: ClassVar[str] = "source"
    __audited__: ClassVar[tuple[str, ...]] = (
        "desk_id", "url", "canonical_url", "title", "publisher", "author", "published_at",
        "language", "text_sha256", "text_snapshot_id", "archive_urls",
        "archive_hashes", "created_by",
    )  # fmt: skip

    __hashed__: ClassVar[dict[str, str]] = {"text_sha256": "text"}
    """Audited columns that stand for others too large for the trail: their SHA-256."""

    desk_id: Mapped[str] = mapped_column(Id, ForeignKey("desks.id"))
    url: Mapped[str | None] = mapped_column(String(2048))
    canonical_url: Mapped[str | None] = mapped_column(String(2048))
    url_key: Mapped[str | None] = mapped_column(String(64))
    domain: Mapped[str | None] = mapped_column(String(253))
    title: Mapped[str | None] = mapped_column(String(500))
    publisher: Mapped[str | None] = mapped_column(String(200))
    author: Mapped[str | None] = mapped_column(String(500))
    published_at: Mapped[datetime | None] = mapped_column(Moment)
    language: Mapped[str | None] = mapped_column(String(35))
    text: Mapped[str | None] = mapped_column(Text, deferred=True)
    text_sha256: Mapped[str | None] = mapped_column(String(64))
    text_snapshot_id: Mapped[str | None] = mapped_column(Id)
    archive_urls: Mapped[list[str]] = mapped_column(Document)
    archive_hashes: Mapped[dict[str, str] | None] = mapped_column(Document)
    snapshots: Mapped[list[dict[str, Any]]] = mapped_column(Document)
    checked_at: Mapped[datetime | None] = mapped_column(Moment)
    created_by: Mapped[str | None] = mapped_column(Id, ForeignKey("accounts.id"))
