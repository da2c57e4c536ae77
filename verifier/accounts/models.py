"""Desks, accounts, memberships and tokens as they are stored."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import Boolean, ForeignKey, Index, Integer, SmallInteger, String, select
from sqlalchemy.orm import Mapped, aliased, mapped_column

from verifier.kit.columns import Document, Id, Moment, json_list
from verifier.kit.db import Base, Versioned


class Desk(Versioned, Base):
    """A fact-checking team with its policy; `scale_version` names its present rating scale."""

    __tablename__ = "desks"
    __subject__: ClassVar[str] = "desk"
    __audited__: ClassVar[tuple[str, ...]] = (
        "slug", "name", "url", "language", "approvals_required", "approving_desks",
        "evidence_required", "independent_sources", "archive_required", "blind_second_rating",
        "recheck_after", "respect_robots",
        "scale_version",
    )  # fmt: skip
    __listed__: ClassVar[dict[str, Any]]

    slug: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    url: Mapped[str | None] = mapped_column(String(2048))
    language: Mapped[str] = mapped_column(String(35))
    approvals_required: Mapped[int] = mapped_column(SmallInteger)
    approving_desks: Mapped[int] = mapped_column(SmallInteger)
    evidence_required: Mapped[int] = mapped_column(SmallInteger)
    independent_sources: Mapped[int] = mapped_column(SmallInteger)
    archive_required: Mapped[bool] = mapped_column(Boolean)
    blind_second_rating: Mapped[bool] = mapped_column(Boolean)
    recheck_after: Mapped[int | None] = mapped_column(Integer)
    respect_robots: Mapped[bool] = mapped_column(Boolean)
    scale_version: Mapped[int] = mapped_column(Integer)


class Partnership(Base):
    """A desk that may read and review another desk's work."""

    __tablename__ = "desk_partners"
    __table_args__ = (Index(None, "partner_id"),)

    desk_id: Mapped[str] = mapped_column(Id, ForeignKey("desks.id"), primary_key=True)
    partner_id: Mapped[str] = mapped_column(Id, ForeignKey("desks.id"), primary_key=True)


_partner = aliased(Desk)
Desk.__listed__ = {
    "partners": select(json_list(_partner.slug, order_by=_partner.slug))
    .join(Partnership, Partnership.partner_id == _partner.id)
    .where(Partnership.desk_id == Desk.id)
    .correlate(Desk)
    .scalar_subquery()
}


class RatingScale(Base):
    """One version of a desk's rating scale; never changed, so old verdicts keep their meaning."""

    __tablename__ = "rating_scales"

    desk_id: Mapped[str] = mapped_column(Id, ForeignKey("desks.id"), primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    ratings: Mapped[list[dict[str, Any]]] = mapped_column(Document)
    created_at: Mapped[datetime] = mapped_column(Moment)


class Account(Versioned, Base):
    """A person or program that acts; deactivated, never deleted."""

    __tablename__ = "accounts"
    __subject__: ClassVar[str] = "account"
    __audited__: ClassVar[tuple[str, ...]] = ("name", "is_operator", "deactivated_at")

    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    is_operator: Mapped[bool] = mapped_column(Boolean)
    deactivated_at: Mapped[datetime | None] = mapped_column(Moment)


class Membership(Versioned, Base):
    """An account's role in a desk."""

    __tablename__ = "memberships"
    __table_args__ = (Index(None, "desk_id", "account_id", unique=True), Index(None, "account_id"))
    __subject__: ClassVar[str] = "member"
    __audited__: ClassVar[tuple[str, ...]] = ("desk_id", "account_id", "role")

    desk_id: Mapped[str] = mapped_column(Id, ForeignKey("desks.id"))
    account_id: Mapped[str] = mapped_column(Id, ForeignKey("accounts.id"))
    role: Mapped[int] = mapped_column(SmallInteger)


class Token(Versioned, Base):
    """A bearer token: only its hash is stored."""

    __tablename__ = "tokens"
    __table_args__ = (Index(None, "account_id", "id"),)
    __subject__: ClassVar[str] = "token"
    __audited__: ClassVar[tuple[str, ...]] = (
        "account_id", "name", "scopes", "expires_at", "revoked_at",
    )  # fmt: skip

    account_id: Mapped[str] = mapped_column(Id, ForeignKey("accounts.id"))
    name: Mapped[str] = mapped_column(String(200))
    hash: Mapped[str] = mapped_column(String(64), unique=True)
    scopes: Mapped[list[str]] = mapped_column(Document)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    last_used_at: Mapped[datetime | None] = mapped_column(Moment)
    revoked_at: Mapped[datetime | None] = mapped_column(Moment)
