"""JSON of any length, cut at its brackets into pieces that are parsed one by one.

A library that streams JSON gives values, not the text that they were written in, and stops at the
first fault. Here each piece keeps its original text, and one that is broken is one row refused.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from io import StringIO
from typing import TYPE_CHECKING, Final

from verifier.readers.limits import LONGEST_ROW

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import TextIO

_CHUNK: Final = 64 * 1024
_STREAMED: Final = ("@graph", "dataFeedElement")
_BLANK: Final = re.compile(r"\s*")
_GAP: Final = re.compile(r"[\s,]*")
_STRING: Final = re.compile(r'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
_SCALAR: Final = re.compile(r'[^\s,\[\]{}":]++(?=[\s,\[\]{}":])')
_TO_BRACKET: Final = re.compile(r'(?:[^"\[\]{}]++|"(?:[^"\\]++|\\.)*+")*+[\[\]{}]', re.DOTALL)


class BrokenOff(ValueError):
    """Says in a sentence why nothing more of a file can be read. `text` is how it goes on."""

    def __init__(self, detail: str, line: int, text: str) -> None:
        super().__init__(detail)
        self.line = line
        self.text = text


@dataclass(frozen=True, slots=True)
class Piece:
    """A value of the file. `is_rest` marks a document that lists were cut out of."""

    pointer: str
    line: int
    text: str
    is_rest: bool = False


def pieces(stream: TextIO) -> Iterator[Piece]:
    """The elements of a list, of an `@graph` and of a DataFeed, and what is around them.

    Documents may follow one another. Raises `BrokenOff`.
    """
    text = _Text(stream)
    while character := text.peek():
        if character == "[":
            yield from text.elements("")
        elif character == "{":
            yield from _members(text)
        else:
            yield Piece("", text.line, text.value())


def slice_of(text: str, steps: Sequence[str | int]) -> str | None:
    """The original text of what lies inside, step by step; none where it is not found."""
    for step in steps:
        try:
            text = next(below for name, below in _children(text) if name == step)
        except (BrokenOff, StopIteration, ValueError):
            return None
    return text


def _children(text: str) -> Iterator[tuple[str | int, str]]:
    inner = _Text(StringIO(text))
    if inner.peek() == "[":
        yield from ((n, piece.text) for n, piece in enumerate(inner.elements("")))
        return
    inner.skip(1)
    while inner.peek(_GAP) not in {"}", ""}:
        name = json.loads(inner.value(), strict=False)
        if inner.peek() != ":":
            return
        inner.skip(1)
        yield name, inner.value()


def _members(text: _Text) -> Iterator[Piece]:
    """The elements of the lists to be cut up, and last the object without them."""
    line = text.line
    rest, is_cut = StringIO(), False
    rest.write(text.skip(1))
    while (character := text.peek(_GAP, rest)) != "}":
        if not character:
            raise BrokenOff("The file ends in the middle of an object.", line, rest.getvalue())
        name = text.value()
        rest.write(name)
        if text.peek(_BLANK, rest) == ":":
            rest.write(text.skip(1))
            if text.peek(_BLANK, rest) == "[" and name[1:-1] in _STREAMED:
                yield from text.elements(f"/{name[1:-1]}")
                rest.write("[]")
                is_cut = True
        if rest.tell() > LONGEST_ROW:
            raise BrokenOff(f"An object has more than {LONGEST_ROW} characters.", line, "")
    rest.write(text.skip(1))
    yield Piece("", line, rest.getvalue(), is_rest=is_cut)


class _Text:
    """A text that is read a chunk at a time, and forgotten as it is taken."""

    def __init__(self, stream: TextIO) -> None:
        self.line = 1
        self._stream = stream
        self._buffer = ""
        self._at = 0
        self._chunk = _CHUNK

    def peek(self, blank: re.Pattern[str] = _BLANK, kept: StringIO | None = None) -> str:
        """The next character that is not blank, or nothing at the end."""
        while True:
            found = blank.match(self._buffer, self._at)
            taken = self.skip(found.end() - self._at) if found else ""
            if kept is not None:
                kept.write(taken)
            if self._at < len(self._buffer) or not self._read_on():
                return self._buffer[self._at : self._at + 1]

    def skip(self, count: int) -> str:
        """Take so many characters."""
        taken = self._buffer[self._at : self._at + count]
        self._at += count
        self.line += taken.count("\n")
        return taken

    def elements(self, pointer: str) -> Iterator[Piece]:
        """The elements of the list that begins here."""
        start = self.line
        self.skip(1)
        number = 0
        while (character := self.peek(_GAP)) != "]":
            if not character:
                raise BrokenOff("The file ends in the middle of a list.", start, "")
            yield Piece(f"{pointer}/{number}", self.line, self.value())
            number += 1
        self.skip(1)

    def value(self) -> str:
        """Take the value that begins here: up to its last bracket, quotation mark or character."""
        first = self.peek()
        if first in {"{", "["}:
            return self.skip(self._length_of_container())
        pattern = _STRING if first == '"' else _SCALAR
        while not (found := pattern.match(self._buffer, self._at)):
            if first != '"' and not _is_scalar(first):
                return self.skip(1)
            if self._is_too_long() or not self._read_on():
                return self._last_scalar(first)
        return self.skip(found.end() - self._at)

    def _last_scalar(self, first: str) -> str:
        if first == '"' or self._is_too_long():
            raise self._broken("A text ends nowhere.")
        return self.skip(len(self._buffer) - self._at)

    def _length_of_container(self) -> int:
        depth = length = 0
        while True:
            found = _TO_BRACKET.match(self._buffer, self._at + length)
            if found:
                length = found.end() - self._at
                depth += 1 if found[0][-1] in "{[" else -1
                if depth == 0:
                    return length
            elif self._is_too_long():
                raise self._broken(f"A record has more than {LONGEST_ROW} characters.")
            elif not self._read_on():
                raise self._broken("The file ends in the middle of a record.")

    def _is_too_long(self) -> bool:
        return len(self._buffer) - self._at > LONGEST_ROW

    def _broken(self, detail: str) -> BrokenOff:
        return BrokenOff(detail, self.line, self._buffer[self._at :])

    def _read_on(self) -> bool:
        """Read more, twice as much each time for one value: its text is not gone over too often."""
        self._chunk = _CHUNK if self._at else min(2 * self._chunk, LONGEST_ROW)
        more = self._stream.read(self._chunk)
        self._buffer = self._buffer[self._at :] + more
        self._at = 0
        return bool(more)


def _is_scalar(character: str) -> bool:
    return character not in {"", ":", ",", "]", "}"}
