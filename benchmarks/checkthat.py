"""Questions whose right answers people have named, as CheckThat! lays them out, and how to score.

A folder holds `*.docs.tsv` (id, claim, title), and for each split a folder with `*.queries.tsv`
(id, text) and `*.qrels` (question, 0, claim, 1).
"""

from __future__ import annotations

import csv
import math
from collections import defaultdict
from dataclasses import dataclass
from statistics import fmean, median
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

HELD_OUT: Final = "dev"
SHORT, LONG = 5, 50


class Known(NamedTuple):
    """A claim that has been checked."""

    id: str
    text: str
    title: str


class Question(NamedTuple):
    """What was asked, and the ids of the claims that answer it."""

    text: str
    right: frozenset[str]


@dataclass(frozen=True)
class Collection:
    """All claims, and the questions of each split, those held out first."""

    claims: list[Known]
    splits: dict[str, list[Question]]


class Answer(NamedTuple):
    """What one question came to: ids in order, and how long it took, in seconds."""

    question: Question
    ids: Sequence[str]
    seconds: float


def read(folder: Path) -> Collection:
    """Read all that is there."""
    (docs,) = folder.glob("*.docs.tsv")
    claims = [Known(*row[:3]) for row in list(_rows(docs))[1:]]
    places = sorted({path.parent for path in folder.glob("*/*.queries.tsv")})
    places.sort(key=lambda place: place.name != HELD_OUT)
    return Collection(claims, {place.name: _questions(place) for place in places})


def _questions(place: Path) -> list[Question]:
    (queries,), (answers,) = place.glob("*.queries.tsv"), place.glob("*.qrels")
    right = defaultdict(set)
    for question, _, claim, relevant in _rows(answers):
        if relevant != "0":
            right[question].add(claim)
    return [
        Question(text, frozenset(right[number])) for number, text, *_ in list(_rows(queries))[1:]
    ]


def _rows(path: Path) -> Iterator[list[str]]:
    with path.open(newline="", encoding="utf-8") as file:
        yield from csv.reader(file, delimiter="\t")


def heading() -> str:
    """The head of the table that `line` adds to."""
    return (
        f"| split | ranked by | MAP@{SHORT} | P@1 | recall@{SHORT} | recall@{LONG} | ms (median) "
        "| ms (p95) |\n|---|---|---:|---:|---:|---:|---:|---:|"
    )


def line(split: str, name: str, answers: Sequence[Answer]) -> str:
    """What the answers are worth, and what they took."""
    worth = [
        fmean(_precision(each) for each in answers),
        fmean(bool(each.question.right & {*each.ids[:1]}) for each in answers),
        fmean(_recall(each, SHORT) for each in answers),
        fmean(_recall(each, LONG) for each in answers),
    ]
    taken = [each.seconds for each in answers]
    figures = " | ".join(f"{value:.3f}" for value in worth)
    return f"| {split} | {name} | {figures} | {_ms(median(taken))} | {_ms(slowest(taken))} |"


def slowest(taken: Sequence[float]) -> float:
    """What 95 of 100 do not exceed."""
    return sorted(taken)[math.ceil(0.95 * len(taken)) - 1]


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.1f}"


def _precision(answer: Answer) -> float:
    """Average precision among the first."""
    found, total = 0, 0.0
    for place, claim in enumerate(answer.ids[:SHORT], 1):
        if claim in answer.question.right:
            found += 1
            total += found / place
    return total / len(answer.question.right)


def _recall(answer: Answer, among: int) -> float:
    return len(answer.question.right & {*answer.ids[:among]}) / len(answer.question.right)
