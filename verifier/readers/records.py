"""What every reader hands on: one row of a foreign file, what it says, and what had to be mended.

A reader is tolerant: it takes what can be understood, says of each thing that it mended where and
how, and refuses a row only where no claim can be made of it. It never drops the original.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Remark:
    """Something about one place of a row: a repair, or why the row is refused.

    `pointer` is a JSON Pointer into the row's original; in a table, `/column`.
    """

    pointer: str
    detail: str


@dataclass(frozen=True, slots=True)
class GivenClaimant:
    name: str
    kind: str | None = None
    """`person`, `organization`, or not known."""
    same_as: str | None = None


@dataclass(frozen=True, slots=True)
class ArchivedCopy:
    """Where somebody keeps a copy, and its SHA-256 in hex where they said it."""

    url: str
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class GivenSource:
    """A publication as the file tells of it."""

    url: str | None = None
    title: str | None = None
    publisher: str | None = None
    author: str | None = None
    published_at: datetime | None = None
    language: str | None = None
    text: str | None = None
    copies: tuple[ArchivedCopy, ...] = ()


@dataclass(frozen=True, slots=True)
class GivenAppearance:
    source: GivenSource
    quote: str | None = None
    first: bool = False


@dataclass(frozen=True, slots=True)
class GivenRating:
    """A rating in its publisher's words; numbers only where they make a scale: worst < best."""

    label: str
    value: int | None = None
    best: int | None = None
    worst: int | None = None


@dataclass(frozen=True, slots=True)
class GivenVerdict:
    """Somebody's published review. `publisher` signs it; the desk that imports it does not."""

    rating: GivenRating
    publisher: str | None = None
    publisher_url: str | None = None
    title: str | None = None
    summary: str | None = None
    explanation: str | None = None
    language: str | None = None
    url: str | None = None
    published_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class GivenClaim:
    text: str
    claimant: GivenClaimant | None = None
    claimed_on: date | None = None
    language: str | None = None
    topics: tuple[str, ...] = ()
    appearances: tuple[GivenAppearance, ...] = ()
    verdict: GivenVerdict | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One row: `number` counts from 1, `line` is where it begins in the file, where that is known.

    `given` is the claim (or, of a list of archived pages, the source) that was understood; `record`
    is a whole record of this service's own NDJSON, of which `given` is then the understood part.
    With `refused`, `given` is none.
    """

    number: int
    line: int | None
    pointer: str
    """JSON Pointer of the row in its file, such as `/dataFeedElement/3/item/0`; else empty."""
    raw: str
    given: GivenClaim | GivenSource | None
    record: dict[str, Any] | None = None
    repairs: tuple[Remark, ...] = ()
    refused: tuple[Remark, ...] = field(default=())
