"""What is there already of a batch's rows: a few questions for all of them, each by an index."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import select

from verifier.claims.models import Appearance, Claim
from verifier.evidence.models import Evidence
from verifier.imports.identity import moved_id
from verifier.imports.models import ImportRow
from verifier.reviews.models import Verdict
from verifier.sources.models import Source

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sqlalchemy.orm import Session

    from verifier.imports.drafts import ClaimDraft, RowDraft, SourceDraft
    from verifier.imports.running import Run


class Original(NamedTuple):
    """The claim that stands for a wording in the desk, with its verdict in force."""

    id: str
    verdict: dict[str, Any] | None


@dataclass(slots=True)
class KnownSource:
    """A source of the desk; `is_new` while it is only planned, `text` being a draft's then."""

    id: str
    version: int = 1
    archive_urls: list[str] = field(default_factory=list)
    archive_hashes: dict[str, str] | None = None
    is_new: bool = False
    text: str | None = None


@dataclass(slots=True)
class Known:
    """What is there, and, row by row, what the batch adds to it.

    `keys` and `dry_texts` lead to claims or sources that rows have brought; in a dry run, to none.
    """

    keys: dict[str, str | None] = field(default_factory=dict)
    originals: dict[str, Original] = field(default_factory=dict)
    dry_texts: set[str] = field(default_factory=set)
    claims: dict[str, str] = field(default_factory=dict)
    """Desks of claims, by id."""
    sources: dict[str, str] = field(default_factory=dict)
    """Desks of sources, by id."""
    addresses: dict[str, KnownSource] = field(default_factory=dict)
    by_id: dict[str, KnownSource] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)
    """Ids of verdicts, appearances and evidence."""


def look_up(session: Session, run: Run, drafts: Sequence[RowDraft]) -> Known:
    """All that the drafts may meet."""
    claims = [draft.claim for draft in drafts if draft.claim]
    sources = [*_sources(drafts)]
    known = Known()
    _look_up_keys(session, run, drafts, known)
    _look_up_texts(session, run, claims, known)
    for model, desks, ids in (
        (Claim, known.claims, [claim.id for claim in claims]),
        (Source, known.sources, [source.id for source in sources]),
    ):
        query = select(model.id, model.desk_id).where(model.id.in_(_both(ids, run)))
        desks.update((row.id, row.desk_id) for row in session.execute(query))
    _look_up_sources(session, run, sources, known)
    for model, ids in _hanging(claims).items():
        query = select(model.id).where(model.id.in_(_both(ids, run)))
        known.taken.update(session.scalars(query))
    return known


def _look_up_keys(session: Session, run: Run, drafts: Sequence[RowDraft], known: Known) -> None:
    keys = {draft.key for draft in drafts if draft.key}
    rows = select(ImportRow.key, ImportRow.claim_id, ImportRow.source_id).where(
        ImportRow.desk_id == run.desk_id, ImportRow.key.in_(keys)
    )
    for key, claim_id, source_id in session.execute(rows):
        known.keys[key or ""] = claim_id or source_id
    if not run.dry_run:
        return
    texts = {draft.text_key or draft.key for draft in drafts if draft.key}
    seen = select(ImportRow.key, ImportRow.text_key).where(
        ImportRow.import_id == run.id, ImportRow.desk_id.is_(None), ImportRow.text_key.in_(texts)
    )
    for key, text_key in session.execute(seen):
        known.keys.setdefault(key or "", None)
        known.dry_texts.add(text_key or "")


def _look_up_texts(session: Session, run: Run, claims: Sequence[ClaimDraft], known: Known) -> None:
    query = select(Claim.text_key, Claim.id, Claim.verdict).where(
        Claim.desk_id == run.desk_id,
        Claim.is_original,
        Claim.text_key.in_({claim.text_key for claim in claims}),
    )
    for text_key, claim_id, verdict in session.execute(query):
        known.originals[text_key] = Original(claim_id, verdict)


def _look_up_sources(
    session: Session, run: Run, sources: Sequence[SourceDraft], known: Known
) -> None:
    columns = (
        Source.id, Source.url_key, Source.version, Source.archive_urls, Source.archive_hashes,
    )  # fmt: skip
    in_desk = select(*columns).where(Source.desk_id == run.desk_id)
    keys = {source.address["url_key"] for source in sources} - {None}
    ids = _both([source.id for source in sources], run)
    for condition in (Source.url_key.in_(keys), Source.id.in_(ids)):
        for row in session.execute(in_desk.where(condition)):
            found = KnownSource(row.id, row.version, row.archive_urls, row.archive_hashes)
            found = known.by_id.setdefault(row.id, found)
            if row.url_key is not None:
                known.addresses[row.url_key] = found


def _sources(drafts: Sequence[RowDraft]) -> Iterator[SourceDraft]:
    for draft in drafts:
        if draft.source:
            yield draft.source
        if draft.claim:
            yield from (place.source for place in draft.claim.places)
            yield from (piece.source for piece in draft.claim.evidence)


def _hanging(claims: Sequence[ClaimDraft]) -> dict[Any, list[str | None]]:
    """Ids of what hangs on the claims, by model."""
    return {
        Verdict: [claim.verdict.id for claim in claims if claim.verdict],
        Appearance: [place.id for claim in claims for place in claim.places],
        Evidence: [piece.id for claim in claims for piece in claim.evidence],
    }


def _both(ids: Iterable[str | None], run: Run) -> set[str]:
    """The ids that are given, and those that would take their place."""
    given = {each for each in ids if each is not None}
    return given | {moved_id(each, run.desk_id) for each in given}
