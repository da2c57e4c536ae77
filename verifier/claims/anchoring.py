"""Where a quote stands in a text: W3C TextQuoteSelector and TextPositionSelector, never guessed.

Positions count Unicode code points of the text in NFC, as Python's do; the start is included, the
end is not (https://www.w3.org/TR/annotation-model/#selectors).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from verifier.kit.text import INVISIBLE, nfc, plain_marks

CONTEXT: Final = 32  # code points kept on either side, as Hypothesis and Apache Annotator do
MOST_CANDIDATES: Final = 20
MOST_COUNTED: Final = 1000
_SPACE: Final = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Quote:
    """A passage: `text[start:end] == exact`, with what stands right before and after it."""

    exact: str
    prefix: str
    suffix: str
    start: int
    end: int


class QuoteEmpty(ValueError):
    """A quote of no characters stands everywhere."""


class QuoteNotFound(Exception):
    """The quote does not stand there as given.

    `candidates`: up to 20 places where the words stand with other surroundings. Where there are
    none, `nearest` is the first passage that differs from the words in white space, quotation
    marks, dashes, case or what is invisible only: a hint for people.
    """

    def __init__(self, candidates: tuple[Quote, ...], nearest: Quote | None) -> None:
        super().__init__("the quote does not stand in the text as given")
        self.candidates = candidates
        self.nearest = nearest


class QuoteAmbiguous(Exception):
    """The quote stands there more than once.

    `candidates`: the first 20 places, each of which anchors when sent back whole. `total` is exact
    up to 1,000; above that `total_is_exact` is False.
    """

    def __init__(self, candidates: tuple[Quote, ...], total: int, *, total_is_exact: bool) -> None:
        super().__init__(f"the quote stands in the text {total} times")
        self.candidates = candidates
        self.total = total
        self.total_is_exact = total_is_exact


def anchor(
    text: str,
    exact: str,
    *,
    prefix: str | None = None,
    suffix: str | None = None,
    start: int | None = None,
) -> Quote:
    """The one place in `text` (NFC) where `exact` stands, and stands so.

    `prefix` must directly precede it, `suffix` directly follow it, `start` be its position; an
    empty one says nothing. Raises `QuoteEmpty`, `QuoteNotFound` or `QuoteAmbiguous`.
    """
    exact, prefix, suffix = nfc(exact), nfc(prefix or ""), nfc(suffix or "")
    if not exact:
        raise QuoteEmpty
    starts = places(text, prefix + exact + suffix, offset=len(prefix), at=start)
    shown = tuple(quote_at(text, at, exact, prefix, suffix) for at in starts[:MOST_CANDIDATES])
    if not shown:
        elsewhere = places(text, exact, most=MOST_CANDIDATES)
        candidates = tuple(quote_at(text, at, exact) for at in elsewhere)
        raise QuoteNotFound(candidates, None if candidates else _lookalike(text, exact))
    if len(starts) > 1:
        total = min(len(starts), MOST_COUNTED)
        raise QuoteAmbiguous(shown, total, total_is_exact=total == len(starts))
    return shown[0]


def places(
    text: str, passage: str, *, offset: int = 0, at: int | None = None, most: int = MOST_COUNTED + 1
) -> list[int]:
    """Where the passage stands, overlaps included, each place moved on by `offset`.

    At most `most` of them; with `at`, that place or none.
    """
    if at is not None:
        return [at] if at >= offset and text.startswith(passage, at - offset) else []
    found: list[int] = []
    place = text.find(passage)
    while place >= 0 and len(found) < most:
        found.append(place + offset)
        place = text.find(passage, place + 1)
    return found


def quote_at(text: str, start: int, exact: str, prefix: str = "", suffix: str = "") -> Quote:
    """The quote of what stands there, with at least `CONTEXT` code points on either side."""
    end = start + len(exact)
    before = text[max(0, start - max(CONTEXT, len(prefix))) : start]
    return Quote(exact, before, text[end : end + max(CONTEXT, len(suffix))], start, end)


def _lookalike(text: str, exact: str) -> Quote | None:
    """The first passage that is alike but for white space, marks and case; in linear time."""
    shape = _shape(text)
    wanted = "".join(_shape(exact).split())
    found = "".join(shape.split()).find(wanted) if wanted else -1
    if found < 0:
        return None
    start = _with_spaces(shape, found)
    end = _with_spaces(shape, found + len(wanted) - 1) + 1
    return quote_at(text, start, text[start:end])


def _shape(text: str) -> str:
    """The text without case and typographic marks, what is invisible as a space; one for one."""
    # İ is the one letter whose small form is two code points; ς is σ at the end of a word.
    text = plain_marks(text).replace("İ", "i").lower().replace("ς", "σ")
    return INVISIBLE.sub(" ", text)


def _with_spaces(shape: str, position: int) -> int:
    """The index in `shape` of what is at `position` once its white space is taken out."""
    for run in _SPACE.finditer(shape):
        if run.start() > position:
            break
        position += run.end() - run.start()
    return position
