"""What speaks for or against checking a sentence, as its reader can see: named and counted.

The words are in `lexicon.json`, by language; where we have none, numbers, names and length speak.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

STRENGTH: Final = (0.0, 0.6, 0.85, 1.0)  # of none, one, two and more: the first says most
SHORT: Final = 6
LONG: Final = 45
LONGEST_INVITATION: Final = 15
HEAD: Final = 20_000
FEWEST_STOP_WORDS: Final = 2
LETTERS_PER_WORD: Final = 2  # where they are written without spaces

_WORD: Final = re.compile(r"\w+(?:['’.,-]\w+)*")
_ARMENIAN_MARKS: Final = re.compile("[՚-՞]")  # they stand within the word that they are about
_UNSPACED: Final = re.compile("[\u0e01-\u0eae\u1000-\u103f\u1780-\u17b3\u2e80-\u9fff\uf900-\ufaff]")
_NUMBER: Final = re.compile(r"\d")
_DATE: Final = re.compile(
    r"(?<![\d.,])(?:1[0-9]|20)\d\d(?![\d%])|\d{1,2}[./]\d{1,2}[./]\d{2,4}|[年月]|\d{4}-\d\d-\d\d"
)
_PERCENT: Final = re.compile(r"[%٪％‰]|百分")
_MONEY: Final = re.compile(r"[$€£¥₽₼₺₾֏₴₹₩]|[元円]")
_QUOTED: Final = re.compile(r"[“„«「『][^”»」』]{8,}|\"[^\"]{8,}\"")
_END: Final = re.compile(r"[.!?…。！？؟۔।॥։።:]['\"”’»)\]」』]*(?:\[\d{1,3}\])*$")
_QUESTION: Final = re.compile(r"[?？؟՞]")
_EXCLAMATION: Final = re.compile(r"[!！՜]['\"”’»)]*$")

STRUCTURAL: Final = (
    "number", "percentage", "sum", "day", "names", "quotation",
    "question", "exclamation", "no_stop", "short", "long",
)  # fmt: skip
CATEGORIES: Final = (
    "attribution", "comparison", "event", "promise", "negation", "person", "opinion", "speculation",
    "vague", "quantity", "money", "date", "office", "imperative",
)  # fmt: skip
STATING: Final = ("attribution", "comparison", "event", "quantity", "money")
NAMES: Final = (*STRUCTURAL, *CATEGORIES)
"""The features in the order of the document that holds their weights."""


@dataclass(frozen=True, slots=True)
class Words:
    """One language's words by what they say: whole words, beginnings of words, phrases."""

    whole: Mapping[str, tuple[str, ...]]
    beginnings: Mapping[str, tuple[str, ...]]
    lengths: tuple[int, ...]
    phrases: tuple[tuple[str, str], ...]

    @classmethod
    def read(cls, lists: Mapping[str, str]) -> Words:
        """From lists such as `{"event": "signed visit* in_force"}`."""
        whole: dict[str, tuple[str, ...]] = {}
        beginnings: dict[str, tuple[str, ...]] = {}
        phrases = []
        for category, listed in lists.items():
            for entry in listed.split():
                if "_" in entry:
                    phrase = f" {entry.replace('_', ' ')} ".replace("* ", "")
                    phrases.append((phrase, category))
                else:
                    table = beginnings if entry.endswith("*") else whole
                    word = entry.removesuffix("*")
                    table[word] = (*table.get(word, ()), category)
        return cls(whole, beginnings, tuple(sorted({*map(len, beginnings)})), tuple(phrases))

    def count(self, tokens: Sequence[str]) -> Counter[str]:
        """How many words and phrases of each category there are."""
        found: Counter[str] = Counter()
        for token in tokens:
            categories = self.whole.get(token)
            if categories is None:
                for length in self.lengths:
                    if length > len(token):
                        break
                    categories = self.beginnings.get(token[:length], categories)
            found.update(categories or ())
        line = f" {' '.join(tokens)} "
        found.update(category for phrase, category in self.phrases if phrase in line)
        return found


_LISTS: Final = json.loads(Path(__file__).with_name("lexicon.json").read_text("utf-8"))
_FURNITURE: Final = [
    f" {entry.replace('_', ' ')} ".replace("* ", "")
    for lists in _LISTS.values()
    for entry in lists.pop("furniture").split()
]
FURNITURE_PHRASES: Final = tuple(entry for entry in _FURNITURE if " " in entry.strip())
FURNITURE_WORDS: Final = tuple(entry for entry in _FURNITURE if " " not in entry.strip())
LEXICON: Final = {language: Words.read(lists) for language, lists in _LISTS.items()}
_STOP_WORDS: Final[dict[str, tuple[str, ...]]] = {}
for _name, _lists in _LISTS.items():
    for _word in _lists["stop"].split():
        _STOP_WORDS[_word] = (*_STOP_WORDS.get(_word, ()), _name)


def language_of(text: str) -> str | None:
    """The language whose commonest words are in the text most; None where we know none of them."""
    return _likeliest(_tokens(text[:HEAD]), None)


def _likeliest(tokens: Sequence[str], otherwise: str | None) -> str | None:
    found = Counter(language for token in tokens for language in _STOP_WORDS.get(token, ()))
    if otherwise:
        found[otherwise] += 1
    for best, count in found.most_common(1):
        if count >= FEWEST_STOP_WORDS:
            return best
    return otherwise


def _tokens(text: str) -> list[str]:
    lowered = _ARMENIAN_MARKS.sub("", text).replace("İ", "i").replace("’", "'").lower()
    return _WORD.findall(lowered)


class Examined:
    """A sentence with its words, language and features."""

    def __init__(self, sentence: str, language: str | None = None) -> None:
        self.sentence = sentence
        self.tokens = _tokens(sentence)
        self.language = _likeliest(self.tokens, language)
        words = LEXICON.get(self.language or "")
        self.counts = words.count(self.tokens) if words else Counter[str]()

    @cached_property
    def length(self) -> int:
        """In words; where they are written without spaces, about as many."""
        return max(len(self.tokens), len(_UNSPACED.findall(self.sentence)) // LETTERS_PER_WORD)

    @cached_property
    def has_stop(self) -> bool:
        return _END.search(self.sentence) is not None

    @property
    def has_figures(self) -> bool:
        return bool(self.features["number"] or self.features["day"])

    @property
    def states_nothing(self) -> bool:
        """Whether it is too short for more than an invitation, and no figure or deed is in it."""
        deeds = any(self.counts[category] for category in STATING)
        return self.length <= LONGEST_INVITATION and not (deeds or self.has_figures)

    @property
    def says_furniture(self) -> bool:
        """Whether words for what surrounds an article are in it, of any language: pages mix."""
        line = f" {' '.join(self.tokens)} "
        return any(phrase in line for phrase in FURNITURE_PHRASES) or (
            not self.has_stop and any(word in line for word in FURNITURE_WORDS)
        )

    @cached_property
    def names(self) -> int:
        """Capitals that do not open the sentence; German and some headlines have too many."""
        words = self.sentence.split()[1:]
        capitals = sum(word.lstrip("\"'“«„(‘")[:1].isupper() for word in words)
        shouted = capitals > len(words) // 2 and not self.has_stop
        return 0 if self.language == "de" or shouted else capitals

    @cached_property
    def features(self) -> dict[str, float]:
        """From 0 (not there) to 1 by name."""
        text, length = self.sentence, self.length
        days = _DATE.findall(text)
        rest = _DATE.sub("", text) if days else text
        found = {
            "number": bool(_NUMBER.search(rest)),
            "percentage": bool(_PERCENT.search(text)),
            "sum": bool(_MONEY.search(text)),
            "day": bool(days),
            "names": _strength(self.names),
            "quotation": bool(_QUOTED.search(text)),
            "question": bool(_QUESTION.search(text)),
            "exclamation": bool(_EXCLAMATION.search(text)),
            "no_stop": not self.has_stop,
            "short": length < SHORT,
            "long": length > LONG,
        }
        for category in CATEGORIES:
            found[category] = _strength(self.counts[category])
        return {name: float(value) for name, value in found.items()}


def _strength(count: int) -> float:
    return STRENGTH[min(count, len(STRENGTH) - 1)]
