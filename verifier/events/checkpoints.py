"""Checkpoints: heads of the tree, signed by the log's keys, one whenever the tree has grown."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import structlog
from sqlalchemy import select

from verifier.events.models import AuditKey, Checkpoint
from verifier.events.notes import Note, NoteUnreadable, TreeHead, VerifierKey, sign
from verifier.events.tree import gather, is_mine, root_at, size_of, waiting_chains
from verifier.kit.clock import new_id, now
from verifier.kit.db import insert_unless_there

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy.orm import Session

    from verifier.events.notes import SigningKey
    from verifier.kit.db import Database
    from verifier.kit.rows import AnyRow

GATHER_SECONDS: Final = 60.0
LONGEST_REST: Final = 1.0
_NEWEST: Final = (
    select(Checkpoint.id, Checkpoint.size, Checkpoint.root, Checkpoint.origin, Checkpoint.note,
           Checkpoint.at)
    .order_by(Checkpoint.size.desc(), Checkpoint.id.desc())
    .limit(1)
)  # fmt: skip

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Gatherer:
    """Gathers what was written since and signs the tree's new head; called now and then.

    It rests after each transaction for as long as that took, so that on SQLite, where one writes at
    a time, whoever waits to write comes next.
    """

    database: Database
    keys: Sequence[SigningKey] = ()
    rest: Callable[[float], None] = time.sleep

    def __call__(self) -> None:
        """Bring tree and checkpoint up to date, unless somebody else is at it."""
        added, more = 0, self._is_behind()
        while more:
            begun = time.monotonic()
            with self.database.transaction() as session:
                if not is_mine(session):
                    return
                gathered = gather(session)
                waiting = bool(waiting_chains(session))
                if not waiting:
                    make_checkpoint(session, self.keys)
            added += gathered
            more = waiting and gathered > 0  # none: events that a chain counts have been deleted
            self.rest(min(time.monotonic() - begun, LONGEST_REST))
        if added:
            log.info("events gathered into the tree", number=added)

    def _is_behind(self) -> bool:
        with self.database.snapshot() as session:
            return bool(waiting_chains(session)) or lacks_signature(session, self.keys)


def newest_checkpoint(session: Session) -> AnyRow | None:
    """`id`, `size`, `root`, `origin`, `note` and `at` of the newest one; None before the first."""
    return session.execute(_NEWEST).one_or_none()


def checkpoint_document(row: AnyRow) -> dict[str, Any]:
    """A checkpoint as the API shows it; `note` is null where no key was set up."""
    return {
        "origin": row.origin,
        "size": row.size,
        "root": row.root.hex(),
        "note": row.note,
        "at": row.at,
    }


def known_keys(session: Session) -> list[VerifierKey]:
    """Every public key that ever signed here, the oldest first.

    One that is none, because somebody has touched it, is left out: nothing is signed by it.
    """
    found = []
    for key in session.scalars(select(AuditKey.key).order_by(AuditKey.added_at, AuditKey.key)):
        with suppress(NoteUnreadable):
            found.append(VerifierKey.read(key))
    return found


def dated_keys(session: Session) -> list[dict[str, Any]]:
    """Every public key with when it was first used, as the API shows them."""
    query = select(AuditKey.key, AuditKey.added_at).order_by(AuditKey.added_at, AuditKey.key)
    return [dict(row._mapping) for row in session.execute(query)]  # noqa: SLF001  (SQLAlchemy's API)


def lacks_signature(session: Session, keys: Sequence[SigningKey]) -> bool:
    """Whether one of the keys has not signed the newest checkpoint, or there is none to sign."""
    newest = newest_checkpoint(session)
    if newest is None:
        return bool(keys)
    return not all(key.verifier in _signers(newest.note, keys) for key in keys)


def make_checkpoint(session: Session, keys: Sequence[SigningKey]) -> None:
    """The tree's present head, signed by all keys; without a key it is kept without a note."""
    size = size_of(session)
    newest = newest_checkpoint(session)
    if newest is not None and newest.size == size and not lacks_signature(session, keys):
        return
    head = TreeHead(keys[0].name if keys else "", size, root_at(session, size))
    session.add(
        Checkpoint(
            id=new_id(), size=size, root=head.root, origin=head.origin or None,
            note=sign(str(head), keys) if keys else None, at=now(),
        )
    )  # fmt: skip
    for key in keys:
        insert_unless_there(session, AuditKey, key=str(key.verifier), added_at=now())
    session.flush()


def _signers(note: str | None, keys: Sequence[SigningKey]) -> list[VerifierKey]:
    return Note.read(note).signers(key.verifier for key in keys) if note else []
