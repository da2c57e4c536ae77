"""A fact-check as its page tells it: the verdict in force, and how what was said came to change."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from operator import itemgetter
from typing import Any, Final, NamedTuple

from verifier.accounts.scales import bounds, find_rating, label_in, shown_rating

MEMBERS: Final = ("title", "summary")
"""What a reader is shown word for word, before and after; of the rest, that it changed."""


class Label(NamedTuple):
    """A rating's name, and the language that it is in where that is known."""

    text: str
    language: str | None


class Rating(NamedTuple):
    """What a verdict's rating means. Without a `value` it has no place on the scale.

    `ends` are the worst and the best rating's label and its language, where the scale is known.
    """

    label: str
    language: str | None
    normalised: str
    value: int | None
    worst: int
    best: int
    ends: tuple[Label, Label] | None = None

    @property
    def is_placed(self) -> bool:
        """Whether it lies on a scale that has two ends."""
        return self.value is not None and self.worst < self.best

    @property
    def share(self) -> float:
        """How far from worst (0) to best (1) it lies."""
        if self.value is None or self.worst >= self.best:
            return 0
        return min(1, max(0, (self.value - self.worst) / (self.best - self.worst)))


class Change(NamedTuple):
    """A member that a later verdict has changed; empty where its texts are too long to show."""

    member: str
    before: str = ""
    after: str = ""


class Replaced(NamedTuple):
    """A verdict that no longer stands: why, since when, and what took its place, if anything."""

    earlier: dict[str, Any]
    at: str
    kind: str
    """The correction's, or `retracted`."""
    note: str
    language: str | None
    """That the note and what is new are in."""
    changes: list[Change]


@dataclass(frozen=True, slots=True)
class Factcheck:
    """What is public of a claim: its members as they were read, and its verdicts in order."""

    claim: dict[str, Any]
    verdict: dict[str, Any]
    """The verdict in force, or the last one that was."""
    replaced: list[Replaced]
    """Newest first."""

    @property
    def is_retracted(self) -> bool:
        """Whether no verdict is in force any more."""
        return bool(self.verdict["state"] == "retracted")

    @property
    def is_imported(self) -> bool:
        """Whether it is somebody else's, who is named as its publisher."""
        return bool(self.verdict["origin"] == "imported")

    @property
    def language(self) -> str:
        """The language that the page is in."""
        found: str = (
            self.verdict["language"] or self.claim["language"] or self.claim["desk"]["language"]
        )
        return found

    @property
    def publisher(self) -> str:
        """Who answers for the verdict."""
        found: str = (self.is_imported and self.verdict["publisher"]) or self.claim["desk"]["name"]
        return found

    @property
    def heading(self) -> str:
        """The verdict's title; an imported one may have none."""
        found: str = self.verdict["title"] or self.claim["text"]
        return found

    @property
    def rating(self) -> Rating:
        """That of the verdict."""
        return rating_of(self.verdict)

    @property
    def first_published_at(self) -> str:
        """When the page first said anything that still stands, corrected or not."""
        found: str = self.verdict["published_at"]
        for before in self.replaced:
            if before.kind == "retracted":
                break
            found = before.earlier["published_at"]
        return found

    @property
    def last_correction(self) -> Replaced | None:
        """What the verdict in force has put right."""
        newest = self.replaced[0] if self.replaced else None
        return newest if newest and newest.kind != "retracted" else None

    @property
    def retraction(self) -> Replaced | None:
        """Why nothing stands any more."""
        return self.replaced[0] if self.is_retracted else None


def read_factcheck(document: dict[str, Any]) -> Factcheck:
    """From what `queries.factcheck_document` gives."""
    verdicts = document["verdicts"]
    for verdict in verdicts:
        verdict["meaning"] = _meaning(verdict)
    following = dict(pairwise([verdict["id"] for verdict in verdicts]))
    by_id = {verdict["id"]: verdict for verdict in verdicts}
    replaced = [
        _replaced(verdict, by_id.get(following.get(verdict["id"], "")))
        for verdict in reversed(verdicts)
        if verdict["state"] != "published"
    ]
    standing = next((each for each in verdicts if each["state"] == "published"), verdicts[-1])
    return Factcheck(document, standing, replaced)


def rating_of(verdict: dict[str, Any]) -> Rating:
    """What the rating of a verdict that was read means."""
    found: Rating = verdict["meaning"]
    return found


def _meaning(verdict: dict[str, Any]) -> Rating:
    """As it was given when it was published, by the scale of that time or by who published it."""
    ratings, given = verdict["ratings"], verdict["given_rating"]
    shown = shown_rating(ratings, verdict["rating"], verdict["language"], given)
    on_scale = verdict["origin"] != "imported" and bounds(ratings) == (
        shown["worst"],
        shown["best"],
    )
    found = find_rating(ratings, verdict["rating"])
    return Rating(
        label=shown["label"],
        language=_tag(found, shown["label"]) if found else None,
        normalised=shown["normalised"],
        value=shown["value"],
        worst=shown["worst"] or 0,
        best=shown["best"] or 0,
        ends=_ends(verdict) if on_scale else None,
    )


def _ends(verdict: dict[str, Any]) -> tuple[Label, Label] | None:
    placed = [each for each in verdict["ratings"] if each["value"] is not None]
    if not placed:
        return None
    placed.sort(key=itemgetter("value"))
    worst, best = (label_in(each, verdict["language"]) for each in (placed[0], placed[-1]))
    return Label(worst, _tag(placed[0], worst)), Label(best, _tag(placed[-1], best))


def _tag(rating: dict[str, Any], label: str) -> str | None:
    return next((tag for tag, text in rating["label"].items() if text == label), None)


def _replaced(earlier: dict[str, Any], later: dict[str, Any] | None) -> Replaced:
    if earlier["state"] == "retracted" or later is None:
        reason = earlier["retracted_reason"] or ""
        return Replaced(
            earlier, earlier["updated_at"], "retracted", reason, earlier["language"], []
        )
    correction = later["correction"] or {"kind": "correction", "note": ""}
    return Replaced(
        earlier, later["published_at"], correction["kind"], correction["note"],
        later["language"], changes_between(earlier, later),
    )  # fmt: skip


def changes_between(earlier: dict[str, Any], later: dict[str, Any]) -> list[Change]:
    """What a reader of the earlier verdict must know of the later one."""
    labels = rating_of(earlier).label, rating_of(later).label
    changes = [Change("rating", *labels)] if labels[0] != labels[1] else []
    changes += [
        Change(member, earlier[member], later[member])
        for member in MEMBERS
        if earlier[member] != later[member]
    ]
    if earlier["explanation"] != later["explanation"]:
        changes.append(Change("explanation"))
    cited = [{piece["id"] for piece in each["evidence"]} for each in (earlier, later)]
    if cited[0] != cited[1]:
        changes.append(Change("evidence"))
    return changes
