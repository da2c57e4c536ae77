"""How well a known claim answers what was asked: one number for each candidate, and why.

Two views of the wording are added: which of the asked words the claim has, each by its rarity, and
how much of the spelling the two share, rare letter groups among the candidates counting most. Words
that agree say little where what is said of them does not: `contradictions` takes that off.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from functools import cache
from itertools import zip_longest
from typing import TYPE_CHECKING, Final, NamedTuple

from verifier.fulltext.terms import is_stop_word, stems_in, stems_of
from verifier.fulltext.weighing import IMPORTANCE, fields_of, spread_of, weight
from verifier.fulltext.words import Word, is_unspaced, words
from verifier.search.contradictions import Contradiction, Reading, contradictions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

MOST_WORDS: Final = 120
LONGEST_SPELLING: Final = 600
CORE: Final = ("text", "title")
SMOOTHING: Final = 20
CONTRADICTED: Final = 0.15
"""About what a candidate counts that contradicts what was asked, however many words agree."""
FEWEST_COMPARED: Final = 100


class Calibration(NamedTuple):
    """From a raw number to the share of right answers among those that have it: logistic."""

    steepness: float
    middle: float

    def share(self, raw: float) -> float:
        """Between 0 and 1."""
        return 1 / (1 + math.exp(self.steepness * (self.middle - raw)))


# Both fitted to the training questions, each asked once more with its answer taken away.
WORDS: Final = Calibration(11.2, 0.235)
MEANING: Final = Calibration(7.6, 0.535)


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked: its words, and for each that says something the terms that stand for it."""

    words: tuple[Word, ...]
    telling: tuple[str, ...]
    terms: tuple[frozenset[str], ...]
    stems: frozenset[str]

    @classmethod
    def of(cls, text: str, languages: Iterable[str]) -> Asked:
        """Read a text that is in one of the languages."""
        tried = tuple(languages)
        found = tuple(words(text))
        folded = [word.folded for word in found]
        said = dict.fromkeys(_units(folded))
        telling = [word for word in said if not is_stop_word(word, tried)] or list(said)
        telling = telling[:MOST_WORDS]
        terms = tuple(frozenset(stems_of(word, tried)) for word in telling)
        return cls(found, tuple(telling), terms, frozenset().union(*terms))

    @property
    def folded(self) -> list[str]:
        """All words in order."""
        return [word.folded for word in self.words]


def _units(folded: Sequence[str]) -> Iterator[str]:
    """The words, and in scripts without spaces each two letters that follow one another."""
    for word, following in zip_longest(folded, folded[1:], fillvalue=""):
        if not is_unspaced(word):
            yield word
        elif is_unspaced(following):
            yield word + following


class Candidate(NamedTuple):
    """A claim that may say the same: its words as the index has them."""

    claim_id: str
    language: str
    lines: str


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate's score, from 0 to 1: how likely it is that it says what was asked.

    `shared` are the asked words it has, the rarest first.
    """

    claim_id: str
    raw: float
    shared: tuple[str, ...]
    score: float = 0.0
    contradictions: tuple[Contradiction, ...] = ()


def rank(asked: Asked, rarities: Sequence[float], found: Sequence[Candidate]) -> list[Ranked]:
    """The candidates, best first. `rarities` are those of the asked words that say something."""
    fields = [fields_of(candidate.lines) for candidate in found]
    spellings = [" ".join(word for name in CORE for word in each[name]) for each in fields]
    alike = likenesses(" ".join(asked.folded), spellings)
    whole = sum(rarities) or 1.0
    ranked = []
    for candidate, said, likeness in zip(found, fields, alike, strict=True):
        shared = _shared(asked, rarities, said, candidate.language)
        raw = (sum(shared.values()) / whole + likeness) / 2
        rarest = tuple(sorted(shared, key=lambda word: -shared[word]))
        ranked.append(Ranked(candidate.claim_id, raw, rarest))
    ranked.sort(key=_best_first)
    return ranked


def hold_against(
    text: str, ranked: Sequence[Ranked], known: Mapping[str, tuple[str, str]]
) -> list[Ranked]:
    """The candidates with those lowered that contradict the text.

    `known` has the texts, with their languages, of those that count for more than that.
    """
    read = cache(lambda language: Reading.of(text, language))
    lowered = []
    for each in ranked:
        said, language = known.get(each.claim_id, ("", ""))
        if said and (against := [*contradictions(read(language), Reading.of(said, language))]):
            least = min(each.raw, CONTRADICTED + each.raw / 20)
            lowered.append(replace(each, raw=least, contradictions=tuple(against)))
        else:
            lowered.append(each)
    return sorted(lowered, key=_best_first)


def scored(ranked: Sequence[Ranked], nearness: Mapping[str, float] | None) -> list[Ranked]:
    """The candidates with their scores, best first: by their words, or by their meaning as well.

    `nearness` is how near in meaning some of them are; None where nobody can tell.
    """
    return _by_words(ranked) if nearness is None else _by_meaning(ranked, nearness)


def _by_words(ranked: Sequence[Ranked]) -> list[Ranked]:
    return [replace(each, score=WORDS.share(each.raw)) for each in ranked]


def _by_meaning(ranked: Sequence[Ranked], nearness: Mapping[str, float]) -> list[Ranked]:
    """Both orders as one, by reciprocal ranks (Cormack, Clarke and Buettcher, SIGIR 2009)."""
    farthest = min(nearness.values(), default=0.0)
    near = {each.claim_id: nearness.get(each.claim_id, farthest) for each in ranked}
    order = sorted(ranked, key=lambda each: -near[each.claim_id])
    place = {each.claim_id: n for n, each in enumerate(order)}
    fused = sorted(
        enumerate(ranked),
        key=lambda each: -1 / (SMOOTHING + each[0]) - 1 / (SMOOTHING + place[each[1].claim_id]),
    )
    scored, least = [], 1.0
    for _, each in fused:
        least = min(least, MEANING.share(each.raw + near[each.claim_id] / 2))
        scored.append(replace(each, score=least))
    return scored


def _best_first(ranked: Ranked) -> tuple[float, str]:
    """Of the same wording, the claim that was there first."""
    return -ranked.raw, ranked.claim_id


def _shared(
    asked: Asked, rarities: Sequence[float], said: Mapping[str, Sequence[str]], language: str
) -> dict[str, float]:
    """What each asked word that the claim has counts for, as in the index."""
    found: defaultdict[str, float] = defaultdict(float)
    length = 0.0
    for name, folded in said.items():
        if folded:
            stems = stems_in(folded, language)
            length += IMPORTANCE[name] * len(stems)
            for stem in asked.stems.intersection(stems):
                found[stem] += IMPORTANCE[name] * stems.count(stem)
    spread = spread_of(length)
    return {
        word: rarity * weight(max(found[term] for term in had), spread)
        for word, terms, rarity in zip(asked.telling, asked.terms, rarities, strict=True)
        if (had := found.keys() & terms)
    }


def likenesses(asked: str, spellings: Sequence[str]) -> list[float]:
    """The cosine of what was asked and each spelling, over their groups of four letters.

    How rare a group is, is counted among the spellings themselves.
    """
    own = _groups(asked)
    groups = [_groups(spelling) for spelling in spellings]
    having: Counter[str] = Counter()
    for each in groups:
        having.update(each)
    # Among few candidates, or many that are nearly the same, no group would be rare or common.
    number = max(len(spellings), FEWEST_COMPARED) + 1
    by_count = [math.log(1 + number / (count + 0.5)) ** 2 for count in range(number)]
    squares = {group: by_count[count] for group, count in having.items()}
    square = squares.__getitem__
    length = math.sqrt(sum(squares.get(group, by_count[0]) for group in own)) or 1.0
    return [
        sum(map(square, own & each)) / (length * (math.sqrt(sum(map(square, each))) or 1.0))
        for each in groups
    ]


def _groups(spelling: str) -> set[str]:
    line = f" {spelling[:LONGEST_SPELLING]} "
    return set(map("".join, zip(line, line[1:], line[2:], line[3:], strict=False)))
