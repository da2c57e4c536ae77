"""Where a ClaimReview says that the claim appeared: a text, a work, or many, in many spellings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from verifier.readers import limits
from verifier.readers.addresses import split_addresses
from verifier.readers.records import GivenAppearance, GivenSource

if TYPE_CHECKING:
    from collections.abc import Iterator

    from verifier.readers.mending import Mending
    from verifier.readers.nodes import Value

_FIRST: Final = "firstAppearance"


def appearances(item: Value, mending: Mending) -> tuple[GivenAppearance, ...]:
    """Each place once; at most one is the first."""
    found: dict[str, GivenAppearance] = {}
    for source, first in _sources(item, mending):
        is_first = first and not any(place.first for place in found.values())
        found.setdefault(source.url or source.title or "", GivenAppearance(source, first=is_first))
    if len(found) > limits.MOST_APPEARANCES:
        mending.tell(
            item.pointer,
            f"Only the first {limits.MOST_APPEARANCES} of {len(found)} places are kept.",
        )
    return tuple(found.values())[: limits.MOST_APPEARANCES]


def _sources(item: Value, mending: Mending) -> Iterator[tuple[GivenSource, bool]]:
    for name in (_FIRST, "appearance"):
        for place in item.all(name):
            for source in _read(place, mending):
                yield source, name == _FIRST
    if item.types and "Claim" not in item.types:
        yield from ((source, False) for source in _read_work(item, mending) if source.url)


def _read(place: Value, mending: Mending) -> Iterator[GivenSource]:
    if place.members:
        yield from _read_work(place, mending)
    else:
        yield from (GivenSource(url=url) for url in _urls(place, mending))


def _read_work(work: Value, mending: Mending) -> Iterator[GivenSource]:
    """The work at its address. Where it has several, each is a place of its own."""
    address = next((found for name in ("url", "@id", "sameAs") for found in work.all(name)), None)
    urls = _urls(address, mending) if address else []
    title = _line(work.one("headline", "name"), mending, limits.LONGEST_TITLE)
    if not urls and not title:
        return
    published = work.one("datePublished")
    author = _line(work.one("author"), mending, limits.LONGEST_TITLE)
    publisher = _line(work.one("publisher"), mending, limits.LONGEST_PUBLISHER)
    published_at = mending.instant(published.text(), published.pointer)
    places: list[str | None] = [*urls] or [None]
    for url in places:
        yield GivenSource(url, title, publisher, author, published_at)


def _urls(place: Value, mending: Mending) -> list[str]:
    text = place.text()
    parts = split_addresses(text)
    if len(parts) > 1:
        mending.tell(place.pointer, f"This holds {len(parts)} addresses; each is a place.")
    urls = (mending.address(part, place.pointer) for part in parts)
    return [url for url in urls if url]


def _line(value: Value, mending: Mending, longest: int) -> str | None:
    return mending.line(mending.plain(value.text(), value.pointer), value.pointer, longest)
