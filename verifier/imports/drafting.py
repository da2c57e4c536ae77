"""From a row, as a reader hands it on, to its draft."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from verifier.events.chain import canonical
from verifier.imports.drafts import RowDraft
from verifier.imports.fitting import Fitter
from verifier.imports.understanding import NotTaken, understood_claim, understood_source
from verifier.imports.wholes import RecordNotWhole, draft_of_record
from verifier.kit.text import normalised_statement
from verifier.readers.records import GivenClaim, Remark
from verifier.sources.urls import UrlNotAccepted, canonical_url

if TYPE_CHECKING:
    from verifier.imports.drafts import ClaimDraft, SourceDraft, VerdictDraft
    from verifier.imports.running import Run
    from verifier.readers.records import Row


def draft_of(row: Row, run: Run) -> RowDraft:
    """The row's draft, or the reasons why nothing can be made of it."""
    fitter = Fitter()
    draft = RowDraft(row, repairs=[*row.repairs], reasons=[*row.refused])
    if draft.reasons or row.given is None:
        draft.reasons = draft.reasons or [Remark(row.pointer, "Nothing was found in this row.")]
        return draft
    try:
        if row.record is not None:
            draft.claim = draft_of_record(row.record, desk=run.desk_slug, restores=run.restores)
        elif isinstance(row.given, GivenClaim):
            draft.claim = understood_claim(row.given, fitter, desk=run.desk_name)
        else:
            draft.source = understood_source(row.given, fitter)
    except NotTaken as error:
        draft.reasons = [Remark(row.pointer, str(error))]
        return draft
    except RecordNotWhole as error:
        draft.reasons = error.remarks
        return draft
    draft.repairs += fitter.repairs
    draft.key = key_of_claim(draft.claim) if draft.claim else key_of_source(draft.source)
    return draft


def key_of_claim(claim: ClaimDraft) -> str:
    """What the row is known by again: publisher, address and wording; of a record, also its id.

    Two claims of one wording that are not rated, or have no address, are told apart by their ids.
    """
    publisher, url = signature(claim.verdict)
    return _hash("claim", publisher, url or claim.id or "", claim.text_key)


def key_of_source(source: SourceDraft | None) -> str:
    """What a publication is known by again: its address, or else all that is said of it."""
    if source is None:
        return _hash("nothing")
    address = source.address["canonical_url"]
    said = (source.title, source.publisher, source.author, source.text)
    return _hash("source", address or canonical([*said, [copy.url for copy in source.copies]]))


def signature(verdict: VerdictDraft | None) -> tuple[str, str]:
    """(publisher, address) in the spelling that they are compared in; empty of no verdict."""
    if verdict is None:
        return "", ""
    return signed(verdict.publisher, verdict.url)


def signed(publisher: str, url: str | None) -> tuple[str, str]:
    """As `signature`."""
    try:
        address = canonical_url(url) if url else None
    except UrlNotAccepted:
        address = url
    return normalised_statement(publisher), address or ""


def _hash(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()
