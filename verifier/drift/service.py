"""What a new snapshot means for the quotes of its source: re-anchored, or left to a person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import exists, select, text, union, update

from verifier.accounts.actor import SERVICE
from verifier.claims.anchoring import quote_at
from verifier.claims.models import Appearance, Claim
from verifier.claims.trail import record_on_claim
from verifier.drift.models import QuoteCheck
from verifier.drift.rules import CERTAIN, Anchored, Standing, standing_of
from verifier.evidence.models import Evidence
from verifier.kit.clock import new_id, now

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from sqlalchemy.orm import Session

    from verifier.snapshots.models import Snapshot
    from verifier.sources.models import Source

    Standings = Mapping[Anchored, Standing]

Quoted = Appearance | Evidence
OPEN: Final = text("state = 'open'")
KEPT: Final = "kept"
MODELS: Final[tuple[type[Quoted], ...]] = (Appearance, Evidence)


def quotes_of(session: Session, source_id: str) -> set[Anchored]:
    """Every quote of the source that still counts, to be looked for in a newer text."""
    found: set[Anchored] = set()
    for model in MODELS:
        columns = (model.exact, model.prefix, model.suffix, model.start)
        for row in session.execute(select(*columns).where(*_counting(model, source_id))):
            found.add(Anchored(row.exact or "", row.prefix, row.suffix, row.start))
    return found


def check_quotes(
    session: Session,
    source: Source,
    snapshot: Snapshot,
    standings: Standings,
    *,
    is_newest: bool,
) -> None:
    """Anchor and pin what stands in a snapshot, and note how each quote fares in the newest one.

    `standings` were worked out before the transaction; what was quoted since is looked up here.
    The source's text is the snapshot's already, unless somebody entered it.
    """
    claims = _hold_claims(session, source.id)
    quoted: list[Quoted] = []
    for model in MODELS:
        rows = select(model).where(*_counting(model, source.id))
        quoted.extend(session.scalars(rows.order_by(model.id)))
    for row in quoted:
        quote = Anchored(row.exact or "", row.prefix, row.suffix, row.start)
        standing = standings.get(quote) or standing_of(quote, snapshot.text or "")
        claim = claims[row.claim_id]
        if standing.outcome in CERTAIN:
            _anchor(session, claim, row, source, snapshot, standing)
        if is_newest:
            _note(session, claim, row, snapshot, standing)
    _pin_whole_sources(session, source, snapshot, claims)
    mark_drifted(session, claims)


def settle(session: Session, subject_ids: Collection[str], how: str, **by: Any) -> None:
    """Close what is open about these appearances and pieces of evidence."""
    opened = update(QuoteCheck).where(QuoteCheck.subject_id.in_(subject_ids), OPEN)
    moment = now()
    done = {"state": "settled", "settled_as": how, "settled_at": moment, "updated_at": moment}
    session.execute(opened.values(**done, version=QuoteCheck.version + 1, **by))


def mark_drifted(session: Session, claim_ids: Collection[str]) -> None:
    """Bring the claims' own mark up to date; it is no change of the claim."""
    waiting = exists().where(QuoteCheck.claim_id == Claim.id, OPEN)
    session.execute(update(Claim).where(Claim.id.in_(claim_ids)).values(drifted=waiting))


def reanchor(session: Session, claim: Claim, row: Appearance, members: dict[str, Any]) -> None:
    """Give an appearance its place in the source's present text."""
    first = row.start is None
    for name, value in members.items():
        setattr(row, name, value)
    row.updated_at = now()
    event = "appearance.anchored" if first else "appearance.reanchored"
    record_on_claim(session, SERVICE, claim, event, row)


def _place(row: Quoted, snapshot: Snapshot, standing: Standing) -> dict[str, Any]:
    """The members of the quote's selector where it stands now."""
    found = quote_at(snapshot.text or "", standing.start or 0, row.exact or "")
    return {"start": found.start, "end": found.end, "prefix": found.prefix, "suffix": found.suffix}


def _anchor(  # noqa: PLR0917  (the row, and all that it hangs on)
    session: Session,
    claim: Claim,
    row: Quoted,
    source: Source,
    snapshot: Snapshot,
    standing: Standing,
) -> None:
    """What stands for certain: an appearance follows the text, evidence is pinned once for all."""
    place = _place(row, snapshot, standing)
    if isinstance(row, Appearance):
        moved = any(getattr(row, name) != value for name, value in place.items())
        if moved and source.text_snapshot_id == snapshot.id:
            reanchor(session, claim, row, place)
    elif row.snapshot_id is None and row.published_at is None:
        # In a text that somebody entered it keeps its place.
        is_entered = source.text_snapshot_id is None
        _pin(session, claim, row, snapshot, **({} if is_entered else place))


def _pin_whole_sources(
    session: Session, source: Source, snapshot: Snapshot, claims: Mapping[str, Claim]
) -> None:
    """Evidence that cites a source as a whole rests on the first copy there is."""
    if not snapshot.is_copy:
        return
    waiting = select(Evidence).where(
        Evidence.source_id == source.id,
        Evidence.exact.is_(None),
        Evidence.snapshot_id.is_(None),
        Evidence.published_at.is_(None),
        Evidence.withdrawn_at.is_(None),
    )
    for row in session.scalars(waiting.order_by(Evidence.id)).all():
        _pin(session, claims[row.claim_id], row, snapshot)


def _pin(session: Session, claim: Claim, row: Evidence, snapshot: Snapshot, **members: Any) -> None:
    row.snapshot_id, row.snapshot_sha256 = snapshot.id, snapshot.sha256
    for name, value in members.items():
        setattr(row, name, value)
    row.updated_at = now()
    record_on_claim(session, SERVICE, claim, "evidence.pinned", row)


def _note(
    session: Session, claim: Claim, row: Quoted, snapshot: Snapshot, standing: Standing
) -> None:
    """Keep the outcome, and open a task where it is not certain; one is never opened twice."""
    last = _last_check(session, row.id)
    found = (snapshot.text or "")[standing.start : standing.end] if standing.end else None
    again = last is not None and (last.outcome, last.found) == (standing.outcome, found)
    kept = again and last is not None and last.settled_as == KEPT
    is_open = standing.outcome not in CERTAIN and not kept
    settle(session, [row.id], "superseded" if is_open else "recovered")
    moment = now()
    check = QuoteCheck(
        id=new_id(), snapshot_id=snapshot.id, desk_id=claim.desk_id, claim_id=claim.id,
        subject_type=row.__subject__, subject_id=row.id, exact=row.exact or "",
        outcome=standing.outcome.value, score=standing.score, start=standing.start,
        end=standing.end, found=found, state="open" if is_open else None,
        settled_as=KEPT if kept else None, created_at=moment, updated_at=moment,
    )  # fmt: skip
    session.add(check)
    shown = {
        "outcome": check.outcome, "score": check.score, "snapshot": snapshot.id,
        "start": check.start, "end": check.end, "check": check.id,
    }  # fmt: skip
    if is_open and not again:
        told = {name: shown[name] for name in ("outcome", "score", "snapshot")}
        record_on_claim(session, SERVICE, claim, f"{row.__subject__}.drifted", row, **told)
    session.flush()
    show_standing(session, row, shown)


def show_standing(session: Session, row: Quoted, shown: dict[str, Any]) -> None:
    """By statement, since it is no change of the row, which somebody may be editing."""
    model = type(row)
    session.execute(update(model).where(model.id == row.id).values(standing=shown))


def _last_check(session: Session, subject_id: str) -> QuoteCheck | None:
    query = select(QuoteCheck).where(QuoteCheck.subject_id == subject_id)
    return session.scalar(query.order_by(QuoteCheck.id.desc()).limit(1))


def _counting(model: type[Appearance | Evidence], source_id: str) -> Sequence[Any]:
    conditions: list[Any] = [model.source_id == source_id, model.exact.is_not(None)]
    if model is Evidence:
        conditions.append(Evidence.withdrawn_at.is_(None))
    return conditions


def _hold_claims(session: Session, source_id: str) -> dict[str, Claim]:
    """The claims that quote the source; holding them keeps what hangs on them as it is."""
    quoting = union(
        *(select(model.claim_id).where(model.source_id == source_id) for model in MODELS)
    )
    query = select(Claim).where(Claim.id.in_(quoting)).order_by(Claim.id).with_for_update()
    return {claim.id: claim for claim in session.scalars(query)}
