"""Claims that say what a text says, however worded: candidates by index, then a closer look."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import orjson
from sqlalchemy import bindparam, select

from verifier.claims.models import Claim
from verifier.claims.queries import claims_by_id, showing
from verifier.fulltext.lookup import candidates, documents_of, newest_document, stretches
from verifier.fulltext.models import SearchDocument
from verifier.fulltext.reach import reach_of
from verifier.fulltext.weighing import rarity
from verifier.search.ranking import CONTRADICTED, Asked, Candidate, hold_against, rank, scored

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from verifier.accounts.actor import Actor
    from verifier.fulltext.lookup import Stretch
    from verifier.fulltext.reach import Reach
    from verifier.kit.rows import Reader
    from verifier.search.ranking import Ranked
    from verifier.search.semantic import Semantic

CANDIDATES: Final = 80
BUDGET: Final = 9000
"""Postings that are walked for one question; the rarest words come first."""
FEWEST_WORDS: Final = 3
COMPARED: Final = 20
"""How many of the best are looked at for what contradicts the text."""
_TEXTS: Final = (
    select(Claim.id, Claim.text, SearchDocument.language)
    .join(SearchDocument, SearchDocument.claim_id == Claim.id)
    .where(Claim.id.in_(bindparam("best", expanding=True)))
)
MOST_SHARED: Final = 10


def find_matches(
    reader: Reader,
    reach: Reach,
    text: str,
    semantic: Semantic | None = None,
    *,
    most: int = CANDIDATES,
) -> list[Ranked]:
    """Known claims that may say the same, best first: by their words, and by meaning if told.

    So many of them by each are looked at closely.
    """
    asked = Asked.of(text, reach.languages)
    found = stretches(reader, asked.terms, reach.scopes)
    rarities = _rarities(len(asked.telling), found, newest_document(reader))
    walks = [(each, rarities[each.word]) for each in _rarest(found)]
    rows = list(candidates(reader, walks, most=most, only=reach.only))
    nearness = None
    if semantic is not None:
        nearness = _nearness(reader, reach, text, semantic, most)
        missing = nearness.keys() - {row.claim_id for row in rows}
        rows += documents_of(reader, sorted(missing), only=reach.only)
    known = [Candidate(row.claim_id, row.language, row.words) for row in rows]
    ranked = rank(asked, rarities, known)
    best = [each.claim_id for each in ranked[:COMPARED] if each.raw > CONTRADICTED]
    texts = {
        claim: (said, language) for claim, said, language in reader.execute(_TEXTS, {"best": best})
    }
    return scored(hold_against(text, ranked, texts), nearness)


def _nearness(
    reader: Reader, reach: Reach, text: str, semantic: Semantic, most: int
) -> dict[str, float]:
    near = semantic.nearest(reader, text, reach.desks, reach.is_public, most)
    return {each.claim_id: each.similarity for each in near}


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
    semantic: Semantic | None = None,
) -> list[dict[str, Any]]:
    """The best matches as they are answered, with their claims as the actor may see them."""
    reach = reach_of(reader, actor, text, language=language, desk=desk)
    best = find_matches(reader, reach, text, semantic)[:limit]
    rows = claims_by_id(reader, actor, [each.claim_id for each in best])
    show = showing(actor)
    return [
        {
            "claim": orjson.Fragment(show(rows[each.claim_id])),
            "score": round(each.score, 3),
            "method": "lexical" if semantic is None else "hybrid",
            "why": {
                "shared": each.shared[:MOST_SHARED],
                "contradictions": [against._asdict() for against in each.contradictions],
            },
        }
        for each in best
        if each.claim_id in rows
    ]
