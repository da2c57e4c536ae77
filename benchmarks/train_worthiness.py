"""Trains the weights of suggestions, and measures them against plain rules by cross-validation.

`python -m benchmarks.train_worthiness` measures; with `--write` it also writes the weights into the
package. The sentences in `worthiness/` were written for this, about invented or generally known
facts: 1 is worth checking, 0 is an opinion, a question, a generality. Those of `unseen.tsv` were
written once the words stood, and nothing is trained on them.
"""

from __future__ import annotations

import json
import math
import random
import sys
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from verifier.search import features as known
from verifier.search.features import Examined
from verifier.search.worthiness import is_furniture

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

FOLDER: Final = Path(__file__).with_name("worthiness")
WEIGHTS: Final = Path(__file__).parent.parent / "verifier" / "search" / "worthiness.json"
FOLDS: Final = 10
REPEATS: Final = 5
STEPS: Final = 600
RATE: Final = 1.0
RIDGE: Final = 0.003
FEWEST_SHOWN: Final = 10
NAMES: Final = (*known.STRUCTURAL, *known.CATEGORIES)
RULES: Final = {
    "number": 2, "percentage": 1, "sum": 1, "day": 1, "names": 1, "quotation": 1, "question": -3,
    "exclamation": -1, "no_stop": -1, "short": -1, "long": -1, "attribution": 2, "comparison": 1,
    "event": 2, "promise": 1, "negation": 0, "person": -2, "opinion": -2, "speculation": -1,
    "vague": -1, "quantity": 2, "money": 1, "date": 1, "office": 1, "imperative": -3,
}  # fmt: skip
"""Points as one would give them without data, written down before anything was measured."""


class Example(NamedTuple):
    """A labelled sentence."""

    label: int
    language: str
    text: str
    values: tuple[float, ...]


class Fitted(NamedTuple):
    """Weights in the order of `NAMES`."""

    bias: float
    weights: tuple[float, ...]

    def total(self, values: Sequence[float]) -> float:
        return self.bias + sum(w * v for w, v in zip(self.weights, values, strict=True))


def examples(*, unseen: bool = False) -> list[Example]:
    """Every labelled sentence, its language known as it would be from the text around it."""
    found = []
    for path in sorted(FOLDER.glob("*.tsv")):
        if path.stem != "furniture" and unseen == (path.stem == "unseen"):
            for line in path.read_text("utf-8").splitlines():
                label, language, text = line.split("\t")
                spoken = language if language in known.LEXICON else None
                values = Examined(text, spoken).features
                found.append(
                    Example(int(label), language, text, tuple(values[name] for name in NAMES))
                )
    return found


def fit(given: Sequence[Example]) -> Fitted:
    """Logistic regression by gradient descent."""
    bias, weights = 0.0, [0.0] * len(NAMES)
    for _ in range(STEPS):
        slope, slopes = 0.0, [0.0] * len(NAMES)
        for example in given:
            total = bias + sum(w * v for w, v in zip(weights, example.values, strict=True) if v)
            error = 1 / (1 + math.exp(-total)) - example.label
            slope += error
            for n, value in enumerate(example.values):
                if value:
                    slopes[n] += error * value
        bias -= RATE * slope / len(given)
        weights = [
            w - RATE * (s / len(given) + RIDGE * w) for w, s in zip(weights, slopes, strict=True)
        ]
    return Fitted(bias, tuple(weights))


def by_rules(values: Sequence[float]) -> float:
    """The sum of the points."""
    return sum(RULES[name] * value for name, value in zip(NAMES, values, strict=True))


def area(scored: Sequence[tuple[float, int]]) -> float:
    """The area under the ROC curve: how often a good sentence stands above a poor one."""
    good = [score for score, label in scored if label]
    poor = [score for score, label in scored if not label]
    above = sum((g > p) + (g == p) / 2 for g in good for p in poor)
    return above / (len(good) * len(poor))


def precision(scored: Sequence[tuple[float, int]]) -> float:
    """Average precision; among equals the poor ones stand first."""
    hits, total = 0, 0.0
    for rank, (_, label) in enumerate(sorted(scored, key=lambda s: (-s[0], s[1])), 1):
        if label:
            hits += 1
            total += hits / rank
    return total / hits


def folds(given: Sequence[Example], seed: int) -> list[list[Example]]:
    """Parts with the same mix of labels."""
    parts: list[list[Example]] = [[] for _ in range(FOLDS)]
    shuffled = random.Random(seed).sample(given, len(given))
    for n, example in enumerate(sorted(shuffled, key=lambda e: e.label)):
        parts[n % FOLDS].append(example)
    return parts


def validated(parts: Sequence[Sequence[Example]]) -> list[tuple[float, Example]]:
    """Every sentence scored by a model that was trained on the other parts."""
    scored = []
    for part in parts:
        others = [example for other in parts if other is not part for example in other]
        model = fit(others)
        scored += [(model.total(example.values), example) for example in part]
    return scored


def told(name: str, scored: Sequence[tuple[float, Example]]) -> None:
    pairs = [(score, example.label) for score, example in scored]
    print(f"{name:42} AUC {area(pairs):.3f}   average precision {precision(pairs):.3f}")


def measured(
    given: Sequence[Example], score: Callable[[Sequence[float]], float]
) -> list[tuple[float, Example]]:
    return [(score(example.values), example) for example in given]


def main() -> None:
    given = examples()
    print(f"{len(given)} sentences, {sum(e.label for e in given)} of them worth checking")
    model = fit(given)
    told("plain rules", measured(given, by_rules))
    for seed in range(REPEATS):
        scored = validated(folds(given, seed))
        told(f"model, {FOLDS} folds, shuffle {seed}", scored)
    languages = defaultdict(list)
    for example in given:
        languages[example.language].append(example)
    groups = [languages[name] for name in sorted(languages)]
    unseen = validated(groups)
    told("model, languages that it has not seen", unseen)
    for name in sorted(languages):
        if len(languages[name]) < FEWEST_SHOWN:
            continue
        part = [pair for pair in unseen if pair[1].language == name]
        told(f"  {name}", part)
        told(f"  {name}, plain rules", measured(languages[name], by_rules))
    later = examples(unseen=True)
    told(f"plain rules, {len(later)} sentences written later", measured(later, by_rules))
    told("model, the same", measured(later, model.total))
    lines = (FOLDER / "furniture.tsv").read_text("utf-8").splitlines()
    missed = [line for line in lines if not is_furniture(Examined(line.strip()))]
    taken = [example.text for example in given if is_furniture(Examined(example.text))]
    print(f"furniture found: {len(lines) - len(missed)} of {len(lines)}; not {missed}")
    print(f"sentences taken for furniture: {len(taken)} of {len(given)}; {taken}")
    for weight, name in sorted(zip(model.weights, NAMES, strict=True), reverse=True):
        print(f"{name:14} {weight:+.2f}")
    for score, example in sorted(scored)[-400:]:
        if (score > 0) != example.label and "--faults" in sys.argv:
            print(f"{score:+.2f} {example.label} {example.text}")
    if "--write" in sys.argv:
        write(model, len(given))


def write(model: Fitted, count: int) -> None:
    note = (
        f"Logistic regression over {count} labelled sentences, L2 {RIDGE}; made by "
        "`python -m benchmarks.train_worthiness --write`. Not to be edited by hand."
    )
    weights = {name: round(w, 3) for name, w in zip(NAMES, model.weights, strict=True)}
    document = {"note": note, "bias": round(model.bias, 3), "weights": weights}
    WEIGHTS.write_text(json.dumps(document, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
