"""What fetching gives back: each exchange as it was on the wire, the body, or why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from email.message import Message
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Final

from verifier.kit.clock import now

if TYPE_CHECKING:
    from datetime import datetime

_MEBIBYTE: Final = 1024 * 1024
_LONGEST_WAIT_DIGITS: Final = 9
_PASSING: Final = frozenset({"broken-answer", "name-not-found", "timed-out", "unreachable"})


@dataclass(frozen=True, slots=True)
class Limits:
    """What one fetch may take, all its redirects together; the first two are for each wait."""

    connect_seconds: float = 10
    read_seconds: float = 20
    total_seconds: float = 60
    wire_bytes: int = 32 * _MEBIBYTE
    decoded_bytes: int = 64 * _MEBIBYTE
    redirects: int = 5


class FetchFailed(Exception):
    """There is no answer; the text is one sentence for a person.

    `code` names the fact: address-refused, port-refused, url-refused, name-not-found, unreachable,
    tls-failed, timed-out, too-large, too-many-redirects, broken-answer, not-allowed-by-robots.
    `may_pass` says whether trying again may succeed, and `retry_after` after how many seconds,
    where the other side said so.
    """

    def __init__(
        self,
        code: str,
        sentence: str,
        *,
        may_pass: bool | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(sentence)
        self.code = code
        self.may_pass = code in _PASSING if may_pass is None else may_pass
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its answer, with everything that a WARC record needs.

    `request_head` is what was sent, up to and with the empty line; `payload` is the body without
    its transfer coding, but still in its content coding.
    """

    url: str
    address: str
    started_at: datetime
    request_head: bytes
    request_body: bytes
    status: int
    reason: str
    http_version: str
    headers: list[tuple[str, str]]
    payload: bytes


@dataclass(frozen=True, slots=True)
class Fetched:
    """The whole chain, first to last, and the content-decoded body of the last."""

    exchanges: tuple[Exchange, ...]
    body: bytes

    @property
    def url(self) -> str:
        """Where the chain of redirects ended."""
        return self.exchanges[-1].url

    @property
    def status(self) -> int:
        return self.exchanges[-1].status

    @property
    def media_type(self) -> str | None:
        """In lower case and without parameters, such as `text/html`."""
        found = (self.header("Content-Type") or "").partition(";")[0].strip().lower()
        return found if "/" in found else None

    @property
    def charset(self) -> str | None:
        """In lower case, as the answer's headers have it: the page itself may say otherwise."""
        message = Message()
        message["Content-Type"] = self.header("Content-Type") or ""
        return message.get_content_charset() or None

    @property
    def retry_after(self) -> float | None:
        """Seconds from now, whichever way the answer says it."""
        return seconds_until(self.header("Retry-After"))

    def header(self, name: str) -> str | None:
        """The last answer's first header of this name, in any case."""
        return first_header(self.exchanges[-1].headers, name)


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer to what was posted: its status, and the first bytes of its body as they came."""

    status: int
    beginning: bytes
    retry_after: float | None


def first_header(headers: list[tuple[str, str]], name: str) -> str | None:
    return next((value for key, value in headers if key.lower() == name.lower()), None)


def seconds_until(retry_after: str | None) -> float | None:
    """What a Retry-After header says, a number or a date (RFC 9110, section 10.2.3)."""
    text = (retry_after or "").strip()
    if text.isascii() and text.isdigit() and len(text) <= _LONGEST_WAIT_DIGITS:
        return float(text)
    try:
        instant = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    if instant.tzinfo is None:
        instant = instant.replace(tzinfo=UTC)
    return max(0.0, (instant - now()).total_seconds())
