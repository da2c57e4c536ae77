"""The worker's job of reading an import's file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from verifier.imports.batches import ImportTakenUp
from verifier.imports.models import Import
from verifier.imports.running import begin, read_on
from verifier.imports.service import SUFFIX, finish
from verifier.kit.jobs import JobFailed, LeaseLost
from verifier.snapshots.archive import ArchiveDamaged

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session

    from verifier.kit.db import Database
    from verifier.kit.jobs import Claimed
    from verifier.snapshots.archive import Archive


@dataclass(frozen=True, slots=True)
class RunImport:
    """Reads the file that a job's import names, from where it was left.

    Its batches are stored as they are read; what it returns only ends the import.
    """

    database: Database
    archive: Archive

    def __call__(self, job: Claimed) -> Callable[[Session], dict[str, Any]]:
        run = begin(self.database, job.subject_id)
        with self.database.reading() as session:
            sha256 = session.get_one(Import, run.id).sha256
        try:
            with self.archive.open(sha256, SUFFIX) as file:
                error = read_on(self.database, run, file)
        except ArchiveDamaged as damage:
            raise JobFailed(str(damage), may_pass=True) from damage
        except ImportTakenUp as lost:
            raise LeaseLost from lost

        def write(session: Session) -> dict[str, Any]:
            ended = finish(session, run.actor, run.id, error)
            return {"taken": ended.taken, "refused": ended.refused}

        return write
