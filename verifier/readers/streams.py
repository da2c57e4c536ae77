"""A file from somewhere, read once and in pieces: its first bytes looked at, its text decoded."""

from __future__ import annotations

import codecs
import re
from io import BufferedReader, RawIOBase, TextIOWrapper
from typing import TYPE_CHECKING, Final

from verifier.readers.limits import LONGEST_ROW

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any, BinaryIO

HEAD: Final = 64 * 1024
_UNDECODED: Final = re.compile("[\udc80-\udcff]")
_UNSTORABLE: Final = re.compile("[\x00\ud800-\udfff]")
_UTF16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
NOT_UTF8: Final = (
    "This holds bytes that are not UTF-8; save the file in UTF-8 (in Excel: “CSV UTF-8”)."
)


class Peeked(RawIOBase):
    """A stream whose first bytes, `head`, were read and are read again."""

    def __init__(self, stream: BinaryIO) -> None:
        self.head = _first(stream, HEAD)
        self._left = memoryview(self.head)
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        taken = self._left[: len(buffer)] or self._stream.read(len(buffer))
        self._left = self._left[len(buffer) :]
        buffer[: len(taken)] = taken
        return len(taken)


def text_of(stream: Peeked, *, newline: str) -> TextIOWrapper:
    """The text in UTF-8, or in UTF-16 behind its mark. Bytes that are not UTF-8 stay tellable."""
    utf16 = stream.head.startswith(_UTF16)
    encoding, errors = ("utf-16", "replace") if utf16 else ("utf-8-sig", "surrogateescape")
    return TextIOWrapper(BufferedReader(stream), encoding, errors=errors, newline=newline)


def head_text(head: bytes) -> str:
    """The first bytes as text, whatever they are."""
    encoding = "utf-16" if head.startswith(_UTF16) else "utf-8-sig"
    return codecs.getincrementaldecoder(encoding)("replace").decode(head)


def has_undecoded(text: str) -> bool:
    """Whether the file's bytes were not UTF-8 there. Which letters were meant is not guessed."""
    return _UNDECODED.search(text) is not None


def original(text: str) -> str:
    """The text as it is kept: what no database holds is U+FFFD."""
    return _UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def lines(text: TextIOWrapper) -> Iterator[tuple[int, str, bool]]:
    """Number, text and whether that is all of the line; the rest of a longer one is passed over."""
    number = 0
    while line := text.readline(LONGEST_ROW):
        number += 1
        is_whole = line.endswith(("\n", "\r")) or len(line) < LONGEST_ROW
        rest = line
        while not is_whole and rest and not rest.endswith(("\n", "\r")):
            rest = text.readline(LONGEST_ROW)
        yield number, line, is_whole


def _first(stream: BinaryIO, count: int) -> bytes:
    head = b""
    while len(head) < count and (more := stream.read(count - len(head))):
        head += more
    return head
