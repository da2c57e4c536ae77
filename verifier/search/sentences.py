"""The sentences of a text by their exact offsets, whatever its language and script.

Offsets count code points, as those of quotes do. Every letter and digit is in one sentence. Where a
mark may be an abbreviation's or the end, an unbroken sentence is the smaller fault: it reads well.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

SHORTEST_WRAPPED: Final = 40
LONGEST_HELD: Final = 300
LONGEST_WORD: Final = 24
LONGEST_DAY: Final = 2
FEWEST_WORDS: Final = 5

_DATA: Final = json.loads(Path(__file__).with_name("abbreviations.json").read_text("utf-8"))
_BEFORE: Final = frozenset(_DATA["before"])
_SOMETIMES: Final = frozenset(_DATA["sometimes"])
_BEFORE_NUMBERS: Final = frozenset(_DATA["before_numbers"]) | _SOMETIMES
_AFTER_ORDINALS: Final = frozenset(_DATA["after_ordinals"])
_STARTERS: Final = frozenset(_DATA["starters"])

_HARD: Final = "。！？｡؟۔।॥։።፧။៕"  # they end a sentence without white space after them
_OPENING: Final = "\"'“”„‟‘‚«»‹›([{「『【（《〈¿¡"
_CLOSING: Final = "\"'”’»«›‹)\\]}」』】）》〉"
_LINE: Final = re.compile(r"[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+")
_BULLET: Final = re.compile(r"(?:[•‣◦▪●■·►➤✓✔*–—-]\s+|\s+)*+")
# The colon is how Armenian full stops are often typed.
_STOP: Final = re.compile(
    rf"(?P<marks>[.!?…‥．{_HARD}]++|(?<=[ա-և]):(?=\s))"
    rf"(?P<closed>(?:[{_CLOSING}]|“(?=[\s,.;:)]|$))*+)(?:\[\d{{1,3}}\])*+"
)
_PAIRS: Final = ("“”", "«»", "()", "[]", "「」", "『』", "（）", "《》")
_HELD: Final = re.compile(
    "|".join(
        [
            rf"„[^„“”]{{1,{LONGEST_HELD}}}+[“”]",
            rf'(?<![^\s(\[—–-])"[^"]{{1,{LONGEST_HELD}}}+"',
            *(rf"\{a}[^\{a}\{b}]{{1,{LONGEST_HELD}}}+\{b}" for a, b in _PAIRS),
        ]
    )
)
_NEXT: Final = re.compile(rf"[\s{re.escape(_OPENING)}–—-]*+(?P<word>\w*+)")
_ENUMERATOR: Final = re.compile(r"[(\[]?(?:\d{1,3}|\w|[ivxlIVXL]{1,5})")
_DOTTED: Final = re.compile(r"(?:[^\W\d_]{1,2}\.)+[^\W\d_]{1,2}")


class Sentence(NamedTuple):
    """`text[start:end]`, without white space around it."""

    start: int
    end: int


def sentences(text: str) -> Iterator[Sentence]:
    """The sentences in order; a line end parts them too, unless the line is merely wrapped."""
    for start, end in _blocks(text):
        yield from _within(text, start, end)


def _blocks(text: str) -> Iterator[Sentence]:
    """Paragraphs, headlines and list items without their bullets."""
    block: Sentence | None = None
    for line in _LINE.finditer(text):
        start, end = line.span()
        if block and start == block.end + 1 and _goes_on(text, block, start, end):
            block = Sentence(block.start, end)
            continue
        if block:
            yield block
        block = Sentence(start, end)
    if block:
        yield block


def _goes_on(text: str, block: Sentence, start: int, end: int) -> bool:
    """Whether the line that follows the block is the rest of a wrapped one."""
    line = text[max(block.start, block.end - 2 * SHORTEST_WRAPPED) : block.end]
    if len(line.rpartition("\n")[2]) < SHORTEST_WRAPPED or _STOP.search(line[-3:]):
        return False
    return _is_small(text[start:end].lstrip()[:1]) and line.rstrip()[-1:] not in {":", ";"}


def _within(text: str, start: int, end: int) -> Iterator[Sentence]:
    start = _skipped(text, start, end)
    held = [span.span() for span in _HELD.finditer(text, start, end)]
    passed = 0
    for stop in _STOP.finditer(text, start, end):
        at = stop.end()
        while passed < len(held) and held[passed][1] < at:
            passed += 1
        if passed < len(held) and _holds(held[passed], at, start, stop["closed"]):
            continue
        if at < end and _ends(text, start, stop, end):
            yield Sentence(start, at)
            start = _skipped(text, at, end)
    if start < end:
        yield Sentence(start, start + len(text[start:end].rstrip()))


def _skipped(text: str, start: int, end: int) -> int:
    bullet = _BULLET.match(text, start, end)
    return bullet.end() if bullet else start


def _holds(span: tuple[int, int], at: int, start: int, closed: str) -> bool:
    """Whether the mark is inside a quotation or brackets, or closes brackets amid a sentence."""
    if span[0] < at < span[1]:
        return True
    return at == span[1] and span[0] > start and closed.endswith((")", "]", "）"))


def _ends(text: str, start: int, stop: re.Match[str], end: int) -> bool:
    at, marks = stop.end(), stop["marks"]
    if marks[-1] in _HARD:
        return text[at] not in ("、，،,と" if stop["closed"] else "،,")
    if not text[at].isspace():
        return marks[-1] in "!?" and text[at] >= "\u2e80"  # no spaces in Chinese and Japanese
    following = _NEXT.match(text, at, end)
    word = following["word"] if following else ""
    if _is_small(word[:1]):
        return False
    if marks != "." or not word:
        return True
    return not _is_abbreviation(text, start, stop.start(), word)


def _is_abbreviation(text: str, start: int, stop: int, following: str) -> bool:
    """Whether the dot at `stop` is a part of the word before it, and the sentence goes on."""
    so_far = text[max(start, stop - LONGEST_WORD) : stop]
    word = (so_far.split() or [""])[-1].lstrip(_OPENING)
    key, after = word.casefold(), following.casefold()
    if stop - start <= FEWEST_WORDS and _ENUMERATOR.fullmatch(text, start, stop):
        return True
    if key in _BEFORE or (key in _BEFORE_NUMBERS and following[0].isdigit()):
        return True
    if key in _SOMETIMES:
        # "В 2024 г. Россия …" opens a sentence, "… в 2024 г. Россия …" has ended one.
        opening = text[start : min(stop, start + 4 * LONGEST_WORD)]
        return len(opening.split()) < FEWEST_WORDS or not following[0].isupper()
    if len(word) <= LONGEST_DAY and word.isdecimal():
        return after in _AFTER_ORDINALS
    if (len(word) == 1 and word.isalpha()) or _DOTTED.fullmatch(word):
        return after not in _STARTERS
    return False


def _is_small(letter: str) -> bool:
    """Georgian letters count as small in Unicode, but have no capitals in running text."""
    return letter.islower() and not "ა" <= letter <= "ჿ"
