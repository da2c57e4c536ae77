"""Page tokens: opaque to callers, and good only with the parameters that they were given for.

One of a ranked search names all that comes after its page, so that whoever pages through it sees
the order as it was ranked, once and whole, whatever others write, and nothing is ranked again. One
of a list by age names its page's last row.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import orjson

from verifier.kit.errors import Unreadable

if TYPE_CHECKING:
    from collections.abc import Sequence

LONGEST_TOKEN: Final = 2000
_MARK: Final = 9
_NUMBER: Final = struct.Struct("<I")
_PLACE: Final = struct.Struct("<qI")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_REFUSAL: Final = (
    "This is no page token that this search gave for these parameters; keep the others as they "
    "were, or start again without a token."
)


class PageTokenUnreadable(Unreadable):
    """`pageToken` is none that this search gave, or the other parameters have changed since.

    Start again without a token, or keep all other parameters as they were.
    """

    def __init__(self) -> None:
        super().__init__(_REFUSAL)


class Place(NamedTuple):
    """Where a page of a list by age ended."""

    dated_at: datetime
    number: int


@dataclass(frozen=True, slots=True)
class PageTokens:
    """Those of one search: `scope` is all that must not change."""

    scope: Any

    def of_rest(self, numbers: Sequence[int]) -> str:
        """For the rest of a ranked search."""
        return self._sealed(b"".join(map(_NUMBER.pack, numbers)))

    def of_place(self, place: Place) -> str:
        """For what comes after the place."""
        microseconds = (place.dated_at - _EPOCH) // _MICROSECOND
        return self._sealed(_PLACE.pack(microseconds, place.number))

    def rest(self, token: str) -> list[int]:
        """Raises `PageTokenUnreadable`."""
        try:
            return [number for (number,) in _NUMBER.iter_unpack(self._opened(token))]
        except struct.error:
            raise PageTokenUnreadable from None

    def place(self, token: str) -> Place:
        """Raises `PageTokenUnreadable`."""
        try:
            microseconds, number = _PLACE.unpack(self._opened(token))
            return Place(_EPOCH + microseconds * _MICROSECOND, number)
        except (struct.error, OverflowError):
            raise PageTokenUnreadable from None

    def _sealed(self, payload: bytes) -> str:
        return base64.urlsafe_b64encode(self._mark(payload) + payload).decode().rstrip("=")

    def _opened(self, token: str) -> bytes:
        """What the token holds; no secret seals it, since it gives no right to anything."""
        if len(token) > LONGEST_TOKEN:
            raise PageTokenUnreadable
        try:
            packed = token.encode("ascii")
            whole = base64.b64decode(packed + b"=" * (-len(packed) % 4), b"-_", validate=True)
        except (UnicodeEncodeError, binascii.Error):
            raise PageTokenUnreadable from None
        payload = whole[_MARK:]
        if whole[:_MARK] != self._mark(payload):
            raise PageTokenUnreadable
        return payload

    def _mark(self, payload: bytes) -> bytes:
        scope = orjson.dumps(self.scope)
        return hashlib.sha256(scope + b"\0" + payload).digest()[:_MARK]
