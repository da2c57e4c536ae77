"""How each quote fared in each snapshot."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Float, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from verifier.kit.columns import Id, Moment, only_where
from verifier.kit.db import Base, Versioned


class QuoteCheck(Versioned, Base):
    """One quote, of an appearance or a piece of evidence, looked for in one snapshot's text.

    `start` and `end` are where it stands in that text, or what is most like it, and `found` is what
    stands there. `state` is null where there was nothing to decide; else `open` until a person, or
    a later snapshot, settles it.
    """

    __tablename__ = "quote_checks"
    __table_args__ = (
        Index(None, "snapshot_id", "id"),
        Index(None, "claim_id", "id"),
        Index(None, "subject_id", "id"),
        Index("ix_quote_checks_open", "desk_id", "id", **only_where("state = 'open'")),
        Index("uq_quote_checks_open", "subject_id", unique=True, **only_where("state = 'open'")),
    )

    snapshot_id: Mapped[str] = mapped_column(Id, ForeignKey("snapshots.id"))
    desk_id: Mapped[str] = mapped_column(Id, ForeignKey("desks.id"))
    claim_id: Mapped[str] = mapped_column(Id, ForeignKey("claims.id"))
    subject_type: Mapped[str] = mapped_column(String(10))
    subject_id: Mapped[str] = mapped_column(Id)
    exact: Mapped[str] = mapped_column(Text)
    outcome: Mapped[str] = mapped_column(String(9))
    score: Mapped[float] = mapped_column(Float)
    start: Mapped[int | None] = mapped_column(Integer)
    end: Mapped[int | None] = mapped_column(Integer)
    found: Mapped[str | None] = mapped_column(Text)
    state: Mapped[str | None] = mapped_column(String(7))
    settled_as: Mapped[str | None] = mapped_column(String(12))
    settled_by: Mapped[str | None] = mapped_column(Id, ForeignKey("accounts.id"))
    settled_at: Mapped[datetime | None] = mapped_column(Moment)
    comment: Mapped[str | None] = mapped_column(Text)
