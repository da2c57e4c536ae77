"""The terms by which a text is found: stems of its words in its language, without its stop words.

A stem stands for a word and its inflections. Where the stem is not the word itself, the word is a
term too, marked, so that beginnings of words can be looked for. Where words are written without
spaces, each two letters that follow one another are a term.
"""

from __future__ import annotations

import json
from collections import Counter
from functools import cache, lru_cache
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Final

import snowballstemmer

from verifier.fulltext.words import FIRST_UNSPACED, fold, is_unspaced, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

MARK: Final = "="
"""Before a word that is not its own stem."""
FEWEST_STOP_WORDS: Final = 2
HEAD: Final = 2000
MOST_KEPT: Final = 200_000
"""Words whose stems are kept in memory, of each language."""

_ALGORITHMS: Final = {
    "ar": "arabic",
    # Azerbaijani has no algorithm of its own; its endings are much like those of Turkish.
    "az": "turkish",
    "ca": "catalan",
    "cs": "czech",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "eo": "esperanto",
    "es": "spanish",
    "et": "estonian",
    "eu": "basque",
    "fa": "persian",
    "fi": "finnish",
    "fr": "french",
    "ga": "irish",
    "hi": "hindi",
    "hu": "hungarian",
    "hy": "armenian",
    "id": "indonesian",
    "it": "italian",
    "lt": "lithuanian",
    "nb": "norwegian",
    "ne": "nepali",
    "nl": "dutch",
    "nn": "norwegian",
    "no": "norwegian",
    "pl": "polish",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sr": "serbian",
    "st": "sesotho",
    "sv": "swedish",
    "ta": "tamil",
    "tr": "turkish",
    "yi": "yiddish",
}
_LISTS: Final = json.loads(Path(__file__).with_name("stop_words.json").read_text("utf-8"))
STOP_WORDS: Final = {
    language: frozenset(fold(word) for word in listed.split())
    for language, listed in _LISTS.items()
}


@cache
def language_family(tag: str) -> str:
    """The language that a tag is of: `pt` of `pt-BR`."""
    return tag.partition("-")[0].lower()


def language_of(text: str) -> str | None:
    """The language whose commonest words are in the text most; None where we know none of them."""
    found: Counter[str] = Counter()
    for word in words(text[:HEAD]):
        found.update(_languages_with(word.folded))
    for best, count in found.most_common(1):
        return best if count >= FEWEST_STOP_WORDS else None
    return None


@cache
def _languages_with(word: str) -> tuple[str, ...]:
    return tuple(language for language, listed in STOP_WORDS.items() if word in listed)


def terms_of(folded: Sequence[str], language: str) -> Iterator[str]:
    """The terms of a text's words, as often as they occur: stems, and what is not its own stem."""
    stems = _telling(language_family(language))
    yield from stems_in(folded, language)
    for word in folded:
        if (stem := stems[word]) and stem != word:
            yield MARK + word


def stems_in(folded: Sequence[str], language: str) -> list[str]:
    """The stems of a text's words in order, without those that say nothing."""
    stems = _telling(language_family(language))
    found = [stem for word in folded if (stem := stems[word])]
    if _is_spaced(folded):
        return found
    return found + [
        word + following if is_unspaced(following) else word
        for word, following in zip_longest(folded, folded[1:], fillvalue="")
        if is_unspaced(word)
    ]


def _is_spaced(folded: Iterable[str]) -> bool:
    return max(folded, default="") < FIRST_UNSPACED


class _Telling(dict[str, str]):
    """A language's stems by word: nothing for a stop word, or a letter of an unspaced script.

    A plain look-up, since hundreds of words are looked up for each question.
    """

    def __init__(self, family: str) -> None:
        super().__init__()
        self._family = family
        self._stop_words = STOP_WORDS.get(family, frozenset())

    def __missing__(self, word: str) -> str:
        if len(self) >= MOST_KEPT:
            self.clear()
        says_nothing = is_unspaced(word) or word in self._stop_words
        self[word] = stem = "" if says_nothing else stem_of(word, self._family)
        return stem


_telling: Final = cache(_Telling)


def is_stop_word(word: str, languages: Iterable[str]) -> bool:
    """Whether one of the languages has the word so often that it says nothing."""
    return any(word in STOP_WORDS.get(language_family(each), ()) for each in languages)


def stems_of(word: str, languages: Iterable[str]) -> list[str]:
    """The terms that stand for the word and its inflections, in any of the languages."""
    return sorted({word, *(stem_of(word, language_family(each)) for each in languages)})


@lru_cache(maxsize=MOST_KEPT)
def stem_of(word: str, family: str) -> str:
    """The word without its endings; a word of a language that we cannot stem is its own stem."""
    algorithm = _ALGORITHMS.get(family)
    if algorithm is None or not word[0].isalpha():
        return word
    # One for each call: an algorithm keeps the word it is at, and threads would share it.
    return fold(snowballstemmer.stemmer(algorithm).stemWord(word)) or word
