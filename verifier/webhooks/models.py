"""Endpoints that are told of events, what they are told, and how that went."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import Boolean, ForeignKey, Index, Integer, SmallInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from verifier.kit.columns import Document, Id, Moment, only_where
from verifier.kit.db import Base, Versioned

IS_OPEN = only_where("due_at IS NOT NULL")


class Webhook(Versioned, Base):
    """An address that a desk wants told of events.

    It is told of its desk's events after the number `follows_after`. The worker's own, which change
    no version: `due_at`, when to look next for something to send; `lease`, whose turn that is until
    `leased_until`; `failing_since`, the first failure that no success has followed. An address may
    be a secret itself, as Slack's are, so the trail holds its hash alone.
    """

    __tablename__ = "webhooks"
    __table_args__ = (
        Index(None, "desk_id", "id"),
        Index(None, "created_by"),
        Index("ix_webhooks_due", "due_at", **IS_OPEN),
    )
    __subject__: ClassVar[str] = "webhook"
    __audited__: ClassVar[tuple[str, ...]] = (
        "desk_id", "url_sha256", "types", "format", "description", "active", "disabled_reason",
        "disabled_at", "created_by",
    )  # fmt: skip
    __hashed__: ClassVar[dict[str, str]] = {"url_sha256": "url"}

    desk_id: Mapped[str] = mapped_column(Id, ForeignKey("desks.id"))
    url: Mapped[str] = mapped_column(String(2048))
    url_sha256: Mapped[str] = mapped_column(String(64))
    types: Mapped[list[str]] = mapped_column(Document)
    format: Mapped[str] = mapped_column(String(16))
    description: Mapped[str] = mapped_column(String(200))
    active: Mapped[bool] = mapped_column(Boolean)
    disabled_reason: Mapped[str | None] = mapped_column(String(16))
    disabled_at: Mapped[datetime | None] = mapped_column(Moment)
    created_by: Mapped[str | None] = mapped_column(Id, ForeignKey("accounts.id"))
    follows_after: Mapped[int] = mapped_column(Integer)
    secret: Mapped[str] = mapped_column(String(96))
    former_secret: Mapped[str | None] = mapped_column(String(96))
    former_until: Mapped[datetime | None] = mapped_column(Moment)
    due_at: Mapped[datetime | None] = mapped_column(Moment)
    lease: Mapped[str | None] = mapped_column(Id)
    leased_until: Mapped[datetime | None] = mapped_column(Moment)
    failing_since: Mapped[datetime | None] = mapped_column(Moment)


class WebhookPosition(Base):
    """How far a desk's events have been handed on to its webhooks.

    A chain's events are numbered without gaps, in the order in which they were committed: so this
    one number is the outbox, and no event is ever behind it unseen.
    """

    __tablename__ = "webhook_positions"

    chain_id: Mapped[str] = mapped_column(Id, ForeignKey("event_chains.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(Integer)


class WebhookMessage(Base):
    """What is told of an event: made once, and sent to every endpoint and at every attempt as is.

    Messages on one `thread_id`, mostly a claim's, reach an endpoint in the order of `seq`.
    """

    __tablename__ = "webhook_messages"

    event_id: Mapped[str] = mapped_column(Id, ForeignKey("events.id"), primary_key=True)
    type: Mapped[str] = mapped_column(String(64))
    thread_id: Mapped[str] = mapped_column(Id)
    seq: Mapped[int] = mapped_column(Integer)
    body: Mapped[str] = mapped_column(Text)


class WebhookDelivery(Base):
    """One event on its way to one endpoint. `due_at` is when to send it, and null once it is over.

    It outlives its endpoint until it is swept, so it refers to it by the id alone.
    """

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        Index(None, "event_id"),
        Index("ix_webhook_deliveries_state", "webhook_id", "state", "event_id"),
        Index("ix_webhook_deliveries_failed", "webhook_id", **only_where("state = 'failed'")),
        Index("ix_webhook_deliveries_due", "webhook_id", "due_at", **IS_OPEN),
        Index("ix_webhook_deliveries_order", "webhook_id", "seq", **IS_OPEN),
        Index("ix_webhook_deliveries_thread", "webhook_id", "thread_id", "seq", **IS_OPEN),
    )

    webhook_id: Mapped[str] = mapped_column(Id, primary_key=True)
    event_id: Mapped[str] = mapped_column(
        Id, ForeignKey("webhook_messages.event_id"), primary_key=True
    )
    type: Mapped[str] = mapped_column(String(64))
    thread_id: Mapped[str] = mapped_column(Id)
    seq: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(String(9))
    due_at: Mapped[datetime | None] = mapped_column(Moment)
    attempts: Mapped[int] = mapped_column(SmallInteger)
    status: Mapped[int | None] = mapped_column(SmallInteger)
    error: Mapped[str | None] = mapped_column(String(300))
    version: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(Moment)
    updated_at: Mapped[datetime] = mapped_column(Moment)


class WebhookAttempt(Base):
    """One attempt at a delivery, and what came of it."""

    __tablename__ = "webhook_attempts"
    __table_args__ = (Index("ix_webhook_attempts_delivery", "event_id", "webhook_id", "id"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    webhook_id: Mapped[str] = mapped_column(Id)
    event_id: Mapped[str] = mapped_column(Id)
    at: Mapped[datetime] = mapped_column(Moment)
    status: Mapped[int | None] = mapped_column(SmallInteger)
    latency_ms: Mapped[int] = mapped_column(Integer)
    answer: Mapped[str] = mapped_column(Text)
    error: Mapped[str | None] = mapped_column(String(300))
