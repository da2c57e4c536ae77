"""The numbers of a rating, which are kept only where they make a scale: 1 ≤ worst < best."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from verifier.readers.mending import Mending

_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,9}(?:[.,][0-9]{1,9})?")
# https://schema.org/worstRating and https://schema.org/bestRating: what is assumed without them.
_WORST: Final = 1
_BEST: Final = 5

Numbers = tuple[int, int, int]


def read_numbers(
    value: str, best: str, worst: str, mending: Mending, pointer: str
) -> Numbers | None:
    """(value, best, worst), or None where there is no value or where the three make no scale."""
    if not value.strip():
        return None
    try:
        found = (_whole(value), _whole(best, _BEST), _whole(worst, _WORST))
    except ValueError as error:
        mending.tell(pointer, f"The rating's numbers were left out: {error}.")
        return None
    if fault := _fault(*found):
        mending.tell(pointer, f"The rating's numbers were left out: {fault}.")
        return None
    return found


def is_number(text: str) -> bool:
    return _NUMBER.fullmatch(text.strip()) is not None


def _whole(text: str, missing: int | None = None) -> int:
    text = text.strip()
    if not text and missing is not None:
        return missing
    if not _NUMBER.fullmatch(text):
        raise ValueError(f"“{text[:40]}” is no number")
    number = float(text.replace(",", "."))
    if not number.is_integer():
        raise ValueError(f"{text} is not whole")
    return int(number)


def _fault(value: int, best: int, worst: int) -> str | None:
    told = f"{value} on a scale from {worst} to {best}"
    if worst < 1:
        return f"{told}, whose worst is below 1"
    if worst >= best:
        return f"{told}, whose best is not above its worst"
    if not worst <= value <= best:
        return f"{told}, which does not reach so far"
    return None
