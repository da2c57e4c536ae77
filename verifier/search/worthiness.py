"""How much a sentence is worth checking, from 0 to 1, and why: a linear model of a few features.

`worthiness.json` holds the weights and says how they were made.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from verifier.search.features import Examined

FEWEST_WORDS: Final = 4
SHORT_FURNITURE: Final = 10
LETTERS: Final = re.compile(r"[^\W\d_]")
FEWEST_LETTERS: Final = 6

REASONS: Final[Mapping[str, tuple[str, ...]]] = {
    "quantity": ("number", "quantity", "percentage"),
    "money": ("sum", "money"),
    "date": ("day", "date"),
    "comparison": ("comparison",),
    "attribution": ("attribution",),
    "quotation": ("quotation",),
    "past-event": ("event",),
    "promise": ("promise",),
    "names": ("names",),
    "office": ("office",),
    "negation": ("negation",),
}
"""What speaks for a sentence, by the features that show it."""

_ADDRESS: Final = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+\.\S+")
_RIGHTS: Final = re.compile(r"©|\(c\)\s*\d{4}", re.IGNORECASE)
_MENU: Final = re.compile(r"\s[|•·›»/→]\s")
_FEWEST_IN_MENU: Final = 2
_COOKIES: Final = re.compile(r"\bcookies\b|файлы cookie", re.IGNORECASE)
# Without a full stop: who wrote it, who took the picture.
_CREDIT: Final = re.compile(
    r"(?:by|photo|image|picture|video|source|read also|see also|фото|источник|автор"
    r"|читайте также|foto|müəllif|mənbə|kaynak|լուսանկար\w*|աղբյուր\w*|fuente|fonte|crédit|bild"
    r"|صورة|المصدر)\b[\s:/]",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Worth:
    """A score from 0 to 1 and what speaks for it."""

    score: float
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Model:
    """Logistic regression: the score is the chance that a fact-checker would call it checkable."""

    bias: float
    weights: Mapping[str, float]

    def score(self, features: Mapping[str, float]) -> float:
        total = self.bias + sum(
            self.weights[name] * value for name, value in features.items() if value
        )
        return 1 / (1 + math.exp(-total))


def _shipped() -> Model:
    found = json.loads(Path(__file__).with_name("worthiness.json").read_text("utf-8"))
    return Model(found["bias"], found["weights"])


MODEL: Final = _shipped()


def worth(examined: Examined) -> Worth:
    """The score with three decimals, and the reasons in the order of `REASONS`."""
    features = examined.features
    reasons = tuple(
        reason for reason, shown_by in REASONS.items() if any(map(features.__getitem__, shown_by))
    )
    return Worth(round(MODEL.score(features), 3), reasons)


def is_furniture(examined: Examined) -> bool:
    """Whether it is no sentence of the text but something around it: a menu, a button, a credit."""
    text, length = examined.sentence, examined.length
    if _RIGHTS.search(text) or len(_MENU.findall(text)) >= _FEWEST_IN_MENU:
        return True
    letters = len(LETTERS.findall(_ADDRESS.sub("", text)))
    if length < FEWEST_WORDS and letters < FEWEST_LETTERS:
        return not (examined.has_stop and examined.has_figures)
    if examined.states_nothing and (examined.says_furniture or _COOKIES.search(text)):
        return True
    if examined.has_stop:
        return False
    is_credit = length <= SHORT_FURNITURE and _CREDIT.match(text) is not None
    return length < FEWEST_WORDS or (is_credit and not examined.counts["comparison"])
