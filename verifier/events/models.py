"""The append-only trail and its chains' heads."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from verifier.kit.columns import Id, Moment
from verifier.kit.db import Base


class EventChain(Base):
    """The head of one desk's chain; locked while an event is added to it."""

    __tablename__ = "event_chains"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    length: Mapped[int] = mapped_column(Integer)
    head: Mapped[str] = mapped_column(String(64))


class Event(Base):
    """One thing that happened. The database refuses to change or delete it."""

    __tablename__ = "events"
    __table_args__ = (
        Index(None, "chain_id", "seq", unique=True),
        Index(None, "subject_type", "subject_id", "seq"),
        Index(None, "thread_id", "seq"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    chain_id: Mapped[str] = mapped_column(Id, ForeignKey("event_chains.id"))
    seq: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime] = mapped_column(Moment)
    type: Mapped[str] = mapped_column(String(64))
    actor_id: Mapped[str | None] = mapped_column(Id)
    subject_type: Mapped[str] = mapped_column(String(32))
    subject_id: Mapped[str] = mapped_column(Id)
    thread_id: Mapped[str | None] = mapped_column(Id)
    data: Mapped[str] = mapped_column(Text)
    salt: Mapped[str] = mapped_column(String(32))
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))
