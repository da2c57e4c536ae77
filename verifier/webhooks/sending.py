"""Sending: one worker at a time looks after an endpoint, and sends to it several at once.

So events of one claim arrive in order without anybody locking them one by one, an endpoint never
has more than a few requests at a time, and one that hangs holds up nobody else. What was sent is
recorded round by round; a worker that dies in between sends its last round again.
"""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Final

import structlog

from verifier.kit.clock import new_id, now
from verifier.kit.fetched import FetchFailed, Limits
from verifier.webhooks import lookout
from verifier.webhooks.outbox import chains_behind, hand_on
from verifier.webhooks.recording import Attempt, Lost, record_round
from verifier.webhooks.retries import is_success
from verifier.webhooks.signing import signed
from verifier.webhooks.slack import slack_body

if TYPE_CHECKING:
    from collections.abc import Sequence

    from verifier.kit.db import Database
    from verifier.kit.fetch import Fetcher
    from verifier.kit.rows import AnyRow
    from verifier.webhooks.lookout import Turn

LIMITS: Final = Limits(connect_seconds=5, read_seconds=15, total_seconds=15)
SENDERS: Final = 8
"""Requests to one endpoint at the same time."""
ROUND: Final = 100
ROUND_SHARE: Final = 1 / 3
"""Of its lease: after so long a round begins no more requests, so that it ends within it."""
KEPT_BYTES: Final = 1024
"""Of an answer's body."""

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Courier:
    """Hands events on from the trail, and sends them. `fetcher` has the `LIMITS` of sending."""

    database: Database
    fetcher: Fetcher
    public_url: str
    lease: timedelta = timedelta(seconds=30)
    _leases: set[str] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def hand_on(self) -> bool:
        """Write deliveries for what has happened; whether there was anything."""
        with self.database.reading() as session:
            chains = chains_behind(session)
        events = 0
        for chain_id in chains:
            # What is wrong with one desk's events must not keep the other desks' back.
            try:
                with self.database.transaction() as session:
                    events += hand_on(session, chain_id, public_url=self.public_url)
            except Exception:
                log.exception("events could not be handed on", chain=chain_id)
        return events > 0

    def send(self) -> bool:
        """Look after one endpoint for a round; whether there was one."""
        return self._send(sound=False)

    def send_to_sound(self) -> bool:
        """As `send`, but not to one that fails: those that hang must not take up all threads."""
        return self._send(sound=True)

    def _send(self, *, sound: bool) -> bool:
        with self.database.reading() as session:
            if not lookout.is_any_due(session, sound=sound):
                return False
        lease = new_id()
        with self._lock:
            self._leases.add(lease)
        try:
            with self.database.transaction() as session:
                turn = lookout.take(session, lease, self.lease, sound=sound)
            if turn is not None:
                self._round(turn)
        except Lost:
            log.warning("a webhook was taken up by somebody else")
            return True
        else:
            return turn is not None
        finally:
            with self._lock:
                self._leases.discard(lease)

    def give_back(self) -> None:
        """Let others look after the endpoints at once that this process has not finished with."""
        with self._lock:
            leases = list(self._leases)
        if leases:
            with self.database.transaction() as session:
                lookout.give_back(session, leases)

    def _round(self, turn: Turn) -> None:
        # An endpoint that fails is tried with one event before it gets the rest.
        most = 1 if turn.failing_since else ROUND
        with self.database.reading() as session:
            due = lookout.due(session, turn.webhook_id, most)
        attempts = self._sent(turn, due)
        with self.database.transaction() as session:
            outcome = record_round(session, turn, attempts)
        log.info("webhook round", webhook=turn.webhook_id, **outcome)

    def _sent(self, turn: Turn, due: Sequence[AnyRow]) -> list[Attempt]:
        """Threads at the same time, the events of each in order; a failure ends the round."""
        by_thread = sorted(due, key=attrgetter("thread_id", "seq"))
        threads = [list(group) for _, group in groupby(by_thread, attrgetter("thread_id"))]
        threads.sort(key=lambda group: group[0].seq)
        over = threading.Event()
        end = time.monotonic() + ROUND_SHARE * turn.lasts.total_seconds()

        def send_in_order(group: list[AnyRow]) -> list[Attempt]:
            attempts: list[Attempt] = []
            for delivery in group:
                if over.is_set() or time.monotonic() > end:
                    break
                attempts.append(self._attempt(turn, delivery))
                if not is_success(attempts[-1].status):
                    over.set()
            return attempts

        if len(threads) <= 1:
            return [attempt for group in threads for attempt in send_in_order(group)]
        with ThreadPoolExecutor(min(SENDERS, len(threads)), "sender") as senders:
            return [attempt for sent in senders.map(send_in_order, threads) for attempt in sent]

    def _attempt(self, turn: Turn, delivery: AnyRow) -> Attempt:
        moment, begun = now(), time.perf_counter()
        status, beginning, retry_after, error = None, b"", None, None
        try:
            body = slack_body(delivery.body) if turn.format == "slack" else delivery.body
            headers = signed(turn.secrets, message_id=delivery.event_id, at=moment, body=body)
            headers["Content-Type"] = "application/json"
            answer = self.fetcher.post(
                turn.url, headers=headers, body=body.encode(), most=KEPT_BYTES
            )
            status, beginning, retry_after = answer.status, answer.beginning, answer.retry_after
        except FetchFailed as failure:
            error = str(failure)
        except Exception:
            log.exception("an attempt broke", webhook=turn.webhook_id, event=delivery.event_id)
            error = "Something went wrong here; it has been logged."
        latency = round((time.perf_counter() - begun) * 1000)
        return Attempt(
            delivery.event_id, delivery.thread_id, delivery.seq, delivery.attempts + 1, moment,
            status, latency, beginning, retry_after, error,
        )  # fmt: skip
