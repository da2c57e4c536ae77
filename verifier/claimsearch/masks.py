"""Field masks: which part of an answer is wanted, in the syntax of Google's `fields` parameter.

Names are parted by commas, a member of a member stands after `/` or in parentheses, and `*` is any
name: `claims(text,claimReview/url),nextPageToken`.
"""

from __future__ import annotations

import re
from typing import Any, Final

Shape = dict[str, Any]
"""What there is: by name the shape below it, `{}` for what has no members."""
Mask = dict[str, Any]
"""What is wanted of it: by name the mask below it, `{}` for all."""
Selection = tuple[str, list[Any]]
"""A name, and the selections below it."""

LONGEST_MASK: Final = 2000
DEEPEST: Final = 10
_TOKENS: Final = re.compile(r"[A-Za-z_]\w*|\S", re.ASCII)


class BadMask(ValueError):
    """The text is no mask of this shape; the message says why."""


def read_mask(text: str, shape: Shape) -> Mask:
    """The mask that a text stands for. Raises `BadMask`."""
    if len(text) > LONGEST_MASK:
        message = f"It has more than {LONGEST_MASK} characters."
        raise BadMask(message)
    reader = _Reader(_TOKENS.findall(text))
    selections = reader.selections()
    if reader.token:
        message = f"{reader.token!r} stands where a comma or the end should."
        raise BadMask(message)
    return _resolved(selections, shape)


def masked(value: Any, mask: Mask) -> Any:
    """The wanted part of a document; what nothing is wanted of is left out."""
    if not mask:
        return value
    if isinstance(value, list):
        return [part for item in value if (part := masked(item, mask))]
    parts = {name: masked(value[name], below) for name, below in mask.items() if name in value}
    return {name: part for name, part in parts.items() if part}


class _Reader:
    """A parser by descent; `token` is the one that comes next, empty at the end."""

    def __init__(self, tokens: list[str]) -> None:
        self._tokens = iter([*tokens, ""])
        self._depth = 0
        self.token = next(self._tokens)

    def _takes(self, *tokens: str) -> bool:
        if self.token not in tokens:
            return False
        self.token = next(self._tokens)
        return True

    def selections(self) -> list[Selection]:
        found = [self._selection()]
        while self._takes(","):
            found.append(self._selection())
        return found

    def _selection(self) -> Selection:
        name = self.token
        if not (name.isidentifier() or name == "*"):
            message = f"{name!r} stands where a name should." if name else "A name is missing."
            raise BadMask(message)
        self._takes(name)
        self._depth += 1
        below = self._below()
        self._depth -= 1
        return name, below

    def _below(self) -> list[Selection]:
        if self._depth > DEEPEST:
            message = f"It goes more than {DEEPEST} levels deep."
            raise BadMask(message)
        if self._takes("/", "."):
            return [self._selection()]
        if not self._takes("("):
            return []
        found = self.selections()
        if not self._takes(")"):
            message = "A parenthesis is not closed."
            raise BadMask(message)
        return found


def _resolved(selections: list[Selection], shape: Shape) -> Mask:
    mask: Mask = {}
    for wanted, below in selections:
        for name in shape if wanted == "*" else (wanted,):
            if name not in shape or (below and not shape[name]):
                message = f"There is no {_path(wanted, below)!r} in the answer."
                raise BadMask(message)
            part = _resolved(below, shape[name]) if below else {}
            mask[name] = _both(mask[name], part) if name in mask else part
    return mask


def _both(one: Mask, other: Mask) -> Mask:
    """What either wants; all of it where one wants all."""
    if not (one and other):
        return {}
    shared = {name: _both(one[name], other[name]) for name in one.keys() & other.keys()}
    return one | other | shared


def _path(name: str, below: list[Selection]) -> str:
    return f"{name}/{below[0][0]}" if below else name
