"""Claims of a desk that may say the same, and questions that are kept until they are answered."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import CheckConstraint, Float, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from verifier.kit.columns import Document, Id, Moment
from verifier.kit.db import Base, Versioned


class ClaimMatch(Versioned, Base):
    """Two claims that may say the same, once for the pair: the claim of the lower id comes first.

    The worker suggests, and takes back or scores anew what it has suggested; a person decides, and
    what was decided stays.
    """

    __tablename__ = "claim_matches"
    __table_args__ = (
        CheckConstraint("claim_id < other_id", name="ordered"),
        Index(None, "claim_id", "other_id", unique=True),
        Index(None, "other_id", "id"),
        Index(None, "desk_id", "state", "id"),
    )
    __subject__: ClassVar[str] = "match"
    __audited__: ClassVar[tuple[str, ...]] = (
        "claim_id", "other_id", "desk_id", "score", "method", "state", "decided_by", "decided_at",
    )  # fmt: skip

    claim_id: Mapped[str] = mapped_column(Id, ForeignKey("claims.id"))
    other_id: Mapped[str] = mapped_column(Id, ForeignKey("claims.id"))
    desk_id: Mapped[str] = mapped_column(Id, ForeignKey("desks.id"))
    score: Mapped[float] = mapped_column(Float)
    method: Mapped[str] = mapped_column(String(7))
    state: Mapped[str] = mapped_column(String(9))
    decided_by: Mapped[str | None] = mapped_column(Id, ForeignKey("accounts.id"))
    decided_at: Mapped[datetime | None] = mapped_column(Moment)

    def partner_of(self, claim_id: str) -> str:
        """The other claim, seen from one of the two."""
        return self.other_id if claim_id == self.claim_id else self.claim_id


class MatchSubscription(Versioned, Base):
    """A question that somebody keeps, to be told of published claims that say the same.

    `terms` are the terms of each word that tells something, so that most questions are passed over
    without a search. The trail holds the text's hash alone: a question ends with its subscription.
    """

    __tablename__ = "match_subscriptions"
    __table_args__ = (Index(None, "account_id", "id"), Index(None, "expires_at"))
    __subject__: ClassVar[str] = "subscription"
    __audited__: ClassVar[tuple[str, ...]] = (
        "account_id", "desk_id", "text_sha256", "language", "expires_at",
    )  # fmt: skip
    __hashed__: ClassVar[dict[str, str]] = {"text_sha256": "text"}

    account_id: Mapped[str] = mapped_column(Id, ForeignKey("accounts.id"))
    desk_id: Mapped[str | None] = mapped_column(Id, ForeignKey("desks.id"))
    text: Mapped[str] = mapped_column(Text)
    text_sha256: Mapped[str] = mapped_column(String(64))
    language: Mapped[str] = mapped_column(String(35))
    terms: Mapped[list[list[str]]] = mapped_column(Document)
    expires_at: Mapped[datetime] = mapped_column(Moment)


class SubscriptionMatch(Base):
    """A published claim that a subscription was told of, once for all."""

    __tablename__ = "subscription_matches"

    subscription_id: Mapped[str] = mapped_column(
        Id, ForeignKey("match_subscriptions.id"), primary_key=True
    )
    claim_id: Mapped[str] = mapped_column(Id, ForeignKey("claims.id"), primary_key=True)
    verdict_id: Mapped[str] = mapped_column(Id, ForeignKey("verdicts.id"))
    score: Mapped[float] = mapped_column(Float)
    at: Mapped[datetime] = mapped_column(Moment)
