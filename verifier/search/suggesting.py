"""The sentences of a source's text that are worth checking, best first, as quotes to be posted."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, cast
from uuid import UUID

from sqlalchemy import select

from verifier.claims.anchoring import quote_at
from verifier.claims.models import Appearance
from verifier.search.features import Examined, language_of
from verifier.search.sentences import sentences
from verifier.search.worthiness import is_furniture, worth
from verifier.sources.queries import source_text_row

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy.orm import Session

    from verifier.accounts.actor import Actor
    from verifier.kit.pagination import PageRequest

LOOKED_AT: Final = 200_000
MOST_SENTENCES: Final = 5_000
LONGEST: Final = 1_000
THOUSANDTHS: Final = 1_000


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`text[start:end]`, its score in thousandths, and what speaks for it."""

    start: int
    end: int
    score: int
    reasons: tuple[str, ...]

    @property
    def rank(self) -> tuple[int, int]:
        """Best first, and of equals the one that stands first."""
        return -self.score, self.start

    @property
    def id(self) -> str:
        """Its place, in the form that a cursor has room for."""
        return str(UUID(int=self.start))


@dataclass(frozen=True, slots=True)
class Shown:
    """A suggestion as the list shows it."""

    id: str
    score: int
    document: dict[str, Any]


def suggestions_page(
    session: Session, actor: Actor, source_id: str, page: PageRequest, *, least: float = 0
) -> Sequence[Shown]:
    """The page's suggestions, and one more if more follow; none where the source has no text."""
    text = source_text_row(session, actor, source_id).text or ""
    found = sorted((s for s in suggest(text) if s.score >= least * THOUSANDTHS), key=_rank)
    if page.position is not None:
        last = (-page.position.key, UUID(page.position.id).int)
        found = found[bisect_right(found, last, key=_rank) :]
    found = found[: page.limit + 1]
    claims = _quoting(session, source_id, found)
    return [Shown(s.id, s.score, _document(text, s, sorted(claims[s.start]))) for s in found]


def suggest(text: str) -> Iterator[Suggestion]:
    """What the beginning of a text offers, in the order of the text; what it repeats only once."""
    beginning = text[:LOOKED_AT]
    cut = LOOKED_AT if len(text) > LOOKED_AT else None
    language = language_of(beginning)
    seen = set()
    for start, end in islice(sentences(beginning), MOST_SENTENCES):
        sentence = text[start:end]
        if end - start > LONGEST or end == cut or sentence in seen:
            continue
        seen.add(sentence)
        examined = Examined(sentence, language)
        if not is_furniture(examined):
            found = worth(examined)
            yield Suggestion(start, end, round(found.score * THOUSANDTHS), found.reasons)


def _rank(suggestion: Suggestion) -> tuple[int, int]:
    return suggestion.rank


def _quoting(session: Session, source_id: str, found: Sequence[Suggestion]) -> dict[int, set[str]]:
    """By where a suggestion starts, the claims of the source's desk that quote of it."""
    claims: dict[int, set[str]] = {suggestion.start: set() for suggestion in found}
    if not found:
        return claims
    ordered = sorted(found, key=lambda s: s.start)
    starts, ends = [s.start for s in ordered], [s.end for s in ordered]
    query = select(Appearance.claim_id, Appearance.start, Appearance.end).where(
        Appearance.source_id == source_id,
        Appearance.start < ends[-1],
        Appearance.end > starts[0],
    )
    for row in session.execute(query):
        claim, start, end = cast("tuple[str, int, int]", row)  # no overlap without offsets
        for place in starts[bisect_right(ends, start) : bisect_left(starts, end)]:
            claims[place].add(claim)
    return claims


def _document(text: str, suggestion: Suggestion, claims: list[str]) -> dict[str, Any]:
    quote = quote_at(text, suggestion.start, text[suggestion.start : suggestion.end])
    return {
        "quote": {
            "exact": quote.exact,
            "prefix": quote.prefix,
            "suffix": quote.suffix,
            "start": quote.start,
            "end": quote.end,
        },
        "score": suggestion.score / THOUSANDTHS,
        "reasons": list(suggestion.reasons),
        "claims": claims,
    }
