"""A small Internet on this machine: made-up public names and addresses, and real sockets behind them.

with Internet() as internet:
    internet.site["/page"] = page(b"<p>…")
    internet.fetcher().fetch("http://a.example/page")
"""

import socket
import socketserver
import ssl
import threading
import time
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field

from verifier.kit.addresses import is_public
from verifier.kit.fetch import Fetcher

PUBLIC = "93.184.216.34"
OTHER_PUBLIC = "93.184.216.35"
PUBLIC_6 = "2606:2800:220:1::1"


@dataclass(frozen=True)
class Received:
    """A request as it came in; header names in lower case."""

    method: str
    path: str
    headers: dict
    body: bytes

    @property
    def host(self):
        return self.headers["host"]


def page(body=b"", status=200, media_type="text/html; charset=utf-8", **headers):
    """A whole answer; `Content_Encoding="gzip"` becomes that header, and None leaves one out."""
    given = {"Content_Type": media_type, "Content_Length": len(body), **headers}
    lines = [f"HTTP/1.1 {status} Whatever"]
    lines += [
        f"{name.replace('_', '-')}: {value}" for name, value in given.items() if value is not None
    ]
    return "\r\n".join([*lines, "", ""]).encode() + body


def redirect(location, status=302):
    return page(b"this way", status, Location=location)


def in_turn(*behaviours):
    """The first answer to the first request, and so on; the last one for all that follow."""
    left = list(behaviours)

    def answer(connection, received):
        perform(left.pop(0) if len(left) > 1 else left[0], connection, received)

    return answer


def drip(head, piece=b"x", every=0.05):
    """The head at once, then a piece (or nothing) again and again until the other side has gone."""

    def answer(connection, _received):
        connection.sendall(head)
        while True:
            connection.sendall(piece)
            time.sleep(every)

    return answer


def perform(behaviour, connection, received):
    if callable(behaviour):
        behaviour(connection, received)
    else:
        connection.sendall(behaviour)


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 50

    def __init__(self, serve):
        super().__init__(("127.0.0.1", 0), None)
        self._serve = serve
        self._thread = threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    def finish_request(self, request, _client):
        with suppress(OSError):
            self._serve(request)

    def close(self):
        self.shutdown()
        self._thread.join()
        self.server_close()


class Site:
    """Behaviours by path, or by host and path (`a.example/page`): bytes, or (connection, received) → None."""

    def __init__(self, tls=None):
        self.table = {}
        self.received = []
        self.tls = tls
        self._server = _Server(self._serve)
        self.port = self._server.server_address[1]

    def __setitem__(self, path, behaviour):
        self.table[path] = behaviour

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._server.close()

    def paths(self):
        return [received.path for received in self.received]

    def _serve(self, connection):
        connection.settimeout(20)
        if self.tls is not None:
            connection = self.tls.wrap_socket(connection, server_side=True)
        with connection:
            received = _read(connection)
            if received is None:
                return
            self.received.append(received)
            path = received.path.partition("?")[0]
            behaviour = self.table.get(path, page(b"nothing here", 404))
            perform(self.table.get(received.host + path, behaviour), connection, received)
            with suppress(OSError, ssl.SSLError):
                connection.shutdown(socket.SHUT_WR)


def _read(connection):
    with connection.makefile("rb") as lines:
        first = lines.readline().decode("latin-1").split()
        if not first:
            return None
        headers = {}
        while line := lines.readline().strip().decode("latin-1"):
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        length = int(headers.get("content-length", 0))
        body = lines.read(length)
    if len(body) < length:
        return None  # whoever sent it was killed
    return Received(first[0], first[1], headers, body)


class TunnelProxy:
    """A naive HTTP proxy: it connects to whatever a CONNECT names."""

    def __init__(self, connect):
        self.asked = []
        self.heads = []
        self._connect = connect
        self._server = _Server(self._serve)
        self.port = self._server.server_address[1]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._server.close()

    def _serve(self, connection):
        connection.settimeout(20)
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += connection.recv(1)
        self.heads.append(head)
        method, asked = head.decode().split()[:2]
        self.asked.append(f"{method} {asked}")
        host, _, port = asked.rpartition(":")
        try:
            onward = self._connect((host.strip("[]"), int(port)), 5)
        except OSError:
            connection.sendall(b"HTTP/1.1 502 Bad Gateway\r\n\r\n")
            return
        with onward:
            connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            back = threading.Thread(target=_relay, args=(onward, connection), daemon=True)
            back.start()
            _relay(connection, onward)
            back.join()


def _relay(source, target):
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)


@dataclass
class Internet:
    """Names, what they resolve to, and which local port answers for a public address and port.

    A name's addresses may be a function of how often it has been looked up. `dialled` has every
    attempt; `internal_hits` those that a public service must never make.
    """

    names: dict = field(
        default_factory=lambda: {"a.example": [PUBLIC], "b.example": [OTHER_PUBLIC]}
    )
    dialled: list = field(default_factory=list)
    looked_up: list = field(default_factory=list)
    own: set = field(default_factory=set)
    ports: dict = field(default_factory=dict)

    def __enter__(self):
        self._stack = ExitStack()
        self.site = self.host(Site(), 80)
        return self

    def __exit__(self, *_):
        self._stack.close()

    def host(self, site, port, *addresses):
        """Let a site answer on this port of the addresses (all of the public ones, by default)."""
        self._stack.enter_context(site)
        for address in addresses or (PUBLIC, OTHER_PUBLIC, PUBLIC_6):
            self.ports[address, port] = site.port
        return site

    def proxy(self):
        """A proxy on loopback that may be dialled, and reaches the same sites."""
        proxy = self._stack.enter_context(TunnelProxy(self.connect))
        self.own.add(("127.0.0.1", proxy.port))
        return proxy

    def fetcher(self, **options):
        """A fetcher that lives in this Internet; it trusts no certificate unless told to."""
        here = {
            "user_agent": "Verifier/0.1 (+https://verifier.example)",
            "resolve": self.resolve,
            "dial": self.dial,
            "tls": ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
        }
        return Fetcher(**(here | options))

    def resolve(self, host, _port):
        self.looked_up.append(host)
        addresses = self.names.get(host)
        if addresses is None:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return addresses(self.looked_up.count(host)) if callable(addresses) else addresses

    def dial(self, address, seconds):
        self.dialled.append(address)
        if address in self.own:
            return socket.create_connection(address, seconds)
        return self.connect(address, seconds)

    def connect(self, address, seconds):
        """Where a route leads nowhere, refused as by a machine that is there."""
        if address not in self.ports:
            raise ConnectionRefusedError(address)
        return socket.create_connection(("127.0.0.1", self.ports[address]), seconds)

    @property
    def internal_hits(self):
        return [one for one in self.dialled if one not in self.own and not is_public(one[0])]
