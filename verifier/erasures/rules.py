"""What can be erased of which record, by the names that the API has for it, as a table."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from verifier.events.erasure import ERASED_TEXT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True, slots=True)
class Erasable:
    """The columns that hold a member, with what takes their place; details of events likewise."""

    columns: Mapping[str, Any] = field(default_factory=dict)
    details: tuple[str, ...] = ()

    @classmethod
    def all_of(cls, several: Iterable[Erasable]) -> Erasable:
        """These together."""
        columns: dict[str, Any] = {}
        details: tuple[str, ...] = ()
        for each in several:
            columns |= each.columns
            details += each.details
        return cls(columns, details)


def _text(*columns: str) -> Erasable:
    return Erasable(dict.fromkeys(columns, ERASED_TEXT))


QUOTE: Final = Erasable(dict.fromkeys(("exact", "prefix", "suffix", "start", "end")))
ERASABLE: Final[dict[str, dict[str, Erasable]]] = {
    "claim": {
        "text": _text("text"),
        "claimant": Erasable({"claimant_name": ERASED_TEXT, "claimant_same_as": None}),
        "comment": Erasable(details=("comment",)),
    },
    "appearance": {"quote": QUOTE, "comment": Erasable(details=("comment",))},
    "evidence": {
        "quote": QUOTE,
        "note": _text("note"),
        "withdrawn_reason": _text("withdrawn_reason"),
        "comment": Erasable(details=("comment",)),
    },
    "verdict": {
        name: _text(name)
        for name in ("title", "summary", "explanation", "correction_note", "retracted_reason")
    },
    "review": {"comment": _text("comment")},
    "recusal": {"reason": _text("reason")},
    "source": {name: _text(name) for name in ("title", "author", "publisher")},
}
ON_CLAIMS: Final = tuple(subject for subject in ERASABLE if subject != "source")
MEMBERS: Final = tuple(dict.fromkeys(name for each in ERASABLE.values() for name in each))
COPIED: Final = ("title", "summary")
"""Members of a verdict that its claim holds a copy of while it is in force."""
