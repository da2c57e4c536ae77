"""A line of this service's own NDJSON: whether it is one, and what it says."""

from __future__ import annotations

from functools import cache
from types import NoneType, UnionType
from typing import (
    TYPE_CHECKING,
    Any,
    Final,
    Literal,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

from verifier.exports.records import AppearanceRecord, ClaimRecord, SourceRecord, VerdictRecord
from verifier.kit.strict_json import pointer_part
from verifier.readers import limits
from verifier.readers.records import (
    GivenAppearance,
    GivenClaim,
    GivenClaimant,
    GivenRating,
    GivenSource,
    GivenVerdict,
)

if TYPE_CHECKING:
    from verifier.readers.mending import Mending

_LATER: Final = frozenset({"standing"})
"""Members that records of older exports lack."""


def looks_like_record(value: dict[str, Any]) -> bool:
    return value.keys() >= {"id", "desk", "text", "status", "appearances", "evidence", "verdict"}


def record_fault(value: Any) -> str | None:
    """The pointer to the first member that is not what a record has there; none if all are."""
    return _fault(value, ClaimRecord, "")


def read_record(record: ClaimRecord, mending: Mending) -> GivenClaim | None:
    """What a reader without sight of the whole record needs of it."""
    text = mending.prose(record["text"], "/text", limits.LONGEST_CLAIM)
    if text is None:
        return None
    claimed_on = record["claimed_on"]
    return GivenClaim(
        text=text,
        claimant=_claimant(record, mending),
        claimed_on=mending.day(claimed_on or "", "/claimed_on"),
        language=mending.language(record["language"] or "", "/language"),
        topics=mending.topics(record["topics"], "/topics"),
        appearances=tuple(
            _appearance(place, f"/appearances/{n}", mending)
            for n, place in enumerate(record["appearances"][: limits.MOST_APPEARANCES])
        ),
        verdict=_verdict(record, mending),
    )


def _claimant(record: ClaimRecord, mending: Mending) -> GivenClaimant | None:
    claimant = record["claimant"]
    if claimant is None:
        return None
    name = mending.line(claimant["name"], "/claimant/name", limits.LONGEST_NAME)
    same_as = mending.address(claimant["same_as"] or "", "/claimant/same_as")
    return GivenClaimant(name, claimant["kind"], same_as) if name else None


def _appearance(place: AppearanceRecord, pointer: str, mending: Mending) -> GivenAppearance:
    quote = place["quote"]
    exact = mending.passage(quote["exact"], f"{pointer}/quote/exact") if quote else None
    source = _source(place["source"], f"{pointer}/source", mending)
    return GivenAppearance(source, exact, first=place["first"])


def _source(source: SourceRecord, pointer: str, mending: Mending) -> GivenSource:
    return GivenSource(
        url=mending.address(source["url"] or "", f"{pointer}/url"),
        title=mending.line(source["title"] or "", f"{pointer}/title", limits.LONGEST_TITLE),
        publisher=mending.line(
            source["publisher"] or "", f"{pointer}/publisher", limits.LONGEST_PUBLISHER
        ),
        author=mending.line(source["author"] or "", f"{pointer}/author", limits.LONGEST_TITLE),
        published_at=mending.instant(source["published_at"] or "", f"{pointer}/published_at"),
    )


def _verdict(record: ClaimRecord, mending: Mending) -> GivenVerdict | None:
    verdict = record["verdict"]
    if verdict is None:
        return None
    rating = _rating(verdict, mending)
    if rating is None:
        return None
    imported = verdict["origin"] == "imported"
    publisher = (verdict["publisher"] or "") if imported else record["desk"]["name"]
    site = "" if imported else record["desk"]["url"] or ""
    return GivenVerdict(
        rating=rating,
        publisher=mending.line(publisher, "/verdict/publisher", limits.LONGEST_PUBLISHER),
        publisher_url=mending.address(site, "/desk/url"),
        title=mending.line(verdict["title"], "/verdict/title", limits.LONGEST_TITLE),
        summary=mending.prose(verdict["summary"], "/verdict/summary", limits.LONGEST_SUMMARY),
        explanation=mending.prose(
            verdict["explanation"], "/verdict/explanation", limits.LONGEST_EXPLANATION
        ),
        language=mending.language(verdict["language"] or "", "/verdict/language"),
        url=mending.address(verdict["url"] or "", "/verdict/url"),
        published_at=mending.instant(verdict["published_at"] or "", "/verdict/published_at"),
    )


def _rating(verdict: VerdictRecord, mending: Mending) -> GivenRating | None:
    label = mending.line(verdict["rating_label"], "/verdict/rating_label", limits.LONGEST_LABEL)
    label = label or mending.line(verdict["rating"], "/verdict/rating", limits.LONGEST_LABEL)
    if label is None:
        return None
    value, best, worst = verdict["value"], verdict["best"], verdict["worst"]
    if value is None or best is None or worst is None:
        return GivenRating(label)
    if not 1 <= worst <= value <= best or worst == best:
        return GivenRating(label)
    return GivenRating(label, value, best, worst)


def _fault(value: Any, kind: Any, pointer: str) -> str | None:
    """By the record's own types: a reader of records and their writer cannot drift apart."""
    if is_typeddict(kind):
        return _fault_of_members(value, kind, pointer)
    origin, inner = get_origin(kind), get_args(kind)
    if origin in {Union, UnionType}:
        faults = [_fault(value, each, pointer) for each in inner]
        return None if None in faults else max(faults, key=lambda fault: len(fault or ""))
    if origin is Literal:
        return None if value in inner else pointer
    if origin is list:
        return _fault_of_items(value, inner[0], pointer)
    return None if _is_a(value, origin or kind) else pointer


def _fault_of_members(value: Any, kind: Any, pointer: str) -> str | None:
    if not isinstance(value, dict):
        return pointer
    for name, inner in _members_of(kind).items():
        below = f"{pointer}/{pointer_part(name)}"
        if name not in value:
            if name in _LATER or name in kind.__optional_keys__:
                continue
            return below
        if fault := _fault(value[name], inner, below):
            return fault
    return None


@cache
def _members_of(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)


def _fault_of_items(value: Any, kind: Any, pointer: str) -> str | None:
    if not isinstance(value, list):
        return pointer
    faults = (_fault(item, kind, f"{pointer}/{number}") for number, item in enumerate(value))
    return next((fault for fault in faults if fault), None)


def _is_a(value: Any, kind: Any) -> bool:
    if kind is NoneType:
        return value is None
    return kind in {object, Any} or (
        isinstance(value, kind) and not (kind is int and isinstance(value, bool))
    )
