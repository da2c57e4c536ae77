"""One request and its answer over a socket of our choosing, with an end to time and to bytes.

urllib3 speaks HTTP and TLS; where to connect, for how long and how much is read is decided here.
"""

from __future__ import annotations

import http.client
import ssl
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, LocationParseError, ReadTimeoutError
from urllib3.util import make_headers, parse_url

from verifier.kit.fetched import FetchFailed
from verifier.kit.metered import Answer, MeteredSocket

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from urllib3.response import HTTPResponse

    from verifier.kit.metered import Deadline
    from verifier.kit.targets import Target

    Dial = Callable[[tuple[str, int], float], socket.socket]

_PIECE: Final = 64 * 1024
_MEBIBYTE: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Proxy:
    """An HTTP proxy that is asked for tunnels (CONNECT), to addresses only."""

    address: tuple[str, int]
    headers: Mapping[str, str]

    @classmethod
    def parse(cls, url: str) -> Proxy:
        """From `http://user:password@host:port`; ValueError, without the password, for others."""
        try:
            found = parse_url(url)
        except LocationParseError:
            found = parse_url("")
        if found.scheme != "http" or not found.host or not found.port:
            message = "A proxy is given as http://host:port."
            raise ValueError(message)
        authorization = unquote(found.auth) if found.auth else None
        headers = make_headers(proxy_basic_auth=authorization)
        return cls((found.host.strip("[]"), found.port), headers)


class _Connection(HTTPConnection):
    """urllib3's, over a socket that `open_socket` gives it."""

    open_socket: Callable[[], socket.socket]
    deadline: Deadline
    meter: MeteredSocket
    answer: Answer
    sent: list[bytes]

    def _new_conn(self) -> socket.socket:
        self.sent = []
        self.response_class = self._answered  # type: ignore[assignment]
        opened = self.open_socket()
        # The handshake that may follow counts as one wait.
        opened.settimeout(self.deadline.reading())
        return opened

    def send(self, data: Any) -> None:
        self.sock.settimeout(self.deadline.reading())
        self.sent.append(bytes(data))
        super().send(data)

    def _answered(self, sock: socket.socket, *_: Any, method: str, **__: Any) -> Answer:
        self.meter = MeteredSocket(sock, self.deadline)
        self.answer = Answer(self.meter, method=method)  # type: ignore[arg-type]
        return self.answer


class _TlsConnection(_Connection, HTTPSConnection):
    """The same inside TLS."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer whose head has been read, and whose body has not."""

    address: str
    request_head: bytes
    status: int
    reason: str
    http_version: str
    headers: list[tuple[str, str]]
    _response: HTTPResponse
    _meter: MeteredSocket

    def beginning(self, most: int) -> bytes:
        """The first bytes of the body; that it breaks off or takes too long is no fault."""
        kept = bytearray()
        self._meter.allowance += most + _PIECE
        with suppress(FetchFailed, HTTPError, http.client.HTTPException, OSError, ValueError):
            while len(kept) < most and (piece := self._response.read1(most, decode_content=False)):
                kept += piece
        return bytes(kept[:most])

    def pieces(self, most: int) -> Iterator[bytes]:
        """The body without its transfer coding, `most` bytes of it."""
        refusal = f"The page is larger than {most / _MEBIBYTE:.3g} MiB."
        self._meter.refusal = refusal
        self._meter.allowance += most
        if (self._response.length_remaining or 0) > most:
            raise FetchFailed("too-large", refusal)
        try:
            for piece in self._response.stream(_PIECE, decode_content=False):
                most -= len(piece)
                if most < 0:
                    raise FetchFailed("too-large", refusal)
                yield piece
        except ValueError as error:
            # A chunk of negative size.
            raise http.client.HTTPException from error


@dataclass(frozen=True, slots=True)
class Wire:
    """How to reach addresses: directly or through the proxy."""

    dial: Dial
    proxy: Proxy | None
    tls: ssl.SSLContext

    @contextmanager
    def opened(
        self,
        target: Target,
        addresses: Sequence[str],
        deadline: Deadline,
        *,
        method: str,
        headers: Mapping[str, str],
        body: bytes | None,
    ) -> Iterator[Reply]:
        """Send a request to the first of the addresses that takes it; FetchFailed for all else."""
        connection, address = self._connected(target, addresses, deadline)
        response = None
        try:
            # A server that has heard enough may answer and hang up before all is sent.
            with suppress(BrokenPipeError):
                connection.request(
                    method, target.path, body=body, headers=headers, preload_content=False
                )
            response = connection.getresponse()
            yield _reply(connection, response, address)
        except (TimeoutError, ReadTimeoutError):
            raise self._silent(target) from None
        except (HTTPError, http.client.HTTPException, OSError) as error:
            raise FetchFailed(
                "broken-answer", f"The answer of {target.host} broke off or is not sound HTTP."
            ) from error
        finally:
            if response is not None:
                response.close()
            connection.close()

    def _connected(
        self, target: Target, addresses: Sequence[str], deadline: Deadline
    ) -> tuple[_Connection, str]:
        failure = FetchFailed("unreachable", f"{target.host} cannot be reached.")
        for address in addresses:
            connection = self._connection(target, address, deadline)
            is_connected = False
            try:
                connection.connect()
                is_connected = True
            except ssl.SSLCertVerificationError as error:
                reason = error.verify_message.rstrip(".")
                raise FetchFailed(
                    "tls-failed", f"The certificate of {target.host} is not valid: {reason}."
                ) from None
            except ssl.SSLError as error:
                raise FetchFailed(
                    "tls-failed",
                    f"No secure connection with {target.host} could be made.",
                    may_pass=isinstance(error, ssl.SSLEOFError),
                ) from None
            except TimeoutError:
                failure = self._silent(target)
            except (OSError, HTTPError, http.client.HTTPException):
                failure = FetchFailed("unreachable", f"{target.host} cannot be reached.")
            finally:
                if not is_connected:
                    connection.close()
            if is_connected:
                # What a proxy was told is no part of the request.
                connection.sent.clear()
                return connection, address
        raise failure

    def _connection(self, target: Target, address: str, deadline: Deadline) -> _Connection:
        if target.scheme == "https":
            connection: _Connection = _TlsConnection(
                target.host, target.port, ssl_context=self.tls, server_hostname=target.host
            )
        else:
            connection = _Connection(target.host, target.port)
        first_hop = self.proxy.address if self.proxy else (address, target.port)
        connection.deadline = deadline
        connection.open_socket = lambda: self.dial(first_hop, deadline.connecting())
        if self.proxy:
            connection.set_tunnel(address, target.port, headers=self.proxy.headers)
        return connection

    def _silent(self, target: Target) -> FetchFailed:
        return FetchFailed("timed-out", f"{target.host} took too long to answer.")


def _reply(connection: _Connection, response: HTTPResponse, address: str) -> Reply:
    headers = [(name, str(value)) for name, value in connection.answer.headers.items()]
    coding = response.headers.get("Transfer-Encoding", "chunked").strip().lower()
    if coding not in {"chunked", "identity"}:
        raise http.client.UnknownTransferEncoding(coding)
    return Reply(
        address=address,
        request_head=connection.sent[0],
        status=response.status,
        reason=response.reason or "",
        http_version="HTTP/1.0" if response.version == 10 else "HTTP/1.1",  # noqa: PLR2004 (as http.client writes it)
        headers=headers,
        _response=response,
        _meter=connection.meter,
    )
