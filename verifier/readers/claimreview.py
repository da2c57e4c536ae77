"""ClaimReview as it is published, read as a claim and somebody's verdict on it.

`itemReviewed.author` made the claim, `author` signs the review. https://schema.org/ClaimReview and
what Google says of it, https://developers.google.com/search/docs/appearance/structured-data/factcheck
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, urlsplit

from verifier.readers import limits
from verifier.readers.addresses import site_of
from verifier.readers.places import appearances
from verifier.readers.ratings import is_number, read_numbers
from verifier.readers.records import GivenClaim, GivenClaimant, GivenRating, GivenVerdict

if TYPE_CHECKING:
    from datetime import date, datetime

    from verifier.readers.mending import Mending
    from verifier.readers.nodes import Value

_PERSON: Final = frozenset({"Person"})
_ORGANIZATION: Final = re.compile(r"Organi[sz]ation|Corporation|Party")
_FEWEST_WORDS: Final = 3
NO_TEXT: Final = "No text of a claim is found, not even a headline that could stand for it."
UNRATED: Final = (
    "The claim has no text. {} stands for it until somebody writes it, and the rating is not taken:"
    " nobody gave it to these words."
)


def read_review(review: Value, mending: Mending, *, page: str | None = None) -> GivenClaim | None:
    """What the review says; none where nothing can serve as the claim's text.

    `page` is the address that the review was found at.
    """
    item = review.one("itemReviewed")
    language = _language(review, mending)
    text = _stated(review, item, language, mending)
    verdict = _verdict(review, language, mending, page)
    if text is None:
        text, verdict = _stand_in(review, verdict, mending), None
    if text is None:
        return None
    return GivenClaim(
        text=text,
        claimant=_claimant(item, mending),
        claimed_on=_claimed_on(item, mending),
        language=language,
        topics=_topics(review, item, mending),
        appearances=appearances(item, mending),
        verdict=verdict,
    )


def _language(review: Value, mending: Mending) -> str | None:
    given = review.one("inLanguage")
    if given.members:
        given = given.one("alternateName", "name")
    return mending.language(given.text(), given.pointer)


def _stated(review: Value, item: Value, language: str | None, mending: Mending) -> str | None:
    """The claim in words. A CreativeWork's name is the name of a work, and no claim."""
    if text := _prose(review.one("claimReviewed"), mending, limits.LONGEST_CLAIM, language):
        return text
    if item.types and "Claim" not in item.types:
        return None
    for member in ("text", "name", "headline", "description"):
        found = item.one(member)
        if text := _prose(found, mending, limits.LONGEST_CLAIM, language):
            mending.tell(found.pointer, "claimReviewed is missing; this is the claim's text.")
            return text
    return None


def _stand_in(review: Value, verdict: GivenVerdict | None, mending: Mending) -> str | None:
    """A headline, or the words of the address, for somebody to make a claim of."""
    title = review.one("headline", "name")
    if text := _prose(title, mending, limits.LONGEST_CLAIM):
        mending.tell(title.pointer, UNRATED.format("The headline"))
        return text
    words = words_of(verdict.url) if verdict and verdict.url else None
    if words:
        mending.tell(f"{review.pointer}/url", UNRATED.format("What the address spells out"))
    return words


def words_of(url: str) -> str | None:
    """The longest part of an address' path, as words; none where it has but a few."""
    parts = unquote(urlsplit(url).path).rpartition(".html")[0] or unquote(urlsplit(url).path)
    named = (re.sub(r"[-_+\W]+", " ", part).strip() for part in parts.split("/"))
    words = max((re.sub(r"(?: [0-9]{5,})+\Z", "", part) for part in named), key=len, default="")
    return words if len(words.split()) >= _FEWEST_WORDS else None


def _claimant(item: Value, mending: Mending) -> GivenClaimant | None:
    authors = item.all("author", "creator")
    if not authors:
        return None
    author = authors[0]
    place = author.one("name") if author.members.get("name") else author
    name = _line(place, mending, limits.LONGEST_NAME)
    if name is None:
        return None
    if len(authors) > 1:
        mending.tell(author.pointer, f"The first of {len(authors)} is taken for the claimant.")
    return GivenClaimant(name, _kind(author), _same_as(author, mending))


def _kind(author: Value) -> str | None:
    if author.types & _PERSON:
        return "person"
    return "organization" if any(map(_ORGANIZATION.search, author.types)) else None


def _same_as(author: Value, mending: Mending) -> str | None:
    """The first usable address of a page about them."""
    pages = [*author.all("sameAs"), *author.all("url")]
    return next(
        (url for page in pages if (url := mending.address(page.text(), page.pointer))), None
    )


def _claimed_on(item: Value, mending: Mending) -> date | None:
    given = item.one("datePublished", "dateCreated")
    return mending.day(given.text(), given.pointer)


def _topics(review: Value, item: Value, mending: Mending) -> tuple[str, ...]:
    given = [*review.all("keywords"), *item.all("keywords")]
    names = [name.strip() for value in given for name in value.text().split(",")]
    return mending.topics(names, given[0].pointer) if given else ()


def _verdict(
    review: Value, language: str | None, mending: Mending, page: str | None
) -> GivenVerdict | None:
    rating = _rating(review, language, mending)
    if rating is None:
        mending.tell(
            f"{review.pointer}/reviewRating", "There is no rating, so no verdict is taken."
        )
        return None
    author = review.one("author", "creator", "publisher")
    site = author.one("url", "@id", "sameAs")
    publisher_url = mending.address(site.text(), site.pointer) if author.members else None
    url = _url(review, publisher_url, mending) or page
    headline, body = review.one("headline", "name"), review.one("reviewBody", "text")
    summary = review.one("reviewRating").one("ratingExplanation")
    summary = summary if summary.content is not None else review.one("description", "abstract")
    return GivenVerdict(
        rating=rating,
        publisher=_publisher(author, publisher_url, url, mending),
        publisher_url=publisher_url,
        title=_line(headline, mending, limits.LONGEST_TITLE, language),
        summary=_prose(summary, mending, limits.LONGEST_SUMMARY, language),
        explanation=_prose(body, mending, limits.LONGEST_EXPLANATION, language),
        language=language,
        url=url,
        published_at=_published_at(review, mending),
    )


def _rating(review: Value, language: str | None, mending: Mending) -> GivenRating | None:
    given = review.one("reviewRating")
    value, best, worst = (
        given.one(name).text() for name in ("ratingValue", "bestRating", "worstRating")
    )
    numbers = read_numbers(value if is_number(value) else "", best, worst, mending, given.pointer)
    place = given.one("alternateName", "name", "ratingValue") if given.members else given
    label = _line(place, mending, limits.LONGEST_LABEL, language)
    if label is None:
        return None
    if is_number(label):
        mending.tell(place.pointer, "The rating has no words; its number stands for them.")
    return GivenRating(label, *(numbers or ()))


def _url(review: Value, base: str | None, mending: Mending) -> str | None:
    """Where the review stands."""
    for name in ("url", "mainEntityOfPage", "@id"):
        given = review.one(name)
        text = given.one("@id", "url").text() if given.members else given.text()
        if name == "@id" and not text.startswith("http"):
            continue
        if url := mending.address(text, given.pointer, base=base):
            if name != "url":
                mending.tell(given.pointer, "url is missing; this is the review's address.")
            return url
    return None


def _publisher(
    author: Value, publisher_url: str | None, url: str | None, mending: Mending
) -> str | None:
    """Who signs the review: by name, or else by the name of the site."""
    place = author.one("name") if author.members else author
    if name := _line(place, mending, limits.LONGEST_PUBLISHER):
        return name
    site = next((site for page in (publisher_url, url) if page and (site := site_of(page))), None)
    if site:
        mending.tell(place.pointer, f"Nobody signs the review; its site does: {site}.")
    return site


def _published_at(review: Value, mending: Mending) -> datetime | None:
    for name in ("datePublished", "dateCreated", "dateModified"):
        given = review.one(name)
        if instant := mending.instant(given.text(), given.pointer):
            if name != "datePublished":
                mending.tell(given.pointer, "datePublished is missing; this day stands for it.")
            return instant
    return None


def _prose(value: Value, mending: Mending, longest: int, language: str | None = None) -> str | None:
    text = mending.plain(value.text(language), value.pointer)
    return mending.prose(text, value.pointer, longest)


def _line(value: Value, mending: Mending, longest: int, language: str | None = None) -> str | None:
    text = mending.plain(value.text(language), value.pointer)
    return mending.line(text, value.pointer, longest)
