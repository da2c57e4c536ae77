"""Claims and their appearances as they are stored."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import Boolean, Date, ForeignKey, Index, Integer, SmallInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from verifier.kit.columns import Document, Id, Moment, only_where
from verifier.kit.db import Base, Versioned

PUBLISHED = only_where("published_at IS NOT NULL")


class Claim(Versioned, Base):
    """A checkable statement.

    `text_key` is the hash of the normalised text; `is_original` marks the one claim of a desk that
    stands for that text, all others being allowed duplicates. `evidence` (counts), `verdict` (the
    one in force), `rating`, `normalised` and `published_at` (when a verdict was first published)
    are kept here by the capabilities above, so that a claim is read in one look-up and found by
    one index.
    """

    __tablename__ = "claims"
    __table_args__ = (
        # Lists go along these as `ways` says. Those by status serve lists of every status too, by a
        # walk for each. Those of some rows cost nothing to the others.
        Index("ix_claims_desk", "desk_id", "id"),
        Index("ix_claims_desk_status", "desk_id", "status", "id"),
        *(
            Index(f"ix_claims_desk_status_{column}", "desk_id", "status", column, "id")
            for column in ("language", "priority", "due_at", "updated_at")
        ),
        Index(
            "ix_claims_desk_assignee_id_status", "desk_id", "assignee_id", "status", "id",
            **only_where("assignee_id IS NOT NULL"),
        ),
        *(
            Index(
                f"ix_claims_desk_{column}", "desk_id", column, "id",
                **only_where(f"{column} IS NOT NULL"),
            )
            for column in ("rating", "normalised", "claimant_key")
        ),
        Index("ix_claims_published", "id", **PUBLISHED),
        *(
            Index(f"ix_claims_published_{column}", column, "id", **PUBLISHED)
            for column in ("status", "rating", "normalised", "claimant_key", "published_at")
        ),
        *(
            Index(f"ix_claims_published_{first}_{then}", first, then, "id", **PUBLISHED)
            for first, then in (
                ("status", "language"), ("status", "updated_at"),
                ("desk_id", "status"), ("desk_id", "language"), ("desk_id", "updated_at"),
                ("desk_id", "published_at"),
            )
        ),
        Index("ix_claims_drifted", "desk_id", "id", **only_where("drifted", sqlite="drifted = 1")),
        Index(
            "uq_claims_text", "desk_id", "text_key", unique=True,
            **only_where("is_original", sqlite="is_original = 1"),
        ),
    )  # fmt: skip
    __subject__: ClassVar[str] = "claim"
    __audited__: ClassVar[tuple[str, ...]] = (
        "desk_id", "text", "claimant_name", "claimant_kind", "claimant_same_as", "claimed_on",
        "language", "topics", "priority", "status", "assignee_id", "due_at", "duplicate_of_id",
        "verdict", "published_at", "created_by",
    )  # fmt: skip

    desk_id: Mapped[str] = mapped_column(Id, ForeignKey("desks.id"))
    text: Mapped[str] = mapped_column(Text)
    text_key: Mapped[str] = mapped_column(String(64))
    is_original: Mapped[bool] = mapped_column(Boolean)
    claimant_name: Mapped[str | None] = mapped_column(String(300))
    claimant_kind: Mapped[str | None] = mapped_column(String(16))
    claimant_same_as: Mapped[str | None] = mapped_column(String(2048))
    claimant_key: Mapped[str | None] = mapped_column(String(64))
    claimed_on: Mapped[date | None] = mapped_column(Date)
    language: Mapped[str | None] = mapped_column(String(35))
    topics: Mapped[list[str]] = mapped_column(Document)
    priority: Mapped[int] = mapped_column(SmallInteger)
    status: Mapped[str] = mapped_column(String(16))
    assignee_id: Mapped[str | None] = mapped_column(Id, ForeignKey("accounts.id"))
    due_at: Mapped[datetime | None] = mapped_column(Moment)
    duplicate_of_id: Mapped[str | None] = mapped_column(Id, ForeignKey("claims.id"))
    evidence: Mapped[dict[str, Any]] = mapped_column(Document)
    verdict: Mapped[dict[str, Any] | None] = mapped_column(Document)
    rating: Mapped[str | None] = mapped_column(String(64))
    normalised: Mapped[str | None] = mapped_column(String(8))
    published_at: Mapped[datetime | None] = mapped_column(Moment)
    drifted: Mapped[bool] = mapped_column(Boolean, default=False)
    created_by: Mapped[str | None] = mapped_column(Id, ForeignKey("accounts.id"))


class ClaimTopic(Base):
    """A claim's topic, with what is needed of the claim to find it by topic in one index.

    `store_topics` and `move_claim` keep the copies of the claim's members up to date.
    """

    __tablename__ = "claim_topics"
    __table_args__ = (
        Index("ix_claim_topics_desk", "desk_id", "topic", "status", "claim_id"),
        *(
            Index(name, *columns, **only_where("is_public", sqlite="is_public = 1"))
            for name, *columns in (
                ("ix_claim_topics_public", "topic", "status", "claim_id"),
                ("ix_claim_topics_public_desk", "desk_id", "topic", "status", "claim_id"),
            )
        ),
    )

    claim_id: Mapped[str] = mapped_column(Id, ForeignKey("claims.id"), primary_key=True)
    topic: Mapped[str] = mapped_column(String(64), primary_key=True)
    desk_id: Mapped[str] = mapped_column(Id, ForeignKey("desks.id"))
    status: Mapped[str] = mapped_column(String(16))
    is_public: Mapped[bool] = mapped_column(Boolean)


class Appearance(Versioned, Base):
    """The exact place in a source where a claim was made.

    Offsets count code points over the source's text; they are null while the source has none.
    """

    __tablename__ = "appearances"
    __table_args__ = (
        Index(None, "claim_id", "id"),
        Index(None, "source_id", "claim_id"),
        Index(
            "uq_appearances_first", "claim_id", unique=True,
            **only_where("first", sqlite="first = 1"),
        ),
    )  # fmt: skip
    __subject__: ClassVar[str] = "appearance"
    __audited__: ClassVar[tuple[str, ...]] = (
        "claim_id", "source_id", "exact", "prefix", "suffix", "start", "end", "first",
        "created_by",
    )  # fmt: skip

    claim_id: Mapped[str] = mapped_column(Id, ForeignKey("claims.id"))
    source_id: Mapped[str] = mapped_column(Id, ForeignKey("sources.id"))
    exact: Mapped[str | None] = mapped_column(Text)
    prefix: Mapped[str | None] = mapped_column(Text)
    suffix: Mapped[str | None] = mapped_column(Text)
    start: Mapped[int | None] = mapped_column(Integer)
    end: Mapped[int | None] = mapped_column(Integer)
    first: Mapped[bool] = mapped_column(Boolean)
    standing: Mapped[dict[str, Any] | None] = mapped_column(Document)
    created_by: Mapped[str | None] = mapped_column(Id, ForeignKey("accounts.id"))
