"""Snapshots as they are stored; their content is a WARC file in the archive."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import ClassVar

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from verifier.kit.columns import Id, Moment
from verifier.kit.db import Base, Versioned


class Snapshot(Versioned, Base):
    """A frozen copy of a source. `sha256` and `bytes` are those of its WARC file.

    `payload_sha256` is that of the page itself, without its HTTP headers and content coding.
    `text` and `read_at` are filled in once, when the worker has read it; nothing else ever changes.
    """

    __tablename__ = "snapshots"
    __table_args__ = (Index(None, "source_id", "id"),)
    __subject__: ClassVar[str] = "snapshot"
    __audited__: ClassVar[tuple[str, ...]] = (
        "source_id", "url", "fetched_at", "http_status", "media_type", "sha256", "bytes",
        "payload_sha256", "supplied_by", "text_sha256",
    )  # fmt: skip
    __hashed__: ClassVar[dict[str, str]] = {"text_sha256": "text"}

    source_id: Mapped[str] = mapped_column(Id, ForeignKey("sources.id"))
    url: Mapped[str | None] = mapped_column(String(2048))
    fetched_at: Mapped[datetime] = mapped_column(Moment)
    http_status: Mapped[int | None] = mapped_column(Integer)
    media_type: Mapped[str | None] = mapped_column(String(127))
    sha256: Mapped[str] = mapped_column(String(64))
    bytes: Mapped[int] = mapped_column(BigInteger)
    payload_sha256: Mapped[str] = mapped_column(String(64))
    supplied_by: Mapped[str | None] = mapped_column(Id, ForeignKey("accounts.id"))
    text: Mapped[str | None] = mapped_column(Text, deferred=True)
    text_sha256: Mapped[str | None] = mapped_column(String(64))
    read_at: Mapped[datetime | None] = mapped_column(Moment)

    @property
    def is_copy(self) -> bool:
        """Whether it shows the publication, and not the site's word that there is none."""
        return self.http_status is None or self.http_status < HTTPStatus.BAD_REQUEST
