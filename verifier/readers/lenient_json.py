"""JSON as it is found: mended where only one reading is possible, refused where there are more.

Bounded first, as `kit/strict_json.py` bounds what is sent to the API. What is no text that can be
stored (lone surrogates, NUL) is replaced.
"""

from __future__ import annotations

import json
import re
from html import unescape
from math import isfinite
from typing import TYPE_CHECKING, Any, Final, NoReturn

from verifier.kit.strict_json import DEEPEST, is_too_deep, pointer_part

if TYPE_CHECKING:
    from collections.abc import Callable

    from verifier.readers.mending import Mending

_MOST_DIGITS: Final = 18
_STRING: Final = r'"(?:[^"\\]|\\.?)*+"?'
_TRAILING_COMMA: Final = re.compile(rf"(?P<kept>{_STRING})|,(?=\s*+[}}\]])", re.DOTALL)
_WRONG_ESCAPE: Final = re.compile(r"\\(?P<kept>[^\"\\/bfnrtu])|(?P<right>\\.)", re.DOTALL)
_ESCAPED_UNSTORABLE: Final = re.compile(r"\\u(?:[dD][89a-fA-F]|0000)")
_UNSTORABLE: Final = re.compile("[\x00\ud800-\udfff]")


class NotJson(ValueError):
    """Says in a sentence why a text cannot be read as JSON."""


def read_lenient(text: str, mending: Mending) -> Any:
    """The value, with what was mended told. Raises NotJson."""
    if is_too_deep(text.encode("utf-8", "surrogatepass")):
        raise NotJson(f"This is nested more than {DEEPEST} levels deep.")
    value, told = _parsed(text)
    for detail in told:
        mending.tell("", detail)
    if _ESCAPED_UNSTORABLE.search(text) or _UNSTORABLE.search(text):
        return _storable(value, "", mending)
    return value


def _parsed(text: str) -> tuple[Any, list[str]]:
    told: list[str] = []
    try:
        return _load(text, told), told
    except json.JSONDecodeError as error:
        reason = f"This is not JSON: {error.msg} at character {error.pos + 1}."
    for detail, mend in _MENDINGS:
        text = mend(text)
        tried = [*told, detail]
        try:
            return _load(text, tried, strict=False), tried
        except json.JSONDecodeError:
            continue
    raise NotJson(reason)


def _load(text: str, told: list[str], *, strict: bool = True) -> Any:
    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            told.append("An object names a member twice; its last value counts.")
        return found

    def constant(name: str) -> None:
        told.append(f"{name} is no JSON value and became null.")

    return json.loads(
        text,
        strict=strict,
        object_pairs_hook=members,
        parse_int=_integer,
        parse_float=_number,
        parse_constant=constant,
    )


def _integer(digits: str) -> int:
    if len(digits.lstrip("-")) > _MOST_DIGITS:
        _refuse_number(digits)
    return int(digits)


def _number(digits: str) -> float:
    value = float(digits)
    if not isfinite(value):
        _refuse_number(digits)
    return value


def _refuse_number(digits: str) -> NoReturn:
    raise NotJson(f"The number {digits[:20]}… is larger than any that is meant here.")


def _without_trailing_commas(text: str) -> str:
    text = text.strip().removesuffix(";")
    return _TRAILING_COMMA.sub(lambda found: found["kept"] or "", text)


def _with_right_escapes(text: str) -> str:
    return _WRONG_ESCAPE.sub(lambda found: found["right"] or found["kept"], text)


# In this order, each on top of those before it.
_MENDINGS: Final[tuple[tuple[str, Callable[[str], str]], ...]] = (
    ("Line ends or control characters inside texts were taken as they are.", lambda text: text),
    ("A comma or semicolon too many was left out.", _without_trailing_commas),
    ("Backslashes before letters that need none were left out.", _with_right_escapes),
    ("HTML entities stood for the quotation marks.", unescape),
)


def _storable(value: Any, pointer: str, mending: Mending) -> Any:
    if isinstance(value, str):
        if not _UNSTORABLE.search(value):
            return value
        mending.tell(pointer, "Lone surrogates, halves of a character, or NUL became U+FFFD.")
        return _UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", value)
    if isinstance(value, list):
        return [_storable(item, f"{pointer}/{n}", mending) for n, item in enumerate(value)]
    if isinstance(value, dict):
        return {
            _storable(name, pointer, mending): _storable(
                member, f"{pointer}/{pointer_part(name)}", mending
            )
            for name, member in value.items()
        }
    return value
