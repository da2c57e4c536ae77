"""What people type and what sources say: the Unicode rules both are held to."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from typing import Final

# UAX #15: no real text stacks more marks on one letter, so only a longer run needs sorting first.
_LONGEST_REAL_RUN: Final = 30
# U+0F73, U+0F75 and U+0F81 count as letters, but are made of two marks each.
_MARKS: Final = "".join(
    chr(code)
    for code in range(0x300, 0x20000)
    if unicodedata.combining(chr(code)) or code in {0x0F73, 0x0F75, 0x0F81}
)
_LONG_RUN_OF_MARKS: Final = re.compile(f"[{_MARKS}]{{{_LONGEST_REAL_RUN + 1},}}")

_LINE_END: Final = re.compile(r"\r\n?")
_NOT_IN_A_SOURCE: Final = re.compile(r"[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
# Marks (U+200E, U+200F, U+061C) and joiners stay: Arabic, Persian, Hindi and emoji need them.
_NOT_TYPED: Final = re.compile(
    r"(?P<control>\r(?!\n)|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f])"
    r"|(?P<surrogate>[\ud800-\udfff])"
    r"|(?P<bidi>[\u202a-\u202e\u2066-\u2069])"
    r"|(?P<noncharacter>[\ufffe\uffff])"
)
_NOT_SHOWN: Final = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufffe\uffff]"
)
"""All that is in one of those, in one class: twenty times as fast, and no names are needed."""
_NOT_IN_A_LINE: Final = re.compile(r"(?P<layout>[\t\n\r\u2028\u2029])")
_NAMES: Final = {
    "control": "the control character",
    "layout": "the tab or line end",
    "surrogate": "the lone surrogate",
    "bidi": "the bidirectional control",
    "noncharacter": "the noncharacter",
}

_PLAIN_MARKS: Final = str.maketrans(
    dict.fromkeys("“”„‟«»「」『』〝〞〟＂", '"')
    | dict.fromkeys("‘’‚‛‹›′´`ʼʻ＇", "'")
    | dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d", "-")
)
# Nothing a reader sees. Not the joiners U+200C and U+200D: they part words (UAX #31, section 2.3).
INVISIBLE: Final = re.compile(
    r"[\xad\u034f\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]"
)
_OPENING: Final = " \"'¿¡"
_CLOSING: Final = " \"'.!?…؟۔।॥։።፧။។៕།。｡"


def nfc(text: str) -> str:
    """Unicode NFC in linear time.

    `unicodedata.normalize` takes quadratic time over long runs of unsorted combining marks: minutes
    for one request body. Sorting a run by combining class changes nothing else (UAX #15, D108).
    """
    if text.isascii():
        return text
    return unicodedata.normalize("NFC", _LONG_RUN_OF_MARKS.sub(_sorted_marks, text))


def _sorted_marks(run: re.Match[str]) -> str:
    single = "".join(unicodedata.normalize("NFD", mark) for mark in run[0])
    return "".join(sorted(single, key=unicodedata.combining))


def typed_text(text: str) -> str:
    """What is stored of what somebody typed: NFC, every line end a plain newline."""
    if is_plain(text):
        return text
    return nfc(_LINE_END.sub("\n", text))


def is_plain(text: str) -> bool:
    """Whether this is one line of visible ASCII, which every rule here leaves as it is."""
    return text.isascii() and text.isprintable()


def typed_text_fault(text: str, *, multiline: bool = False) -> str | None:
    """The first thing that typed text may not hold, as a sentence; None where all is well.

    Such as "This holds the control character U+0007 at position 3."; positions count code points
    from 1. Tabs and line ends are welcome in a text of several lines only. Overrides, embeddings
    and isolates are refused: they make a text read as another one (Unicode TR #36, section 2.4).
    """
    if is_plain(text):
        return None
    fault = _NOT_TYPED.search(text) or (None if multiline else _NOT_IN_A_LINE.search(text))
    if fault is None:
        return None
    name = _NAMES[fault.lastgroup or "control"]
    return f"This holds {name} U+{ord(fault[0]):04X} at position {fault.start() + 1}."


def pasted_text(text: str) -> str:
    """As `typed_text`, without what typed text may not hold: posts are pasted with their marks."""
    return text if is_plain(text) else _NOT_SHOWN.sub("", typed_text(text))


def shown_text(text: str) -> str:
    """A stored text without what typed text may not hold: what XML cannot say, or misleads."""
    # Whatever goes is not printable: most lines are spared the search.
    return text if text.isprintable() else _NOT_SHOWN.sub("", text)


def source_text(raw: str) -> str:
    """The text of a source as it is kept: evidence, so only what cannot be stored goes.

    NFC, newlines as line ends. NUL, the other C0 controls, lone surrogates and the noncharacters
    U+FFFE and U+FFFF are dropped; bidirectional controls stay.
    """
    if is_plain(raw):
        return raw
    return nfc(_NOT_IN_A_SOURCE.sub("", _LINE_END.sub("\n", raw)))


def plain_marks(text: str) -> str:
    """Typographic quotation marks and dashes as `"`, `'` and `-`, one for one."""
    return text.translate(_PLAIN_MARKS)


def normalised_statement(text: str) -> str:
    """A statement reduced to what tells it from another one.

    Case, width, white space, the shape of quotation marks and dashes, quotation marks around it
    and punctuation after it do not; words do, and dotless ı stays apart from i. Idempotent.
    """
    words = " ".join(_folded(text).split())
    return words.lstrip(_OPENING).rstrip(_CLOSING) or words


def _folded(text: str) -> str:
    if text.isascii():
        return plain_marks(text).lower()
    # Halfwidth voicing marks are letters to NFC and marks to NFKC: nfc() must sort them as marks.
    text = plain_marks(text).replace("\uff9e", "\u3099").replace("\uff9f", "\u309a")
    text = nfc(INVISIBLE.sub("", text))
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    # İ folds to i and a combining dot, which an i shows anyway.
    text = unicodedata.normalize("NFKC", re.sub("i\u0307+", "i", text))
    return plain_marks(text)


def matching_key(text: str) -> str:
    """SHA-256 (64 hex digits) of the normalised statement: equal keys are the same claim."""
    statement = normalised_statement(text)
    return hashlib.sha256(statement.encode("utf-8", "surrogatepass")).hexdigest()
