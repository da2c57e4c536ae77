"""The production server: granian's worker processes, and in each a gate before the WSGI app.

A thread that waits for the rest of a body answers nobody, and WSGI has no deadline for it. So the
gate reads bodies on the event loop, and gives the app a thread once its request is complete; a
stream takes one only while it is produced, not while its client reads.
"""

from __future__ import annotations

import asyncio
import contextvars
import io
import json
import logging
import multiprocessing
import os
import pkgutil
import resource
import signal
import socket
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote_to_bytes

import structlog
from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping
    from typing import TypeAlias
    from wsgiref.types import WSGIApplication

    Message: TypeAlias = dict[str, Any]
    Receive: TypeAlias = Callable[[], Awaitable[Message]]
    Send: TypeAlias = Callable[[Message], Awaitable[None]]

KIB: Final = 1024
MIB: Final = 1024 * KIB
SLOWEST: Final = 16 * KIB
"""Bytes a second: what moves at this pace, in or out, outlives every deadline."""
SMALL: Final = 64 * KIB
"""A body up to here is never refused for want of room."""
BLOCK: Final = 64 * KIB
"""A stream leaves in blocks of about this size, or of what came within `BLOCK_SECONDS`."""
BLOCK_SECONDS: Final = 0.1
CONNECTIONS: Final = 4096
"""A worker's connections: silent ones must run out of time before these run out."""
SPARE_FILES: Final = 256

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Limits:
    """What one worker takes on. A database pool needs `threads + streams` connections."""

    threads: int = 16
    streams: int = 8
    """Answers under way that are longer than a block: what they hold, a slow client holds."""
    body: int = 2 * MIB
    larger_bodies: Mapping[str, int] = field(default_factory=dict)
    """Path prefix → bytes, where bodies may be longer than `body`."""
    room: int = 128 * MIB
    """Bytes of bodies at once: for `body`, and again for each of `larger_bodies`."""
    body_seconds: float = 30
    send_seconds: float = 30


def serve(
    app_target: str,
    *,
    host: str = "127.0.0.1",
    port: int = 8000,
    workers: int = 2,
    limits: Limits | None = None,
    header_seconds: float = 10,
    drain_seconds: int = 25,
    access_log: bool = False,
) -> None:
    """Serve until SIGTERM or SIGINT. Raises `OSError` where the address is taken.

    `app_target` is `package.module:factory`; each worker calls the factory, without arguments, for
    its WSGI app, so no database engine is shared. Workers start by importing the main module: only
    call this below `if __name__ == "__main__"`.
    """
    # The workers share the port by SO_REUSEPORT; another server would silently share it, too.
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, port), family=family) as probe:
        address, port = probe.getsockname()[:2]
    # A fresh interpreter each, on every system: no lock, thread or connection comes along.
    multiprocessing.set_start_method("spawn", force=True)
    server = Granian(
        app_target,
        address=address,
        port=port,
        interface=Interfaces.ASGINL,
        workers=workers,
        http=HTTPModes.http1,
        websockets=False,
        backpressure=_open_files(CONNECTIONS + SPARE_FILES) - SPARE_FILES,
        http1_settings=HTTP1Settings(
            header_read_timeout=int(header_seconds * 1000), max_buffer_size=BLOCK
        ),
        log_access=access_log,
        respawn_failed_workers=True,
        workers_kill_timeout=drain_seconds,
    )
    loader = partial(_start_worker, app_target, limits or Limits())
    server.serve(target_loader=loader, wrap_loader=False)


def _open_files(wanted: int) -> int:
    """Let this process and its workers open as many files as wanted, or as the system allows."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY:
        wanted = min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return wanted


def _start_worker(app_target: str, limits: Limits) -> Gate:
    threading.Thread(target=_end_with_parent, args=(os.getppid(),), daemon=True).start()
    # Each client that leaves during an answer is worth a line to granian, but not to an operator.
    logging.getLogger("_granian.asgi").setLevel(logging.WARNING)
    return Gate(pkgutil.resolve_name(app_target)(), limits)


def _end_with_parent(parent: int) -> None:
    """A worker whose parent was killed would otherwise hold the port for ever."""
    while os.getppid() == parent:
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)


class Gate:
    """An ASGI app that calls a WSGI app with complete requests only."""

    def __init__(self, app: WSGIApplication, limits: Limits) -> None:
        self._app = app
        self._limits = limits
        self._threads = ThreadPoolExecutor(limits.threads, thread_name_prefix="wsgi")
        self._streams = 0
        self._larger = [
            Allowance(prefix.rstrip("/"), limit, max(limit, limits.room))
            for prefix, limit in limits.larger_bodies.items()
        ]
        self._default = Allowance("", limits.body, max(limits.body, limits.room))

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        path = scope["path"]
        body = Body(next((it for it in self._larger if it.covers(path)), self._default))
        try:
            length = _announced_length(scope["headers"])
            if length != 0:
                await body.read(receive, length, self._limits.body_seconds)
            await self._answer(Call(self._app, _environ(scope, body)), receive, send)
        except Refused as refusal:
            await refusal.send(send)
        finally:
            body.release()

    async def _answer(self, call: Call, receive: Receive, send: Send) -> None:
        try:
            block = await self._in_thread(call.start)
        except Exception as error:
            log.exception("the application failed", path=call.path)
            text = "Something went wrong here. It has been logged."
            raise Refused(HTTPStatus.INTERNAL_SERVER_ERROR, "internal-error", text) from error
        if call.ended:
            await send(call.head())
            await send({"type": "http.response.body", "body": block})
            return
        try:
            if self._streams >= self._limits.streams:
                text = "Too many long answers are under way. Try again shortly."
                raise Refused(HTTPStatus.SERVICE_UNAVAILABLE, "busy", text)
            self._streams += 1
            try:
                await self._stream(call, block, receive, send)
            finally:
                self._streams -= 1
        finally:
            await self._in_thread(call.close)

    async def _stream(self, call: Call, block: bytes, receive: Receive, send: Send) -> None:
        """Send block after block. To return before the last one cuts the connection."""
        clock = asyncio.get_running_loop().time
        patience = self._limits.send_seconds
        gone = asyncio.ensure_future(_client_left(receive))
        try:
            await send(call.head())
            while not gone.done():
                started = clock()
                message = {"type": "http.response.body", "body": block, "more_body": not call.ended}
                if not await _in_time(send(message), patience):
                    log.info("a client read too slowly", path=call.path)
                    return
                if call.ended:
                    return
                patience += len(block) / SLOWEST - (clock() - started)
                block = await self._in_thread(call.go_on)
        except Exception:
            log.exception("an answer broke off", path=call.path)
        finally:
            gone.cancel()

    def _in_thread(self, step: Callable[[], Any]) -> Awaitable[Any]:
        return asyncio.get_running_loop().run_in_executor(self._threads, step)


async def _in_time(sending: Awaitable[None], seconds: float) -> bool:
    try:
        async with asyncio.timeout(seconds):
            await sending
    except TimeoutError:
        return False
    return True


async def _client_left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _announced_length(headers: Iterable[tuple[bytes, bytes]]) -> int | None:
    """`None` for a chunked body; the server has refused whatever contradicts itself."""
    for name, value in headers:
        if name == b"content-length":
            return int(value)
        if name == b"transfer-encoding":
            return None
    return 0


@dataclass(slots=True)
class Allowance:
    """How long a body may be under a path prefix, and how much of such bodies a worker holds."""

    prefix: str
    limit: int
    room: int
    held: int = 0

    def covers(self, path: str) -> bool:
        return path == self.prefix or path.startswith(f"{self.prefix}/")


class Body:
    """A request's body on its way in."""

    def __init__(self, allowance: Allowance) -> None:
        self.stream = io.BytesIO()
        self.size = 0
        self._allowance = allowance

    async def read(self, receive: Receive, length: int | None, seconds: float) -> None:
        """Read all of it, within the deadline and the allowance. Raises `Refused`."""
        self._check_limit(length or 0)
        clock = asyncio.get_running_loop().time
        started = clock()
        try:
            async with asyncio.timeout(seconds) as deadline:
                while self._add(await receive()):
                    deadline.reschedule(started + seconds + self.size / SLOWEST)
        except TimeoutError:
            text = "The body did not arrive in time. Send the request again."
            raise Refused(HTTPStatus.REQUEST_TIMEOUT, "request-too-slow", text) from None
        self.stream.seek(0)

    def release(self) -> None:
        self._allowance.held -= self.size

    def _add(self, message: Message) -> bool:
        """Keep a piece; whether more will come."""
        if message["type"] != "http.request":
            text = "The connection was closed before the body was complete."
            raise Refused(HTTPStatus.BAD_REQUEST, "bad-request", text)
        piece = message["body"]
        self.size += len(piece)
        self._allowance.held += len(piece)
        self._check_limit(self.size)
        if self.size > SMALL and self._allowance.held > self._allowance.room:
            text = "Too much is being uploaded at once. Try again shortly."
            raise Refused(HTTPStatus.SERVICE_UNAVAILABLE, "busy", text)
        self.stream.write(piece)
        return bool(message["more_body"])

    def _check_limit(self, size: int) -> None:
        if size > self._allowance.limit:
            text = f"The body is longer than the {self._allowance.limit} bytes taken here."
            raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "body-too-large", text)


class Call:
    """One run of the WSGI app: each step may be in another thread, all are in one context."""

    def __init__(self, app: WSGIApplication, environ: dict[str, Any]) -> None:
        self.path = environ["PATH_INFO"]
        self.ended = False
        self._app = app
        self._environ = environ
        self._context = contextvars.copy_context()
        self._iterable: Iterable[bytes] = ()
        self._waiting: list[bytes] = []
        self._status = ""
        self._headers: list[tuple[str, str]] = []
        self._length = -1
        self._produced = 0

    def start(self) -> bytes:
        """Call the app; its first block."""
        return self._context.run(self._start)

    def go_on(self) -> bytes:
        """The next block; `ended` says whether it is the last."""
        return self._context.run(self._block)

    def close(self) -> None:
        """Close what the app has returned, unless that is done."""
        self._context.run(self._close)

    def head(self) -> Message:
        headers = [(n.lower().encode("latin-1"), v.encode("latin-1")) for n, v in self._headers]
        return {"type": "http.response.start", "status": int(self._status[:3]), "headers": headers}

    def _start(self) -> bytes:
        self._iterable = self._app(self._environ, self._start_response)
        self._pieces = iter(self._iterable)
        try:
            return self._block()
        except BaseException:
            self._close()
            raise

    def _start_response(
        self, status: str, headers: list[tuple[str, str]], exc_info: Any = None, /
    ) -> Callable[[bytes], object]:
        if exc_info and self._produced:
            raise exc_info[1].with_traceback(exc_info[2])
        self._status, self._headers = status, headers
        self._length = next((int(v) for n, v in headers if n.lower() == "content-length"), -1)
        return self._waiting.append

    def _block(self) -> bytes:
        size, enough = 0, time.monotonic() + BLOCK_SECONDS
        while size < BLOCK and time.monotonic() < enough:
            piece = next(self._pieces, None)
            if piece is None:
                self._close()
                break
            self._waiting.append(piece)
            size += len(piece)
        block = b"".join(self._waiting)
        self._waiting.clear()
        self._produced += len(block)
        if self._produced == self._length:
            self._close()
        return block

    def _close(self) -> None:
        if not self.ended:
            self.ended = True
            getattr(self._iterable, "close", _nothing)()


class Refused(Exception):
    """The gate's own answer: a problem document (RFC 9457)."""

    def __init__(self, status: HTTPStatus, slug: str, detail: str) -> None:
        super().__init__(detail)
        self._status = status
        self._slug = slug
        self._detail = detail

    async def send(self, send: Send) -> None:
        document = {
            "type": f"/problems/{self._slug}",
            "title": self._status.phrase,
            "status": self._status.value,
            "detail": self._detail,
        }
        body = json.dumps(document).encode()
        headers = [
            (b"content-type", b"application/problem+json"),
            (b"content-length", b"%d" % len(body)),
            # What is left of the request would be taken for the next one.
            (b"connection", b"close"),
        ]
        if self._status == HTTPStatus.SERVICE_UNAVAILABLE:
            headers.append((b"retry-after", b"1"))
        await send({"type": "http.response.start", "status": self._status, "headers": headers})
        await send({"type": "http.response.body", "body": body})


def _environ(scope: Message, body: Body) -> dict[str, Any]:
    """The request as PEP 3333 has it: bytes in Latin-1 clothes."""
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(scope["raw_path"]).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "SERVER_NAME": scope["server"][0],
        "SERVER_PORT": str(scope["server"][1]),
        "REMOTE_ADDR": scope["client"][0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": body.stream,
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in scope["headers"]:
        # A_B would become the same variable as A-B, and could pass for it.
        if b"_" in name:
            continue
        key = "HTTP_" + name.decode("latin-1").upper().replace("-", "_")
        text = value.decode("latin-1")
        if key in environ:
            text = environ[key] + ("; " if key == "HTTP_COOKIE" else ",") + text
        environ[key] = text
    # The body lies here whole, however it was sent.
    environ.pop("HTTP_TRANSFER_ENCODING", None)
    environ.pop("HTTP_CONTENT_LENGTH", None)
    environ["CONTENT_LENGTH"] = str(body.size)
    environ["CONTENT_TYPE"] = environ.pop("HTTP_CONTENT_TYPE", "")
    return environ


def _nothing() -> None:
    """What there is to close where the app returned a plain list."""
