"""Asking other people's `claims:search` services: several at once, never for long, and not twice.

No transaction is open while they are asked. Their addresses hold keys, so nothing that is told or
logged has a part of one, nor of what was asked.
"""

from __future__ import annotations

import hashlib
import time
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress
from datetime import timedelta
from functools import cached_property, partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import urlencode

import structlog
from sqlalchemy import delete, select
from sqlalchemy.exc import DBAPIError

from verifier.elsewhere.models import RemoteAnswer
from verifier.elsewhere.reading import MOST_CLAIMS, AnswerUnreadable, read_answer
from verifier.kit.clock import now
from verifier.kit.db import insert_unless_there
from verifier.kit.errors import Invalid
from verifier.kit.fetch import Fetcher, FetchFailed, Limits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

    from verifier.kit.db import Database
    from verifier.settings import Settings

SECONDS: Final = 4.0
LIMITS: Final = Limits(
    connect_seconds=2, read_seconds=3, total_seconds=SECONDS,
    wire_bytes=1024 * 1024, decoded_bytes=2 * 1024 * 1024, redirects=0,
)  # fmt: skip
GRACE_SECONDS: Final = 0.5
THREADS: Final = 16
LONGEST_QUESTION: Final = 600
"""Code points; in any script they fit into an address."""
ANSWERS_KEPT: Final = timedelta(hours=1)
FAILURES_KEPT: Final = timedelta(seconds=30)
FORGOTTEN_AT_ONCE: Final = 1000
SLOW: Final = "It did not answer in time."
_FAILURES: Final = {
    "timed-out": SLOW,
    "too-large": "Its answer is too large.",
    "address-refused": "Its address is not on the public Internet.",
    "port-refused": "Its address has a port that is not asked.",
    "broken-answer": "Its answer broke off.",
    "tls-failed": "Its certificate cannot be trusted.",
}
UNREACHABLE: Final = "It cannot be reached."

log = structlog.get_logger(__name__)


class Question(NamedTuple):
    """What is asked, in its language where that is known."""

    text: str
    language: str | None

    def at(self, address: str) -> str:
        """The whole address to ask."""
        asked = {"query": self.text[:LONGEST_QUESTION].strip(), "pageSize": str(MOST_CLAIMS)}
        if self.language:
            asked["languageCode"] = self.language
        return f"{address}{'&' if '?' in address else '?'}{urlencode(asked)}"


class Answered(NamedTuple):
    """What a service answered, and when."""

    answer: dict[str, Any]
    fetched_at: datetime

    def shown(self, source: str, limit: int, *, cached: bool) -> dict[str, Any]:
        """As it is told to whoever asked."""
        return {
            "source": source,
            **self.answer,
            "items": self.answer["items"][:limit],
            "fetched_at": self.fetched_at,
            "cached": cached,
        }


class Remotes:
    """The services that the operator has set up, by name. Safe to share between threads."""

    def __init__(
        self, database: Database, addresses: Mapping[str, str], open_fetcher: Callable[[], Fetcher]
    ) -> None:
        self._database = database
        self._addresses = addresses
        self._open_fetcher = open_fetcher
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="elsewhere")

    @cached_property
    def _fetcher(self) -> Fetcher:
        """Opened when it is first needed: that takes reading all certificates there are."""
        return self._open_fetcher()

    def chosen(self, wanted: bool | list[str]) -> list[str]:  # noqa: FBT001  (as it is sent)
        """The names of those that are to be asked. Raises `Invalid` for one there is not."""
        if isinstance(wanted, bool):
            return list(self._addresses) if wanted else []
        for n, name in enumerate(wanted):
            if name not in self._addresses:
                known = ", ".join(self._addresses) or "none"
                message = f"No service is set up by this name; there is {known}."
                raise Invalid.member(f"/elsewhere/{n}", message)
        return wanted

    def ask(
        self, names: Iterable[str], text: str, *, language: str | None, limit: int
    ) -> list[dict[str, Any]]:
        """What each of them answers, or why it does not. Never raises for what they do."""
        question = Question(text, language)
        urls = {name: question.at(self._addresses[name]) for name in names}
        keys = {
            name: hashlib.sha256(f"{name} {url}".encode()).hexdigest() for name, url in urls.items()
        }
        kept = self._kept(keys.values())
        fresh = self._asked({name: url for name, url in urls.items() if keys[name] not in kept})
        self._keep({keys[name]: answered for name, answered in fresh.items()})
        return [
            (fresh[name] if name in fresh else kept[keys[name]]).shown(
                name, limit, cached=name not in fresh
            )
            for name in urls
        ]

    def _kept(self, keys: Iterable[str]) -> dict[str, Answered]:
        query = select(RemoteAnswer.key, RemoteAnswer.answer, RemoteAnswer.fetched_at).where(
            RemoteAnswer.key.in_(list(keys)), RemoteAnswer.expires_at > now()
        )
        with self._database.reading() as session:
            return {row.key: Answered(row.answer, row.fetched_at) for row in session.execute(query)}

    def _asked(self, urls: Mapping[str, str]) -> dict[str, Answered]:
        tasks = {name: self._threads.submit(self._answer, name, url) for name, url in urls.items()}
        wait(tasks.values(), SECONDS + GRACE_SECONDS)
        answers = {}
        for name, task in tasks.items():
            task.cancel()
            in_time = task.done() and not task.cancelled()
            answers[name] = Answered(task.result() if in_time else _failed(SLOW), now())
        return answers

    def _answer(self, name: str, url: str) -> dict[str, Any]:
        begun = time.monotonic()
        try:
            answer = self._fetched(url)
        except FetchFailed as failure:
            answer = _failed(_FAILURES.get(failure.code, UNREACHABLE))
        except AnswerUnreadable as failure:
            answer = _failed(str(failure))
        except Exception:
            log.exception("asking another service broke", source=name)
            answer = _failed("Something went wrong here; it has been logged.")
        told = log.warning if answer["status"] == "failed" else log.info
        seconds = round(time.monotonic() - begun, 3)
        told("asked elsewhere", source=name, detail=answer["detail"], seconds=seconds)
        return answer

    def _fetched(self, url: str) -> dict[str, Any]:
        got = self._fetcher.fetch(url, headers={"Accept": "application/json"}, redirects=0)
        if got.status != HTTPStatus.OK:
            message = f"It answered with the status {got.status}."
            raise AnswerUnreadable(message)
        if got.media_type != "application/json":
            message = "It answered with something else than JSON."
            raise AnswerUnreadable(message)
        items, left_out = read_answer(got.body)
        detail = f"Left out what was not as it should be: {left_out} claims." if left_out else None
        return {"status": "answered", "detail": detail, "items": items}

    def _keep(self, answers: Mapping[str, Answered]) -> None:
        if not answers:
            return
        # A note that is not worth failing a request for: a busy database is left alone.
        with suppress(DBAPIError), self._database.transaction() as session:
            session.execute(delete(RemoteAnswer).where(RemoteAnswer.key.in_(list(answers))))
            for key, (answer, at) in sorted(answers.items()):
                kept_for = FAILURES_KEPT if answer["status"] == "failed" else ANSWERS_KEPT
                insert_unless_there(
                    session, RemoteAnswer,
                    key=key, answer=answer, fetched_at=at, expires_at=at + kept_for,
                )  # fmt: skip


def _failed(detail: str) -> dict[str, Any]:
    return {"status": "failed", "detail": detail, "items": []}


def forget_expired(session: Session) -> None:
    """Delete some of the answers whose time is over."""
    over = select(RemoteAnswer.key).where(RemoteAnswer.expires_at <= now())
    some = over.order_by(RemoteAnswer.expires_at).limit(FORGOTTEN_AT_ONCE)
    session.execute(delete(RemoteAnswer).where(RemoteAnswer.key.in_(some)))


def open_remotes(settings: Settings, database: Database, *, software: str) -> Remotes:
    """Those of the settings."""
    open_fetcher = partial(
        Fetcher,
        user_agent=f"{software} (+{settings.public_url})",
        allow_private=settings.allow_private_fetch,
        proxy=settings.fetch_proxy,
        limits=LIMITS,
    )
    return Remotes(database, settings.remotes(), open_fetcher)
