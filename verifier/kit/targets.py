"""A URL as something to connect to, read strictly and once: what was checked is what is used."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, urljoin, urlsplit

import idna

from verifier.kit.fetched import FetchFailed

if TYPE_CHECKING:
    from urllib.parse import SplitResult

_PORTS: Final = {"http": 80, "https": 443}
_LONGEST: Final = 8192
_LONGEST_HOST: Final = 253
_LABEL: Final = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_NAME: Final = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
# A host that ends in a number is an address to every browser, whatever else it looks like:
# 0x7f.1, 2130706433, 0177.0.0.1, 127.1 (WHATWG URL, "ends in a number").
_ENDS_IN_NUMBER: Final = re.compile(r"(?:.*\.)?(?:[0-9]+|0x[0-9a-f]*)")
_BRACKETED: Final = re.compile(r"\[([0-9a-f:.]+)\](?::[0-9]*)?", re.IGNORECASE)
_UNSAFE: Final = re.compile(r"[\x00-\x20\x7f\\\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Target:
    """`host` is a name in A-labels or an address without brackets; `path` has the query with it."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def is_address(self) -> bool:
        """Whether the URL names an address itself, so that nothing is looked up."""
        return ":" in self.host or _ENDS_IN_NUMBER.fullmatch(self.host) is not None

    @property
    def authority(self) -> str:
        """What stands in the Host header: the port only where it is not the scheme's own."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def origin(self) -> str:
        return f"{self.scheme}://{self.authority}"

    @property
    def url(self) -> str:
        return self.origin + self.path


def parse_target(url: str, *, any_port: bool = False) -> Target:
    """Raise FetchFailed (url-refused, port-refused) where the URL is not one to go to."""
    if len(url) > _LONGEST:
        raise _refused(f"A URL of more than {_LONGEST} characters is not fetched.")
    if _UNSAFE.search(url):
        raise _refused("A URL with spaces, control characters or backslashes is not fetched.")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise _refused(f"{url[:100]!r} is not a URL.") from None
    if parts.scheme not in _PORTS:
        raise _refused("Only http and https URLs are fetched.")
    if "@" in parts.netloc:
        raise _refused("A URL with a user name or password in it is not fetched.")
    port = _PORTS[parts.scheme] if port is None else port
    if not any_port and port not in _PORTS.values():
        raise FetchFailed("port-refused", f"Only ports 80 and 443 are fetched from, not {port}.")
    return Target(parts.scheme, _host(parts), port, _path(parts))


def follow(target: Target, location: str) -> str:
    """The URL that a Location header of this target's answer, as received, leads to."""
    # Headers arrive as Latin-1, but what servers put there raw is UTF-8.
    try:
        location = location.encode("latin-1").decode()
    except UnicodeError:
        location = quote(location, safe="%/:?#[]@!$&'()*+,;=", encoding="latin-1")
    try:
        return urljoin(target.url, location.strip().replace(" ", "%20"))
    except ValueError:
        raise _refused(f"{target.host} redirects to something that is not a URL.") from None


def _host(parts: SplitResult) -> str:
    if not parts.hostname:
        raise _refused("This URL names no host.")
    try:
        if "[" in parts.netloc:
            found = _BRACKETED.fullmatch(parts.netloc)
            return str(IPv6Address(found[1] if found else ""))
        return _name(parts.hostname)
    except ValueError:
        raise _refused(f"{parts.hostname[:100]!r} is not a host.") from None


def _name(name: str) -> str:
    if not name.isascii():
        name = idna.encode(name, uts46=True).decode()
    name = name.removesuffix(".")
    if _ENDS_IN_NUMBER.fullmatch(name):
        return str(IPv4Address(name))
    if len(name) > _LONGEST_HOST or not _NAME.fullmatch(name):
        raise ValueError(name)
    return name


def _path(parts: SplitResult) -> str:
    query = f"?{parts.query}" if parts.query else ""
    return quote((parts.path or "/") + query, safe="%/?:@!$&'()*+,;=~[]|")


def _refused(sentence: str) -> FetchFailed:
    return FetchFailed("url-refused", sentence)
