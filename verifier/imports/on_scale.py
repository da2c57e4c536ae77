"""A publisher's rating on the desk's scale: only where the words are the scale's, never guessed."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from verifier.accounts.scales import bounds, label_in
from verifier.kit.text import normalised_statement

if TYPE_CHECKING:
    from verifier.imports.drafts import RatingDraft

LONGEST_SLUG: Final = 64
_LATIN: Final = str.maketrans("ıəƏøØłŁđĐ", "ieEoOlLdD")
"""Letters that do not come apart into a plain one and a mark."""
_NOT_IN_A_SLUG: Final = re.compile("[^a-z0-9]+")


class Placed(NamedTuple):
    """What a verdict and its claim are found by (`slug`), and how the rating reads."""

    slug: str
    shown: dict[str, Any]


def placed(rating: RatingDraft, scale: list[dict[str, Any]], language: str | None) -> Placed:
    """The rating as it is stored. Its words and numbers stay; `normalised` follows from them.

    Where the words are a slug of the scale, as in a table of our own, the scale's label and numbers
    are meant.
    """
    match = _match(rating, scale)
    slug = match["slug"] if match else slug_of(rating.slug or rating.label)
    if match and rating.label == slug and rating.value is None:
        worst, best = bounds(scale)
        label = label_in(match, language)
        numbers = {"value": match["value"], "best": best, "worst": worst}
    else:
        label = rating.label
        numbers = {"value": rating.value, "best": rating.best, "worst": rating.worst}
    said = match["normalised"] if match else by_numbers(**numbers)
    return Placed(slug, {"label": label, **numbers, "normalised": rating.normalised or said})


def by_numbers(*, value: int | None, best: int | None, worst: int | None) -> str:
    """What the numbers alone say: the best is true, the worst false, what is between is mixed."""
    if value is None or best is None or worst is None or not worst <= value <= best:
        return "other"
    if worst >= best:
        return "other"
    return {best: "true", worst: "false"}.get(value, "mixed")


def slug_of(label: str) -> str:
    """A slug for any words, of which there is always one: `Enganoso!` → `enganoso`."""
    latin = label.translate(_LATIN)
    plain = unicodedata.normalize("NFKD", latin).encode("ascii", "ignore").decode().lower()
    slug = _NOT_IN_A_SLUG.sub("-", plain).strip("-")[:LONGEST_SLUG].strip("-")
    letters = sum(character.isalnum() for character in label)
    if 2 * len(slug.replace("-", "")) >= letters and slug:
        return slug
    return f"rated-{hashlib.sha256(label.encode('utf-8', 'replace')).hexdigest()[:12]}"


def _match(rating: RatingDraft, scale: list[dict[str, Any]]) -> dict[str, Any] | None:
    if rating.slug is not None:
        return next((each for each in scale if each["slug"] == rating.slug), None)
    said = normalised_statement(rating.label)
    slug = slug_of(rating.label)
    for each in scale:
        labels = map(normalised_statement, each["label"].values())
        if each["slug"] == slug or said in labels:
            return each
    return None
