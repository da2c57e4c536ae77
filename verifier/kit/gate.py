"""The gate before the WSGI app: an ASGI app that hands it complete requests only.

A thread that waits for the rest of a body answers nobody, and WSGI has no deadline for it. So the
gate reads bodies on the event loop, and the app gets a thread once its request is complete.
"""

from __future__ import annotations

import asyncio
import contextvars
import io
import itertools
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

import structlog

from verifier.kit.environ import environ_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Mapping
    from wsgiref.types import WSGIApplication

    Dialect = Callable[[dict[str, Any]], tuple[dict[str, str], dict[str, Any]]]
    Receive = Callable[[], Awaitable[dict[str, Any]]]
    Send = Callable[[dict[str, Any]], Awaitable[None]]

KIB: Final = 1024
MIB: Final = 1024 * KIB
SLOWEST: Final = 16 * KIB  # bytes a second, in or out, on the average
SMALL: Final = 64 * KIB  # a body up to here is never refused for want of room
BLOCK: Final = 64 * KIB  # an answer leaves in blocks of about this size, or of what came within …
BLOCK_SECONDS: Final = 0.1

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Limits:
    """What one worker takes on. Its database pool needs `threads + streams` connections."""

    threads: int = 16
    streams: int = 8
    """Answers longer than a block, in threads of their own: a slow client holds what they hold."""
    body: int = 2 * MIB
    larger_bodies: Mapping[str, int] = field(default_factory=dict)
    """Path pattern, such as `/v1/sources/*/snapshots` → bytes, where bodies may be longer."""
    room: int = 128 * MIB
    """Bytes of bodies at once: for `body`, and again for each of `larger_bodies`."""
    body_seconds: float = 30
    """For a body to come, and longer only while it comes at `SLOWEST` or faster."""
    send_seconds: float = 30
    """The same for a stream to be read."""
    dialects: Mapping[str, Dialect] = field(default_factory=dict)
    """Path pattern → problem document → headers and document, where refusals read otherwise."""


def _as_problem(document: dict[str, Any]) -> tuple[dict[str, str], dict[str, Any]]:
    return {"Content-Type": "application/problem+json"}, document


class Refused(Exception):
    """The gate's own answer: a problem document (RFC 9457), or what a dialect makes of it."""

    def __init__(self, status: HTTPStatus, slug: str, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.document = {
            "type": f"/problems/{slug}",
            "title": status.phrase,
            "status": status.value,
            "detail": detail,
        }

    async def send(self, send: Send, dialect: Dialect) -> None:
        told, document = dialect(self.document)
        body = json.dumps(document).encode()
        headers = [
            *((name.lower().encode(), value.encode()) for name, value in told.items()),
            (b"content-length", b"%d" % len(body)),
            # What is left of the request would be taken for the next one.
            (b"connection", b"close"),
        ]
        if self.status == HTTPStatus.SERVICE_UNAVAILABLE:
            headers.append((b"retry-after", b"1"))
        await send(_head(self.status, headers))
        await send(_part(body, more=False))


class CutShort(Exception):
    """An answer that has begun cannot go on; without its end, the connection is broken off."""


class Gate:
    """An ASGI app that calls a WSGI app with complete requests only."""

    def __init__(self, app: WSGIApplication, limits: Limits) -> None:
        self._app = app
        self._limits = limits
        self._threads = ThreadPoolExecutor(limits.threads + limits.streams)
        self._streams = threading.BoundedSemaphore(limits.streams)
        caps = [*limits.larger_bodies.items(), ("*", limits.body)]
        self._inlets = [Inlet(pattern, cap, max(cap, limits.room)) for pattern, cap in caps]

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        inlet = next(it for it in self._inlets if fnmatchcase(scope["path"], it.pattern))
        outlet = Outlet(receive, send, self._limits.send_seconds)
        body = io.BytesIO()
        try:
            if (length := _announced_length(scope)) != 0:
                await inlet.read(body, length, receive, self._limits.body_seconds)
            run = partial(self._run, environ_of(scope, body), outlet)
            run_alone = partial(contextvars.copy_context().run, run)
            loop = asyncio.get_running_loop()
            for message in await loop.run_in_executor(self._threads, run_alone):
                await send(message)
        except Refused as refusal:
            dialects = self._limits.dialects.items()
            path = scope["path"]
            spoken = (dialect for pattern, dialect in dialects if fnmatchcase(path, pattern))
            await refusal.send(send, next(spoken, _as_problem))
        except CutShort:
            log.debug("an answer was cut short", path=scope["path"])
        finally:
            outlet.close()
            inlet.held -= body.getbuffer().nbytes

    def _run(self, environ: dict[str, Any], outlet: Outlet) -> list[dict[str, Any]]:
        """In a thread: an answer that fits one block is returned, a longer one is sent."""
        try:
            return self._answer(environ, outlet)
        except (CutShort, Refused):
            raise
        except Exception as error:
            log.exception("the application failed", path=environ["PATH_INFO"])
            if outlet.used:
                raise CutShort from error
            text = "Something went wrong here. It has been logged."
            raise Refused(HTTPStatus.INTERNAL_SERVER_ERROR, "internal-error", text) from error

    def _answer(self, environ: dict[str, Any], outlet: Outlet) -> list[dict[str, Any]]:
        answer = Answer()
        iterable = self._app(environ, answer.start)
        try:
            blocks = answer.blocks(iter(iterable))
            first = next(blocks)
            if not first["more_body"]:
                return [answer.head(), first]
            if not self._streams.acquire(blocking=False):
                text = "Too many long answers are under way. Try again shortly."
                raise Refused(HTTPStatus.SERVICE_UNAVAILABLE, "busy", text)
            try:
                for message in itertools.chain([answer.head(), first], blocks):
                    outlet.send(message)
            finally:
                self._streams.release()
            return []
        finally:
            if hasattr(iterable, "close"):
                iterable.close()


@dataclass(slots=True)
class Inlet:
    """Bodies sent to such a path: how long each may be, and how much of them is held at once."""

    pattern: str
    limit: int
    room: int
    held: int = 0

    async def read(self, body: io.BytesIO, length: int, receive: Receive, seconds: float) -> None:
        """Fill `body`; its owner takes its size off `held` afterwards. Raises `Refused`."""
        self._check(length, 0)
        clock = asyncio.get_running_loop().time
        started = clock()
        try:
            async with asyncio.timeout(seconds) as deadline:
                more = True
                while more:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        text = "The connection was closed before the body was complete."
                        raise Refused(HTTPStatus.BAD_REQUEST, "bad-request", text)
                    self.held += body.write(message["body"])
                    self._check(body.tell(), self.held)
                    earned = started + body.tell() / SLOWEST
                    deadline.reschedule(min(clock(), earned) + seconds)
                    more = message["more_body"]
        except TimeoutError:
            text = "The body did not arrive in time. Send the request again."
            raise Refused(HTTPStatus.REQUEST_TIMEOUT, "request-too-slow", text) from None
        body.seek(0)

    def _check(self, size: int, held: int) -> None:
        if size > self.limit:
            text = f"The body is longer than the {self.limit} bytes taken here."
            raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "body-too-large", text)
        if size > SMALL and held > self.room:
            text = "Too much is being uploaded at once. Try again shortly."
            raise Refused(HTTPStatus.SERVICE_UNAVAILABLE, "busy", text)


class Answer:
    """What the app answers, cut into blocks."""

    def __init__(self) -> None:
        self._status = 0
        self._headers: list[tuple[bytes, bytes]] = []
        self._length = -1
        self._waiting: list[bytes] = []

    def start(
        self, status: str, headers: list[tuple[str, str]], _exc_info: object = None, /
    ) -> Callable[[bytes], object]:
        """PEP 3333's `start_response`."""
        self._status = int(status[:3])
        self._headers = [(n.lower().encode("latin-1"), v.encode("latin-1")) for n, v in headers]
        self._length = next((int(v) for n, v in self._headers if n == b"content-length"), -1)
        return self._waiting.append

    def head(self) -> dict[str, Any]:
        return _head(self._status, self._headers)

    def blocks(self, pieces: Iterator[bytes]) -> Iterator[dict[str, Any]]:
        produced, more = 0, True
        while more:
            size, enough = 0, time.monotonic() + BLOCK_SECONDS
            while more and size < BLOCK and time.monotonic() < enough:
                piece = next(pieces, None)
                more = piece is not None
                self._waiting.append(piece or b"")
                size += len(piece or b"")
            block = b"".join(self._waiting)
            self._waiting.clear()
            produced += len(block)
            more = more and produced != self._length
            yield _part(block, more=more)


class Outlet:
    """Where a thread sends a long answer; it waits while the client reads, but not for ever."""

    def __init__(self, receive: Receive, send: Send, seconds: float) -> None:
        self.used = False
        self._receive = receive
        self._send = send
        self._seconds = seconds
        self._patience = seconds
        self._loop = asyncio.get_running_loop()
        self._gone: asyncio.Future[None] | None = None

    def send(self, message: dict[str, Any]) -> None:
        """From a thread. Raises `CutShort`."""
        self.used = True
        asyncio.run_coroutine_threadsafe(self._deliver(message), self._loop).result()

    async def _deliver(self, message: dict[str, Any]) -> None:
        self._gone = self._gone or asyncio.ensure_future(_disconnected(self._receive))
        started = self._loop.time()
        try:
            async with asyncio.timeout(min(self._patience, self._seconds)):
                await self._send(message)
        except TimeoutError:
            raise CutShort from None
        if self._gone.done():
            raise CutShort
        moved = len(message.get("body", b""))
        self._patience += moved / SLOWEST - (self._loop.time() - started)

    def close(self) -> None:
        if self._gone:
            self._gone.cancel()


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _head(status: int, headers: list[tuple[bytes, bytes]]) -> dict[str, Any]:
    return {"type": "http.response.start", "status": status, "headers": headers}


def _part(block: bytes, *, more: bool) -> dict[str, Any]:
    return {"type": "http.response.body", "body": block, "more_body": more}


def _announced_length(scope: dict[str, Any]) -> int:
    """How long the body says it is, -1 where it is chunked."""
    headers = dict(scope["headers"])
    return -1 if b"transfer-encoding" in headers else int(headers.get(b"content-length", 0))
