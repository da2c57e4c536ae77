"""The worker's job of fetching a source: over the network first, then one short transaction."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from verifier.accounts.actor import SERVICE
from verifier.accounts.models import Desk
from verifier.kit.fetch import FetchFailed
from verifier.kit.jobs import JobFailed
from verifier.snapshots import service
from verifier.snapshots.warc import Payload, known_media_type, known_url, written_exchanges
from verifier.sources.models import Source

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session

    from verifier.kit.db import Database
    from verifier.kit.fetch import Fetched, Fetcher
    from verifier.kit.jobs import Claimed
    from verifier.snapshots.archive import Archive

GONE: Final = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})
"""Answers worth archiving: the site says that the page is not there."""
MAY_PASS: Final = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS})
HEADERS: Final = {
    "Accept": "text/html,application/xhtml+xml,application/pdf,text/plain;q=0.9,*/*;q=0.5",
    "Accept-Encoding": "gzip",  # what every reader of WARC files decodes
}


@dataclass(frozen=True, slots=True)
class FetchSource:
    """Fetches the source that a job names, archives the answer, and takes a snapshot of it."""

    database: Database
    fetcher: Fetcher
    archive: Archive
    software: str

    def __call__(self, job: Claimed) -> Callable[[Session], dict[str, Any]]:
        """What is to be written in the job's last transaction. Raises `JobFailed`."""
        url, respect_robots = self._wanted(job.subject_id)
        try:
            fetched = self.fetcher.fetch(url, headers=HEADERS, respect_robots=respect_robots)
        except FetchFailed as failure:
            raise JobFailed(
                str(failure), may_pass=failure.may_pass, retry_after=failure.retry_after
            ) from failure
        _refuse_errors(fetched)
        file = written_exchanges(fetched.exchanges, software=self.software)
        sha256 = self.archive.put(file)
        page = Payload(
            known_url(fetched.url), None, fetched.status, known_media_type(fetched.media_type),
            fetched.charset, fetched.body,
        )  # fmt: skip

        def write(session: Session) -> dict[str, Any]:
            snapshot = service.add_snapshot(
                session, SERVICE, job.subject_id, url=page.url,
                fetched_at=fetched.exchanges[-1].started_at, http_status=fetched.status,
                media_type=page.media_type, sha256=sha256, bytes=len(file),
                payload_sha256=page.sha256,
            )  # fmt: skip
            return {"snapshot": snapshot.id}

        return write

    def _wanted(self, source_id: str) -> tuple[str, bool]:
        query = (
            select(Source.url, Desk.respect_robots)
            .join(Desk, Desk.id == Source.desk_id)
            .where(Source.id == source_id)
        )
        with self.database.reading() as session:
            row = session.execute(query).one()
        return row.url or "", row.respect_robots


def _refuse_errors(fetched: Fetched) -> None:
    """An error is no copy of the page, but for the word that there is none."""
    if fetched.status < HTTPStatus.BAD_REQUEST or fetched.status in GONE:
        return
    may_pass = fetched.status >= HTTPStatus.INTERNAL_SERVER_ERROR or fetched.status in MAY_PASS
    reason = fetched.exchanges[-1].reason
    message = f"The site answered {fetched.status} {reason}".strip() + "."
    raise JobFailed(message, may_pass=may_pass, retry_after=fetched.retry_after)
