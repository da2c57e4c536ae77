"""A claim told by named texts: a row of a table, or an object with the columns as members."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from verifier.exports.csv_table import COLUMNS
from verifier.readers import limits
from verifier.readers.addresses import looks_like_address, site_of, split_addresses
from verifier.readers.claimreview import NO_TEXT, UNRATED, words_of
from verifier.readers.mending import Mending
from verifier.readers.ratings import is_number, read_numbers
from verifier.readers.records import (
    GivenAppearance,
    GivenClaim,
    GivenClaimant,
    GivenRating,
    GivenSource,
    GivenVerdict,
    Remark,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

NUMBERS: Final = ("rating_value", "best_rating", "worst_rating")
KNOWN: Final = (*COLUMNS, *NUMBERS)


class Told(NamedTuple):
    """What a member says (a list of topics may be one), and where it says so."""

    text: str
    pointer: str
    listed: tuple[str, ...] | None = None


def column_of(name: str, mapping: Mapping[str, str]) -> str | None:
    """Which of our columns a name means; none where it is not known."""
    if name in mapping:
        return mapping[name]
    plain = re.sub(r"[\s-]+", "_", name.strip()).lower()
    return plain if plain in KNOWN and plain not in mapping.values() else None


def read_members(
    told: Mapping[str, Told], mending: Mending
) -> tuple[GivenClaim | None, Sequence[Remark]]:
    """The claim; or none, and why there is none."""
    members = _Members(told, mending)
    verdict = members.verdict()
    text = members.prose("text", limits.LONGEST_CLAIM)
    if text is None:
        text, verdict = members.stand_in(verdict), None
    if text is None:
        return None, [Remark(members["text"].pointer, NO_TEXT)]
    claim = GivenClaim(
        text=text,
        claimant=members.claimant(),
        claimed_on=mending.day(*members["claimed_on"][:2]),
        language=members.language(),
        topics=members.topics(),
        appearances=members.appearances(),
        verdict=verdict,
    )
    return claim, ()


class _Members:
    """What is told of one claim."""

    def __init__(self, told: Mapping[str, Told], mending: Mending) -> None:
        self._told = told
        self._mending = mending

    def __getitem__(self, name: str) -> Told:
        return self._told.get(name, Told("", f"/{name}"))

    def prose(self, name: str, longest: int) -> str | None:
        return self._mending.prose(*self[name][:2], longest)

    def line(self, name: str, longest: int) -> str | None:
        return self._mending.line(*self[name][:2], longest)

    def language(self) -> str | None:
        return self._mending.language(*self["language"][:2])

    def claimant(self) -> GivenClaimant | None:
        name = self.line("claimant", limits.LONGEST_NAME)
        return GivenClaimant(name) if name else None

    def topics(self) -> tuple[str, ...]:
        told = self["topics"]
        return self._mending.topics(told.text if told.listed is None else told.listed, told.pointer)

    def appearances(self) -> tuple[GivenAppearance, ...]:
        """A row tells of one place, where the claim was first made; more addresses are more places.

        A quote without an address is of a source that nobody knows: it stays in the original.
        """
        told = self["source_url"]
        parts = split_addresses(told.text)
        if len(parts) > 1:
            self._mending.tell(told.pointer, f"This holds {len(parts)} addresses; each is a place.")
        read = [self._mending.address(part, told.pointer) for part in parts]
        urls = [*dict.fromkeys(url for url in read if url)][: limits.MOST_APPEARANCES]
        quote = self._quote(len(urls))
        return tuple(
            GivenAppearance(GivenSource(url=url), quote, first=number == 0)
            for number, url in enumerate(urls)
        )

    def _quote(self, places: int) -> str | None:
        told = self["quote"]
        if not told.text.strip():
            return None
        if places == 1:
            return self._mending.passage(*told[:2])
        self._mending.tell(told.pointer, "Left out: a quote needs the one address that it is from.")
        return None

    def verdict(self) -> GivenVerdict | None:
        """A row with a rating is somebody's verdict."""
        rating = self._rating()
        if rating is None:
            return None
        url = self._mending.address(*self["review_url"][:2])
        publisher, publisher_url = self._publisher(url)
        return GivenVerdict(
            rating=rating,
            publisher=publisher,
            publisher_url=publisher_url,
            title=self.line("title", limits.LONGEST_TITLE),
            summary=self.prose("summary", limits.LONGEST_SUMMARY),
            explanation=self.prose("explanation", limits.LONGEST_EXPLANATION),
            language=self.language(),
            url=url,
            published_at=self._mending.instant(*self["published_at"][:2]),
        )

    def _rating(self) -> GivenRating | None:
        value, best, worst = (self[name].text for name in NUMBERS)
        place = self["rating"] if self["rating"].text.strip() else self["rating_value"]
        numbers = read_numbers(value, best, worst, self._mending, self["rating_value"].pointer)
        label = self._mending.line(place.text, place.pointer, limits.LONGEST_LABEL)
        if label is None:
            self._tell_of_unrated()
            return None
        if is_number(label):
            self._mending.tell(
                place.pointer, "The rating has no words; its number stands for them."
            )
        return GivenRating(label, *(numbers or ()))

    def _tell_of_unrated(self) -> None:
        """Nothing of a review is dropped unsaid."""
        if any(self[name].text.strip() for name in ("summary", "explanation", "review_url")):
            detail = "There is no rating, so no verdict is taken."
            self._mending.tell(self["rating"].pointer, detail)

    def _publisher(self, url: str | None) -> tuple[str | None, str | None]:
        """Who signs it. Where that is an address, the name of the review's site serves better."""
        told = self["publisher"]
        if not looks_like_address(told.text):
            return self.line("publisher", limits.LONGEST_PUBLISHER), None
        given = Mending().address(*told[:2])
        sites = [site for page in (url, given) if page and (site := site_of(page))]
        if not sites:
            self._mending.tell(told.pointer, "Left out: an address is no name.")
            return None, None
        self._mending.tell(told.pointer, f"An address is no name; {sites[0]} stands for it.")
        return sites[0], given if sites[0] == sites[-1] else None

    def stand_in(self, verdict: GivenVerdict | None) -> str | None:
        """A title, or the words of the address, for somebody to make a claim of."""
        if text := self.prose("title", limits.LONGEST_CLAIM):
            self._mending.tell(self["text"].pointer, UNRATED.format("The title"))
            return text
        url = verdict.url if verdict else self._mending.address(*self["review_url"][:2])
        words = words_of(url) if url else None
        if words:
            self._mending.tell(self["text"].pointer, UNRATED.format("What the address spells out"))
        return words
