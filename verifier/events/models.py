"""The append-only trail, its chains' heads, and its tree with the checkpoints."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, LargeBinary, String, Text
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
    """One thing that happened. The database refuses to change or delete it.

    What may be done to it is to erase its data, once a later event tells of that: then `data` holds
    no more than their commitment, and `salt` is empty.
    """

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


class TreeLeaf(Base):
    """Where an event stands in the Merkle tree over the events of all chains."""

    __tablename__ = "tree_leaves"

    position: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    event_id: Mapped[str] = mapped_column(Id, ForeignKey("events.id"), unique=True)


class TreeNode(Base):
    """The hash of a complete subtree, at its place in the order in which they become complete."""

    __tablename__ = "tree_nodes"

    place: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    hash: Mapped[bytes] = mapped_column(LargeBinary(32))


class TreeChain(Base):
    """How many of a chain's events the tree holds.

    It does not refer to the chain's own row: to check that it is there would wait for its writers.
    """

    __tablename__ = "tree_chains"

    chain_id: Mapped[str] = mapped_column(Id, primary_key=True)
    gathered: Mapped[int] = mapped_column(Integer)


class Checkpoint(Base):
    """The tree's head at a size, and the note that the log's keys signed of it, if it has any."""

    __tablename__ = "checkpoints"
    __table_args__ = (Index(None, "size", "id"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    size: Mapped[int] = mapped_column(Integer)
    root: Mapped[bytes] = mapped_column(LargeBinary(32))
    origin: Mapped[str | None] = mapped_column(String(200))
    note: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Moment)


class AuditKey(Base):
    """A public key that checkpoints were ever signed with; what it has signed stays checkable."""

    __tablename__ = "audit_keys"

    key: Mapped[str] = mapped_column(String(300), primary_key=True)
    added_at: Mapped[datetime] = mapped_column(Moment)
