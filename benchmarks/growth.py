"""How the cost of matching and search grows with the number of claims, which are made up.

Their words are as frequent as words are, by the law of Zipf and Mandelbrot: the commonest are real
ones that say nothing, the others are made up, with English endings.
Half of the claims are one big desk's, the rest are shared out among five small ones.
"""

from __future__ import annotations

import math
import random
from itertools import accumulate, count
from statistics import median
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from benchmarks.checkthat import slowest
from benchmarks.matching_calls import calling
from benchmarks.matching_filling import INDEX_TABLES, Stated, fill
from benchmarks.newsroom import BIG, CALLER, SMALL
from verifier.fulltext.terms import STOP_WORDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from benchmarks.matching_calls import Caller
    from benchmarks.matching_filling import Filling
    from benchmarks.newsroom import Newsroom

VOCABULARY: Final = 200_000
EXPONENT, OFFSET = 1.05, 2.7
USUAL_LENGTH, LENGTH_SPREAD, SHORTEST, LONGEST = 14, 0.4, 4, 60
TITLE: Final = 9
PUBLISHED: Final = 0.3
LOST, ADDED = 0.3, 0.3
"""Of a claim's words in a question: the share that is missing, and that others are added."""
QUESTIONS: Final = 300
WARMING: Final = 50
SHOWN: Final = 10
MIB: Final = 1 << 20
ONSETS: Final = [*"bcdfghjklmnprstvwz", "br", "ch", "cl", "dr", "fl", "gr", "pl", "sh", "st", "tr"]
VOWELS: Final = [*"aeiou", "ai", "ea", "ee", "ou"]
CODAS: Final = ["", "", "", "l", "m", "n", "r", "s", "t", "nd", "rk"]
ENDINGS: Final = ["", "", "", "", "s", "s", "ed", "ing", "er", "ly", "ation"]


class Language:
    """Words by how frequent they are."""

    def __init__(self, seed: int = 1) -> None:
        self.dice = random.Random(seed)
        words: dict[str, float] = {}
        while len(words) < VOCABULARY:
            syllables = (self._syllable() for _ in range(self.dice.choice((1, 2, 2, 3))))
            word = "".join(syllables) + self.dice.choice(ENDINGS)
            words[word] = len(word) + 4 * self.dice.random()
        short_first = sorted(words, key=words.__getitem__)
        self._words = [*sorted(STOP_WORDS["en"], key=len), *short_first]
        self._weights = list(
            accumulate(1 / (rank + OFFSET) ** EXPONENT for rank in range(len(self._words)))
        )
        self._drawn = self._draw()

    def _syllable(self) -> str:
        dice = self.dice
        return dice.choice(ONSETS) + dice.choice(VOWELS) + dice.choice(CODAS)

    def _draw(self) -> Iterator[str]:
        while True:
            yield from self.dice.choices(self._words, cum_weights=self._weights, k=100_000)

    def words(self, number: int) -> list[str]:
        """So many words by chance, the frequent ones often."""
        return [next(self._drawn) for _ in range(number)]

    def statement(self) -> list[str]:
        """The words of a claim."""
        length = round(self.dice.lognormvariate(math.log(USUAL_LENGTH), LENGTH_SPREAD))
        return self.words(min(max(length, SHORTEST), LONGEST))

    def question(self, words: Sequence[str]) -> str:
        """A claim's words as somebody else would put it: some are missing, others are new."""
        kept = [word for word in words if self.dice.random() > LOST] or list(words)
        for word in self.words(round(ADDED * len(words))):
            kept.insert(self.dice.randrange(len(kept) + 1), word)
        return " ".join(kept)

    def telling(self, words: Sequence[str], number: int) -> str:
        """Some of a claim's words, in order, without those that say nothing."""
        said = [word for word in dict.fromkeys(words) if word not in STOP_WORDS["en"]]
        places = sorted(self.dice.sample(range(len(said)), min(number, len(said))))
        return " ".join(said[place] for place in places)


class Asked(NamedTuple):
    """A claim that the caller may see: its id and words."""

    id: str
    words: list[str]


def claims(language: Language, room: Newsroom, number: int) -> list[Stated]:
    """So many claims."""
    made = []
    for n in range(number):
        desk = room.desks[BIG if n % 2 else SMALL[n // 2 % len(SMALL)]]
        words, title = language.statement(), ""
        if language.dice.random() < PUBLISHED:
            shared = language.dice.sample(words, min(TITLE // 2, len(words)))
            title = " ".join((*shared, *language.words(TITLE - len(shared))))
        made.append(Stated(desk, " ".join(words), title, "en"))
    return made


def measure_growth(url: str, room: Newsroom, backend: str, number: int) -> None:
    """Print what the index takes to build and to keep, and then how long searches take."""
    language = Language()
    stated = claims(language, room, number)
    filling = fill(url, room.accounts[CALLER][0], stated)
    print(f"\n{backend}, {number:,} claims\n")
    report(filling, number)
    seen = [
        Asked(claim_id, each.text.split())
        for claim_id, each in zip(filling.ids, stated, strict=True)
        if each.title or each.desk_id == room.desks[CALLER]
    ]
    chosen = language.dice.sample(seen, min(QUESTIONS + WARMING, len(seen)))
    del stated, seen
    with calling(url, room.tokens[CALLER]) as caller:
        print("\n| request | ms (median) | ms (p95) | |\n|---|---:|---:|---|")
        _measure_matches(caller, language, chosen)
        for words, sort in ((n, sort) for n in (1, 2, 3) for sort in ("relevance", "")):
            _measure_lists(caller, language, chosen, words, sort)


def report(filling: Filling, number: int) -> None:
    """What was put into the database, in what time."""
    share = filling.index_bytes / filling.all_bytes
    indexing = filling.terms + filling.index
    print(
        f"Claims: {filling.claims:.1f} s ({number / filling.claims:,.0f} a second). Index of "
        f"{filling.postings:,} postings: {filling.terms:.1f} s to find the terms, "
        f"{filling.index:.1f} s to put them into {' and '.join(INDEX_TABLES)}; claims and index "
        f"{number / (filling.claims + indexing):,.0f} a second. Index: "
        f"{filling.index_bytes / MIB:,.0f} MiB of {filling.all_bytes / MIB:,.0f} ({share:.0%}), "
        f"{filling.index_bytes / number:,.0f} bytes a claim."
    )


def _measure_matches(caller: Caller, language: Language, chosen: Sequence[Asked]) -> None:
    taken, first, shown = [], 0, 0
    for place, each in enumerate(chosen):
        found, seconds = caller.matches(language.question(each.words), SHOWN)
        if place < WARMING:
            continue
        taken.append(seconds)
        first += found[:1] == [each.id]
        shown += each.id in found
    said = f"right claim first: {first / len(taken):.3f}, among {SHOWN}: {shown / len(taken):.3f}"
    print(f"| POST /v1/matches | {_times(taken)} | {said} |")


def _measure_lists(
    caller: Caller, language: Language, chosen: Sequence[Asked], words: int, sort: str
) -> None:
    """Only where the service can search."""
    query: dict[str, Any] = {"sort": sort} if sort else {}
    taken, shown = [], 0
    for place, each in zip(count(), chosen, strict=False):
        asked = language.telling(each.words, words)
        status, number, seconds = caller.claims(q=asked, **query)
        if status != 200:  # noqa: PLR2004
            print(f"| GET /v1/claims?q, {words} words, {sort} | – | – | answered {status} |")
            return
        if place >= WARMING:
            taken.append(seconds)
            shown += number > 0
    name = f"GET /v1/claims?q, {words} words, {sort or 'default'} sort"
    print(f"| {name} | {_times(taken)} | found anything: {shown / len(taken):.3f} |")


def _times(taken: Sequence[float]) -> str:
    return f"{median(taken) * 1000:.1f} | {slowest(taken) * 1000:.1f}"
