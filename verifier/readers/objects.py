"""A JSON value of a foreign file: a record of ours, ClaimReviews, or named texts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

from verifier.kit.strict_json import pointer_part
from verifier.readers.claimreview import NO_TEXT, read_review
from verifier.readers.cutting import slice_of
from verifier.readers.members import Told, column_of, read_members
from verifier.readers.mending import Mending
from verifier.readers.nodes import Value, claim_reviews
from verifier.readers.own_records import looks_like_record, read_record, record_fault
from verifier.readers.records import Remark
from verifier.readers.streams import original

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from verifier.exports.records import ClaimRecord
    from verifier.readers.records import GivenClaim, GivenSource

NO_CLAIM: Final = "This is no ClaimReview, no record of this service, and has no member “text”."
_MOST_NAMES: Final = 1000


class Reading(NamedTuple):
    """A row as it was read, before it has its number."""

    line: int | None
    pointer: str
    raw: str
    given: GivenClaim | GivenSource | None = None
    record: dict[str, Any] | None = None
    repairs: tuple[Remark, ...] = ()
    refused: tuple[Remark, ...] = ()


def refusal(line: int | None, pointer: str, raw: str, detail: str, at: str = "") -> Reading:
    return Reading(line, pointer, original(raw), refused=(Remark(at, detail),))


class Unknown:
    """Names of members and columns that are not known, each told once in a file."""

    def __init__(self) -> None:
        self._told: set[str] = set()

    def tell(self, name: str, mending: Mending) -> None:
        if name in self._told or len(self._told) >= _MOST_NAMES:
            return
        self._told.add(name)
        detail = (
            "This is not known, or is there twice, and stays in the original alone; a mapping can "
            "name it."
        )
        mending.tell(f"/{pointer_part(name)}", detail)


class Objects:
    """Reads the JSON values of one file."""

    def __init__(self, mapping: Mapping[str, str], *, page: str | None = None) -> None:
        self._mapping = mapping
        self._page = page
        self._unknown = Unknown()

    def read(self, value: Any, place: Reading, mending: Mending) -> Iterator[Reading]:
        """The rows of one value; none of one that has a type and holds no ClaimReview."""
        if isinstance(value, dict) and looks_like_record(value):
            yield self._record(value, place, mending)
            return
        found = False
        for review in claim_reviews(value):
            found = True
            yield self._review(review, place, mending)
        if found:
            return
        if not isinstance(value, dict):
            yield place._replace(refused=(Remark("", NO_CLAIM),))
        elif not Value("", value).types:
            yield self._members(value, place, mending)

    def _record(self, value: dict[str, Any], place: Reading, mending: Mending) -> Reading:
        fault = record_fault(value)
        if fault is not None:
            detail = "A record of this service has another kind of value here."
            return place._replace(refused=(Remark(fault, detail),))
        given = read_record(cast("ClaimRecord", value), mending)
        if given is None:
            return place._replace(refused=(Remark("/text", NO_TEXT),))
        return place._replace(given=given, record=value, repairs=tuple(mending.remarks))

    def _review(self, review: Value, place: Reading, told: Mending) -> Reading:
        mending = Mending()
        for remark in told.remarks:
            mending.tell(remark.pointer.removeprefix(review.pointer), remark.detail)
        raw = slice_of(place.raw, _steps(review.pointer)) or place.raw
        given = read_review(Value("", review.content), mending, page=self._page)
        place = place._replace(pointer=place.pointer + review.pointer, raw=raw)
        if given is None:
            return place._replace(refused=(Remark("/claimReviewed", NO_TEXT),))
        return place._replace(given=given, repairs=tuple(mending.remarks))

    def _members(self, value: dict[str, Any], place: Reading, mending: Mending) -> Reading:
        told: dict[str, Told] = {}
        for name, content in value.items():
            column = column_of(name, self._mapping)
            if column is None:
                self._unknown.tell(name, mending)
            else:
                told[column] = _told(content, f"/{pointer_part(name)}", mending)
        if not told:
            return place._replace(refused=(Remark("", NO_CLAIM),))
        given, refused = read_members(told, mending)
        return place._replace(given=given, repairs=tuple(mending.remarks), refused=tuple(refused))


def _told(content: Any, pointer: str, mending: Mending) -> Told:
    """A member's text. A claimant may be an object with a name, and topics a list."""
    if isinstance(content, list):
        texts = tuple(text for item in content if (text := Value("", item).text()))
        return Told(" ".join(texts), pointer, texts)
    text = Value("", content).text()
    if not text and content not in (None, "", {}):
        mending.tell(pointer, "Left out: this is no text.")
    return Told(text, pointer)


def _steps(pointer: str) -> list[str | int]:
    """A JSON Pointer's way down. A number is an index: schema.org has no members named so."""
    parts = (part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:])
    return [int(part) if part.isdecimal() and part.isascii() else part for part in parts]
