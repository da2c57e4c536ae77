"""Checking checkpoints by themselves: those that are stored, and one kept elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import select

from verifier.events.findings import Finding, streamed
from verifier.events.models import Checkpoint
from verifier.events.notes import Note, NoteUnreadable, TreeHead

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy.orm import Session

    from verifier.events.notes import VerifierKey
    from verifier.kit.rows import AnyRow


class Head(NamedTuple):
    """A root that the tree must have had at a size, and who says so."""

    size: int
    root: bytes
    where: str


class Kept(NamedTuple):
    """A checkpoint from elsewhere, by which file, and the keys of which one must have signed it."""

    note: str
    where: str
    keys: Sequence[VerifierKey]


def bad_checkpoints(session: Session, keys: Sequence[VerifierKey], base: int) -> Iterator[Finding]:
    """Stored checkpoints, from this size on, that differ from their note or that nobody signed.

    A key comes with the first checkpoint that it signs: one that has signed none lacks its own.
    """
    used: set[VerifierKey] = set()
    for row in _stored(session, base):
        if row.note is None:
            if row.origin is not None:
                yield Finding(_named(row), "its note was taken away")
            continue
        try:
            note = Note.read(row.note)
            head = TreeHead.read(note.text)
        except NoteUnreadable as error:
            yield Finding(_named(row), str(error))
            continue
        if head != TreeHead(row.origin or "", row.size, row.root):
            yield Finding(_named(row), "its note says something else than its row")
            continue
        signers = note.signers(keys)
        used.update(signers)
        if not signers:
            yield Finding(_named(row), "none of the log's keys has signed it")
    for key in () if base else keys:
        if key not in used:
            yield Finding(f"key {key}", "no checkpoint is left that it has signed")


def stored_heads(session: Session, base: int) -> Iterator[Head]:
    """The heads that the tree had by its own checkpoints, from this size on, the smallest first."""
    return (Head(row.size, row.root, _named(row)) for row in _stored(session, base))


def kept_head(kept: Kept, size: int) -> Head | Finding:
    """What a checkpoint from elsewhere says, or what is wrong with it; ours has `size` events."""
    try:
        note = Note.read(kept.note)
        head = TreeHead.read(note.text)
    except NoteUnreadable as error:
        return Finding(kept.where, str(error))
    if not note.signers(kept.keys):
        return Finding(kept.where, "none of the keys that are known here has signed it")
    if head.size > size:
        detail = f"it counts {head.size} events, but only {size} are here: the tail was cut"
        return Finding(kept.where, detail)
    return Head(head.size, head.root, kept.where)


def _stored(session: Session, base: int) -> Iterator[AnyRow]:
    query = (
        select(Checkpoint.id, Checkpoint.size, Checkpoint.root, Checkpoint.origin, Checkpoint.note)
        .where(Checkpoint.size >= base)
        .order_by(Checkpoint.size, Checkpoint.id)
    )
    return streamed(session, query)


def _named(row: AnyRow) -> str:
    return f"checkpoint {row.id} of {row.size} events"
