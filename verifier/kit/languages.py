"""Language tags, each in its one canonical spelling."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Final

import langcodes

LONGEST_TAG: Final = 35  # what RFC 5646, section 4.4.1, asks implementations to make room for
# ISO 15924: the scripts in living use that are written from right to left.
_RIGHT_TO_LEFT: Final = {
    "Adlm", "Arab", "Hebr", "Mand", "Mend", "Nkoo", "Rohg", "Samr", "Syrc", "Thaa", "Yezi",
}  # fmt: skip


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


@cache
def direction(tag: str | None) -> str:
    """`rtl`, `ltr`, or `auto` where the language is not known: HTML's `dir`."""
    if tag is None or not langcodes.tag_is_valid(tag):
        return "auto"
    script = langcodes.Language.get(tag).maximize().script
    return "rtl" if script in _RIGHT_TO_LEFT else "ltr"
