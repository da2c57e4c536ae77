"""The pages' own words in the reader's language, and how a language writes dates.

`languages/` has a file for each language. Where there is none, English is spoken, and said to be.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, Final

import orjson
from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time, get_datetime_format
from markupsafe import Markup, escape

from verifier.kit.languages import script_of, tongue

ENGLISH: Final = "en"
FOLDER: Final = files("verifier.web") / "languages"
LANGUAGES: Final = tuple(
    sorted(file.name.removesuffix(".json") for file in FOLDER.iterdir() if file.name[0] != "_")
)
"""Those that there are words in."""


@dataclass(frozen=True, slots=True)
class Words:
    """What a page in the language says of itself."""

    language: str

    def __call__(self, key: str, **values: Any) -> Markup:
        """The word or sentence as HTML, marked where it is not in the page's language."""
        text, language = _found(key, self.language)
        said = Markup(escape(text)).format(**values)  # noqa: S704  (ours, and its values escaped)
        if language == self.language or _base(self.language) == language:
            return said
        return Markup("<span{}>{}</span>").format(tongue(language, text), said)

    def plain(self, key: str, **values: Any) -> str:
        """The same as text, for an attribute or a title."""
        return _found(key, self.language)[0].format(**values)

    def day(self, value: str) -> Markup:
        """A day, or the day of a moment in UTC."""
        day = date.fromisoformat(value[:10])
        text = format_date(day, "long", locale=_locale(self.language))
        return Markup('<time datetime="{}">{}</time>').format(value, text)

    def moment(self, value: str) -> Markup:
        """A moment: its day and time in UTC."""
        at = datetime.fromisoformat(value).astimezone(UTC)
        locale = _locale(self.language)
        text = (
            str(get_datetime_format("medium", locale=locale))
            .replace("{1}", format_date(at, "long", locale=locale))
            .replace("{0}", format_time(at, "short", locale=locale))
        )
        stamp = at.strftime("%Y-%m-%dT%H:%M:%SZ")
        return Markup('<time datetime="{}">{} <bdi>UTC</bdi></time>').format(stamp, text)

    def language_name(self, tag: str) -> str:
        """A language's name in the page's own; its tag where that has none for it."""
        try:
            return Locale.parse(tag, sep="-").get_display_name(_locale(self.language)) or tag
        except (UnknownLocaleError, ValueError):
            return tag

    @property
    def tongue(self) -> Markup:
        """The page's `lang` and `dir`."""
        return tongue(self.language, "")


def spoken(accepted: list[str]) -> str:
    """The first of the reader's languages that there are words in; English where there is none."""
    for tag in accepted:
        base = tag.partition("-")[0].lower()
        if base in LANGUAGES:
            return base
    return ENGLISH


@cache
def catalogue(language: str) -> dict[str, str]:
    """The language's words by key."""
    found: dict[str, str] = orjson.loads((FOLDER / f"{language}.json").read_bytes())
    return found


def _found(key: str, language: str) -> tuple[str, str]:
    """(the words, the language that they are in)."""
    base = _base(language)
    if base in LANGUAGES and key in catalogue(base):
        return catalogue(base)[key], base
    return catalogue(ENGLISH)[key], ENGLISH


def _base(tag: str) -> str:
    """The language alone, where what is written in it would be written so in its usual script."""
    base = tag.partition("-")[0].lower()
    return base if tag == base or script_of(tag) == script_of(base) else tag


@lru_cache(1000)
def _locale(language: str) -> Locale:
    """For dates: 26 November 2026 in plain English, which belongs to no country."""
    names = ("en_001",) if language == ENGLISH else (language, _base(language), "en_001")
    for name in names:
        try:
            return Locale.parse(name.replace("-", "_"))
        except (UnknownLocaleError, ValueError):
            continue
    return Locale(ENGLISH)
