"""A claim with all that hangs on it, as rows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from verifier.claims.models import Appearance, Claim, ClaimTopic
from verifier.claims.service import NO_EVIDENCE, PRIORITIES, claimant_key
from verifier.claims.workflow import OPEN
from verifier.events.bulk import appeared
from verifier.evidence.models import Evidence
from verifier.fulltext.index import Known as Indexed
from verifier.fulltext.weighing import Statement
from verifier.imports.identity import free_id
from verifier.imports.verdict_rows import verdict_row, verdict_shown
from verifier.kit.clock import rfc3339
from verifier.readers.records import Remark
from verifier.reviews.models import Citation, Verdict

if TYPE_CHECKING:
    from datetime import datetime

    from verifier.imports.drafts import (
        ClaimDraft,
        EvidenceDraft,
        PlaceDraft,
        RowDraft,
        VerdictDraft,
    )
    from verifier.imports.known import Known
    from verifier.imports.quotes import Anchored
    from verifier.imports.running import Run
    from verifier.imports.source_rows import SourceRows
    from verifier.imports.writing import Writes

MOVED: Final = "its id is taken here, so it has another one"


class ClaimRows:
    """Adds a draft's rows to what a batch writes."""

    def __init__(
        self, run: Run, known: Known, writes: Writes, sources: SourceRows, anchored: Anchored
    ) -> None:
        self._run = run
        self._known = known
        self._writes = writes
        self._sources = sources
        self._anchored = anchored

    def add(self, draft: RowDraft, claim: ClaimDraft) -> str:
        """The id of the new claim."""
        run = self._run
        claim_id = self._free(draft, "claim", claim.id, self._known.claims)
        evidence = {
            piece.id: self._evidence(draft, claim_id, piece, claim) for piece in claim.evidence
        }
        cited = _cited(claim, evidence)
        verdict = self._verdict(draft, claim_id, claim, cited)
        row = self._claim(claim_id, claim, verdict, [*evidence.values()])
        self._writes.rows[Claim].append(row)
        self._tell(draft, "claim", Claim, row, claim_id)
        for piece in evidence.values():
            self._writes.rows[Evidence].append(piece)
            self._tell(draft, "evidence", Evidence, piece, claim_id)
        if verdict is not None:
            self._writes.rows[Verdict].append(verdict)
            told = {"evidence": [piece["id"] for piece in cited]}
            self._tell(draft, "verdict", Verdict, verdict, claim_id, **told)
            self._writes.published.append(claim_id)
        for place in claim.places:
            self._place(draft, claim_id, place)
        self._writes.rows[ClaimTopic] += [
            {
                "claim_id": claim_id, "topic": topic, "desk_id": run.desk_id,
                "status": row["status"], "is_public": row["published_at"] is not None,
            }
            for topic in claim.topics
        ]  # fmt: skip
        self._writes.indexed.append(
            Indexed(
                claim_id,
                _statement(row),
                run.desk_id,
                row["language"] or run.desk_language,
                row["published_at"] is not None,
            )
        )
        if row["status"] in OPEN:
            self._writes.to_compare.append(claim_id)
        return claim_id

    def _claim(
        self,
        claim_id: str,
        claim: ClaimDraft,
        verdict: dict[str, Any] | None,
        evidence: list[dict[str, Any]],
    ) -> dict[str, Any]:
        claimant = claim.claimant or {}
        shown = verdict_shown(verdict) if verdict else None
        first = claim.verdict.first_published_at if claim.verdict else None
        return {
            "id": claim_id, "desk_id": self._run.desk_id, "text": claim.text,
            "text_key": claim.text_key,
            "is_original": claim.text_key not in self._known.originals,
            "claimant_name": claimant.get("name"), "claimant_kind": claimant.get("kind"),
            "claimant_same_as": claimant.get("same_as"),
            "claimant_key": claimant_key(claimant.get("name")),
            "claimed_on": claim.claimed_on, "language": claim.language,
            "topics": list(claim.topics), "priority": PRIORITIES.index(claim.priority),
            "status": "verified" if verdict else claim.status, "assignee_id": None,
            "due_at": None, "duplicate_of_id": None, "evidence": _counts(evidence),
            "verdict": shown, "rating": shown and shown["rating"],
            "normalised": shown and shown["normalised"],
            "published_at": (first or verdict["published_at"]) if verdict else None,
            "drifted": False, "created_by": self._run.actor.account_id, "version": 1,
            "created_at": claim.created_at or self._run.moment,
            "updated_at": claim.updated_at or self._run.moment,
        }  # fmt: skip

    def _verdict(
        self,
        draft: RowDraft,
        claim_id: str,
        claim: ClaimDraft,
        cited: list[dict[str, Any]],
    ) -> dict[str, Any] | None:
        if claim.verdict is None:
            return None
        verdict_id = self._free(draft, "verdict", claim.verdict.id, self._known.taken)
        verdict = replace(claim.verdict, published_at=self._published_at(draft, claim.verdict))
        row = verdict_row(verdict_id, claim_id, claim, verdict, cited=cited, run=self._run)
        for piece in cited:
            piece["published_at"] = row["published_at"]
        self._writes.rows[Citation] += [
            {"verdict_id": verdict_id, "evidence_id": piece["id"]} for piece in cited
        ]
        return row

    def _published_at(self, draft: RowDraft, verdict: VerdictDraft) -> datetime:
        """Nobody else's verdict is of the future: it would stand first in every feed until then."""
        told, imported_at = verdict.published_at, self._run.moment
        if told is not None and (verdict.origin == "desk" or told <= imported_at):
            return told
        wrong = "it is not told" if told is None else f"{rfc3339(told)} is yet to come"
        message = f"published_at: {wrong}; the time of this import stands for it"
        draft.repairs.append(Remark("", message))
        return imported_at

    def _evidence(
        self, draft: RowDraft, claim_id: str, piece: EvidenceDraft, claim: ClaimDraft
    ) -> dict[str, Any]:
        withdrawn = piece.withdrawn or {}
        return {
            "id": self._free(draft, "evidence", piece.id, self._known.taken),
            "claim_id": claim_id,
            "source_id": self._sources.found_or_added(piece.source, draft).id,
            "stance": piece.stance, **piece.quote, "note": piece.note,
            "snapshot_id": piece.snapshot_id, "snapshot_sha256": piece.snapshot_sha256,
            "standing": None, "confidential": False, "published_at": None,
            "added_by": self._run.actor.account_id, "withdrawn_by": None,
            "withdrawn_at": withdrawn.get("at"), "withdrawn_reason": withdrawn.get("reason"),
            "version": 1, **self._times(claim.created_at),
        }  # fmt: skip

    def _place(self, draft: RowDraft, claim_id: str, place: PlaceDraft) -> None:
        source = self._sources.found_or_added(place.source, draft)
        row = {
            "id": self._free(draft, "appearance", place.id, self._known.taken),
            "claim_id": claim_id, "source_id": source.id,
            **self._anchored.quote(place, source, draft), "first": place.first,
            "standing": place.standing, "created_by": self._run.actor.account_id, "version": 1,
            **self._times(None),
        }  # fmt: skip
        self._writes.rows[Appearance].append(row)
        self._tell(draft, "appearance", Appearance, row, claim_id)

    def _times(self, made_at: datetime | None) -> dict[str, datetime]:
        return {"created_at": made_at or self._run.moment, "updated_at": self._run.moment}

    def _free(self, draft: RowDraft, what: str, given: str | None, taken: Any) -> str:
        found = free_id(given, self._run.desk_id, taken)
        if given is not None and found != given:
            draft.repairs.append(Remark("", f"{what}: {MOVED}"))
        if taken is self._known.taken:
            self._known.taken.add(found)
        return found

    def _tell(
        self,
        draft: RowDraft,
        what: str,
        model: Any,
        row: dict[str, Any],
        claim_id: str,
        **details: Any,
    ) -> None:
        restored = what == "verdict" and row["origin"] == "desk"
        event_type = f"{what}.{'restored' if restored else 'imported'}"
        brought = {"import_id": self._run.id, "row": draft.row.number, **details}
        self._writes.told.append(appeared(event_type, model, row, thread_id=claim_id, **brought))


def _cited(claim: ClaimDraft, evidence: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """The pieces that the claim's verdict rests on, of those that came with it."""
    wanted = claim.verdict.evidence if claim.verdict else ()
    return [evidence[piece] for piece in dict.fromkeys(wanted) if piece in evidence]


def _statement(row: dict[str, Any]) -> Statement:
    """The words that the claim is found by."""
    verdict = row["verdict"] or {"title": "", "summary": ""}
    claimant = row["claimant_name"] or ""
    return Statement(row["text"], verdict["title"], verdict["summary"], claimant)


def _counts(evidence: list[dict[str, Any]]) -> dict[str, dict[str, int]]:
    counts = {kind: dict(stances) for kind, stances in NO_EVIDENCE.items()}
    for piece in evidence:
        if piece["withdrawn_at"] is None:
            for stances in counts.values():
                stances[piece["stance"]] += 1
    return counts
