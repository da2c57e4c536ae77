"""What the service's matching is measured beside: the databases' own rankings, and two in memory.

Each is built from the claims, and then takes a text and returns the ids of the claims it finds.
"""

from __future__ import annotations

import math
from array import array
from collections import Counter, defaultdict
from heapq import nlargest
from typing import TYPE_CHECKING, Any, Final

import psycopg
from rapidfuzz import fuzz, process, utils

from benchmarks.checkthat import LONG
from verifier.kit.sqlite import driver
from verifier.search.ranking import Asked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import TypeAlias

    from benchmarks.checkthat import Known

    Ranker: TypeAlias = Callable[[str], Sequence[str]]

TOO_COMMON: Final = 0.1
"""Letter groups that this share of the claims has are left out: they cost most, and say little."""
SHORTEST_GROUP, LONGEST_GROUP = 3, 5


def rankers(claims: Sequence[Known], language: str, postgres: str) -> dict[str, Ranker]:
    """By name, all that is compared."""
    return {
        "SQLite FTS5, bm25": fts5(claims, language),
        "PostgreSQL ts_rank": ts_rank(claims, language, postgres),
        "rapidfuzz token_set_ratio": token_set_ratio(claims),
        "TF-IDF of 3 to 5 letters": letters(claims),
    }


def telling(text: str, language: str) -> list[str]:
    """The words of a text that say something."""
    return list(Asked.of(text, [language]).telling)


def fts5(claims: Sequence[Known], language: str) -> Ranker:
    """SQLite's full text with its own bm25, any of the words."""
    connection = driver().connect(":memory:")
    connection.execute(
        "CREATE VIRTUAL TABLE peer USING fts5(id UNINDEXED, claim, title, tokenize='porter')"
    )
    connection.executemany("INSERT INTO peer VALUES (?, ?, ?)", claims)
    query = f"SELECT id FROM peer WHERE peer MATCH ? ORDER BY rank LIMIT {LONG}"  # noqa: S608

    def rank(text: str) -> list[str]:
        words = " OR ".join(f'"{word}"' for word in telling(text, language))
        return [row[0] for row in connection.execute(query, (words,))]

    return rank


def ts_rank(claims: Sequence[Known], language: str, url: str) -> Ranker:
    """PostgreSQL's full text with its own ranking, any of the words."""
    own = {"en": "english", "de": "german", "es": "spanish", "fr": "french", "ru": "russian"}
    name = own.get(language, "simple")
    connection = psycopg.connect(url, autocommit=True)
    connection.execute("CREATE TABLE peer (id text, words tsvector)")
    connection.cursor().executemany(
        f"INSERT INTO peer VALUES (%s, to_tsvector('{name}', %s || ' ' || %s))",  # noqa: S608
        claims,
    )
    connection.execute("CREATE INDEX peer_words ON peer USING gin (words)")
    connection.execute("VACUUM ANALYZE peer")
    query = f"""
        SELECT id FROM peer, to_tsquery('{name}', %s) AS q
        WHERE words @@ q ORDER BY ts_rank(words, q) DESC LIMIT {LONG}
    """  # noqa: S608

    def rank(text: str) -> list[str]:
        words = " | ".join(f"'{word}'" for word in telling(text, language))
        return [row[0] for row in connection.execute(query, (words,))]

    return rank


def token_set_ratio(claims: Sequence[Known]) -> Ranker:
    """Rapidfuzz over every claim."""
    known = {each.id: utils.default_process(f"{each.text} {each.title}") for each in claims}

    def rank(text: str) -> list[str]:
        asked = utils.default_process(text)
        found = process.extract(asked, known, scorer=fuzz.token_set_ratio, limit=LONG)
        return [key for _, _, key in found]

    return rank


def letters(claims: Sequence[Known]) -> Ranker:
    """The cosine of TF-IDF over groups of letters, by an inverted index in memory."""
    found: defaultdict[str, tuple[array[int], array[int]]] = defaultdict(
        lambda: (array("i"), array("i"))
    )
    for number, each in enumerate(claims):
        for group, often in Counter(_groups(f"{each.text} {each.title}")).items():
            places, counts = found[group]
            places.append(number)
            counts.append(often)
    lists: dict[str, Any] = {
        group: (math.log(len(claims) / len(places)) + 1, places, counts)
        for group, (places, counts) in found.items()
        if len(places) < TOO_COMMON * len(claims)
    }
    squares = [0.0] * len(claims)
    for rarity, places, counts in lists.values():
        for place, often in zip(places, counts, strict=True):
            squares[place] += (often * rarity) ** 2
    lengths = [math.sqrt(square) or 1.0 for square in squares]

    def rank(text: str) -> list[str]:
        scores: defaultdict[int, float] = defaultdict(float)
        for group, often in Counter(_groups(text)).items():
            if group in lists:
                rarity, places, counts = lists[group]
                own = often * rarity * rarity
                for place, count in zip(places, counts, strict=True):
                    scores[place] += own * count
        best = nlargest(LONG, scores, key=lambda place: scores[place] / lengths[place])
        return [claims[place].id for place in best]

    return rank


def _groups(text: str) -> Iterator[str]:
    line = f" {utils.default_process(text)} "
    for size in range(SHORTEST_GROUP, LONGEST_GROUP + 1):
        for start in range(len(line) - size + 1):
            yield line[start : start + size]
