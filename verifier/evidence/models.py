"""Evidence as it is stored."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import Boolean, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from verifier.kit.columns import Document, Id, Moment
from verifier.kit.db import Base, Versioned


class Evidence(Versioned, Base):
    """A passage of a source that supports, refutes or gives context to a claim. Never deleted.

    Its offsets count in the text of the snapshot that it is pinned to; without one, in the
    source's. Once a verdict that cites it was published (`published_at`), it stays as it is.
    """

    __tablename__ = "evidence"
    __table_args__ = (Index(None, "claim_id", "id"), Index(None, "source_id"))
    __subject__: ClassVar[str] = "evidence"
    __audited__: ClassVar[tuple[str, ...]] = (
        "claim_id", "source_id", "stance", "exact", "prefix", "suffix", "start", "end", "note",
        "snapshot_id", "snapshot_sha256", "confidential", "added_by", "withdrawn_by",
        "withdrawn_at", "withdrawn_reason",
    )  # fmt: skip

    claim_id: Mapped[str] = mapped_column(Id, ForeignKey("claims.id"))
    source_id: Mapped[str] = mapped_column(Id, ForeignKey("sources.id"))
    stance: Mapped[str] = mapped_column(String(8))
    exact: Mapped[str | None] = mapped_column(Text)
    prefix: Mapped[str | None] = mapped_column(Text)
    suffix: Mapped[str | None] = mapped_column(Text)
    start: Mapped[int | None] = mapped_column(Integer)
    end: Mapped[int | None] = mapped_column(Integer)
    note: Mapped[str] = mapped_column(Text)
    snapshot_id: Mapped[str | None] = mapped_column(Id)
    snapshot_sha256: Mapped[str | None] = mapped_column(String(64))
    standing: Mapped[dict[str, Any] | None] = mapped_column(Document)
    confidential: Mapped[bool] = mapped_column(Boolean)
    published_at: Mapped[datetime | None] = mapped_column(Moment)
    added_by: Mapped[str | None] = mapped_column(Id, ForeignKey("accounts.id"))
    withdrawn_by: Mapped[str | None] = mapped_column(Id, ForeignKey("accounts.id"))
    withdrawn_at: Mapped[datetime | None] = mapped_column(Moment)
    withdrawn_reason: Mapped[str | None] = mapped_column(Text)
