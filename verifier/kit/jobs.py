"""Work for later: jobs in the database, each claimed by one worker at a time and kept until done.

A claim is a lease. A worker that dies lets its lease run out, and the next one takes the job up.
What a job does is committed together with its end, and only by who holds the lease: so it takes
effect once, however often it was begun.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Index, Integer, String, Text, and_, delete, func, select, text, update
from sqlalchemy.orm import Mapped, mapped_column

from verifier.kit.clock import lowest_id, new_id, now
from verifier.kit.columns import Document, Id, Moment, only_where
from verifier.kit.db import Base, insert_those_not_there, insert_unless_there

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from sqlalchemy.orm import Session

    from verifier.kit.rows import AnyRow

PAUSES: Final = (30, 120, 600, 3600, 6 * 3600)
"""Seconds before each further attempt; after the last one the job has failed."""
MOST_ATTEMPTS: Final = len(PAUSES) + 1
KEPT_FOR: Final = timedelta(days=90)
SWEPT_AT_ONCE: Final = 500
LONGEST_ERROR: Final = 500
IS_OPEN: Final = only_where("due_at IS NOT NULL")
JOB_STATES: Final = ("queued", "running", "done", "failed")


class Job(Base):
    """One thing to be done about one subject; there is one open job of a kind for it at a time.

    `due_at` is when to begin, of a running job when its lease ends, and null once it is over.
    """

    __tablename__ = "jobs"
    __table_args__ = (
        Index("ix_jobs_due", "due_at", **IS_OPEN),
        Index("ix_jobs_failed", "kind", **only_where("state = 'failed'")),
        Index("uq_jobs_open", "kind", "subject_id", unique=True, **IS_OPEN),
        Index(None, "subject_id", "kind", "id"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(32))
    subject_id: Mapped[str] = mapped_column(Id)
    desk_id: Mapped[str | None] = mapped_column(Id)
    state: Mapped[str] = mapped_column(String(8))
    due_at: Mapped[datetime | None] = mapped_column(Moment)
    attempts: Mapped[int] = mapped_column(Integer)
    lease: Mapped[str | None] = mapped_column(Id)
    error: Mapped[str | None] = mapped_column(Text)
    result: Mapped[dict[str, Any] | None] = mapped_column(Document)
    requested_by: Mapped[str | None] = mapped_column(Id)
    created_at: Mapped[datetime] = mapped_column(Moment)
    updated_at: Mapped[datetime] = mapped_column(Moment)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A job that this worker has until its lease ends."""

    id: str
    kind: str
    subject_id: str
    attempts: int
    lease: str


class JobFailed(Exception):
    """This attempt came to nothing; the message says why, for people.

    `may_pass`: another attempt may succeed, not before `retry_after` seconds.
    """

    def __init__(self, reason: str, *, may_pass: bool, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.may_pass = may_pass
        self.retry_after = retry_after


class LeaseLost(Exception):
    """Somebody else has the job by now: whatever this attempt found out is dropped."""


def enqueue(
    session: Session,
    kind: str,
    subject_id: str,
    *,
    desk_id: str | None = None,
    requested_by: str | None = None,
) -> Job:
    """A job to be done at once; one that is open already is brought forward instead."""
    moment = now()
    insert_unless_there(
        session, Job, id=new_id(), kind=kind, subject_id=subject_id, desk_id=desk_id,
        state="queued", due_at=moment, attempts=0, requested_by=requested_by, created_at=moment,
        updated_at=moment,
    )  # fmt: skip
    opened = select(Job).where(
        Job.kind == kind, Job.subject_id == subject_id, Job.due_at.is_not(None)
    )
    job = session.scalars(opened.with_for_update()).one()
    if job.state == "queued" and job.due_at and job.due_at > moment:
        job.due_at = job.updated_at = moment
        job.attempts = 0
        session.flush()
    return job


def enqueue_many(
    session: Session,
    kind: str,
    subject_ids: Sequence[str],
    *,
    desk_id: str | None = None,
    begin: datetime,
    pace: timedelta = timedelta(),
) -> None:
    """Jobs for new subjects that fall due one after the other, so that they leave room for others.

    The first one is due at `begin`; where one of the kind is open for a subject, it stays as it is.
    """
    moment = now()
    rows = [
        {
            "id": new_id(), "kind": kind, "subject_id": subject_id, "desk_id": desk_id,
            "state": "queued", "due_at": begin + number * pace, "attempts": 0,
            "created_at": moment, "updated_at": moment,
        }
        for number, subject_id in enumerate(subject_ids)
    ]  # fmt: skip
    if rows:
        insert_those_not_there(session, Job, rows)


def has_due(session: Session, kinds: Collection[str]) -> bool:
    """Whether there is anything to claim: a look that holds up nobody."""
    return session.scalar(_due(kinds).limit(1)) is not None


def claim(session: Session, kinds: Collection[str], lease: timedelta) -> Claimed | None:
    """The job that has waited longest, this worker's for the time of the lease."""
    if session.get_bind().dialect.name == "postgresql":
        # A claim that a power cut takes back is made again; it need not wait for the disk.
        session.execute(text("SET LOCAL synchronous_commit = off"))
    query = _due(kinds).order_by(Job.due_at).limit(1).with_for_update(skip_locked=True)
    due = session.scalar(query)
    if due is None:
        return None
    job, moment = session.get_one(Job, due), now()
    if job.attempts >= MOST_ATTEMPTS:
        job.error = job.error or "Its worker was lost at every attempt."
        _end(job, "failed")
        return None
    job.state, job.lease, job.due_at = "running", new_id(), moment + lease
    job.attempts, job.updated_at = job.attempts + 1, moment
    return Claimed(job.id, job.kind, job.subject_id, job.attempts, job.lease)


def hold(session: Session, leases: Collection[str], lease: timedelta) -> None:
    """Prolong the leases that are still held."""
    held = update(Job).where(Job.lease.in_(leases), Job.state == "running")
    session.execute(held.values(due_at=now() + lease))


def give_back(session: Session, leases: Collection[str]) -> None:
    """Let others begin these anew at once; it was no attempt."""
    held = update(Job).where(Job.lease.in_(leases), Job.state == "running")
    session.execute(
        held.values(state="queued", lease=None, due_at=now(), attempts=Job.attempts - 1)
    )


def finish(session: Session, claimed: Claimed, result: dict[str, Any] | None = None) -> None:
    """The job is done. Raises `LeaseLost`, and then nothing may be committed."""
    job = _held(session, claimed)
    job.error, job.result = None, result
    _end(job, "done")
    session.flush()


def fail(session: Session, claimed: Claimed, reason: JobFailed) -> str:
    """This attempt failed; the job's new state: queued for another attempt, or failed."""
    job = _held(session, claimed)
    job.error = str(reason)[:LONGEST_ERROR]
    if not reason.may_pass or job.attempts >= MOST_ATTEMPTS:
        _end(job, "failed")
    else:
        pause = max(PAUSES[job.attempts - 1], min(reason.retry_after or 0, PAUSES[-1]))
        job.state, job.lease, job.updated_at = "queued", None, now()
        job.due_at = now() + timedelta(seconds=pause)
    session.flush()
    return job.state


def sweep(session: Session) -> None:
    """Forget some of the jobs that were over long ago."""
    old = (
        select(Job.id)
        .where(Job.id < lowest_id(now() - KEPT_FOR), Job.due_at.is_(None))
        .order_by(Job.id)
        .limit(SWEPT_AT_ONCE)
    )
    session.execute(delete(Job).where(Job.id.in_(old)))


def standing(session: Session) -> tuple[Sequence[AnyRow], datetime | None]:
    """(`kind`, `state`, number) of the jobs that are open or have failed, and the oldest due."""
    opened = select(Job.kind, Job.state, func.count()).where(Job.due_at.is_not(None))
    failed = select(Job.kind, Job.state, func.count()).where(text("state = 'failed'"))
    counted = [session.execute(q.group_by(Job.kind, Job.state)).all() for q in (opened, failed)]
    oldest = select(func.min(Job.due_at)).where(Job.due_at.is_not(None))
    return [*counted[0], *counted[1]], session.scalar(oldest)


def _due(kinds: Iterable[str]) -> Any:
    return select(Job.id).where(and_(Job.due_at <= now(), Job.kind.in_(sorted(kinds))))


def _held(session: Session, claimed: Claimed) -> Job:
    query = select(Job).where(Job.id == claimed.id, Job.lease == claimed.lease)
    job = session.scalar(query.with_for_update())
    if job is None:
        raise LeaseLost
    return job


def _end(job: Job, state: str) -> None:
    job.state, job.lease, job.due_at, job.updated_at = state, None, None, now()
