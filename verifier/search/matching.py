"""Claims that say what a text says, however worded: candidates by index, then a closer look."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import orjson
from sqlalchemy import select

from verifier.accounts.models import Desk
from verifier.claims.queries import claims_by_id, showing
from verifier.fulltext.lookup import candidates, newest_document, stretches
from verifier.fulltext.models import PUBLIC, SearchScope
from verifier.fulltext.terms import language_of
from verifier.fulltext.weighing import rarity
from verifier.kit.columns import is_among
from verifier.search.ranking import Asked, Candidate, rank

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from verifier.accounts.actor import Actor
    from verifier.fulltext.lookup import Stretch
    from verifier.kit.rows import Reader
    from verifier.search.ranking import Ranked

CANDIDATES: Final = 100
BUDGET: Final = 9000
"""Postings that are walked for one question; the rarest words come first."""
FEWEST_WORDS: Final = 3
MOST_SHARED: Final = 10
MOST_LANGUAGES: Final = 4
USUAL_LANGUAGE: Final = "en"


class Reach(NamedTuple):
    """Where to look: numbers of desks' scopes, and the languages that a text may be read in."""

    scopes: tuple[int, ...]
    languages: tuple[str, ...]
    home: int | None = None


def find_matches(reader: Reader, reach: Reach, text: str) -> list[Ranked]:
    """Known claims that may say the same, best first, at most `CANDIDATES`."""
    asked = Asked.of(text, reach.languages)
    found = stretches(reader, asked.terms, reach.scopes)
    documents = newest_document(reader)
    rarities = _rarities(len(asked.telling), found, documents)
    walks = [(each, rarities[each.word]) for each in _rarest(found)]
    rows = candidates(reader, walks, most=CANDIDATES, home=reach.home)
    known = [Candidate(row.claim_id, row.language, row.words) for row in rows]
    return rank(asked, rarities, known)


def reach_of(
    reader: Reader,
    actor: Actor,
    text: str,
    *,
    language: str | None = None,
    desk: str | None = None,
) -> Reach:
    """What the actor may see: their desks' claims and what is published, or one desk's of that."""
    query = (
        select(SearchScope.id, SearchScope.desk_id, Desk.language, Desk.slug)
        .join(Desk, Desk.id == SearchScope.desk_id)
        .where(is_among(Desk.id, "readable") | (Desk.slug == desk))
    )
    desks = reader.execute(query, {"readable": sorted(actor.readable_desks)}).all()
    mine = [each for each in desks if each.desk_id in actor.readable_desks]
    tried = [language] if language else [language_of(text), *(each.language for each in mine)]
    languages = tuple(dict.fromkeys(filter(None, tried)))[:MOST_LANGUAGES] or (USUAL_LANGUAGE,)
    if desk is None:
        return Reach((PUBLIC, *(each.id for each in mine)), languages)
    home = next((each for each in desks if each.slug == desk), None)
    if home is None:
        return Reach((), languages)
    if home in mine:
        return Reach((home.id,), languages)
    return Reach((PUBLIC,), languages, home.id)


def _rarities(number: int, found: Iterable[Stretch], documents: int) -> list[float]:
    """How much each asked word says, by how many documents have it."""
    having = [0] * number
    for stretch in found:
        having[stretch.word] += stretch.length
    return [rarity(documents, count) for count in having]


def _rarest(found: Sequence[Stretch]) -> list[Stretch]:
    """The stretches of the rarest words, as far as the budget goes, and of a few in any case."""
    by_word: dict[int, list[Stretch]] = {}
    for stretch in found:
        by_word.setdefault(stretch.word, []).append(stretch)
    groups = sorted(by_word.values(), key=lambda group: sum(each.length for each in group))
    chosen: list[Stretch] = []
    walked = 0
    for n, group in enumerate(groups):
        walked += sum(each.length for each in group)
        if n >= FEWEST_WORDS and walked > BUDGET:
            break
        chosen += group
    return chosen


def matches_shown(
    reader: Reader,
    actor: Actor,
    *,
    text: str,
    limit: int,
    language: str | None = None,
    desk: str | None = None,
) -> list[dict[str, Any]]:
    """The best matches as they are answered, with their claims as the actor may see them."""
    reach = reach_of(reader, actor, text, language=language, desk=desk)
    best = find_matches(reader, reach, text)[:limit]
    rows = claims_by_id(reader, actor, [each.claim_id for each in best])
    show = showing(actor)
    return [
        {
            "claim": orjson.Fragment(show(rows[each.claim_id])),
            "score": round(each.score, 3),
            "method": "lexical",
            "why": {
                "shared": each.shared[:MOST_SHARED],
                "contradictions": [against._asdict() for against in each.contradictions],
            },
        }
        for each in best
        if each.claim_id in rows
    ]
