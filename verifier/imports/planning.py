"""What becomes of each row of a batch: taken, there already, or refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from verifier.imports.claim_rows import ClaimRows
from verifier.imports.drafting import signature, signed
from verifier.imports.identity import moved_id
from verifier.imports.known import KnownSource, Original
from verifier.imports.source_rows import SourceRows
from verifier.imports.writing import Writes
from verifier.readers.records import Remark

if TYPE_CHECKING:
    from verifier.imports.drafts import ClaimDraft, RowDraft, SourceDraft
    from verifier.imports.known import Known
    from verifier.imports.quotes import Anchored
    from verifier.imports.running import Run

TAKEN: Final = "taken"
ALREADY_THERE: Final = "already_there"
REFUSED: Final = "refused"
OUTCOMES: Final = (TAKEN, ALREADY_THERE, REFUSED)


class Planner:
    """Plans a batch row by row; `known` grows with each, so a file's own repetitions are known.

    `compared` are the claims that were there, by the number of the row that says them again.
    """

    def __init__(self, run: Run, known: Known, anchored: Anchored) -> None:
        self.run = run
        self.known = known
        self.writes = Writes()
        self.compared: dict[int, str] = {}
        self._sources = SourceRows(run, known, self.writes)
        self._claims = ClaimRows(run, known, self.writes, self._sources, anchored)

    def plan(self, draft: RowDraft) -> dict[str, Any]:
        """The row of the report; what it brings is added to `writes`."""
        if draft.reasons or draft.key is None:
            return self._reported(draft, REFUSED)
        if draft.source is not None:
            return self._source(draft, draft.source)
        if draft.claim is None:
            return self._reported(draft, REFUSED)
        found = self._there(draft, draft.claim)
        if found is not None:
            self.compared[draft.row.number] = found
            return self._reported(draft, ALREADY_THERE, claim_id=found or None)
        return self._claim(draft, draft.claim)

    def _claim(self, draft: RowDraft, claim: ClaimDraft) -> dict[str, Any]:
        self._note_same_wording(draft, claim)
        claim_id = self._claims.add(draft, claim)
        self.known.keys[draft.key or ""] = claim_id
        self.known.claims[claim_id] = self.run.desk_id
        self.known.originals.setdefault(claim.text_key, Original(claim_id, None))
        return self._reported(draft, TAKEN, claim_id=claim_id, duplicate_of=claim.duplicate_of)

    def _source(self, draft: RowDraft, source: SourceDraft) -> dict[str, Any]:
        key = draft.key or ""
        there = self._sources.find(source)
        if there is None and key in self.known.keys:
            return self._reported(draft, ALREADY_THERE, source_id=self.known.keys[key])
        if there is not None and not self._sources.add_copies(there, source):
            return self._reported(draft, ALREADY_THERE, source_id=there.id)
        if there is not None:
            message = "The source was there; the copies that it had not were added."
            draft.notes.append(Remark("", message))
        found: KnownSource = there or self._sources.add(source, draft)
        is_first = key not in self.known.keys
        self.known.keys[key] = found.id
        # A later row that adds copies is known by the first one's key.
        return self._reported(draft, TAKEN, source_id=found.id, keyed=is_first)

    def _there(self, draft: RowDraft, claim: ClaimDraft) -> str | None:
        """The claim that the row has brought before, or that says the same; "" where none is named.

        A record is known by its id; a row by its key; one that only states something, by its
        wording; and a verdict of the desk itself, by its address.
        """
        known, desk_id = self.known, self.run.desk_id
        if claim.id is not None:
            for candidate in (claim.id, moved_id(claim.id, desk_id)):
                if known.claims.get(candidate) == desk_id:
                    return candidate
        if draft.key in known.keys:
            return known.keys[draft.key] or ""
        original = known.originals.get(claim.text_key)
        if claim.id is not None or original is None:
            return None
        if claim.verdict is None or self._is_own(claim, original):
            return original.id
        return None

    def _is_own(self, claim: ClaimDraft, original: Original) -> bool:
        if original.verdict is None:
            return False
        publisher, url = signature(claim.verdict)
        theirs = original.verdict.get("publisher") or self.run.desk_name
        page = f"/factchecks/{original.id}"
        same = publisher, url if not url.endswith(page) else page
        stands_at = original.verdict["url"]
        return same == signed(theirs, stands_at) or (
            stands_at is None and same == (signed(theirs, None)[0], page)
        )

    def _note_same_wording(self, draft: RowDraft, claim: ClaimDraft) -> None:
        original = self.known.originals.get(claim.text_key)
        if original is not None:
            message = f"Claim {original.id} has the same wording; this one stands beside it."
            draft.notes.append(Remark("", message))
        elif claim.text_key in self.known.dry_texts:
            message = "An earlier row has the same wording; this one will stand beside it."
            draft.notes.append(Remark("", message))

    def _reported(
        self, draft: RowDraft, outcome: str, *, keyed: bool = True, **brought: Any
    ) -> dict[str, Any]:
        taken = outcome == TAKEN and keyed
        dry = self.run.dry_run
        row = draft.row
        ids = {"claim_id": None, "source_id": None, "duplicate_of": None, **brought}
        if dry:
            ids = dict.fromkeys(ids) if outcome == TAKEN else ids
        return {
            "import_id": self.run.id,
            "number": row.number,
            "desk_id": None if dry else self.run.desk_id,
            "line": row.line,
            "pointer": row.pointer,
            "outcome": outcome,
            "remarks": draft,
            # What a dry run would take is nobody's original, and nobody could erase it.
            "raw": "" if dry and outcome != REFUSED else row.raw,
            "key": draft.key if taken else None,
            "text_key": (draft.text_key or draft.key) if taken else None,
            **ids,
        }
