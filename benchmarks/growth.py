"""How the cost of matching and search grows with the number of claims, which are made up.

Their words are as frequent as words are, by the law of Zipf and Mandelbrot: the commonest are real
ones that say nothing, the others are made up, with English endings.
Half of the claims are one big desk's, the rest are shared out among five small ones.
"""

from __future__ import annotations

import http.client
import math
import random
from itertools import accumulate
from statistics import median
from typing import TYPE_CHECKING, Final, NamedTuple

from benchmarks.checkthat import slowest
from benchmarks.matching_calls import calling
from benchmarks.matching_filling import INDEX_TABLES, Stated, fill, index_of
from benchmarks.newsroom import BIG, CALLER, SMALL
from verifier.fulltext.terms import STOP_WORDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from benchmarks.matching_calls import Caller
    from benchmarks.matching_filling import Filling
    from benchmarks.newsroom import Newsroom
    from verifier.fulltext.weighing import Statement

VOCABULARY: Final = 200_000
EXPONENT, OFFSET = 1.05, 2.7
USUAL_LENGTH, LENGTH_SPREAD, SHORTEST, LONGEST = 14, 0.4, 4, 60
TITLE: Final = 9
PUBLISHED: Final = 0.3
LOST, ADDED = 0.3, 0.3
"""Of a claim's words in a question: the share that is missing, and that others are added."""
QUESTIONS: Final = 300
WARMING: Final = 50
SAMPLE: Final = 10_000
LENGTHS: Final = (1, 2, 3)
SHOWN: Final = 10
PAGES: Final = 300
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
    """What is asked about a claim: a question, and searches for one, two and three of its words."""

    place: int
    question: str
    searches: list[str]


def claims(language: Language, number: int) -> list[Stated]:
    """So many claims."""
    made = []
    for n in range(number):
        desk = BIG if n % 2 else SMALL[n // 2 % len(SMALL)]
        words, title = language.statement(), ""
        if language.dice.random() < PUBLISHED:
            shared = language.dice.sample(words, min(TITLE // 2, len(words)))
            title = " ".join((*shared, *language.words(TITLE - len(shared))))
        made.append(Stated(desk, " ".join(words), title, "en"))
    return made


def split(statement: Statement) -> dict[str, list[str]]:
    """As `Statement.folded`: words that are made up are folded already."""
    return {name: value.split() for name, value in statement._asdict().items()}


class Growth:
    """So many claims, their index, and what is asked about some; the same for either database."""

    def __init__(self, number: int) -> None:
        language = self.language = Language()
        self.stated = claims(language, number)
        some = self.stated[:SAMPLE]
        whole = index_of(self.stated, split)
        read = index_of(some)
        assert read.documents == whole.documents[: len(some)]
        self.index = whole._replace(seconds=read.seconds * number / len(some))
        seen = [n for n, each in enumerate(self.stated) if each.title or each.desk == CALLER]
        self.asked = []
        for place in language.dice.sample(seen, min(QUESTIONS + WARMING, len(seen))):
            words = self.stated[place].text.split()
            searches = [language.telling(words, length) for length in LENGTHS]
            self.asked.append(Asked(place, language.question(words), searches))


def measure_growth(url: str, room: Newsroom, backend: str, growth: Growth) -> None:
    """Print what the index takes to build and to keep, and then how long searches take."""
    number = len(growth.stated)
    filling = fill(url, room, growth.stated, growth.index)
    print(f"\n{backend}, {number:,} claims\n")
    report(filling, number)
    with calling(url, room.tokens[CALLER]) as caller:
        print("\n| request | ms (median) | ms (p95) | |\n|---|---:|---:|---|")
        _measure_matches(caller, growth.asked, filling.ids)
        _measure_fact_checks(caller, growth)
        for n, length in enumerate(LENGTHS):
            searches = [each.searches[n] for each in growth.asked]
            for query in ({"sort": "relevance"}, {}):
                _measure_lists(caller, searches, query, f"{length} of its words")


def report(filling: Filling, number: int) -> None:
    """What was put into the database, in what time."""
    share = filling.index_bytes / filling.all_bytes
    indexing = filling.terms + filling.index
    print(
        f"Claims: {filling.claims:.1f} s ({number / filling.claims:,.0f} a second). Index of "
        f"{filling.postings:,} postings: {filling.terms:.1f} s to find the terms (from a sample), "
        f"{filling.index:.1f} s to put them into {' and '.join(INDEX_TABLES)}; claims and index "
        f"{number / (filling.claims + indexing):,.0f} a second. Index: "
        f"{filling.index_bytes / MIB:,.0f} MiB of {filling.all_bytes / MIB:,.0f} ({share:.0%}), "
        f"{filling.index_bytes / number:,.0f} bytes a claim."
    )


def _measure_matches(caller: Caller, asked: Sequence[Asked], ids: Sequence[str]) -> None:
    taken, first, shown = [], 0, 0
    for n, each in enumerate(asked):
        found, seconds = caller.matches(each.question, SHOWN)
        if n >= WARMING:
            taken.append(seconds)
            first += found[:1] == [ids[each.place]]
            shown += ids[each.place] in found
    said = f"right claim first: {first / len(taken):.3f}, among {SHOWN}: {shown / len(taken):.3f}"
    print(f"| POST /v1/matches | {_times(taken)} | {said} |")


def _measure_fact_checks(caller: Caller, growth: Growth) -> None:
    """Questions about published claims, of any site and of one; and a site's list to its end."""
    published = [each for each in growth.asked if growth.stated[each.place].title]
    for within in (False, True):
        taken, first = [], 0
        for n, each in enumerate(published):
            stated = growth.stated[each.place]
            site = {"reviewPublisherSiteFilter": f"{stated.desk}.example"} if within else {}
            texts, _, seconds = caller.fact_checks(query=each.question, **site)
            if n >= WARMING:
                taken.append(seconds)
                first += texts[:1] == [stated.text]
        name = "claims:search, a question" + (", one site" if within else "")
        print(f"| {name} | {_times(taken)} | right claim first: {first / len(taken):.3f} |")
    for desk in (BIG, CALLER):
        taken, token, shown = [], "", 0
        while token is not None and len(taken) < PAGES:
            texts, token, seconds = caller.fact_checks(
                reviewPublisherSiteFilter=f"{desk}.example", pageToken=token, pageSize=SHOWN
            )
            taken.append(seconds)
            shown += len(texts)
        print(f"| claims:search, {desk}'s site, page by page | {_times(taken)} | {shown} claims |")


def _measure_lists(
    caller: Caller, searches: Sequence[str], query: dict[str, str], name: str
) -> None:
    """Only where the service can search."""
    taken, shown = [], 0
    name = f"GET /v1/claims?q, {name}, by {query.get('sort', 'age')}"
    for n, search in enumerate(searches):
        status, number, seconds = caller.claims(q=search, **query)
        if status != http.client.OK:
            print(f"| {name} | – | – | answered {status} |")
            return
        if n >= WARMING:
            taken.append(seconds)
            shown += number > 0
    print(f"| {name} | {_times(taken)} | found anything: {shown / len(taken):.3f} |")


def _times(taken: Sequence[float]) -> str:
    return f"{median(taken) * 1000:.1f} | {slowest(taken) * 1000:.1f}"
