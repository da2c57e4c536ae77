"""Reading a file to its end: batch by batch, each whole or not at all, whoever is killed when.

A batch is one transaction: its claims, events and places in the index, its part of the report, and
the position that was reached. Whoever goes on after a crash begins at that position.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from itertools import islice
from typing import IO, TYPE_CHECKING, Any, Final

from sqlalchemy import select

from verifier.accounts.actor import Actor
from verifier.accounts.models import Desk, RatingScale
from verifier.imports.batches import ImportTakenUp, store_batch
from verifier.imports.linking import link_duplicates
from verifier.imports.models import Import
from verifier.kit.clock import now
from verifier.kit.db import is_retryable
from verifier.readers.reading import rows
from verifier.readers.unreadable import UnreadableFile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from sqlalchemy.orm import Session

    from verifier.kit.db import Database
    from verifier.readers.records import Row

MOST_ROWS: Final = 500
MOST_BYTES: Final = 4 * 1024 * 1024
MOST_PIECES: Final = 2000
"""Appearances and evidence of a batch's records, more or less: each is looked up by its id."""
TRIES: Final = 5
BLOCK: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class Run:
    """An import that is going on, and the desk that it is for."""

    id: str
    desk_id: str
    desk_slug: str
    desk_name: str
    desk_language: str
    scale: list[dict[str, Any]]
    scale_version: int
    format: str | None
    mapping: dict[str, str]
    dry_run: bool
    restores: bool
    actor: Actor
    size: int
    position: int
    asked_for: int
    """Jobs that its batches have asked for so far, more or less: further ones come after them."""
    moment: datetime


class Counted(io.RawIOBase):
    """A file that knows how far it was read."""

    def __init__(self, file: IO[bytes]) -> None:
        super().__init__()
        self._file = file
        self.furthest = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return self._file.seekable()

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        return self._file.seek(offset, whence)

    def readinto(self, buffer: Any, /) -> int:
        block = self._file.read(len(buffer))
        buffer[: len(block)] = block
        self.furthest = max(self.furthest, self._file.tell())
        return len(block)


def begin(database: Database, import_id: str) -> Run:
    """What is to be done now; the import is marked as running."""
    with database.transaction() as session:
        started = session.get_one(Import, import_id, with_for_update=True)
        if started.state == "queued":
            started.state, started.updated_at = "running", now()
        return run_of(session, started)


def run_of(session: Session, started: Import) -> Run:
    """The import with its desk as it is now."""
    desk = session.get_one(Desk, started.desk_id)
    return Run(
        id=started.id,
        desk_id=desk.id,
        desk_slug=desk.slug,
        desk_name=desk.name,
        desk_language=desk.language,
        scale=session.get_one(RatingScale, (desk.id, desk.scale_version)).ratings,
        scale_version=desk.scale_version,
        format=started.format,
        mapping=started.mapping,
        dry_run=started.dry_run,
        restores=started.restores,
        actor=Actor(account_id=started.created_by),
        size=started.bytes,
        position=started.position,
        asked_for=started.taken,
        moment=now(),
    )


def read_on(
    database: Database,
    run: Run,
    file: IO[bytes],
    tell: Callable[[int, int], None] = lambda _done, _all: None,
) -> str | None:
    """Store what the file says from the position on; why it cannot be read further, if so.

    `tell` is told of (bytes read, all bytes). Raises `ImportTakenUp` where somebody else is at it.
    """
    counted = Counted(file)
    stream = io.BufferedReader(counted, BLOCK)
    try:
        found = rows(stream, import_format=run.format, mapping=run.mapping)
        for batch in batches(islice(found, run.position, None)):
            run = _stored(database, run, batch, counted.furthest)
            tell(counted.furthest, run.size)
    except UnreadableFile as error:
        return str(error)
    link_duplicates(database, run)
    tell(run.size, run.size)
    return None


def batches(found: Iterator[Row]) -> Iterator[list[Row]]:
    """Rows of such a number and size that they fit into memory and into a short transaction."""
    batch: list[Row] = []
    size = pieces = 0
    for row in found:
        batch.append(row)
        size += len(row.raw)
        pieces += _pieces(row)
        if len(batch) >= MOST_ROWS or size >= MOST_BYTES or pieces >= MOST_PIECES:
            yield batch
            batch, size, pieces = [], 0, 0
    if batch:
        yield batch


def _pieces(row: Row) -> int:
    found = [(row.record or {}).get(name) for name in ("appearances", "evidence")]
    return sum(len(each) for each in found if isinstance(each, list))


def _stored(database: Database, run: Run, batch: list[Row], bytes_read: int) -> Run:
    """The batch in one transaction, which is tried again where the database asks for that."""
    tries = 0
    while True:
        tries += 1
        try:
            with database.transaction() as session:
                taken = store_batch(session, replace(run, moment=now()), batch, bytes_read)
            position = run.position + len(batch)
            return replace(run, position=position, asked_for=run.asked_for + taken)
        except ImportTakenUp:
            raise
        except Exception as error:
            if tries >= TRIES or not is_retryable(error):
                raise


def unfinished(
    session: Session,
    *,
    desk_id: str,
    sha256: str,
    import_format: str | None,
    dry_run: bool,
    mapping: dict[str, str],
) -> Import | None:
    """The operator's import of that very file that was broken off, if there is one."""
    query = (
        select(Import)
        .where(
            Import.desk_id == desk_id, Import.sha256 == sha256, Import.restores,
            Import.dry_run.is_(dry_run), Import.state.in_(("queued", "running")),
        )
        .order_by(Import.id.desc())
    )  # fmt: skip
    same = (import_format, mapping)
    return next(
        (each for each in session.scalars(query) if (each.format, each.mapping) == same), None
    )
