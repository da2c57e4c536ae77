"""How a quote fares in a newer text of its source: a pure rule, which never guesses.

`exact` and `moved` are certain and need nobody. Whatever is only likely is left to a person: a
passage that merely looks like the quote may say something else.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from rapidfuzz import fuzz

from verifier.claims.anchoring import CONTEXT, MOST_COUNTED, places, quote_at

LONG: Final = 40  # code points; a passage of this length that stands once is no coincidence
ALIKE: Final = 0.75  # of a passage, for people to be shown it at all
KNOWN: Final = 0.6  # of what stands around a passage, for it to be the same place
COMPARED: Final = 2000  # code points of a quote; a longer one is looked for by its beginning
LONGEST_WORD: Final = 30  # code points; some scripts put no spaces between words
LONGEST_TEXT: Final = 1_000_000  # code points in which a likeness is looked for


class Outcome(StrEnum):
    """How a quote fares."""

    EXACT = "exact"
    MOVED = "moved"
    FUZZY = "fuzzy"
    AMBIGUOUS = "ambiguous"
    ORPHANED = "orphaned"


CERTAIN: Final = frozenset({Outcome.EXACT, Outcome.MOVED})


@dataclass(frozen=True, slots=True)
class Anchored:
    """A quote with where it stood; without a `start`, it has not been found anywhere yet."""

    exact: str
    prefix: str | None
    suffix: str | None
    start: int | None


@dataclass(frozen=True, slots=True)
class Standing:
    """The outcome; where it stands now, or what is most like it; `score` from 0 to 1."""

    outcome: Outcome
    score: float
    start: int | None = None
    end: int | None = None


ORPHANED: Final = Standing(Outcome.ORPHANED, 0.0)


def standing_of(quote: Anchored, text: str) -> Standing:
    """Where the quote stands in the newer text.

    Its words, character by character, in one place that is the same place as before: by what
    stands around it, or because a long passage stands there only once. Several such places are
    ambiguous; the words in other surroundings, or words that differ, are fuzzy.
    """
    found = places(text, quote.exact)
    if not found:
        return _most_alike(quote, text)
    alike = {start: _surroundings(quote, text, start) for start in found}
    same = [start for start in found if alike[start] >= KNOWN]
    if len(same) > 1:
        same = [start for start in same if alike[start] == 1.0] or same
    if not same and len(found) == 1 and len(quote.exact) >= LONG:
        same = found
    if len(same) == 1:
        outcome = Outcome.EXACT if quote.start in (same[0], None) else Outcome.MOVED
        return _at(outcome, 1.0, same[0], quote)
    if len(found) > 1:
        return Standing(Outcome.AMBIGUOUS, 1 / min(len(found), MOST_COUNTED))
    return _at(Outcome.FUZZY, alike[found[0]], found[0], quote)


def _surroundings(quote: Anchored, text: str, start: int) -> float:
    """How far what stands around that place is what stood around the quote, from 0 to 1.

    White space does not count: it is the page's layout. What is not known counts as the same.
    """
    here = quote_at(text, start, quote.exact)
    sides = (
        ((quote.prefix or "")[::-1], here.prefix[::-1]),
        (quote.suffix or "", here.suffix),
    )
    known = [("".join(was[:CONTEXT].split()), "".join(now.split())) for was, now in sides]
    return max((_likeness(was, now) for was, now in known if was), default=1.0)


def _likeness(was: str, now: str) -> float:
    """Of what stands on one side, read away from the passage, as far as it is known."""
    now = now[: len(was)]
    return 1.0 if was == now else fuzz.ratio(was, now) / 100


def _most_alike(quote: Anchored, text: str) -> Standing:
    """The passage most like the quote, if any is like it at all."""
    if len(text) > LONGEST_TEXT:
        text = text[:LONGEST_TEXT]
    sought = quote.exact[:COMPARED]
    found = fuzz.partial_ratio_alignment(sought, text, score_cutoff=ALIKE * 100)
    if found is None or len(text) < len(sought) * ALIKE:
        return ORPHANED
    score = round(min(found.score / 100, 0.999), 3)
    start, end = _whole_words(text, found.dest_start, found.dest_end)
    # The window is as long as the quote was, and may take in what closes the sentence.
    while quote.exact[-1:].isalnum() and end > start + 1 and not text[end - 1].isalnum():
        end -= 1
    while quote.exact[:1].isalnum() and start < end - 1 and not text[start].isalnum():
        start += 1
    return Standing(Outcome.FUZZY, score, start, end)


def _whole_words(text: str, start: int, end: int) -> tuple[int, int]:
    """The passage without a word cut through; its length was that of the quote."""
    first, last = max(0, start - LONGEST_WORD), min(len(text), end + LONGEST_WORD)
    while start > first and text[start - 1 : start + 1].isalnum():
        start -= 1
    while end < last and text[end - 1 : end + 1].isalnum():
        end += 1
    return start, end


def _at(outcome: Outcome, score: float, start: int, quote: Anchored) -> Standing:
    return Standing(outcome, round(score, 3), start, start + len(quote.exact))
