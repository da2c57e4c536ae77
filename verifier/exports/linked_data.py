"""A claim as linked data: schema.org's terms, quotes by the W3C's Web Annotation selectors.

The JSON-LD brings its own context, so that nobody goes out to read it; Turtle says the same. Every
node has a name of its own, so that others can point at it, and so that the same claim always gives
the same text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal, TypedDict
from urllib.parse import quote

from verifier.exports.claimreview import Document, is_empty, node
from verifier.exports.validity import is_day, is_instant, is_language_tag
from verifier.kit.weblinks import is_web_address

if TYPE_CHECKING:
    from collections.abc import Sequence

    from verifier.exports.records import (
        AppearanceRecord,
        ClaimantRecord,
        ClaimRecord,
        QuoteRecord,
        SourceRecord,
    )

JSON_LD: Final = "application/ld+json"
TURTLE: Final = "text/turtle"
# The namespace that the context at https://schema.org gives, and so every ClaimReview's.
SCHEMA: Final = "http://schema.org/"
CONTEXT: Final[dict[str, Any]] = {
    "@vocab": SCHEMA,
    "oa": "http://www.w3.org/ns/oa#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "url": {"@type": "@id"},
    "sameAs": {"@type": "@id"},
    "quotedIn": {"@reverse": "oa:hasBody"},
    "motivatedBy": {"@id": "oa:motivatedBy", "@type": "@id"},
    "hasTarget": "oa:hasTarget",
    "hasSource": {"@id": "oa:hasSource", "@type": "@id"},
    "hasSelector": "oa:hasSelector",
    "exact": "oa:exact",
    "prefix": "oa:prefix",
    "suffix": "oa:suffix",
    "start": {"@id": "oa:start", "@type": "xsd:nonNegativeInteger"},
    "end": {"@id": "oa:end", "@type": "xsd:nonNegativeInteger"},
}
# What a URL may hold and an IRI between < and > may not.
_KEPT: Final = "%/:?#[]@!$&'()*+,;=~"


class ReviewRecord(TypedDict):
    """A verdict that was ever published; `note` is of its correction or its retraction."""

    id: str
    state: str
    origin: Literal["desk", "imported"]
    publisher: str | None
    label: str
    value: int | None
    best: int
    worst: int
    title: str
    summary: str
    language: str | None
    published_at: str | None
    url: str | None
    correction_note: str | None
    corrects: str | None
    retracted_at: str | None
    retracted_reason: str | None
    citations: list[SourceRecord]


def linked(record: ClaimRecord, reviews: Sequence[ReviewRecord], *, public_url: str) -> Document:
    """The claim, where it was made, and every verdict on it that was ever published."""
    return {"@context": CONTEXT} | _Names(public_url, record).claim(reviews)


def turtle(document: Document) -> str:
    """What the JSON-LD says, as Turtle."""
    from rdflib import Graph  # noqa: PLC0415  (a fifth of a second, for what few ask for)
    from rdflib.plugins.parsers.jsonld import to_rdf  # noqa: PLC0415

    graph = to_rdf(document, Graph())
    graph.bind("schema", SCHEMA, replace=True)
    written: str = graph.serialize(format="turtle")
    return written


class _Names:
    """The nodes of one claim, each by its name."""

    def __init__(self, public_url: str, record: ClaimRecord) -> None:
        self.api = f"{public_url}/v1"
        self.page = f"{public_url}/factchecks/{record['id']}"
        self.record = record
        self.name = f"{self.api}/claims/{record['id']}"

    def claim(self, reviews: Sequence[ReviewRecord]) -> Document:
        record = self.record
        corrected = {review["corrects"]: review["id"] for review in reviews}
        first = next((place for place in record["appearances"] if place["first"]), None)
        others = [place for place in record["appearances"] if place is not first]
        return node(
            "Claim",
            **_named(self.name),
            text=_spoken(record["text"], record["language"]),
            inLanguage=record["language"],
            keywords=record["topics"],
            author=self._claimant(record["claimant"]),
            datePublished=_time(record["claimed_on"]),
            firstAppearance=first and self._work(first["source"]),
            appearance=[self._work(place["source"]) for place in others],
            review=[self._review(review, corrected.get(review["id"])) for review in reviews],
            quotedIn=[
                self._quote(place, place["quote"])
                for place in record["appearances"]
                if place["quote"]
            ],
        )

    def _claimant(self, claimant: ClaimantRecord | None) -> Document | None:
        if claimant is None or is_empty(claimant["name"]):
            return None
        kind = "Organization" if claimant["kind"] == "organization" else "Person"
        name, same_as = claimant["name"], _iri(claimant["same_as"])
        return node(kind, **_named(f"{self.name}#claimant"), name=name, sameAs=same_as)

    def _work(self, source: SourceRecord) -> Document:
        name, publisher = self._source(source), source["publisher"]
        by = None if is_empty(publisher) else _named(f"{name}#publisher")
        return node(
            "CreativeWork",
            **_named(name),
            url=_iri(source["url"]),
            headline=source["title"],
            datePublished=_time(source["published_at"]),
            publisher=by and node("Organization", **by, name=publisher),
        )

    def _source(self, source: SourceRecord) -> str:
        return f"{self.api}/sources/{source['id']}"

    def _quote(self, place: AppearanceRecord, quoted: QuoteRecord) -> Document:
        """https://www.w3.org/TR/annotation-model/: this claim is what stands there."""
        name = f"{self.api}/appearances/{place['id']}"
        words = {part: quoted[part] for part in ("exact", "prefix", "suffix")}
        selectors = [node("oa:TextQuoteSelector", **_named(f"{name}#quote"), **words)]
        if quoted["start"] is not None:
            where = {"start": quoted["start"], "end": quoted["end"]}
            selectors.append(node("oa:TextPositionSelector", **_named(f"{name}#position"), **where))
        target = node(
            "oa:SpecificResource",
            **_named(f"{name}#target"),
            hasSource=self._source(place["source"]),
            hasSelector=selectors,
        )
        return node("oa:Annotation", **_named(name), motivatedBy="oa:identifying", hasTarget=target)

    def _review(self, review: ReviewRecord, corrected_by: str | None) -> Document:
        name = f"{self.api}/verdicts/{review['id']}"
        language = review["language"]
        comments = [
            _comment(f"{name}#correction", review["correction_note"], review["published_at"]),
            _comment(f"{name}#retraction", review["retracted_reason"], review["retracted_at"]),
            corrected_by and _named(f"{self.api}/verdicts/{corrected_by}"),
        ]
        return node(
            "ClaimReview",
            **_named(name),
            url=_iri(review["url"]) or self.page,
            name=_spoken(review["title"], language),
            creativeWorkStatus=review["state"],
            claimReviewed=_spoken(self.record["text"], self.record["language"]),
            itemReviewed=_named(self.name),
            inLanguage=language,
            datePublished=_time(review["published_at"]),
            author=self._publisher(name, review),
            reviewRating=_rating(name, review),
            citation=[self._work(source) for source in review["citations"]],
            correction=[comment for comment in comments if comment],
        )

    def _publisher(self, name: str, review: ReviewRecord) -> Document:
        """Whose verdict it is: an imported one is never put into the desk's mouth."""
        if review["origin"] == "imported":
            return node("Organization", **_named(f"{name}#publisher"), name=review["publisher"])
        desk = self.record["desk"]
        of = _named(f"{self.api}/desks/{desk['slug']}")
        return node("Organization", **of, name=desk["name"], url=_iri(desk["url"]))


def _rating(name: str, review: ReviewRecord) -> Document:
    """Numbers only where the rating has a value, as in a ClaimReview."""
    scaled = review["value"] is not None
    return node(
        "Rating",
        **_named(f"{name}#rating"),
        alternateName=review["label"],
        ratingValue=review["value"],
        bestRating=review["best"] if scaled else None,
        worstRating=review["worst"] if scaled else None,
        ratingExplanation=_spoken(review["summary"], review["language"]),
    )


def _comment(name: str, text: str | None, at: str | None) -> Document | None:
    if is_empty(text):
        return None
    return node("CorrectionComment", **_named(name), text=text, datePublished=_time(at))


def _named(name: str) -> dict[str, object]:
    return {"@id": name}


def _spoken(text: str | None, language: str | None) -> object:
    """The text in its language, where that is known."""
    if is_empty(text) or not is_language_tag(language):
        return text
    return {"@value": text, "@language": language}


def _time(text: str | None) -> object:
    """A day or an instant by its type; anything else as it stands."""
    kind = "xsd:date" if is_day(text) else "xsd:dateTime" if is_instant(text) else None
    return {"@value": text, "@type": kind} if kind else text


def _iri(url: str | None) -> str | None:
    """The address as an IRI, if it is one of the web."""
    return quote(url, safe=_KEPT) if url and is_web_address(url) else None
