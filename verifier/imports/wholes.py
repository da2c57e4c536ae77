"""A whole record of this service, as `exports/records.py` writes it, back to a draft.

What we wrote ourselves needs no mending: what does not fit is refused, with its pointers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate

from verifier.accounts.scales import NORMALISED
from verifier.claims.schemas import LONGEST_CLAIM, MOST_TOPICS, STATUSES
from verifier.claims.service import PRIORITIES
from verifier.imports.drafts import (
    NO_QUOTE,
    ClaimDraft,
    EvidenceDraft,
    PlaceDraft,
    RatingDraft,
    SourceDraft,
    VerdictDraft,
)
from verifier.imports.fitting import NOWHERE
from verifier.imports.identity import is_as_old
from verifier.kit.errors import Invalid
from verifier.kit.fields import Day, Flag, Identifier, Instant, Language, Slug, Url, Whole, choice
from verifier.kit.parsing import faults_in
from verifier.kit.text import matching_key, source_text
from verifier.readers.records import Remark
from verifier.reviews.schemas import CORRECTION_KINDS
from verifier.sources.service import addressed

if TYPE_CHECKING:
    from collections.abc import Mapping

LARGEST: Final = 2**31 - 1
MOST_PIECES: Final = 1000


class Text(fields.String):
    """Text that was stored once: it is as it is, less what no database can keep."""

    def __init__(self, longest: int, *, shortest: int = 0, **kwargs: Any) -> None:
        super().__init__(validate=validate.Length(shortest, longest), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        return source_text(super()._deserialize(value, attr, data, **kwargs))


class Tolerant(Schema):
    """Newer records have members that this version does not know."""

    class Meta:
        unknown = EXCLUDE


def _maybe(kind: Any, *arguments: Any, **more: Any) -> Any:
    return kind(*arguments, allow_none=True, load_default=None, **more)


class RecordedDesk(Tolerant):
    slug = Slug(required=True)
    name = Text(200, shortest=1, required=True)
    url = _maybe(Url)


class RecordedClaimant(Tolerant):
    name = Text(300, shortest=1, required=True)
    kind = _maybe(lambda **more: choice("person", "organization", **more))
    same_as = _maybe(Url)


class RecordedSource(Tolerant):
    id = Identifier(required=True)
    url = _maybe(Url)
    title = _maybe(Text, 500)
    publisher = _maybe(Text, 200)
    author = _maybe(Text, 500)
    published_at = _maybe(Instant)


class RecordedQuote(Tolerant):
    exact = Text(10_000, shortest=1, required=True)
    prefix = _maybe(Text, 1000)
    suffix = _maybe(Text, 1000)
    start = _maybe(Whole, 0, LARGEST)
    end = _maybe(Whole, 0, LARGEST)


class RecordedStanding(Tolerant):
    outcome = choice("exact", "moved", "fuzzy", "ambiguous", "orphaned", required=True)
    score = fields.Float(required=True, validate=validate.Range(0, 1))
    snapshot = Identifier(required=True)
    start = _maybe(Whole, 0, LARGEST)
    end = _maybe(Whole, 0, LARGEST)
    check = Identifier(required=True)


class RecordedPlace(Tolerant):
    id = Identifier(required=True)
    source = fields.Nested(RecordedSource, required=True)
    quote = _maybe(lambda **more: fields.Nested(RecordedQuote, **more))
    standing = _maybe(lambda **more: fields.Nested(RecordedStanding, **more))
    first = Flag(load_default=False)


class RecordedWithdrawal(Tolerant):
    at = Instant(required=True)
    reason = Text(5000, required=True)


class RecordedEvidence(Tolerant):
    id = Identifier(required=True)
    source = fields.Nested(RecordedSource, required=True)
    stance = choice("supports", "refutes", "context", required=True)
    quote = _maybe(lambda **more: fields.Nested(RecordedQuote, **more))
    note = Text(10_000, load_default="")
    snapshot = _maybe(Identifier)
    snapshot_sha256 = _maybe(Text, 64)
    withdrawn = _maybe(lambda **more: fields.Nested(RecordedWithdrawal, **more))


class RecordedCorrection(Tolerant):
    kind = choice(*CORRECTION_KINDS, required=True)
    note = Text(5000, required=True)
    of = _maybe(Identifier)


class RecordedVerdict(Tolerant):
    id = Identifier(required=True)
    rating = Slug(required=True)
    rating_label = Text(300, shortest=1, required=True)
    value = _maybe(Whole, -LARGEST, LARGEST)
    best = _maybe(Whole, -LARGEST, LARGEST)
    worst = _maybe(Whole, -LARGEST, LARGEST)
    normalised = choice(*NORMALISED, load_default="other")
    title = Text(500, load_default="")
    summary = Text(5000, load_default="")
    explanation = Text(100_000, load_default="")
    language = _maybe(Language)
    evidence = fields.List(Identifier(), load_default=list)
    origin = choice("desk", "imported", required=True)
    publisher = _maybe(Text, 200, shortest=1)
    publisher_url = _maybe(Url)
    correction = _maybe(lambda **more: fields.Nested(RecordedCorrection, **more))
    digest = _maybe(Text, 64)
    published_at = Instant(required=True)
    first_published_at = _maybe(Instant)
    url = _maybe(Url)
    version = Whole(1, LARGEST, load_default=1)


class Record(Tolerant):
    """One claim, whole."""

    id = Identifier(required=True)
    desk = fields.Nested(RecordedDesk, required=True)
    text = Text(LONGEST_CLAIM, shortest=1, required=True)
    claimant = _maybe(lambda **more: fields.Nested(RecordedClaimant, **more))
    claimed_on = _maybe(Day)
    language = _maybe(Language)
    topics = fields.List(
        Text(64, shortest=1), validate=validate.Length(max=MOST_TOPICS), load_default=list
    )
    priority = choice(*PRIORITIES, allow_none=True, load_default=None)
    status = choice(*STATUSES, load_default="submitted")
    duplicate_of = _maybe(Identifier)
    created_at = _maybe(Instant)
    updated_at = _maybe(Instant)
    appearances = fields.List(
        fields.Nested(RecordedPlace), validate=validate.Length(max=MOST_PIECES), load_default=list
    )
    evidence = fields.List(
        fields.Nested(RecordedEvidence),
        validate=validate.Length(max=MOST_PIECES),
        load_default=list,
    )
    verdict = _maybe(lambda **more: fields.Nested(RecordedVerdict, **more))


RECORD: Final = Record()
NO_ID_OF_THEN: Final = Remark("/id", "This is no id of the time that created_at tells.")


class RecordNotWhole(Exception):
    """`remarks`: what is not as a record of ours is."""

    def __init__(self, remarks: list[Remark]) -> None:
        super().__init__()
        self.remarks = remarks


def draft_of_record(record: Mapping[str, Any], *, desk: str, restores: bool) -> ClaimDraft:
    """The draft of a record, for the desk of that slug. Raises `RecordNotWhole`.

    Only who `restores` a desk's own records brings back its own verdicts as such, and need not
    show that their ids are as old as they say. Where a claim of another desk stands in its
    workflow matters to nobody here.
    """
    try:
        found: dict[str, Any] = RECORD.load(record)
    except ValidationError as error:
        faults = faults_in(error.messages)
        raise RecordNotWhole([Remark(each.pointer, each.detail) for each in faults]) from None
    own = found["desk"]["slug"] == desk
    if not (own and restores) and not is_as_old(found["id"], found["created_at"]):
        raise RecordNotWhole([NO_ID_OF_THEN])
    verdict = found["verdict"] and _verdict(found["verdict"], found, keeps_origin=own and restores)
    return ClaimDraft(
        id=found["id"],
        text=found["text"],
        text_key=matching_key(found["text"]),
        claimant=found["claimant"],
        claimed_on=found["claimed_on"],
        language=found["language"],
        topics=tuple(dict.fromkeys(found["topics"])),
        places=_places(found["appearances"]),
        evidence=tuple(map(_evidence, found["evidence"])),
        verdict=verdict,
        priority=(found["priority"] if own else None) or "normal",
        status=_status(found, own=own),
        duplicate_of=found["duplicate_of"] if own else None,
        created_at=found["created_at"],
        updated_at=found["updated_at"],
    )


def _status(found: dict[str, Any], *, own: bool) -> str:
    if found["verdict"]:
        return "verified"
    status: str = found["status"]
    return status if own and status != "verified" else "submitted"


def _verdict(given: dict[str, Any], record: dict[str, Any], *, keeps_origin: bool) -> VerdictDraft:
    keeps_origin = keeps_origin and given["origin"] == "desk"
    kept = ("title", "summary", "explanation", "language", "url", "published_at", "id")
    return VerdictDraft(
        rating=RatingDraft(
            given["rating_label"], given["value"], given["best"], given["worst"],
            given["rating"], given["normalised"],
        ),
        publisher=given["publisher"] or record["desk"]["name"],
        publisher_url=given["publisher_url"]
        or (record["desk"]["url"] if given["origin"] == "desk" else None),
        origin="desk" if keeps_origin else "imported",
        correction=given["correction"],
        digest=given["digest"] if keeps_origin or given["origin"] == "imported" else None,
        first_published_at=given["first_published_at"],
        version=given["version"],
        evidence=tuple(given["evidence"]),
        **{name: given[name] for name in kept},
    )  # fmt: skip


def _places(given: list[dict[str, Any]]) -> tuple[PlaceDraft, ...]:
    """As recorded; one place at most is the first."""
    first = next((place["id"] for place in given if place["first"]), None)
    return tuple(
        PlaceDraft(
            id=place["id"],
            source=_source(place["source"]),
            quote=place["quote"] or NO_QUOTE,
            standing=place["standing"],
            first=place["id"] == first,
        )
        for place in given
    )


def _evidence(given: dict[str, Any]) -> EvidenceDraft:
    return EvidenceDraft(
        id=given["id"],
        source=_source(given["source"]),
        stance=given["stance"],
        quote=given["quote"] or NO_QUOTE,
        note=given["note"],
        snapshot_id=given["snapshot"],
        snapshot_sha256=given["snapshot_sha256"],
        withdrawn=given["withdrawn"],
    )


def _source(given: dict[str, Any]) -> SourceDraft:
    try:
        address = addressed(given["url"])
    except Invalid:
        address = {**NOWHERE, "url": given["url"]}
    known = ("id", "title", "publisher", "author", "published_at")
    return SourceDraft(address=address, **{name: given[name] for name in known})
