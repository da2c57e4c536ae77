"""Cells of a table that a spreadsheet may open: none can start a formula, each can be read back.

An apostrophe goes before what could start one, and reading takes exactly that apostrophe away.
The signs are OWASP's, https://owasp.org/www-community/attacks/CSV_Injection
"""

import re
from collections.abc import Iterable

# A spreadsheet set to another language splits a row at semicolons or tabs, and there at line ends
# as well, so a cell of ours may fall into pieces: each piece is guarded as if it were a cell.
_START = r"(?:\A|(?<=[;\t\r\n]))"
# What a spreadsheet may drop before it looks at the sign (the quote of a field, controls, white
# space, invisible characters), and apostrophes: a text with one of its own there gets a second.
_SKIPPED = (
    r"[\"'\x00-\x08\x0b\x0c\x0e-\x20\x7f-\xa0\u00ad\u034f\u061c\u1680\u180e\u2000-\u200f"
    r"\u2028-\u202f\u205f-\u206f\u3000\ufeff]"
)
_FORMULA = rf"(?={_SKIPPED}*[=+\-@＝＋－＠])"
_BLANK_FIRST = r"(?='*[\t\r\n])"

_UNGUARDED = re.compile(rf"\A{_BLANK_FIRST}|{_START}{_FORMULA}")
_GUARDED = re.compile(rf"\A'{_BLANK_FIRST}|{_START}'{_FORMULA}")


def escape_cell(text: str) -> str:
    """The text, harmless in a spreadsheet; most texts stay as they are."""
    return _UNGUARDED.sub("'", text)


def unescape_cell(cell: str) -> str:
    """The text that `escape_cell` was given."""
    return _GUARDED.sub("", cell)


def join_topics(topics: Iterable[str]) -> str:
    r"""`economy; war`; a semicolon inside a topic is written `\;`, a backslash `\\`."""
    return "; ".join(topic.replace("\\", "\\\\").replace(";", "\\;") for topic in topics)


def split_topics(cell: str) -> list[str]:
    """The topics of `join_topics`. White space around a topic and empty topics do not count."""
    raw = re.findall(r"(?:[^;\\]|\\.|\\\Z)+", cell, re.DOTALL)
    topics = (re.sub(r"\\(.)", r"\1", topic, flags=re.DOTALL).strip() for topic in raw)
    return [topic for topic in topics if topic]
