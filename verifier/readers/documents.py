"""ClaimReview as JSON-LD (one, a list, an `@graph`) and DataFeeds, read piece by piece."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from verifier.readers.cutting import BrokenOff, Piece, pieces
from verifier.readers.lenient_json import NotJson, read_lenient
from verifier.readers.mending import Mending
from verifier.readers.objects import NO_CLAIM, Objects, Reading, refusal
from verifier.readers.streams import NOT_UTF8, has_undecoded, original, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import TextIO

    from verifier.readers.streams import Peeked

_SHOWN: Final = 1000


def read_documents(stream: Peeked, mapping: Mapping[str, str]) -> Iterator[Reading]:
    yield from read_document(text_of(stream, newline=""), Objects(mapping))


def read_document(text: TextIO, objects: Objects, *, before: int = 0) -> Iterator[Reading]:
    """The ClaimReviews of a text of JSON that begins after so many lines of its file."""
    try:
        for piece in pieces(text):
            yield from _read(piece, objects, before)
    except BrokenOff as error:
        detail = f"{error} Nothing after this is read."
        yield refusal(before + error.line, "", error.text[:_SHOWN], detail)


def _read(piece: Piece, objects: Objects, before: int) -> Iterator[Reading]:
    line = before + piece.line
    if has_undecoded(piece.text):
        yield refusal(line, piece.pointer, piece.text, NOT_UTF8)
        return
    mending = Mending()
    try:
        value = read_lenient(piece.text, mending)
    except NotJson as error:
        yield refusal(line, piece.pointer, piece.text, str(error))
        return
    if _is_empty(value):
        return
    place = Reading(line, piece.pointer, original(piece.text))
    rows = [*objects.read(value, place, mending)]
    if piece.is_rest:
        rows = [row for row in rows if row.given is not None]
    elif not rows and not piece.pointer:
        rows = [refusal(line, "", piece.text, NO_CLAIM)]
    yield from rows


def _is_empty(value: Any) -> bool:
    """Nothing, or a feed's element without an item: what was deleted, or is not a fact-check."""
    if isinstance(value, dict) and "item" in value and "ClaimReview" not in str(value.get("@type")):
        value = value["item"]
    if isinstance(value, list):
        return all(map(_is_empty, value))
    return value is None
