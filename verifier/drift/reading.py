"""The worker's job of reading a snapshot: its text, what it says of the source, how quotes fare.

Everything slow happens before the transaction: taking the page out of its WARC file and reading it
in a process of its own, and looking for the quotes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import exists, select
from sqlalchemy.orm import undefer

from verifier.accounts.actor import SERVICE
from verifier.drift.rules import standing_of
from verifier.drift.service import check_quotes, quotes_of
from verifier.events.chain import sha256
from verifier.events.service import record
from verifier.kit.clock import now
from verifier.kit.isolated import Stopped
from verifier.kit.jobs import JobFailed
from verifier.snapshots.archive import ArchiveDamaged, read_whole
from verifier.snapshots.models import Snapshot
from verifier.snapshots.records import WarcUnreadable
from verifier.snapshots.warc import read_payload
from verifier.sources.extraction import NoTextFound
from verifier.sources.models import Source
from verifier.sources.payloads import extract_payload
from verifier.sources.reading import KNOWN_BY_EXTRACTION

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from verifier.kit.db import Database
    from verifier.kit.isolated import Isolated
    from verifier.kit.jobs import Claimed
    from verifier.snapshots.archive import Archive
    from verifier.sources.extraction import Extract


@dataclass(frozen=True, slots=True)
class ReadSnapshot:
    """Reads the snapshot that a job names."""

    database: Database
    archive: Archive
    isolated: Isolated

    def __call__(self, job: Claimed) -> Callable[[Session], dict[str, Any]]:
        """What is to be written in the job's last transaction. Raises `JobFailed`."""
        with self.database.reading() as session:
            snapshot = session.scalars(select(Snapshot).where(Snapshot.id == job.subject_id)).one()
            quotes = quotes_of(session, snapshot.source_id)
        extract = self._extracted(snapshot) if snapshot.is_copy else None
        text = extract.text if extract else ""
        standings = {quote: standing_of(quote, text) for quote in quotes}

        def write(session: Session) -> dict[str, Any]:
            held = _load(session, snapshot)
            if held is None:
                return {"text_sha256": None}
            source, copy = held
            _keep_text(session, source, copy, extract)
            if extract is not None:
                _fill_in(session, source, copy, extract)
            is_newest = not _has_later(session, copy)
            check_quotes(session, source, copy, standings, is_newest=is_newest)
            return {"text_sha256": copy.text_sha256}

        return write

    def _extracted(self, snapshot: Snapshot) -> Extract | None:
        try:
            file = read_whole(self.archive, snapshot.sha256)
            return self.isolated.call(extract_from_warc, file, snapshot.url)
        except (NoTextFound, WarcUnreadable):
            return None
        except Stopped as error:
            raise JobFailed(str(error), may_pass=True) from error
        except ArchiveDamaged as error:
            message = f"The snapshot cannot be read: {error}."
            raise JobFailed(message, may_pass=False) from error


def extract_from_warc(file: bytes, url: str | None) -> Extract:
    """The text of the page in a WARC file. Raises `NoTextFound` or `WarcUnreadable`."""
    page = read_payload(file, url)
    return extract_payload(page.body, page.media_type, page.charset, url)


def _load(session: Session, seen: Snapshot) -> tuple[Source, Snapshot] | None:
    """Source and snapshot, held; None where another attempt has read the snapshot already."""
    sources = select(Source).where(Source.id == seen.source_id).options(undefer(Source.text))
    source = session.scalars(sources.with_for_update()).one()
    copy = session.scalars(select(Snapshot).where(Snapshot.id == seen.id).with_for_update()).one()
    return None if copy.read_at is not None else (source, copy)


def _has_later(session: Session, copy: Snapshot, *conditions: ColumnElement[bool]) -> bool:
    """Whether a snapshot of a later day has been read already."""
    later = exists().where(
        Snapshot.source_id == copy.source_id,
        Snapshot.fetched_at > copy.fetched_at,
        Snapshot.read_at.is_not(None),
        *conditions,
    )
    return bool(session.scalar(select(later)))


def _keep_text(session: Session, source: Source, copy: Snapshot, extract: Extract | None) -> None:
    copy.text = extract.text if extract else None
    copy.text_sha256 = sha256(copy.text)
    copy.read_at = copy.updated_at = now()
    record(session, SERVICE, "snapshot.read", copy, desk_id=source.desk_id)


def _fill_in(session: Session, source: Source, copy: Snapshot, extract: Extract) -> None:
    """What the page says of itself, where nothing is known yet; and its text, if it is the newest.

    A text that somebody entered stays; it has no snapshot.
    """
    found = {name: getattr(extract, name) for name in KNOWN_BY_EXTRACTION}
    known = {name: value for name, value in found.items() if getattr(source, name) is None}
    is_entered = source.text_sha256 is not None and source.text_snapshot_id is None
    if not is_entered and not _has_later(session, copy, Snapshot.text_sha256.is_not(None)):
        text = {"text": extract.text, "text_sha256": sha256(extract.text)}
        known |= {**text, "text_snapshot_id": copy.id}
    for name, value in known.items():
        setattr(source, name, value)
    source.updated_at = now()
    record(session, SERVICE, "source.read", source, desk_id=source.desk_id)
