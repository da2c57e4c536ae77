"""From what a reader has understood to a draft."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from verifier.claims.quotes import LONGEST_QUOTE
from verifier.claims.schemas import LONGEST_CLAIM, MOST_TOPICS
from verifier.imports.drafts import (
    NO_QUOTE,
    ClaimDraft,
    PlaceDraft,
    RatingDraft,
    SourceDraft,
    VerdictDraft,
)
from verifier.imports.fitting import NOWHERE
from verifier.kit.text import matching_key, source_text
from verifier.readers.records import Remark

if TYPE_CHECKING:
    from verifier.imports.fitting import Fitter
    from verifier.readers.records import (
        GivenAppearance,
        GivenClaim,
        GivenClaimant,
        GivenSource,
        GivenVerdict,
    )

LONGEST_NAME: Final = 300
LONGEST_PUBLISHER: Final = 200
LONGEST_TITLE: Final = 500
LONGEST_SUMMARY: Final = 5000
LONGEST_EXPLANATION: Final = 100_000
LONGEST_TOPIC: Final = 64
LONGEST_TEXT: Final = 4_000_000
MOST_PLACES: Final = 50
KINDS: Final = ("person", "organization")


class NotTaken(Exception):
    """No claim can be made of this row; the message says why, for people."""


def understood_claim(given: GivenClaim, fitter: Fitter, *, desk: str) -> ClaimDraft:
    """The draft of a claim, for the desk of that name. Raises `NotTaken`."""
    text = fitter.prose("text", given.text, 2 * LONGEST_CLAIM)
    if text is None:
        raise NotTaken("There is no text in this row, so there is no claim.")
    if len(text) > LONGEST_CLAIM:
        message = f"A claim has at most {LONGEST_CLAIM} characters; this is an article."
        raise NotTaken(message)
    language = fitter.language("language", given.language)
    verdict = understood_verdict(given.verdict, fitter, desk=desk) if given.verdict else None
    return ClaimDraft(
        text=text,
        text_key=matching_key(text),
        claimant=_claimant(given.claimant, fitter),
        claimed_on=given.claimed_on,
        language=language or (verdict.language if verdict else None),
        topics=fitter.topics(given.topics, most=MOST_TOPICS, longest=LONGEST_TOPIC),
        places=_places(given.appearances, fitter),
        verdict=verdict,
    )


def understood_source(given: GivenSource, fitter: Fitter) -> SourceDraft:
    """The draft of a publication. Raises `NotTaken`."""
    draft = _source(given, fitter)
    if draft.address is NOWHERE and not (draft.title or draft.text):
        raise NotTaken("This row has neither an address nor a title nor a text.")
    return draft


def understood_verdict(given: GivenVerdict, fitter: Fitter, *, desk: str) -> VerdictDraft:
    """The draft of a published review. Raises `NotTaken` where its rating has no words."""
    label = fitter.line("rating", given.rating.label, LONGEST_PUBLISHER)
    if label is None:
        raise NotTaken("The rating of this row has no words.")
    rating, url = given.rating, fitter.url("review url", given.url)
    value, best, worst = fitter.rating_numbers(rating.value, rating.best, rating.worst)
    return VerdictDraft(
        rating=RatingDraft(label, value, best, worst),
        publisher=_publisher(given, url, fitter, desk=desk),
        publisher_url=fitter.url("publisher's address", given.publisher_url),
        title=fitter.line("title", given.title, LONGEST_TITLE) or "",
        summary=fitter.prose("summary", given.summary, LONGEST_SUMMARY) or "",
        explanation=fitter.prose("explanation", given.explanation, LONGEST_EXPLANATION) or "",
        language=fitter.language("language", given.language),
        url=url,
        published_at=fitter.moment("published_at", given.published_at),
    )


def _publisher(given: GivenVerdict, url: str | None, fitter: Fitter, *, desk: str) -> str:
    """Who signs the review: as it says, or whose site it stands on, or else who brings it."""
    named = fitter.line("publisher", given.publisher, LONGEST_PUBLISHER)
    if named is not None:
        return named
    host = (urlsplit(url).hostname or "").removeprefix("www.") if url else ""
    publisher = host[:LONGEST_PUBLISHER] or desk
    fitter.tell("publisher", f"none is named; {publisher} was put down")
    return publisher


def _claimant(given: GivenClaimant | None, fitter: Fitter) -> dict[str, Any] | None:
    name = fitter.line("claimant", given.name, LONGEST_NAME) if given else None
    if given is None or name is None:
        return None
    kind = given.kind if given.kind in KINDS else None
    return {"name": name, "kind": kind, "same_as": fitter.url("claimant", given.same_as)}


def _places(given: tuple[GivenAppearance, ...], fitter: Fitter) -> tuple[PlaceDraft, ...]:
    """Each place once; the first one that is said to be the first is it."""
    places: list[PlaceDraft] = []
    for place in given[:MOST_PLACES]:
        source = _source(place.source, fitter)
        if source.address is NOWHERE and not (source.title or source.text):
            fitter.tell("appearance", "it names no publication and was left out")
            continue
        exact = source_text(place.quote or "").strip()
        if len(exact) > LONGEST_QUOTE:
            fitter.tell("quote", f"it has more than {LONGEST_QUOTE} characters and was left out")
            exact = ""
        quote = {**NO_QUOTE, "exact": exact or None}
        first = place.first and not any(each.first for each in places)
        places.append(PlaceDraft(source, quote=quote, first=first))
    if len(given) > MOST_PLACES:
        fitter.tell("appearances", f"the first {MOST_PLACES} of {len(given)} were kept")
    return tuple(places)


def _source(given: GivenSource, fitter: Fitter) -> SourceDraft:
    text = source_text(given.text or "").strip() or None
    if text and len(text) > LONGEST_TEXT:
        fitter.tell("source text", "it is too long to be a publication's and was left out")
        text = None
    return SourceDraft(
        address=fitter.address(given.url),
        title=fitter.line("source title", given.title, LONGEST_TITLE),
        publisher=fitter.line("source publisher", given.publisher, LONGEST_PUBLISHER),
        author=fitter.line("source author", given.author, LONGEST_TITLE),
        published_at=fitter.moment("source published_at", given.published_at),
        language=fitter.language("source language", given.language),
        text=text,
        copies=fitter.copies(given.copies),
    )


def refusal(error: NotTaken) -> Remark:
    """Why a row was not taken."""
    return Remark("", str(error))
