"""What a statement weighs for each of its terms: BM25 without the rarity of the term.

Robertson and Zaragoza, The Probabilistic Relevance Framework (2009), section 3.5, with fields. The
length that weights are relative to is a constant and no average that each new claim would change.
"""

from __future__ import annotations

import math
from collections import defaultdict
from typing import TYPE_CHECKING, Final, NamedTuple

from verifier.fulltext.terms import MARK, terms_of
from verifier.fulltext.words import words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

K1: Final = 1.2
B: Final = 0.75
TYPICAL_LENGTH: Final = 24
SCALE: Final = 1000
IMPORTANCE: Final = {"text": 1.0, "title": 1.0, "summary": 0.3, "claimant": 0.5}


class Statement(NamedTuple):
    """What a claim is found by."""

    text: str
    title: str = ""
    summary: str = ""
    claimant: str = ""

    def folded(self) -> dict[str, list[str]]:
        """The folded words of each field."""
        return {
            name: [word.folded for word in words(value)] for name, value in self._asdict().items()
        }


def lines_of(fields: Mapping[str, Sequence[str]]) -> str:
    """The words as they are stored: a line for each field, between spaces."""
    return "\n".join(f" {' '.join(folded)} " if folded else "" for folded in fields.values())


def fields_of(lines: str) -> dict[str, list[str]]:
    """The words that `lines_of` has put into lines."""
    return {
        name: line.split() for name, line in zip(Statement._fields, lines.split("\n"), strict=True)
    }


def frequencies(fields: Mapping[str, Sequence[str]], language: str) -> dict[str, float]:
    """How often each term occurs, in fields of less importance less."""
    found: defaultdict[str, float] = defaultdict(float)
    for name, folded in fields.items():
        for term in terms_of(folded, language):
            found[term] += IMPORTANCE[name]
    return found


def weights(found: Mapping[str, float]) -> dict[str, float]:
    """The weight of each term; 1.0 for a term that stands once in a statement of usual length."""
    spread = spread_of(sum(often for term, often in found.items() if not term.startswith(MARK)))
    return {term: weight(often, spread) for term, often in found.items()}


def spread_of(length: float) -> float:
    """How much a statement of that length holds its terms' weights down."""
    return K1 * (1 - B + B * length / TYPICAL_LENGTH)


def weight(often: float, spread: float) -> float:
    """The weight of a term that occurs so often."""
    return often * (K1 + 1) / (often + spread)


def rarity(documents: int, having: int) -> float:
    """How much a term says that so many of the documents have; never negative."""
    return math.log(1 + (max(documents - having, 0) + 0.5) / (having + 0.5))
