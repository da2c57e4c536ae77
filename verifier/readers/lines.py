"""NDJSON: a JSON object a line, which ends at the line feed alone: U+2028 may be in a text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from verifier.readers.lenient_json import NotJson, read_lenient
from verifier.readers.limits import LONGEST_ROW
from verifier.readers.mending import Mending
from verifier.readers.objects import NO_CLAIM, Objects, Reading, refusal
from verifier.readers.streams import NOT_UTF8, has_undecoded, lines, original, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from verifier.readers.streams import Peeked

_SHOWN: Final = 1000


def read_lines(stream: Peeked, mapping: Mapping[str, str]) -> Iterator[Reading]:
    """Each line that is not blank."""
    objects = Objects(mapping)
    for number, line, is_whole in lines(text_of(stream, newline="\n")):
        if not is_whole:
            detail = f"The line has more than {LONGEST_ROW} characters."
            yield refusal(number, "", line[:_SHOWN], detail)
        elif line.strip():
            yield from _read(line.rstrip("\r\n"), number, objects)


def _read(line: str, number: int, objects: Objects) -> Iterator[Reading]:
    if has_undecoded(line):
        yield refusal(number, "", line, NOT_UTF8)
        return
    mending = Mending()
    try:
        value = read_lenient(line, mending)
    except NotJson as error:
        yield refusal(number, "", line, str(error))
        return
    rows = [*objects.read(value, Reading(number, "", original(line)), mending)]
    yield from rows or [refusal(number, "", line, NO_CLAIM)]
