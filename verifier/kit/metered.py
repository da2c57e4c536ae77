"""A socket's bytes, read until time or an allowance is over: the whole answer passes here."""

from __future__ import annotations

import http.client
import io
import time
from typing import TYPE_CHECKING, Any, Final

from verifier.kit.fetched import FetchFailed

if TYPE_CHECKING:
    import socket

    from verifier.kit.fetched import Limits

_BUFFER: Final = 64 * 1024
# All header lines together, those of interim answers (1xx) too.
_HEAD_BYTES: Final = 256 * 1024


class Deadline:
    """When a fetch is over, whatever it is doing; FetchFailed where no time is left."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._end = time.monotonic() + limits.total_seconds

    def connecting(self) -> float:
        """How long the next look-up or connection may take."""
        return self._within(self._limits.connect_seconds)

    def reading(self) -> float:
        """How long to wait for the next bytes."""
        return self._within(self._limits.read_seconds)

    def _within(self, seconds: float) -> float:
        left = self._end - time.monotonic()
        if left <= 0:
            sentence = f"It was not all here within {self._limits.total_seconds:g} seconds."
            raise FetchFailed("timed-out", sentence)
        return min(seconds, left)


class MeteredSocket(io.RawIOBase):
    """A socket to read from until its deadline or its allowance of bytes is over."""

    def __init__(self, sock: socket.socket, deadline: Deadline) -> None:
        self._socket = sock
        self._raw = sock.makefile("rb", buffering=0)
        self._deadline = deadline
        self.allowance = _HEAD_BYTES
        self.refusal = f"The headers are larger than {_HEAD_BYTES // 1024} KiB."

    def makefile(self, _mode: str) -> io.BufferedReader:
        """What `http.client` asks of a socket."""
        return io.BufferedReader(self, _BUFFER)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._socket.settimeout(self._deadline.reading())
        count = self._raw.readinto(buffer)
        self.allowance -= count or 0
        if self.allowance < 0:
            raise FetchFailed("too-large", self.refusal)
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()


class Answer(http.client.HTTPResponse):
    """Passes over every interim answer; the standard library knows only 100."""

    def _read_status(self) -> tuple[str, int, str]:
        while True:
            version, status, reason = super()._read_status()  # type: ignore[misc]
            if status == http.HTTPStatus.SWITCHING_PROTOCOLS:
                raise http.client.UnknownProtocol(version)
            if not http.HTTPStatus.CONTINUE <= status < http.HTTPStatus.OK:
                return version, status, reason
            http.client.parse_headers(self.fp)
