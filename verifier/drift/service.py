"""What a new snapshot means for the quotes of its source: re-anchored, or left to a person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import bindparam, exists, select, text, union, update

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
Found = tuple[Claim, Quoted, Standing]
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
    found: list[Found] = []
    for row in quoted:
        quote = Anchored(row.exact or "", row.prefix, row.suffix, row.start)
        standing = standings.get(quote) or standing_of(quote, snapshot.text or "")
        claim = claims[row.claim_id]
        if standing.outcome in CERTAIN:
            _anchor(session, claim, row, source, snapshot, standing)
        found.append((claim, row, standing))
    if is_newest:
        _note(session, snapshot, found)
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


def _follow(session: Session, claim: Claim, row: Appearance, members: dict[str, Any]) -> None:
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
            _follow(session, claim, row, place)
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


def _note(session: Session, snapshot: Snapshot, found: Sequence[Found]) -> None:
    """Keep the outcomes, and open a task where one is not certain, unless it was settled so before.

    A few statements for all of them: whoever writes in this desk is waiting.
    """
    rows = [row for _, row, _ in found]
    before = _last_checks(session, rows)
    checks = [
        _check(claim, row, snapshot, standing, before.get(row.id)) for claim, row, standing in found
    ]
    waiting = {check.subject_id for check in checks if check.state == "open"}
    settle(session, waiting, "superseded")
    settle(session, {check.subject_id for check in checks} - waiting, "recovered")
    session.add_all(checks)
    session.flush()
    for (claim, row, _), check in zip(found, checks, strict=True):
        last = before.get(row.id)
        if check.state == "open" and (last is None or _finding(last) != _finding(check)):
            told = {"outcome": check.outcome, "score": check.score, "snapshot": snapshot.id}
            record_on_claim(session, SERVICE, claim, f"{row.__subject__}.drifted", row, **told)
    show_standings(session, list(zip(rows, map(shown, checks), strict=True)))


def _check(
    claim: Claim, row: Quoted, snapshot: Snapshot, standing: Standing, last: QuoteCheck | None
) -> QuoteCheck:
    moment = now()
    check = QuoteCheck(
        id=new_id(), snapshot_id=snapshot.id, desk_id=claim.desk_id, claim_id=claim.id,
        subject_type=row.__subject__, subject_id=row.id, exact=row.exact or "",
        outcome=standing.outcome.value, score=standing.score, start=standing.start,
        end=standing.end, created_at=moment, updated_at=moment,
    )  # fmt: skip
    if standing.end is not None:
        check.found = (snapshot.text or "")[standing.start : standing.end]
    kept = last is not None and last.settled_as == KEPT and _finding(last) == _finding(check)
    check.settled_as = KEPT if kept else None
    check.state = None if kept or standing.outcome in CERTAIN else "open"
    return check


def _finding(check: QuoteCheck) -> tuple[str, str | None]:
    """What a person who has settled it need not be asked about again."""
    return check.outcome, check.found


def shown(check: QuoteCheck) -> dict[str, Any]:
    """A check as the appearance or piece of evidence shows it."""
    return {
        "outcome": check.outcome, "score": check.score, "snapshot": check.snapshot_id,
        "start": check.start, "end": check.end, "check": check.id,
    }  # fmt: skip


def show_standings(session: Session, standings: Sequence[tuple[Quoted, dict[str, Any]]]) -> None:
    """By statement, since it is no change of the rows, which somebody may be editing."""
    for model in MODELS:
        rows = [{"row": row.id, "told": told} for row, told in standings if isinstance(row, model)]
        table: Any = model.__table__
        change = update(table).where(table.c.id == bindparam("row"))
        if rows:
            session.execute(change.values(standing=bindparam("told")), rows)


def _last_checks(session: Session, rows: Sequence[Quoted]) -> dict[str, QuoteCheck]:
    """By whose quote it is: each row shows which check was its last."""
    ids = [row.standing["check"] for row in rows if row.standing]
    checks = session.scalars(select(QuoteCheck).where(QuoteCheck.id.in_(ids)))
    return {check.subject_id: check for check in checks}


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
