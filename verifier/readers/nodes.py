"""schema.org's nodes in the many shapes that JSON-LD and its authors give them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from verifier.kit.strict_json import pointer_part

if TYPE_CHECKING:
    from collections.abc import Iterator

_PREFIXES: Final = ("http://schema.org/", "https://schema.org/", "schema:")
_MOST_VALUES: Final = 200
_TAG: Final = re.compile(r"[a-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*")


@dataclass(frozen=True)
class Value:
    """Something at a place of a document: a node, a text, or a number."""

    pointer: str
    content: Any

    @cached_property
    def members(self) -> dict[str, Any]:
        """A node's members by their plain names; a text has none."""
        if not isinstance(self.content, dict):
            return {}
        found = {**self.content, **self.content["properties"]} if self._is_nested else self.content
        if not any(":" in name for name in found):
            return found
        return {_plain(name): member for name, member in found.items()}

    @cached_property
    def _is_nested(self) -> bool:
        return isinstance(self.content.get("properties"), dict)

    @property
    def types(self) -> set[str]:
        """`{"ClaimReview"}`, in whatever spelling."""
        given = self.members.get("@type", self.members.get("type"))
        named = given if isinstance(given, list) else [given]
        return {name.rstrip("/").replace("#", "/").split("/")[-1].split(":")[-1]
                for name in named if isinstance(name, str)}  # fmt: skip

    def all(self, *names: str) -> list[Value]:
        """The values of the first of these members that has any; lists are opened."""
        for name in names:
            content = self.members.get(name)
            if content is None:
                continue
            inside = "/properties" if self._is_nested else ""
            below = Value(f"{self.pointer}{inside}/{pointer_part(name)}", content)
            if found := [*islice(_opened(below), _MOST_VALUES)]:
                return found
        return []

    def one(self, *names: str) -> Value:
        """The first of them, or one without content."""
        found = self.all(*names)
        return found[0] if found else Value(f"{self.pointer}/{names[0]}", None)

    def text(self, language: str | None = None) -> str:
        """The text of a value: its own, or what it is called. Nothing where there is none."""
        content = self.content
        if isinstance(content, str):
            return content
        if isinstance(content, int | float) and not isinstance(content, bool):
            return repr(content)
        if not isinstance(content, dict):
            return ""
        for name in ("@value", "value", "name", "alternateName"):
            if inner := self.all(name):
                return inner[0].text(language)
        return _in_language(content, language)


def claim_reviews(content: Any, pointer: str = "") -> Iterator[Value]:
    """Every ClaimReview of a document, in its order, however deep."""
    if isinstance(content, dict):
        value = Value(pointer, content)
        if is_claim_review(value):
            yield value
            return
        for name, member in content.items():
            if isinstance(member, dict | list):
                yield from claim_reviews(member, f"{pointer}/{pointer_part(name)}")
    elif isinstance(content, list):
        for number, item in enumerate(content):
            yield from claim_reviews(item, f"{pointer}/{number}")


def is_claim_review(value: Value) -> bool:
    """By its type, or without one by its text."""
    types = value.types
    return "ClaimReview" in types or (not types and "claimReviewed" in value.members)


def _plain(name: str) -> str:
    return next((name[len(prefix) :] for prefix in _PREFIXES if name.startswith(prefix)), name)


def _opened(value: Value) -> Iterator[Value]:
    content = value.content
    if isinstance(content, dict) and isinstance(content.get("@list"), list):
        content = content["@list"]
    if isinstance(content, list):
        for number, item in enumerate(content):
            yield from _opened(Value(f"{value.pointer}/{number}", item))
    elif content not in (None, "", {}):
        yield value if content is value.content else Value(value.pointer, content)


def _in_language(content: dict[str, Any], language: str | None) -> str:
    """Of a map by language, the text in the language that is asked for, or else the first."""
    if not all(map(_is_translation, content.keys(), content.values())):
        return ""
    wanted = (language or "").partition("-")[0]
    texts: dict[str, str] = content
    return texts.get(language or "", texts.get(wanted, next(iter(texts.values()), "")))


def _is_translation(tag: str, text: Any) -> bool:
    return _TAG.fullmatch(tag) is not None and isinstance(text, str) and "://" not in text
