"""Reading JSON from strangers: bounded first, then parsed strictly, then checked as text.

What Python's reader lets through and a database or a colleague chokes on is refused here: deep
nesting, repeated members, NaN, numbers out of range, NUL and lone surrogates (RFC 8259; I-JSON,
RFC 7493). Text comes out in Unicode NFC.
"""

from __future__ import annotations

import json
import re
from math import isfinite
from typing import Any, Final, NoReturn

from verifier.kit.errors import InputFault, Invalid, Unreadable
from verifier.kit.text import nfc

DEEPEST: Final = 32
LARGEST_INTEGER: Final = 2**53 - 1
MOST_DIGITS: Final = 16
# Matches from every quotation mark, also where the string never ends: else each mark in it would be
# tried as a beginning, in quadratic time.
_STRINGS = re.compile(rb'"(?:[^"\\]|\\.?)*+"?', re.DOTALL)
_BRACKETS = re.compile(rb"[\[\]{}]")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


class JsonUnreadable(Unreadable):
    """The body is not JSON in UTF-8, or is nested too deeply to be read."""

    title = "The body is not readable JSON"


class _OutOfRange:
    """Stands where a number was that no member of this API can hold."""


class _Repeated:
    """Stands where an object was that names the same member twice."""

    def __init__(self, name: str) -> None:
        self.name = name


def read_json(data: bytes) -> Any:
    """Parse a request's body. Raises `JsonUnreadable` or `Invalid` with a pointer to each fault."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"The body is not UTF-8: byte {error.start} cannot be read."
        raise JsonUnreadable(message) from None
    if is_too_deep(data):
        message = f"The body is nested more than {DEEPEST} levels deep."
        raise JsonUnreadable(message)
    try:
        document = json.loads(
            text,
            object_pairs_hook=_object,
            parse_int=_integer,
            parse_float=_number,
            parse_constant=_constant,
        )
    except json.JSONDecodeError as error:
        message = f"The body is not JSON: {error.msg} at line {error.lineno}, column {error.colno}."
        raise JsonUnreadable(message) from None
    faults: list[InputFault] = []
    document = _checked(document, "", faults)
    if faults:
        raise Invalid(faults)
    return document


def pointer_part(name: object) -> str:
    """One reference token of a JSON Pointer (RFC 6901, section 4), without what no answer holds."""
    safe = str(name)
    if safe.isidentifier() and safe.isascii():
        return safe
    safe = _UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", safe)
    return safe.replace("~", "~0").replace("/", "~1")


def is_too_deep(data: bytes) -> bool:
    """Whether JSON is nested more than `DEEPEST` levels deep; found out without parsing it."""
    depth = 0
    for bracket in _BRACKETS.finditer(_STRINGS.sub(b"", data)):
        depth += 1 if bracket.group() in b"[{" else -1
        if depth > DEEPEST:
            return True
    return False


def _object(pairs: list[tuple[str, Any]]) -> Any:
    members = dict(pairs)
    if len(members) == len(pairs):
        return members
    seen: set[str] = set()
    return _Repeated(next(name for name, _ in pairs if name in seen or seen.add(name)))  # type: ignore[func-returns-value]


def _integer(digits: str) -> int | _OutOfRange:
    if len(digits.lstrip("-")) > MOST_DIGITS or abs(int(digits)) > LARGEST_INTEGER:
        return _OutOfRange()
    return int(digits)


def _number(digits: str) -> float | _OutOfRange:
    value = float(digits)
    return value if isfinite(value) else _OutOfRange()


def _constant(name: str) -> NoReturn:
    message = f"The body is not JSON: {name} is no JSON value."
    raise JsonUnreadable(message)


def _checked(value: Any, pointer: str, faults: list[InputFault]) -> Any:
    """The value with its text in NFC; what cannot be stored is added to the faults."""
    if isinstance(value, str):
        return _checked_text(value, pointer, faults)
    if isinstance(value, dict):
        return {
            _checked_text(name, f"{pointer}/{pointer_part(name)}", faults): _checked(
                member, f"{pointer}/{pointer_part(name)}", faults
            )
            for name, member in value.items()
        }
    if isinstance(value, list):
        return [_checked(item, f"{pointer}/{n}", faults) for n, item in enumerate(value)]
    if isinstance(value, _OutOfRange):
        faults.append(
            InputFault(pointer, f"Numbers go from -{LARGEST_INTEGER} to {LARGEST_INTEGER}.")
        )
    if isinstance(value, _Repeated):
        faults.append(InputFault(pointer, f"This object names the member {value.name!r} twice."))
    return value


def _checked_text(text: str, pointer: str, faults: list[InputFault]) -> str:
    unstorable = _UNSTORABLE.search(text)
    if unstorable:
        code = f"U+{ord(unstorable.group()):04X}"
        kind = "NUL" if code == "U+0000" else "lone surrogate"
        detail = f"Text cannot hold the {kind} {code} (at character {unstorable.start()})."
        faults.append(InputFault(pointer, detail))
        return ""
    return text if text.isascii() else nfc(text)
