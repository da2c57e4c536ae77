"""How a row that is there already differs from what is there; nothing is changed by it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from verifier.claims.models import Claim
from verifier.kit.clock import rfc3339
from verifier.readers.records import Remark
from verifier.reviews.models import Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.orm import Session

    from verifier.imports.drafts import ClaimDraft, RowDraft

SHOWN: Final = 80
_COLUMNS: Final = (
    Claim.id, Claim.text, Claim.claimant_name, Claim.claimed_on, Claim.status,
    Claim.verdict.label("shown"), Verdict.explanation,
)  # fmt: skip


def note_differences(
    session: Session, drafts: Sequence[RowDraft], compared: Mapping[int, str]
) -> None:
    """Add a note for each member that is not the same; `compared` names claims by row number."""
    ids = {claim_id for claim_id in compared.values() if claim_id}
    if not ids:
        return
    in_force = (Verdict.claim_id == Claim.id) & (Verdict.state == "published")
    query = select(*_COLUMNS).outerjoin(Verdict, in_force).where(Claim.id.in_(ids))
    there = {row.id: row for row in session.execute(query)}
    for draft in drafts:
        row = there.get(compared.get(draft.row.number, ""))
        if row is not None and draft.claim is not None:
            draft.notes += differences(draft.claim, row)


def differences(claim: ClaimDraft, there: Any) -> list[Remark]:
    """A note for each member that the file says otherwise."""
    claimant = claim.claimant["name"] if claim.claimant else None
    pairs: dict[str, tuple[Any, Any]] = {
        "text": (claim.text, there.text),
        "claimant": (claimant, there.claimant_name),
        "claimed_on": (claim.claimed_on, there.claimed_on),
    }
    if claim.verdict is not None and there.shown is None:
        note = f"The verdict on it is not in force here; the claim is {there.status}."
        return [*_noted(pairs), Remark("", note)]
    if claim.verdict is not None:
        verdict, shown = claim.verdict, there.shown
        published = verdict.published_at and rfc3339(verdict.published_at)
        pairs |= {
            "rating": (verdict.rating.label, shown["label"]),
            "title": (verdict.title, shown["title"]),
            "summary": (verdict.summary, shown["summary"]),
            "explanation": (verdict.explanation, there.explanation),
            "published_at": (published, shown["published_at"]),
        }
        if verdict.rating.label == shown["rating"]:
            del pairs["rating"]
    return _noted(pairs)


def _noted(pairs: dict[str, tuple[Any, Any]]) -> list[Remark]:
    """What the file does not say differs from nothing."""
    return [
        Remark("", f"{name}: here it is “{_short(there)}”, in the file “{_short(given)}”")
        for name, (given, there) in pairs.items()
        if given not in (None, "") and given != there
    ]


def _short(value: Any) -> str:
    text = "" if value is None else str(value)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
