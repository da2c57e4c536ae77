"""The background worker: takes jobs from the database and does them, several at a time.

Several workers, on one machine or many, share the work. One that is killed leaves nothing half
done: its jobs are taken up once their leases end.
"""

from __future__ import annotations

import random
import threading
import time
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import structlog

from verifier.api import VERSION
from verifier.drift.reading import ReadSnapshot
from verifier.elsewhere.asking import forget_expired
from verifier.events.checkpoints import GATHER_SECONDS, Gatherer
from verifier.events.keys import signing_keys
from verifier.imports.job import RunImport
from verifier.imports.service import RUN
from verifier.kit import jobs
from verifier.kit.db import Database, is_retryable
from verifier.kit.fetch import Fetcher, Limits
from verifier.kit.isolated import Isolated
from verifier.kit.jobs import Claimed, JobFailed, LeaseLost
from verifier.matches.comparing import COMPARE, CompareClaim
from verifier.matches.notifying import NOTIFY, NotifySubscribers
from verifier.matches.subscribing import end_expired
from verifier.search.embedding import EMBED, EmbedClaim, follow
from verifier.search.semantic import open_semantic
from verifier.snapshots.archive import open_archive
from verifier.snapshots.fetching import FetchSource
from verifier.snapshots.schedule import enqueue_rechecks
from verifier.snapshots.service import READ
from verifier.sources.service import FETCH
from verifier.webhooks.sending import LIMITS, Courier
from verifier.webhooks.sweeping import sweep_deliveries

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from sqlalchemy.orm import Session

    from verifier.search.semantic import Semantic
    from verifier.settings import Settings
    from verifier.snapshots.archive import Archive

    Write = Callable[[Session], dict[str, Any]]
    Handler = Callable[[Claimed], Write]

LEASE: Final = timedelta(seconds=30)
POLL_SECONDS: Final = 1.0
TICK_SECONDS: Final = 60.0
TROUBLED_SECONDS: Final = 10.0  # as when the database is away
DRAIN_SECONDS: Final = 20.0
TRIES: Final = 5
ENDPOINTS_AT_ONCE: Final = 4
PATIENT: Final = frozenset((COMPARE, NOTIFY, EMBED))
"""Kinds that imports ask for by the thousand: one thread is kept free of them."""
SOFTWARE: Final = f"verifier/{VERSION}"

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Worker:
    """Does jobs until it is told to stop. `handlers` do the slow part, and return what to write.

    `rounds` are other work, which keeps its own order: each is done again and again, in a thread
    of its own, and says whether there was anything to do.
    `chores` are what else is to be done, each with the seconds after which it is done again.
    """

    database: Database
    handlers: Mapping[str, Handler]
    rounds: Sequence[Callable[[], bool]] = ()
    threads: int = 4
    lease: timedelta = LEASE
    poll_seconds: float = POLL_SECONDS
    tick_seconds: float = TICK_SECONDS
    drain_seconds: float = DRAIN_SECONDS
    chores: Sequence[tuple[Callable[[], None], float]] = ()
    _running: dict[str, Claimed] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set; then give what is running some time, and give back the rest."""
        done = threading.Event()
        threads = [
            threading.Thread(target=self._work, args=(each, stop), daemon=True)
            for each in (*self._ways(), *self.rounds)
        ]
        keeping = [
            threading.Thread(target=self._repeat, args=(each, seconds, done), daemon=True)
            for each, seconds in (
                (self._hold_leases, self.lease.total_seconds() / 3),
                (self._tick, self.tick_seconds),
                *self.chores,
            )
        ]
        for thread in (*threads, *keeping):
            thread.start()
        stop.wait()
        deadline = time.monotonic() + self.drain_seconds
        for thread in threads:
            thread.join(max(0, deadline - time.monotonic()))
        done.set()
        if leases := self._leases():
            with self.database.transaction() as session:
                jobs.give_back(session, leases)

    def run_until_idle(self) -> int:
        """Do whatever is due now, in this thread; how many attempts at jobs there were."""
        attempts = 0
        while True:
            while self._do_one():
                attempts += 1
            # What they do may ask for more of each other.
            if not any(each() for each in self.rounds):
                return attempts

    def _work(self, do: Callable[[], bool], stop: threading.Event) -> None:
        while not stop.is_set():
            was_there = False
            try:
                was_there = do()
            except Exception:
                log.exception("the worker cannot go on just now")
                stop.wait(TROUBLED_SECONDS)
            if not was_there:
                stop.wait(self.poll_seconds * random.uniform(0.8, 1.2))  # noqa: S311  (no secret)

    def _ways(self) -> list[Callable[[], bool]]:
        """How each thread takes jobs; a worker's only one takes them all."""
        return [self._do_one] * (self.threads - 1) + [
            self._do_what_is_waited_for if self.threads > 1 else self._do_one
        ]

    def _do_what_is_waited_for(self) -> bool:
        return self._do_one(self.handlers.keys() - PATIENT)

    def _do_one(self, kinds: Collection[str] | None = None) -> bool:
        job = self._claim(self.handlers if kinds is None else kinds)
        if job is not None:
            self._attempt(job)
        return job is not None

    def _claim(self, kinds: Collection[str]) -> Claimed | None:
        with self.database.reading() as session:
            if not jobs.has_due(session, kinds):
                return None
        with self.database.transaction() as session:
            job = jobs.claim(session, kinds, self.lease)
        if job is not None:
            with self._lock:
                self._running[job.lease] = job
        return job

    def _attempt(self, job: Claimed) -> None:
        told = log.bind(job=job.id, kind=job.kind, subject=job.subject_id, attempt=job.attempts)
        try:
            result = self._write(job, self._prepared(job))
            told.info("job done", **result)
        except LeaseLost:
            told.warning("job was taken up by somebody else")
        except JobFailed as failure:
            with suppress(LeaseLost), self.database.transaction() as session:
                state = jobs.fail(session, job, failure)
                told.warning("job failed", reason=str(failure), now=state)
        finally:
            with self._lock:
                self._running.pop(job.lease, None)

    def _prepared(self, job: Claimed) -> Write:
        try:
            return self.handlers[job.kind](job)
        except (JobFailed, LeaseLost):
            raise
        except Exception as error:
            log.exception("a job broke", job=job.id, kind=job.kind, subject=job.subject_id)
            message = "Something went wrong here; it has been logged."
            raise JobFailed(message, may_pass=True) from error

    def _write(self, job: Claimed, write: Write) -> dict[str, Any]:
        """All that the job changes, and its end, in one transaction."""
        tries = 0
        while True:
            tries += 1
            try:
                with self.database.transaction() as session:
                    result = write(session)
                    jobs.finish(session, job, result)
                    return result
            except LeaseLost:
                raise
            except Exception as error:
                if tries < TRIES and is_retryable(error):
                    continue
                log.exception("a job's result was not kept", job=job.id, kind=job.kind)
                message = "Its result could not be kept; it has been logged."
                raise JobFailed(message, may_pass=True) from error

    def _hold_leases(self) -> None:
        if leases := self._leases():
            with self.database.transaction() as session:
                jobs.hold(session, leases, self.lease)

    def _tick(self) -> None:
        with self.database.transaction() as session:
            queued = enqueue_rechecks(session)
            end_expired(session)
            forget_expired(session)
            sweep_deliveries(session)
            jobs.sweep(session)
        if queued:
            log.info("sources to be fetched again", number=queued)

    def _leases(self) -> list[str]:
        with self._lock:
            return list(self._running)

    @staticmethod
    def _repeat(action: Callable[[], None], seconds: float, done: threading.Event) -> None:
        while not done.wait(seconds):
            try:
                action()
            except Exception:
                log.exception("the worker's housekeeping failed; it will be tried again")


@dataclass(frozen=True, slots=True)
class Tools:
    """What handlers work with."""

    database: Database
    fetcher: Fetcher
    archive: Archive
    isolated: Isolated
    semantic: Semantic | None = None


def handlers_of(tools: Tools) -> dict[str, Handler]:
    """By kind of job."""
    handlers: dict[str, Handler] = {
        FETCH: FetchSource(tools.database, tools.fetcher, tools.archive, SOFTWARE),
        READ: ReadSnapshot(tools.database, tools.archive, tools.isolated),
        COMPARE: CompareClaim(tools.database),
        NOTIFY: NotifySubscribers(tools.database),
        RUN: RunImport(tools.database, tools.archive),
    }
    if tools.semantic is not None:
        handlers[EMBED] = EmbedClaim(tools.database, tools.semantic)
    return handlers


def open_fetcher(settings: Settings, limits: Limits) -> Fetcher:
    """By the settings, with these limits."""
    return Fetcher(
        user_agent=f"{SOFTWARE} (+{settings.public_url})",
        allow_private=settings.allow_private_fetch,
        proxy=settings.fetch_proxy,
        limits=limits,
    )


@contextmanager
def open_worker(settings: Settings, **options: Any) -> Iterator[Worker]:
    """A worker by the settings; its processes and connections end with the context."""
    with ExitStack() as ending:
        database = Database(settings.database_url, pgbouncer=settings.pgbouncer)
        ending.callback(database.dispose)
        isolated = Isolated()
        ending.callback(isolated.close)
        archive = open_archive(settings.archive_dir)
        fetcher = open_fetcher(settings, Limits())
        semantic = open_semantic(settings)
        if semantic is not None:
            follow(database)
            with database.transaction() as session:
                semantic.vectors.set_up(session)
        tools = Tools(database, fetcher, archive, isolated, semantic)
        keys = signing_keys(settings.audit_key)
        chores = ((Gatherer(database, keys), GATHER_SECONDS),)
        courier = Courier(
            database, open_fetcher(settings, LIMITS), settings.public_url,
            lease=options.get("lease", LEASE),
        )  # fmt: skip
        ending.callback(courier.give_back)
        senders = (courier.send_to_sound, *[courier.send] * (ENDPOINTS_AT_ONCE - 1))
        rounds = (courier.hand_on, *senders)
        yield Worker(database, handlers_of(tools), rounds, chores=chores, **options)
