"""What other people's services have answered, kept for a while and shared by all processes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from verifier.kit.columns import Document, Moment
from verifier.kit.db import Base


class RemoteAnswer(Base):
    """An answer by the hash of who was asked what: the question itself is not kept."""

    __tablename__ = "remote_answers"
    __table_args__ = (Index(None, "expires_at"),)

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    answer: Mapped[dict[str, Any]] = mapped_column(Document)
    fetched_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment)
