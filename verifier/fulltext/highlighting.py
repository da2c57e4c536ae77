"""Where in a text the wanted words stand, and the piece of it that shows them."""

from __future__ import annotations

from bisect import bisect_left
from itertools import accumulate
from typing import TYPE_CHECKING, Final, NamedTuple

from verifier.fulltext.terms import MARK, stems_of
from verifier.fulltext.words import words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from verifier.fulltext.asking import Wanted
    from verifier.fulltext.words import Word

LONGEST: Final = 240
BEFORE: Final = 60
"""Code points of a snippet, and how many of them may come before the first mark."""


class Snippet(NamedTuple):
    """A piece of a text; marks are `(start, end)` in code points of the piece."""

    text: str
    marks: tuple[tuple[int, int], ...]


def snippet_of(text: str, wanted: Wanted, languages: Sequence[str]) -> Snippet | None:
    """The piece of the text that has the first of the wanted words; None where it has none."""
    found = list(words(text))
    marked = sorted({*_terms(found, wanted, languages), *_literals(found, wanted)})
    if not marked:
        return None
    start, end = _piece(text, found, found[marked[0]].start)
    spans = [(found[n].start - start, found[n].end - start) for n in marked]
    return Snippet(text[start:end], tuple(span for span in spans if span[1] <= end - start))


def _piece(text: str, found: Sequence[Word], first: int) -> tuple[int, int]:
    """From the beginning of a word to the end of one, or the whole text where it is short."""
    if len(text) <= LONGEST:
        return 0, len(text)
    start = min(first, max(0, min(first - BEFORE, len(text) - LONGEST)))
    if start:
        start = min(word.start for word in found if word.start >= start)
    if start + LONGEST >= len(text):
        return start, len(text)
    return start, max(word.end for word in found if word.end <= start + LONGEST)


def _terms(found: Sequence[Word], wanted: Wanted, languages: Sequence[str]) -> Iterator[int]:
    terms = {term for group in wanted.terms for term in group}
    for n, word in enumerate(found):
        if not terms.isdisjoint([*stems_of(word.folded, languages), MARK + word.folded]):
            yield n


def _literals(found: Sequence[Word], wanted: Wanted) -> Iterator[int]:
    line = "".join(f" {word.folded}" for word in found) + " "
    places = [*accumulate((len(word.folded) + 1 for word in found), initial=0)]
    for literal in wanted.literals:
        at = line.find(literal)
        while at >= 0:
            first = bisect_left(places, at)
            yield from range(first, first + len(literal.split()))
            at = line.find(literal, at + 1)
