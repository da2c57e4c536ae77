"""Verdicts, what they cite, reviews and recusals as they are stored."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
    select,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from verifier.kit.columns import Document, Id, Moment, json_list
from verifier.kit.db import Base, Versioned

IN_FORCE = text("state = 'published'")


class Verdict(Versioned, Base):
    """A reasoned rating of a claim. Once published, its content never changes.

    `round` counts how often it was proposed. A claim has at most one verdict in force.
    `given_rating` is what an imported one's publisher calls its rating (`label`, `value`, `best`,
    `worst`, `normalised`), whatever the desk's scale has; `corrects_elsewhere` names the verdict
    that it corrected where it came from, which is not here.
    """

    __tablename__ = "verdicts"
    __table_args__ = (
        UniqueConstraint("id", "author_id"),
        Index(None, "claim_id", "id"),
        Index(None, "desk_id", "state", "id"),
        Index(None, "author_id", "state", "id"),
        Index(
            "uq_verdicts_in_force", "claim_id", unique=True,
            postgresql_where=IN_FORCE, sqlite_where=IN_FORCE,
        ),
    )  # fmt: skip
    __subject__: ClassVar[str] = "verdict"
    __audited__: ClassVar[tuple[str, ...]] = (
        "claim_id", "desk_id", "author_id", "rating", "scale_version", "title", "summary",
        "explanation", "language", "state", "round", "digest", "correction_kind",
        "correction_note", "correction_of_id", "origin", "publisher", "published_at", "url",
        "retracted_reason", "publisher_url", "given_rating", "corrects_elsewhere",
    )  # fmt: skip
    __listed__: ClassVar[dict[str, Any]]

    claim_id: Mapped[str] = mapped_column(Id, ForeignKey("claims.id"))
    desk_id: Mapped[str] = mapped_column(Id, ForeignKey("desks.id"))
    author_id: Mapped[str | None] = mapped_column(Id, ForeignKey("accounts.id"))
    rating: Mapped[str] = mapped_column(String(64))
    scale_version: Mapped[int] = mapped_column(Integer)
    title: Mapped[str] = mapped_column(Text)
    summary: Mapped[str] = mapped_column(Text)
    explanation: Mapped[str] = mapped_column(Text)
    language: Mapped[str | None] = mapped_column(String(35))
    state: Mapped[str] = mapped_column(String(16))
    round: Mapped[int] = mapped_column(SmallInteger)
    digest: Mapped[str] = mapped_column(String(64))
    correction_kind: Mapped[str | None] = mapped_column(String(16))
    correction_note: Mapped[str | None] = mapped_column(Text)
    correction_of_id: Mapped[str | None] = mapped_column(Id, ForeignKey("verdicts.id"))
    origin: Mapped[str] = mapped_column(String(8))
    publisher: Mapped[str | None] = mapped_column(String(200))
    publisher_url: Mapped[str | None] = mapped_column(String(2048))
    given_rating: Mapped[dict[str, Any] | None] = mapped_column(Document)
    corrects_elsewhere: Mapped[str | None] = mapped_column(Id)
    published_at: Mapped[datetime | None] = mapped_column(Moment)
    url: Mapped[str | None] = mapped_column(String(2048))
    retracted_reason: Mapped[str | None] = mapped_column(Text)


class Citation(Base):
    """A piece of evidence that a verdict rests on."""

    __tablename__ = "citations"
    __table_args__ = (Index(None, "evidence_id"),)

    verdict_id: Mapped[str] = mapped_column(Id, ForeignKey("verdicts.id"), primary_key=True)
    evidence_id: Mapped[str] = mapped_column(Id, ForeignKey("evidence.id"), primary_key=True)


Verdict.__listed__ = {
    "evidence": select(json_list(Citation.evidence_id, order_by=Citation.evidence_id))
    .where(Citation.verdict_id == Verdict.id)
    .correlate(Verdict)
    .scalar_subquery()
}


class Review(Base):
    """One colleague's decision on a verdict as it stood, by its digest. Never changed.

    The author's id stands here too, tied to the verdict's own, so that the database itself can
    refuse a review by the author.
    """

    __tablename__ = "reviews"
    __table_args__ = (
        ForeignKeyConstraint(("verdict_id", "author_id"), ("verdicts.id", "verdicts.author_id")),
        CheckConstraint("reviewer_id <> author_id", name="reviewer_is_not_author"),
        # One who has approved may still ask for changes.
        UniqueConstraint("verdict_id", "round", "digest", "reviewer_id", "decision"),
    )
    __subject__: ClassVar[str] = "review"
    __audited__: ClassVar[tuple[str, ...]] = (
        "verdict_id", "author_id", "reviewer_id", "desk_id", "decision", "comment", "rating",
        "digest", "round",
    )  # fmt: skip

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    verdict_id: Mapped[str] = mapped_column(Id)
    author_id: Mapped[str] = mapped_column(Id)
    reviewer_id: Mapped[str] = mapped_column(Id, ForeignKey("accounts.id"))
    desk_id: Mapped[str] = mapped_column(Id, ForeignKey("desks.id"))
    decision: Mapped[str] = mapped_column(String(24))
    comment: Mapped[str | None] = mapped_column(Text)
    rating: Mapped[str | None] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64))
    round: Mapped[int] = mapped_column(SmallInteger)
    created_at: Mapped[datetime] = mapped_column(Moment)


class Recusal(Base):
    """A member's declared competing interest in a claim."""

    __tablename__ = "recusals"
    __table_args__ = (UniqueConstraint("claim_id", "account_id"),)
    __subject__: ClassVar[str] = "recusal"
    __audited__: ClassVar[tuple[str, ...]] = ("claim_id", "account_id", "reason")

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    claim_id: Mapped[str] = mapped_column(Id, ForeignKey("claims.id"))
    account_id: Mapped[str] = mapped_column(Id, ForeignKey("accounts.id"))
    reason: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Moment)


class Correction(Base):
    """What replaced a published verdict: another one, or nothing where it was retracted.

    `seq` numbers them without gaps in the order in which they were committed, over all desks, so
    that whoever reads on from a number misses none.
    """

    __tablename__ = "corrections"
    __table_args__ = (Index(None, "at"), Index(None, "desk_id", "seq"), Index(None, "verdict_id"))

    seq: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    id: Mapped[str] = mapped_column(Id, unique=True)
    desk_id: Mapped[str] = mapped_column(Id, ForeignKey("desks.id"))
    claim_id: Mapped[str] = mapped_column(Id, ForeignKey("claims.id"))
    verdict_id: Mapped[str] = mapped_column(Id, ForeignKey("verdicts.id"))
    replaced_by_id: Mapped[str | None] = mapped_column(Id, ForeignKey("verdicts.id"))
    at: Mapped[datetime] = mapped_column(Moment)
