"""A published verdict of somebody else, or one of the desk's own that is brought back, as a row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from verifier.imports.on_scale import placed
from verifier.kit.clock import rfc3339
from verifier.reviews.policy import Cited, digest_of

if TYPE_CHECKING:
    from verifier.imports.drafts import ClaimDraft, VerdictDraft
    from verifier.imports.running import Run

JUDGED: Final = (
    "rating", "title", "summary", "explanation", "language", "correction_kind", "correction_note",
    "correction_of_id",
)  # fmt: skip


def verdict_row(
    verdict_id: str,
    claim_id: str,
    claim: ClaimDraft,
    verdict: VerdictDraft,
    *,
    cited: list[dict[str, Any]],
    run: Run,
) -> dict[str, Any]:
    """Nobody here wrote it and nobody here approved it: it has neither an author nor reviews."""
    language = verdict.language or claim.language or run.desk_language
    rating = placed(verdict.rating, run.scale, language)
    correction = verdict.correction or {}
    own = verdict.origin == "desk"
    row: dict[str, Any] = {
        "id": verdict_id, "claim_id": claim_id, "desk_id": run.desk_id, "author_id": None,
        "rating": rating.slug, "scale_version": run.scale_version, "given_rating": rating.shown,
        "title": verdict.title, "summary": verdict.summary, "explanation": verdict.explanation,
        "language": language, "state": "published", "round": 0,
        "correction_kind": correction.get("kind"), "correction_note": correction.get("note"),
        "correction_of_id": None, "corrects_elsewhere": correction.get("of"),
        "origin": verdict.origin, "publisher": None if own else verdict.publisher,
        "publisher_url": None if own else verdict.publisher_url,
        "published_at": verdict.published_at, "url": verdict.url,
        "retracted_reason": None, "version": verdict.version, "created_at": run.moment,
        "updated_at": run.moment,
    }  # fmt: skip
    row["digest"] = verdict.digest or _digest(claim, row, cited)
    return row


def verdict_shown(row: dict[str, Any]) -> dict[str, Any]:
    """What the claim itself has of its verdict in force."""
    foreign = row["origin"] == "imported"
    names = ("id", "rating", "title", "summary", "language", "url")
    return {
        **{name: row[name] for name in names},
        **row["given_rating"],
        "published_at": rfc3339(row["published_at"]),
        **({"origin": "imported", "publisher": row["publisher"]} if foreign else {}),
    }


def _digest(claim: ClaimDraft, row: dict[str, Any], cited: list[dict[str, Any]]) -> str:
    claimant = claim.claimant or {}
    statement = {
        "text": claim.text,
        **{f"claimant_{name}": claimant.get(name) for name in ("name", "kind", "same_as")},
        "claimed_on": claim.claimed_on,
    }
    pieces = (
        Cited(
            id=piece["id"], source_id=piece["source_id"], domain=None, stance=piece["stance"],
            exact=piece["exact"], start=piece["start"], end=piece["end"], note=piece["note"],
            snapshot_sha256=piece["snapshot_sha256"], confidential=False,
            withdrawn=piece["withdrawn_at"] is not None,
        )
        for piece in cited
    )  # fmt: skip
    return digest_of(statement, {name: row[name] for name in JUDGED}, pieces)
