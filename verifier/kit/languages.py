"""Language tags, each in its one canonical spelling, and how a text in a language is written."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Final

import langcodes
from markupsafe import Markup

LONGEST_TAG: Final = 35  # what RFC 5646, section 4.4.1, asks implementations to make room for
MOST_REMEMBERED: Final = 1000
# ISO 15924: the scripts in living use that are written from right to left.
_RIGHT_TO_LEFT: Final = {
    "Adlm", "Arab", "Hebr", "Mand", "Mend", "Nkoo", "Rohg", "Samr", "Syrc", "Thaa", "Yezi",
}  # fmt: skip
_DIRECTIONS: Final = {"L": "ltr", "R": "rtl", "AL": "rtl"}


@lru_cache(maxsize=1024)
def canonical_language(tag: str) -> str:
    """The canonical form of a BCP 47 tag: `PT-br` is `pt-BR`, the retired `iw` is `he`.

    Raises ValueError with a sentence for people where the tag is no such thing.
    """
    if len(tag) > LONGEST_TAG:
        message = f"A language tag has at most {LONGEST_TAG} characters."
        raise ValueError(message)
    if not langcodes.tag_is_valid(tag):
        message = f"{tag!r} is not a language tag such as 'az', 'pt-BR' or 'zh-Hant'."
        raise ValueError(message)
    canonical = langcodes.standardize_tag(tag)
    if len(canonical) > LONGEST_TAG:
        message = f"The language tag {canonical!r} has more than {LONGEST_TAG} characters."
        raise ValueError(message)
    return canonical


@lru_cache(MOST_REMEMBERED)
def script_of(tag: str) -> str | None:
    """The script that the language is written in, where it is known: `Arab`, `Latn`."""
    if not langcodes.tag_is_valid(tag):
        return None
    return langcodes.get(tag).maximize().script


def direction_of(language: str | None, text: str) -> str:
    """`rtl` or `ltr`: by the language's script, else by the first letter that has a direction."""
    if language is not None:
        return "rtl" if script_of(language) in _RIGHT_TO_LEFT else "ltr"
    directions = (_DIRECTIONS.get(unicodedata.bidirectional(letter)) for letter in text)
    return next(filter(None, directions), "ltr")


def tongue(language: str | None, text: str) -> Markup:
    """HTML's attributes `lang` and `dir` of a text in that language, or in an unknown one."""
    return Markup(' lang="%s" dir="%s"') % (language or "", direction_of(language, text))
