"""What somebody typed into a search field: words, "phrases", beginnings*, and -what is unwanted.

Nothing typed is an error: a quotation mark without its other half quotes the rest, and signs that
mean nothing are passed over.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from verifier.fulltext.terms import MARK, is_stop_word, stems_of
from verifier.fulltext.words import is_unspaced, words
from verifier.kit.text import plain_marks

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MOST_WORDS: Final = 50
_PART: Final = re.compile(r'(?P<minus>-?)(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))')


@dataclass(frozen=True, slots=True)
class Wanted:
    """All of `terms` (any one of each), and each of `literals` in the words of a field.

    A literal is what stands between the spaces of a document's line: ` two words ` is a phrase,
    ` begin` a beginning. `beginnings` are those of words in whose terms they can be looked up.
    """

    terms: tuple[tuple[str, ...], ...]
    literals: tuple[str, ...]
    without_terms: tuple[str, ...]
    without_literals: tuple[str, ...]
    beginnings: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        """Whether nothing was asked for that could be found."""
        return not (self.terms or self.literals or self.without_terms or self.without_literals)

    @classmethod
    def read(cls, text: str, languages: Sequence[str]) -> Wanted:
        """What a text asks for whose words may be of any of the languages."""
        reader = _Reader(languages)
        for part in list(_PART.finditer(plain_marks(text)))[:MOST_WORDS]:
            reader.read(part)
        return reader.wanted()


class _Reader:
    def __init__(self, languages: Sequence[str]) -> None:
        self._languages = languages
        self._terms: dict[tuple[str, ...], None] = {}
        self._literals: dict[str, None] = {}
        self._without_terms: dict[str, None] = {}
        self._without_literals: dict[str, None] = {}
        self._beginnings: dict[str, None] = {}
        self._common: dict[str, None] = {}

    def read(self, part: re.Match[str]) -> None:
        typed = part["word"] if part["phrase"] is None else part["phrase"]
        folded = [word.folded for word in words(typed)]
        if not folded:
            return
        is_begun = part["phrase"] is None and typed.endswith("*")
        literal = _literal(folded, is_begun=is_begun)
        is_exact = part["phrase"] is not None or is_begun or any(map(is_unspaced, folded))
        if part["minus"]:
            self._exclude(folded, literal, is_exact=is_exact or len(folded) > 1)
            return
        if is_exact:
            self._literals[literal] = None
        for terms in self._groups(folded[:-1] if is_begun else folded):
            self._terms[terms] = None
        if is_begun or (len(folded) == 1 and is_unspaced(folded[0])):
            self._beginnings[folded[-1]] = None

    def _exclude(self, folded: list[str], literal: str, *, is_exact: bool) -> None:
        if is_exact:
            self._without_literals[literal] = None
        else:
            self._without_terms |= dict.fromkeys(self._terms_of(folded[0]))

    def _groups(self, folded: list[str]) -> Iterator[tuple[str, ...]]:
        for n, word in enumerate(folded):
            if is_unspaced(word):
                following = folded[n + 1] if n + 1 < len(folded) else ""
                if is_unspaced(following):
                    yield (word + following,)
            elif is_stop_word(word, self._languages):
                self._common[_literal([word])] = None
            else:
                yield self._terms_of(word)

    def _terms_of(self, word: str) -> tuple[str, ...]:
        return (*stems_of(word, self._languages), MARK + word)

    def wanted(self) -> Wanted:
        # Words that say nothing are looked for where nothing else is.
        literals = self._literals if self._terms or self._literals else self._common
        return Wanted(
            tuple(self._terms),
            tuple(literals),
            tuple(self._without_terms),
            tuple(self._without_literals),
            tuple(self._beginnings),
        )


def _literal(folded: Sequence[str], *, is_begun: bool = False) -> str:
    return f" {' '.join(folded)}{'' if is_begun else ' '}"
