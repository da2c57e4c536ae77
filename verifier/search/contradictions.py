"""Where two wordings share their words and yet say different things: numbers, names, negation.

Each is looked for beside a word that both have, so that what is said elsewhere in a long text does
not count.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from verifier.fulltext.terms import is_stop_word, language_family, stem_of
from verifier.fulltext.words import fold, words

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

REACH: Final = 3
"""How many words a negation reaches, and how near an opposite's common word is."""
LEAST_SHARED: Final = 0.5
MOST_NAMES: Final = 0.6
BEFORE: Final = 10
"""Signs before a word in which the end of another sentence is looked for."""
_OPENS: Final = re.compile(r"(?:^|[.!?:…\n])[\W_]*$")
VERB_FIRST: Final = frozenset(("az", "tr", "hi"))
"""Languages whose negation follows what it denies."""
YEAR: Final = range(1000, 2100)

_DATA: Final = json.loads(Path(__file__).with_name("opposites.json").read_text("utf-8"))


class Contradiction(NamedTuple):
    """What was asked, and what the known claim says instead; `kind` names the difference."""

    kind: str
    asked: str
    known: str


@dataclass(frozen=True, slots=True)
class Lexicon:
    """A language's negations, and the stems that deny each other."""

    negations: frozenset[str]
    opposites: dict[str, frozenset[str]]


@cache
def lexicon(family: str) -> Lexicon:
    """What we know of the language; nothing of most."""
    listed = _DATA.get(family, {})
    opposites: defaultdict[str, set[str]] = defaultdict(set)
    for pair in listed.get("opposites", "").split():
        one, other = (stem_of(fold(word), family) for word in pair.split("/"))
        opposites[one].add(other)
        opposites[other].add(one)
    return Lexicon(
        frozenset(map(fold, listed.get("negations", "").split())),
        {stem: frozenset(others) for stem, others in opposites.items()},
    )


class Reading:
    """A wording, read for what may deny another: its folded words in order, in a language."""

    @classmethod
    def of(cls, text: str, language: str) -> Reading:
        """Read a text; a name is a word with a capital that does not open its sentence."""
        found = list(words(text))
        names = {
            word.folded
            for word in found
            if text[word.start].isupper()
            and not _OPENS.search(text, max(0, word.start - BEFORE), word.start)
        }
        # German nouns and headlines have capitals everywhere.
        is_telling = language_family(language) != "de" and len(names) <= len(found) / 2
        return cls([word.folded for word in found], language, names if is_telling else ())

    def __init__(self, words: Sequence[str], language: str, names: Collection[str] = ()) -> None:
        family = language_family(language)
        self.words = words
        self.family = family
        self.lexicon = lexicon(family)
        self.stems = [stem_of(word, family) for word in words]
        self.places: defaultdict[str, list[int]] = defaultdict(list)
        for at, stem in enumerate(self.stems):
            self.places[stem].append(at)
        self.telling = {
            stem
            for word, stem in zip(words, self.stems, strict=True)
            if not is_stop_word(word, (family,))
        }
        self.names = {stem_of(word, family) for word in names} & self.telling
        self.numbers = {word for word in words if word[0].isdecimal()}

    def first(self, stem: str) -> int:
        """The first place of a word that it has."""
        return self.places[stem][0]

    def word(self, stem: str) -> str:
        """How the word is said there."""
        return self.words[self.first(stem)]

    def around(self, at: int) -> set[str]:
        """The telling words near a place."""
        near = range(max(0, at - REACH), min(len(self.words), at + REACH + 1))
        return {self.stems[place] for place in near if place != at} & self.telling

    def beside(self, number: str) -> Iterator[tuple[int, str]]:
        """The words next to a number, with the side on which they stand."""
        for at in self.places[number]:
            for side in (-1, 1):
                if 0 <= at + side < len(self.words) and self.words[at + side] not in self.numbers:
                    yield side, self.stems[at + side]

    def denied(self) -> dict[str, str]:
        """The telling words that a negation reaches, with that negation."""
        found = {}
        for at, word in enumerate(self.words):
            if word in self.lexicon.negations:
                back = REACH if self.family in VERB_FIRST else 0
                ahead = 0 if self.family in VERB_FIRST else REACH
                for place in range(max(0, at - back), min(len(self.words), at + ahead + 1)):
                    if place != at and self.stems[place] in self.telling:
                        found[self.stems[place]] = word
        return found


def contradictions(asked: Reading, known: Reading) -> Iterator[Contradiction]:
    """Where the known wording says something else than the asked one."""
    yield from _numbers(asked, known)
    # In a text that says much else, a negation or an opposite may be said of that.
    if len(asked.telling & known.telling) >= LEAST_SHARED * len(asked.telling):
        yield from _names(asked, known)
        yield from _negations(asked, known)
        yield from _opposites(asked, known)


def _numbers(ours: Reading, theirs: Reading) -> Iterator[Contradiction]:
    """Other numbers of the same thing, as in "by 5 %" and "by 7 %", and no such in common."""
    for years in (True, False):
        mine, known = (
            {number for number in text.numbers if _is_year(number) is years}
            for text in (ours, theirs)
        )
        if mine & known:
            continue
        said = {beside: number for number in mine for beside in ours.beside(number)}
        for number in sorted(known):
            for beside in theirs.beside(number):
                if beside in said:
                    yield Contradiction("number", said[beside], number)
                    return


def _names(ours: Reading, theirs: Reading) -> Iterator[Contradiction]:
    """The same is said, of others: most names of each are unknown to the other one."""
    mine, known = ours.names - theirs.places.keys(), theirs.names - ours.places.keys()
    if not mine or not known:
        return
    if len(mine) >= MOST_NAMES * len(ours.names) and len(known) >= MOST_NAMES * len(theirs.names):
        other, name = min(mine, key=ours.first), min(known, key=theirs.first)
        yield Contradiction("name", ours.word(other), theirs.word(name))


def _negations(ours: Reading, theirs: Reading) -> Iterator[Contradiction]:
    """One denies what the other says, and the other denies nothing of it."""
    denied, other = ours.denied(), theirs.denied()
    shared = ours.places.keys() & theirs.places.keys()
    here, there = shared & denied.keys(), shared & other.keys()
    if here and not there:
        stem = min(here, key=ours.first)
        yield Contradiction("negation", f"{denied[stem]} {ours.word(stem)}", theirs.word(stem))
    elif there and not here:
        stem = min(there, key=theirs.first)
        yield Contradiction("negation", ours.word(stem), f"{other[stem]} {theirs.word(stem)}")


def _opposites(ours: Reading, theirs: Reading) -> Iterator[Contradiction]:
    """One rose and the other fell, said of the same."""
    for stem, others in ours.lexicon.opposites.items():
        if stem not in ours.places or stem in theirs.places:
            continue
        for other in sorted(others & theirs.places.keys()):
            if other in ours.places:
                continue
            if ours.around(ours.first(stem)) & theirs.around(theirs.first(other)):
                yield Contradiction("opposite", ours.word(stem), theirs.word(other))
                return


def _is_year(number: str) -> bool:
    return number.isdecimal() and int(number) in YEAR
