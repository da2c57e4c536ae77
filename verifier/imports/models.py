"""Imports and what became of each row of their files, as they are stored."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import BigInteger, Boolean, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from verifier.kit.columns import Document, Id, Moment, only_where
from verifier.kit.db import Base, Versioned


class Import(Versioned, Base):
    """A file that a desk takes in, and how far it has come.

    `position` is how many of the file's rows are done, whole, with all that they brought: whoever
    goes on begins there. `restores` is true where the operator brings back a desk's own records.
    """

    __tablename__ = "imports"
    __table_args__ = (Index(None, "desk_id", "id"),)
    __subject__: ClassVar[str] = "import"
    __audited__: ClassVar[tuple[str, ...]] = (
        "desk_id", "name", "format", "mapping", "dry_run", "restores", "sha256", "bytes",
        "created_by",
    )  # fmt: skip

    desk_id: Mapped[str] = mapped_column(Id, ForeignKey("desks.id"))
    name: Mapped[str | None] = mapped_column(String(255))
    format: Mapped[str | None] = mapped_column(String(16))
    mapping: Mapped[dict[str, str]] = mapped_column(Document)
    dry_run: Mapped[bool] = mapped_column(Boolean)
    restores: Mapped[bool] = mapped_column(Boolean)
    sha256: Mapped[str] = mapped_column(String(64))
    bytes: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(String(8))
    position: Mapped[int] = mapped_column(Integer)
    bytes_read: Mapped[int] = mapped_column(BigInteger)
    taken: Mapped[int] = mapped_column(Integer)
    already_there: Mapped[int] = mapped_column(Integer)
    repaired: Mapped[int] = mapped_column(Integer)
    refused: Mapped[int] = mapped_column(Integer)
    error: Mapped[str | None] = mapped_column(Text)
    finished_at: Mapped[datetime | None] = mapped_column(Moment)
    created_by: Mapped[str | None] = mapped_column(Id, ForeignKey("accounts.id"))


class ImportRow(Base):
    """One row of a file as it stood there, and what became of it.

    `key` stands for the publisher, the address and the wording (or for a record, its id), by which
    a row is known again. `desk_id` is null in a dry run, whose rows have brought nothing, so the
    key holds within that run only. `duplicate_of` is a record's, until its claim points there.
    """

    __tablename__ = "import_rows"
    __table_args__ = (
        Index("uq_import_rows_key", "desk_id", "key", unique=True),
        Index("ix_import_rows_dry", "import_id", "text_key", **only_where("desk_id IS NULL")),
        Index(
            "ix_import_rows_duplicate", "import_id", "number",
            **only_where("duplicate_of IS NOT NULL"),
        ),
        Index("ix_import_rows_claim", "claim_id", **only_where("claim_id IS NOT NULL")),
        Index("ix_import_rows_source", "source_id", **only_where("source_id IS NOT NULL")),
    )  # fmt: skip

    import_id: Mapped[str] = mapped_column(Id, ForeignKey("imports.id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    desk_id: Mapped[str | None] = mapped_column(Id, ForeignKey("desks.id"))
    line: Mapped[int | None] = mapped_column(Integer)
    pointer: Mapped[str] = mapped_column(Text)
    outcome: Mapped[str] = mapped_column(String(13))
    remarks: Mapped[dict[str, Any]] = mapped_column(Document)
    raw: Mapped[str] = mapped_column(Text)
    key: Mapped[str | None] = mapped_column(String(64))
    text_key: Mapped[str | None] = mapped_column(String(64))
    claim_id: Mapped[str | None] = mapped_column(Id)
    source_id: Mapped[str | None] = mapped_column(Id)
    duplicate_of: Mapped[str | None] = mapped_column(Id)
