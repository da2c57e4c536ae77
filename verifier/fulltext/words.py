"""The words of a text with their places, folded so that spellings of one word are one word.

Case, accents, width, dotted and dotless i, the ways to write a number and an Arabic letter do not
matter. Where words are written without spaces, each letter counts as a word of its own.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST_WORD: Final = 40

_UNSPACED: Final = (
    "\u0e01-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003fffd"
)
_OF_EMOJI: Final = {chr(0xFE00 + n) for n in range(16)}
FIRST_UNSPACED: Final = _UNSPACED[0]
_MARKS: Final = "".join(
    chr(code)
    for code in range(0x300, sys.maxunicode)
    if unicodedata.category(chr(code)) in {"Mn", "Mc"} and chr(code) not in _OF_EMOJI
)
_ADDRESS: Final = re.compile(
    r"(?:https?://|www\.)\S+|\b[\w-]+(?:\.[\w-]+)*\.[a-z]{2,6}/\S*", re.IGNORECASE | re.ASCII
)
_WORD: Final = re.compile(
    rf"(?P<number>\d+(?:[.,'’\u00a0\u202f]\d+)*)"
    rf"|(?P<letter>[{_UNSPACED}][{_MARKS}]*)"
    rf"|(?P<joined>(?<=[#@])[^\W\d_](?:[{_MARKS}]|[^\W\d])*)"
    rf"|(?P<word>[^\W\d_](?:[{_MARKS}]|[^\W\d_{_UNSPACED}])*)"
)
_PLAIN_WORD: Final = re.compile(
    r"(?P<number>\d+(?:[.,']\d+)*)|(?P<joined>(?<=[#@])[A-Za-z][A-Za-z_]*)|(?P<word>[A-Za-z]+)",
    re.ASCII,
)
"""The same for a text of ASCII, in less than half the time."""
_LETTER: Final = re.compile(f"[{_UNSPACED}]")
_HUMP: Final = re.compile(r"[^\W\d_]+")
_CAPITALS: Final = re.compile(r"(?<=[^\W\d_A-Z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_GROUPS: Final = re.compile(r"[.,'’\u00a0\u202f](?=\d{3}(?!\d))")
# The breve of й and the dots of ї belong to the letter: they make another one of it.
_ACCENTS: Final = re.compile(
    "(?<![иіуИІУ])[\u0300-\u036f]|[\u0591-\u05c7\u0640\u064b-\u065f\u0670]"
)
_LETTERS: Final = str.maketrans(
    {
        **dict.fromkeys("ıİ", "i"),
        **dict.fromkeys("əƏ", "e"),
        **dict(zip("æœøłđðþ", ("ae", "oe", "o", "l", "d", "d", "th"), strict=True)),
        **dict.fromkeys("أإآٱ", "ا"),
        **dict.fromkeys("ىی", "ي"),
        "ک": "ك",
        "ة": "ه",
    }
)


class Word(NamedTuple):
    """A folded word, and where it stands: `text[start:end]`, in code points."""

    folded: str
    start: int
    end: int


def words(text: str) -> Iterator[Word]:
    """The words in order. Addresses are none; hashtags and names of accounts are parted.

    Of a long run of letters only the first `LONGEST_WORD` count.
    """
    readable = _ADDRESS.sub(lambda address: " " * len(address[0]), text)
    word = _PLAIN_WORD if readable.isascii() else _WORD
    for found in word.finditer(readable):
        start = found.start()
        if found.lastgroup == "joined":
            for at, part in _humps(found[0]):
                yield from _folded(part, start + at)
        elif found.lastgroup == "number":
            yield Word(number(found[0])[:LONGEST_WORD], start, found.end())
        else:
            yield from _folded(found[0], start)


def _folded(part: str, start: int) -> Iterator[Word]:
    if word := fold(part[:LONGEST_WORD])[:LONGEST_WORD]:
        yield Word(word, start, start + len(part))


def _humps(name: str) -> Iterator[tuple[int, str]]:
    """`DefundTheCBC` is three words."""
    for run in _HUMP.finditer(name):
        at = run.start()
        for part in _CAPITALS.split(run[0]):
            yield at, part
            at += len(part)


def fold(word: str) -> str:
    """The word as all its spellings are found. Idempotent."""
    if word.isascii():
        return word.lower()
    plain = unicodedata.normalize("NFKC", word).casefold().translate(_LETTERS)
    bare = _ACCENTS.sub("", unicodedata.normalize("NFD", plain))
    return unicodedata.normalize("NFC", bare)


def is_unspaced(word: str) -> bool:
    """Whether the word is a letter of a script that is written without spaces."""
    return _LETTER.match(word) is not None


def number(figures: str) -> str:
    """One spelling for `5,000`, `5.000` and `5 000`, for `2,50` and `2.5`, for `٥` and `5`."""
    plain = "".join(
        str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in figures
    )
    whole, *rest = re.split("[.,]", _GROUPS.sub("", plain))
    if len(rest) != 1:
        return ".".join([whole, *rest])
    part = rest[0].rstrip("0")
    return f"{whole}.{part}" if part else whole
