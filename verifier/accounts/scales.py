"""Rating scales as pure data: the default one, what a valid one is, and how a rating reads."""

from __future__ import annotations

from typing import Any, Final

NORMALISED: Final = ("true", "mixed", "false", "other")
UNVERIFIABLE: Final = "unverifiable"
"""The one rating that needs no evidence: that there is none to be had is its point."""


def _rating(slug: str, label: str, value: int | None, normalised: str, text: str) -> dict[str, Any]:
    return {
        "slug": slug,
        "label": {"en": label},
        "value": value,
        "normalised": normalised,
        "description": text,
    }


DEFAULT_SCALE: Final = [
    _rating("true", "True", 6, "true", "Accurate, with nothing significant missing."),
    _rating("mostly-true", "Mostly true", 5, "true", "Accurate, but needs clarification."),
    _rating("half-true", "Half true", 4, "mixed", "Partly accurate, leaves out what matters."),
    _rating("misleading", "Misleading", 3, "mixed", "Built from facts, but gives a false picture."),
    _rating("mostly-false", "Mostly false", 2, "false", "Holds an element of truth, no more."),
    _rating("false", "False", 1, "false", "Not accurate."),
    _rating("unverifiable", "Unverifiable", None, "other", "Cannot be proven or disproven."),
    _rating("satire", "Satire", None, "other", "Meant as satire or parody."),
]


def find_rating(ratings: list[dict[str, Any]], slug: str) -> dict[str, Any] | None:
    """The rating of that slug, if the scale has it."""
    return next((rating for rating in ratings if rating["slug"] == slug), None)


def label_in(rating: dict[str, Any], language: str | None) -> str:
    """The label in the language, else in its base language, else in English, else in any."""
    labels: dict[str, str] = rating["label"]
    wanted = [language, (language or "").partition("-")[0], "en"]
    return next((labels[tag] for tag in wanted if tag in labels), next(iter(labels.values())))


def bounds(ratings: list[dict[str, Any]]) -> tuple[int, int]:
    """(worst, best): the numbers that the scale's ratings run from and to."""
    values = [rating["value"] for rating in ratings if rating["value"] is not None]
    return (min(values), max(values)) if values else (0, 0)


def shown_rating(
    ratings: list[dict[str, Any]],
    slug: str,
    language: str | None,
    given: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """A verdict's rating in words and numbers: as it was `given` elsewhere, or as the scale has it.

    Where the scale has no such rating, its slug is all that is known.
    """
    if given is not None:
        return dict(given)
    rating = find_rating(ratings, slug) or {}
    worst, best = bounds(ratings)
    return {
        "label": label_in(rating, language) if rating else slug,
        "value": rating.get("value"),
        "best": best,
        "worst": worst,
        "normalised": rating.get("normalised", "other"),
    }


def scale_faults(ratings: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """What is wrong with a scale, as (pointer, sentence) pairs."""
    faults = []
    seen: set[str] = set()
    for n, rating in enumerate(ratings):
        if rating["slug"] in seen:
            faults.append((f"/ratings/{n}/slug", "Each rating's slug stands once in a scale."))
        seen.add(rating["slug"])
        if not rating["label"]:
            faults.append((f"/ratings/{n}/label", "Give a label in at least one language."))
    worst, best = bounds(ratings)
    if best and worst == best:
        faults.append(("/ratings", "Where ratings have values, at least two different ones."))
    return faults
