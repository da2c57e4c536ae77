"""How far a match's score is to be trusted: the share of first items that are right, by score.

Known answers make half of it; the other half are the same questions with their answers taken away,
for most of what is asked has not been checked before.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, NamedTuple

from benchmarks.checkthat import HELD_OUT
from benchmarks.newsroom import CALLER
from verifier.accounts.actor import Actor, Role
from verifier.kit.db import Database
from verifier.search.matching import find_matches, reach_of
from verifier.search.ranking import WORDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from benchmarks.checkthat import Collection, Question
    from benchmarks.newsroom import Newsroom
    from verifier.kit.rows import Reader

BANDS: Final = 10
STEPS: Final = 50


class First(NamedTuple):
    """The first item of an answer, and whether its right claims were among the known ones."""

    raw: float
    is_right: bool
    is_known: bool


def calibrate(url: str, room: Newsroom, collection: Collection, ids: dict[str, str]) -> None:
    """Fit the curve on the other splits, and print what it is worth on the one held out."""
    actor = Actor(roles={room.desks[CALLER]: Role.editor})
    database = Database(url)
    held, others = [], []
    with database.reading() as reader:
        for split, questions in collection.splits.items():
            found = _firsts(reader, actor, questions, ids)
            (held if split == HELD_OUT else others).extend(found)
    database.dispose()
    steepness, middle = fitted(others or held)
    print(f"\nWORDS of {steepness:.2f} and {middle:.3f}, fitted on {len(others)} first items")
    for name, curve in (
        (f"as it is ({WORDS.steepness}, {WORDS.middle})", (WORDS.steepness, WORDS.middle)),
        ("as fitted", (steepness, middle)),
    ):
        print(f"\nScores {name}, held out:\n")
        _print_bands(held, *curve)


def _firsts(
    reader: Reader, actor: Actor, questions: Sequence[Question], ids: dict[str, str]
) -> Iterable[First]:
    for question in questions:
        found = find_matches(reader, reach_of(reader, actor, question.text), question.text)
        known = [(each.raw, ids[each.claim_id] in question.right) for each in found]
        if known:
            yield First(*known[0], is_known=True)
        if others := [each for each in known if not each[1]]:
            yield First(*others[0], is_known=False)


def fitted(firsts: Sequence[First]) -> tuple[float, float]:
    """Steepness and middle of the logistic curve that makes the outcomes likeliest, by Newton."""
    slope, shift = 0.0, 0.0
    for _ in range(STEPS):
        by_slope = by_shift = 0.0
        a = b = d = 1e-9
        for each in firsts:
            guess = 1 / (1 + math.exp(-slope * each.raw - shift))
            error, spread = each.is_right - guess, guess * (1 - guess)
            by_slope += error * each.raw
            by_shift += error
            a += spread * each.raw**2
            b += spread * each.raw
            d += spread
        determinant = a * d - b * b
        slope += (d * by_slope - b * by_shift) / determinant
        shift += (a * by_shift - b * by_slope) / determinant
    return slope, -shift / slope


def _print_bands(firsts: Sequence[First], steepness: float, middle: float) -> None:
    bands: list[list[First]] = [[] for _ in range(BANDS)]
    losses = []
    for each in firsts:
        score = 1 / (1 + math.exp(steepness * (middle - each.raw)))
        bands[min(int(score * BANDS), BANDS - 1)].append(each)
        losses.append((score - each.is_right) ** 2)
    print("| score | answer is known: first items | right | answer taken away, too | right |")
    print("|---|---:|---:|---:|---:|")
    for n, band in enumerate(bands):
        known = [each for each in band if each.is_known]
        name = f"{n / BANDS:.1f}–{(n + 1) / BANDS:.1f}"
        print(f"| {name} | {len(known)} | {_share(known)} | {len(band)} | {_share(band)} |")
    print(f"\nBrier score {sum(losses) / len(losses):.4f}")


def _share(firsts: Sequence[First]) -> str:
    if not firsts:
        return "–"
    return f"{sum(each.is_right for each in firsts) / len(firsts):.2f}"
