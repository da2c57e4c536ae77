"""The row every exporter receives: one claim, whole, as a plain dict of what the caller may see.

Times are RFC 3339 in UTC with `Z`, days `YYYY-MM-DD`, ids UUID strings. The query that builds the
row has left out confidential evidence; `verdict` is the one in force, if any.
"""

from typing import Literal, NotRequired, TypedDict


class DeskRecord(TypedDict):
    slug: str
    name: str
    url: str | None
    language: str


class ClaimantRecord(TypedDict):
    name: str
    kind: Literal["person", "organization"] | None
    same_as: str | None


class SourceRecord(TypedDict):
    id: str
    url: str | None
    title: str | None
    publisher: str | None
    author: str | None
    published_at: str | None


class QuoteRecord(TypedDict):
    exact: str
    prefix: str
    suffix: str
    start: int
    end: int


class AppearanceRecord(TypedDict):
    id: str
    source: SourceRecord
    quote: QuoteRecord | None
    standing: dict[str, object] | None
    first: bool


class WithdrawalRecord(TypedDict):
    at: str
    reason: str


class EvidenceRecord(TypedDict):
    id: str
    source: SourceRecord
    stance: Literal["supports", "refutes", "context"]
    quote: QuoteRecord | None
    note: str
    snapshot: str | None
    snapshot_sha256: str | None
    withdrawn: WithdrawalRecord | None


class CorrectionRecord(TypedDict):
    kind: Literal["typo", "clarification", "update", "correction"]
    note: str
    of: str


class VerdictRecord(TypedDict):
    id: str
    rating: str
    rating_label: str
    value: int | None
    best: int | None
    worst: int | None
    normalised: Literal["true", "mixed", "false", "other"]
    title: str
    summary: str
    explanation: str
    language: str
    evidence: list[str]
    state: str
    origin: Literal["desk", "imported"]
    publisher: str | None
    publisher_url: NotRequired[str | None]
    correction: CorrectionRecord | None
    digest: str
    published_at: str | None
    first_published_at: str | None
    url: str | None
    version: int


class ClaimRecord(TypedDict):
    id: str
    desk: DeskRecord
    text: str
    claimant: ClaimantRecord | None
    claimed_on: str | None
    language: str | None
    topics: list[str]
    priority: str
    status: str
    duplicate_of: str | None
    created_at: str
    updated_at: str
    appearances: list[AppearanceRecord]
    evidence: list[EvidenceRecord]
    verdict: VerdictRecord | None
