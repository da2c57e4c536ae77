"""What a row of a file comes down to, whether it was understood or is a whole record of our own.

A draft is clean: it fits the tables as it is. Its ids, where it has any, are those of the record.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import date, datetime

    from verifier.readers.records import ArchivedCopy, Remark, Row

NO_QUOTE: dict[str, Any] = dict.fromkeys(("exact", "prefix", "suffix", "start", "end"))


@dataclass(frozen=True, slots=True)
class SourceDraft:
    """`address` holds the URL in its forms, as `sources.service.addressed` gives them."""

    address: dict[str, str | None]
    id: str | None = None
    title: str | None = None
    publisher: str | None = None
    author: str | None = None
    published_at: datetime | None = None
    language: str | None = None
    text: str | None = None
    copies: tuple[ArchivedCopy, ...] = ()


@dataclass(frozen=True, slots=True)
class PlaceDraft:
    """An appearance. `quote` has the members of a selector; a record's are anchored already."""

    source: SourceDraft
    id: str | None = None
    quote: dict[str, Any] = field(default_factory=lambda: NO_QUOTE)
    standing: dict[str, Any] | None = None
    first: bool = False


@dataclass(frozen=True, slots=True)
class EvidenceDraft:
    """A piece of evidence of a record."""

    id: str
    source: SourceDraft
    stance: str
    quote: dict[str, Any]
    note: str
    snapshot_id: str | None
    snapshot_sha256: str | None
    withdrawn: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class RatingDraft:
    """A rating in its publisher's words; `slug` and `normalised` where a record says them."""

    label: str
    value: int | None = None
    best: int | None = None
    worst: int | None = None
    slug: str | None = None
    normalised: str | None = None


@dataclass(frozen=True, slots=True)
class VerdictDraft:
    """A published verdict; `evidence` are the ids of what it cites."""

    rating: RatingDraft
    publisher: str
    publisher_url: str | None
    title: str
    summary: str
    explanation: str
    language: str | None
    url: str | None
    published_at: datetime | None
    first_published_at: datetime | None = None
    id: str | None = None
    origin: str = "imported"
    correction: dict[str, Any] | None = None
    digest: str | None = None
    version: int = 1
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ClaimDraft:
    """A claim, with what hangs on it."""

    text: str
    text_key: str
    claimant: dict[str, Any] | None = None
    claimed_on: date | None = None
    language: str | None = None
    topics: tuple[str, ...] = ()
    places: tuple[PlaceDraft, ...] = ()
    verdict: VerdictDraft | None = None
    id: str | None = None
    priority: str = "normal"
    status: str = "submitted"
    duplicate_of: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    evidence: tuple[EvidenceDraft, ...] = ()


@dataclass(slots=True)
class RowDraft:
    """A row with its draft, or with the reasons why there is none.

    `key` is what the row is known by again. `notes` say what is worth knowing and mends nothing.
    """

    row: Row
    claim: ClaimDraft | None = None
    source: SourceDraft | None = None
    key: str | None = None
    repairs: list[Remark] = field(default_factory=list)
    reasons: list[Remark] = field(default_factory=list)
    notes: list[Remark] = field(default_factory=list)

    @property
    def text_key(self) -> str | None:
        """The key of the claim's wording."""
        return self.claim.text_key if self.claim else None
