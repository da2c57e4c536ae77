"""Fetching from the open Internet what strangers name, without being led inside.

A name is resolved once; unless every address is public nothing is dialled, and what is dialled is
one of the addresses just looked at. Each redirect begins again from the start. No proxy from the
environment, no cookies, no credentials; time and bytes have an end.
"""

from __future__ import annotations

import socket
import ssl
import threading
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from verifier.kit import codings
from verifier.kit.addresses import may_be_dialled
from verifier.kit.clock import now
from verifier.kit.fetched import (
    Answered,
    Exchange,
    Fetched,
    FetchFailed,
    Limits,
    first_header,
    seconds_until,
)
from verifier.kit.metered import Deadline
from verifier.kit.robots import Robots
from verifier.kit.targets import Target, follow, parse_target
from verifier.kit.wire import Proxy, Wire

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime

    from verifier.kit.wire import Dial, Reply

    Resolve = Callable[[str, int], list[str]]

__all__ = ["Exchange", "FetchFailed", "Fetched", "Fetcher", "Limits", "dial", "resolve"]

_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_ROBOTS_BYTES: Final = 4 * 1024 * 1024
_ROBOTS_REDIRECTS: Final = 5


def resolve(host: str, port: int) -> list[str]:
    """Every address of the name, as the system's resolver has them; OSError where it has none."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def dial(address: tuple[str, int], seconds: float) -> socket.socket:
    """A connection, made within so many seconds."""
    return socket.create_connection(address, seconds)


@dataclass(frozen=True, slots=True)
class _Request:
    method: str
    headers: Mapping[str, str]
    body: bytes | None


class Fetcher:
    """Safe to share between threads: each request has a connection of its own.

    `allow_private` lets loopback and private addresses and any port through, for development.
    `proxy` is asked for a tunnel to an address; it need not be public, and never learns a name.
    """

    def __init__(
        self,
        *,
        user_agent: str,
        allow_private: bool = False,
        proxy: str | None = None,
        limits: Limits = Limits(),  # noqa: B008 (frozen)
        resolve: Resolve = resolve,
        dial: Dial = dial,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._user_agent = user_agent
        self._allow_private = allow_private
        self._limits = limits
        self._resolve = resolve
        self._wire = Wire(
            dial=dial,
            proxy=Proxy.parse(proxy) if proxy else None,
            tls=tls or ssl.create_default_context(),
        )
        self._robots = Robots(self._robots_txt, user_agent)

    def fetch(
        self,
        url: str,
        *,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        redirects: int | None = None,
        respect_robots: bool = False,
    ) -> Fetched:
        """The answer, whatever its status, or FetchFailed.

        With `redirects=0` a redirect is an answer like any other. The given headers and the body go
        to the first origin only: a 307 or 308 that would carry the body elsewhere is given back.
        """
        most = self._limits.redirects if redirects is None else redirects
        request = _Request(method, dict(headers or {}), body)
        return self._chain(url, request, most, self._limits, respect_robots=respect_robots)

    def post(self, url: str, *, headers: Mapping[str, str], body: bytes, most: int) -> Answered:
        """Hand something over: the answer with so many bytes of its body, or FetchFailed.

        A redirect is an answer like any other, and so is one that is not all there in the end.
        """
        deadline = Deadline(self._limits)
        target = self._target(url)
        request = _Request("POST", {"Accept-Encoding": "identity", **headers}, body)
        with self._wire.opened(
            target,
            self._vetted(target, deadline),
            deadline,
            method=request.method,
            headers=self._headers(target, request),
            body=body,
        ) as reply:
            waits = seconds_until(first_header(reply.headers, "Retry-After"))
            return Answered(reply.status, reply.beginning(most), waits)

    def _chain(
        self, url: str, request: _Request, most: int, limits: Limits, *, respect_robots: bool
    ) -> Fetched:
        deadline = Deadline(limits)
        target = self._target(url)
        room = limits.wire_bytes
        exchanges: list[Exchange] = []
        while True:
            addresses = self._vetted(target, deadline)
            if respect_robots:
                self._robots.check(target)
            started_at = now()
            with self._wire.opened(
                target,
                addresses,
                deadline,
                method=request.method,
                headers=self._headers(target, request),
                body=request.body,
            ) as reply:
                onward = self._onward(target, request, reply) if most else None
                coding = _content_coding(reply) if onward is None else ""
                payload, content = _read(reply, coding, room, limits.decoded_bytes)
            exchanges.append(_exchange(target, request, started_at, reply, payload))
            if onward is None:
                return Fetched(tuple(exchanges), content)
            if len(exchanges) > most:
                sentence = f"{exchanges[0].url[:200]} redirects more than {most} times."
                raise FetchFailed("too-many-redirects", sentence)
            room -= len(payload)
            target, request = onward

    def _target(self, url: str) -> Target:
        return parse_target(url, any_port=self._allow_private)

    def _vetted(self, target: Target, deadline: Deadline) -> list[str]:
        """Every address of the host, once all have been found to be allowed."""
        addresses = [target.host] if target.is_address else self._looked_up(target, deadline)
        if not all(may_be_dialled(one, allow_private=self._allow_private) for one in addresses):
            # The sentence keeps to itself what address it was: that may be news to who asks.
            raise FetchFailed("address-refused", f"{target.host} is not on the public Internet.")
        return addresses

    def _looked_up(self, target: Target, deadline: Deadline) -> list[str]:
        """The system's resolver knows no time limit: it is left behind when it takes too long."""
        found: list[str] = []
        errors: list[Exception] = []

        def look_up() -> None:
            try:
                found.extend(self._resolve(target.host, target.port))
            except Exception as error:  # noqa: BLE001 (told apart in the thread that waits)
                errors.append(error)

        thread = threading.Thread(target=look_up, name="look-up", daemon=True)
        thread.start()
        thread.join(deadline.connecting())
        if thread.is_alive():
            raise FetchFailed("timed-out", f"The name {target.host} took too long to look up.")
        if errors and not isinstance(errors[0], (OSError, UnicodeError)):
            raise errors[0]
        if not found:
            raise FetchFailed("name-not-found", f"The name {target.host} cannot be found.")
        return found

    def _headers(self, target: Target, request: _Request) -> dict[str, str]:
        headers = {
            "Host": target.authority,
            "User-Agent": self._user_agent,
            "Accept": "*/*",
            "Accept-Encoding": codings.ACCEPTED,
            "Connection": "close",
        }
        given = {name.lower() for name in request.headers}
        own = {name: value for name, value in headers.items() if name.lower() not in given}
        return {**own, **request.headers}

    def _onward(
        self, target: Target, request: _Request, reply: Reply
    ) -> tuple[Target, _Request] | None:
        """Where a redirect leads, and with what; None for an answer that is the last."""
        location = first_header(reply.headers, "Location")
        if reply.status not in _REDIRECTS or not (location or "").strip():
            return None
        try:
            following = self._target(follow(target, location or ""))
        except FetchFailed as failure:
            raise FetchFailed(
                failure.code, f"{target.host} redirects to where nothing is fetched from. {failure}"
            ) from None
        if reply.status not in {307, 308} and request.method not in {"GET", "HEAD"}:
            request = replace(request, method="GET", body=None, headers={})
        if following.origin == target.origin:
            return following, request
        if request.body is not None:
            return None
        return following, replace(request, headers={})

    def _robots_txt(self, url: str) -> Fetched:
        limits = replace(
            self._limits,
            wire_bytes=min(self._limits.wire_bytes, _ROBOTS_BYTES),
            decoded_bytes=min(self._limits.decoded_bytes, _ROBOTS_BYTES),
        )
        request = _Request("GET", {}, None)
        return self._chain(url, request, _ROBOTS_REDIRECTS, limits, respect_robots=False)


def _exchange(
    target: Target, request: _Request, started_at: datetime, reply: Reply, payload: bytes
) -> Exchange:
    return Exchange(
        url=target.url,
        address=reply.address,
        started_at=started_at,
        request_head=reply.request_head,
        request_body=request.body or b"",
        status=reply.status,
        reason=reply.reason,
        http_version=reply.http_version,
        headers=reply.headers,
        payload=payload,
    )


def _content_coding(reply: Reply) -> str:
    return ",".join(v for name, v in reply.headers if name.lower() == "content-encoding")


def _read(reply: Reply, coding: str, room: int, most: int) -> tuple[bytes, bytes]:
    """The payload, and the content that is in it."""
    applied = codings.codings_of(coding)
    kept: list[bytes] = []

    def pieces() -> Iterator[bytes]:
        for piece in reply.pieces(room):
            kept.append(piece)
            yield piece

    if not applied:
        content = codings.decoded(reply.pieces(room), [], most=most)
        return content, content
    content = codings.decoded(pieces(), applied, most=most)
    return b"".join(kept), content
