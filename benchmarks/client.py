"""A client that keeps so many connections busy for so long.

Each sends its next request when it has the answer to the last. One thread, and no more parsing than
it takes to find where an answer ends.
"""

from __future__ import annotations

import asyncio
import re
import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

UNCHANGED: Final = b"HTTP/1.1 304 "
LENGTH: Final = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


def drive(
    port: int, requests: Iterator[bytes], *, expect: int, connections: int, seconds: float
) -> list[float]:
    """How many seconds each answer took. Fails at once if one has another status than expected."""
    return asyncio.run(_drive(port, requests, b"HTTP/1.1 %d " % expect, connections, seconds))


async def _drive(
    port: int, requests: Iterator[bytes], status: bytes, connections: int, seconds: float
) -> list[float]:
    loop = asyncio.get_running_loop()
    times: list[float] = []
    ends = time.perf_counter() + seconds
    made = [
        await loop.create_connection(
            lambda: Caller(requests, status, times, ends), "127.0.0.1", port
        )
        for _ in range(connections)
    ]
    try:
        await asyncio.gather(*(caller.done for _, caller in made))
    finally:
        for transport, _ in made:
            transport.abort()
    return times


class Caller(asyncio.Protocol):
    """One connection."""

    def __init__(
        self, requests: Iterator[bytes], status: bytes, times: list[float], ends: float
    ) -> None:
        self.done = asyncio.get_running_loop().create_future()
        self._requests = requests
        self._status = status
        self._times = times
        self._ends = ends
        self._answer = bytearray()
        self._length = -1

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        self._transport = transport
        self._send()

    def connection_lost(self, _error: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(ConnectionError("The server closed the connection."))

    def data_received(self, data: bytes) -> None:
        self._answer += data
        if self._length < 0 and not self._read_head():
            return
        if len(self._answer) == self._length:
            self._times.append(time.perf_counter() - self._sent)
            self._send()

    def _send(self) -> None:
        self._answer.clear()
        self._length = -1
        self._sent = time.perf_counter()
        if self._sent < self._ends:
            self._transport.write(next(self._requests))
        elif not self.done.done():
            self.done.set_result(None)

    def _read_head(self) -> bool:
        """Whether the head is there; if so, how long the whole answer will be."""
        end = self._answer.find(b"\r\n\r\n")
        if end < 0:
            return False
        length = LENGTH.search(self._answer, 0, end)
        has_body = not self._status.startswith(UNCHANGED)
        if not self._answer.startswith(self._status) or (has_body and length is None):
            text = self._answer.decode(errors="replace")
            self.done.set_exception(RuntimeError(f"Not the expected answer: {text}"))
            self._transport.abort()
            return False
        self._length = end + 4 + (int(length[1]) if length and has_body else 0)
        return True
