"""ClaimReview: a verdict in force as schema.org JSON-LD, or the reasons why it cannot be one."""

from typing import NamedTuple

from verifier.exports.records import (
    AppearanceRecord,
    ClaimantRecord,
    ClaimRecord,
    DeskRecord,
    SourceRecord,
    VerdictRecord,
)
from verifier.exports.validity import Fault, faults

Document = dict[str, object]

NOT_IN_FORCE = Fault("", "The claim has no published verdict in force; publish one first.")


class Review(NamedTuple):
    """The document, or `None` and at least one fault."""

    document: Document | None
    faults: list[Fault]


def review(record: ClaimRecord, *, public_url: str) -> Review:
    """The claim as a valid ClaimReview, or the reasons why it is none."""
    verdict = record["verdict"]
    if verdict is None or verdict["state"] != "published":
        return Review(None, [NOT_IN_FORCE])
    document = render(record, verdict, public_url=public_url)
    found = faults(document)
    return Review(None if found else document, found)


def render(record: ClaimRecord, verdict: VerdictRecord, *, public_url: str) -> Document:
    """The ClaimReview as the record has it, unchecked: `faults` is the judge."""
    return {"@context": "https://schema.org"} | node(
        "ClaimReview",
        url=verdict["url"] or page_of(record["id"], public_url),
        claimReviewed=record["text"],
        datePublished=_first_published(verdict),
        dateModified=verdict["published_at"],
        inLanguage=verdict["language"],
        author=_publisher(record["desk"], verdict),
        reviewRating=_rating(verdict),
        itemReviewed=_claim(record),
        correction=_correction(verdict),
    )


def page_of(claim_id: str, public_url: str) -> str:
    """The address of the claim's own public page."""
    return f"{public_url.rstrip('/')}/factchecks/{claim_id}"


def node(kind: str, **members: object) -> Document:
    """A schema.org node. Empty members are left out: absent, never null."""
    return {"@type": kind} | {name: value for name, value in members.items() if not is_empty(value)}


def is_empty(value: object) -> bool:
    return value is None or value == [] or (isinstance(value, str) and not value.strip())


def _first_published(verdict: VerdictRecord) -> str | None:
    """When the page first said anything: a correction stands in the place of what it corrects.

    Of somebody else's review we know only when it was published itself.
    """
    if verdict["origin"] == "imported":
        return verdict["published_at"]
    return verdict["first_published_at"] or verdict["published_at"]


def _publisher(desk: DeskRecord, verdict: VerdictRecord) -> Document:
    """Whose verdict it is: an imported one is never put into the desk's mouth."""
    if verdict["origin"] == "imported":
        return node("Organization", name=verdict["publisher"], url=verdict.get("publisher_url"))
    return node("Organization", name=desk["name"], url=desk["url"])


def _rating(verdict: VerdictRecord) -> Document:
    """Numbers only where the rating has a value: "unverifiable" is no point on the scale."""
    scaled = verdict["value"] is not None
    return node(
        "Rating",
        alternateName=verdict["rating_label"],
        ratingValue=verdict["value"],
        bestRating=verdict["best"] if scaled else None,
        worstRating=verdict["worst"] if scaled else None,
        ratingExplanation=verdict["summary"],
    )


def _claim(record: ClaimRecord) -> Document:
    """https://schema.org/Claim: one `firstAppearance`; `appearance` lists all the others."""
    first = next((place for place in record["appearances"] if place["first"]), None)
    others = [place for place in record["appearances"] if place is not first]
    return node(
        "Claim",
        author=_claimant(record["claimant"]),
        datePublished=record["claimed_on"],
        firstAppearance=first and _work(first["source"]),
        appearance=_works(others),
    )


def _claimant(claimant: ClaimantRecord | None) -> Document | None:
    """`Person` where the kind is not known: schema.org has no third, and publishers write so."""
    if claimant is None or is_empty(claimant["name"]):
        return None
    kind = "Organization" if claimant["kind"] == "organization" else "Person"
    return node(kind, name=claimant["name"], sameAs=claimant["same_as"])


def _works(places: list[AppearanceRecord]) -> list[Document]:
    return [work for place in places if (work := _work(place["source"])) is not None]


def _work(source: SourceRecord) -> Document | None:
    """A link to the work or a description of it; with neither URL nor title it names nothing."""
    if is_empty(source["url"]) and is_empty(source["title"]):
        return None
    publisher = source["publisher"]
    return node(
        "CreativeWork",
        url=source["url"],
        headline=source["title"],
        publisher=None if is_empty(publisher) else node("Organization", name=publisher),
        datePublished=source["published_at"],
    )


def _correction(verdict: VerdictRecord) -> Document | None:
    """The note to the reader, https://schema.org/CorrectionComment."""
    correction = verdict["correction"]
    if correction is None:
        return None
    published = verdict["published_at"]
    return node("CorrectionComment", text=correction["note"], datePublished=published)
