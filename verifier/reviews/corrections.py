"""What became of published verdicts: noted as they are replaced or retracted, and read in order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from verifier.accounts.models import Desk
from verifier.events.service import on
from verifier.kit.clock import new_id, now
from verifier.kit.pagination import Order, fetch_page
from verifier.reviews.models import Correction, Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from verifier.accounts.actor import Actor
    from verifier.kit.pagination import PageRequest
    from verifier.kit.rows import AnyRow

ORDER: Final = Order(Correction.seq, Correction.id)
RETRACTION: Final = "retraction"
_NUMBERING: Final = 0x636F7272
"""The lock under which corrections are numbered; any number will do."""
_old, _new = aliased(Verdict), aliased(Verdict)
_SELECT: Final = (
    select(
        Correction.seq, Correction.id, Correction.at, Correction.claim_id, Desk.slug.label("desk"),
        _old.id.label("old_id"), _old.rating.label("old_rating"), _old.title.label("old_title"),
        _old.published_at.label("old_published_at"), _old.url.label("old_url"),
        _old.retracted_reason, _new.id.label("new_id"), _new.rating.label("new_rating"),
        _new.title.label("new_title"), _new.published_at.label("new_published_at"),
        _new.url.label("new_url"), _new.correction_kind, _new.correction_note,
    )
    .join(Desk, Desk.id == Correction.desk_id)
    .join(_old, _old.id == Correction.verdict_id)
    .outerjoin(_new, _new.id == Correction.replaced_by_id)
)  # fmt: skip


@on("verdict.published")
def note_replacement(session: Session, _actor: Actor, verdict: Verdict) -> None:
    """A verdict that corrects another one stands in its place from now on."""
    if verdict.correction_of_id is not None:
        note(session, verdict, verdict_id=verdict.correction_of_id, replaced_by_id=verdict.id)


@on("verdict.retracted")
def note_retraction(session: Session, _actor: Actor, verdict: Verdict) -> None:
    """Nothing stands in its place."""
    note(session, verdict, verdict_id=verdict.id, replaced_by_id=None)


def note(
    session: Session, verdict: Verdict, *, verdict_id: str, replaced_by_id: str | None
) -> None:
    """Under the next number, which nobody else can take or overtake until this is committed."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(_NUMBERING)))
    last = session.scalar(select(func.max(Correction.seq))) or 0
    correction = Correction(
        seq=last + 1, id=new_id(), desk_id=verdict.desk_id, claim_id=verdict.claim_id,
        verdict_id=verdict_id, replaced_by_id=replaced_by_id, at=now(),
    )  # fmt: skip
    session.add(correction)
    session.flush()


def corrections_page(
    session: Session, page: PageRequest, *, desk: str | None = None, since: datetime | None = None
) -> Sequence[AnyRow]:
    """Corrections in the order in which they were made, and one more than the page holds."""
    query = _SELECT
    if desk is not None:
        wanted = select(Desk.id).where(Desk.slug == desk).scalar_subquery()
        query = query.where(Correction.desk_id == wanted)
    if since is not None:
        query = query.where(Correction.at >= since)
    return fetch_page(session, query, ORDER, page)


def shown(row: AnyRow, *, public_url: str) -> dict[str, Any]:
    """A correction as everybody sees it."""
    page = f"{public_url}/factchecks/{row.claim_id}"
    replaced = row.new_id is not None
    return {
        "id": row.id,
        "at": row.at,
        "desk": row.desk,
        "claim": row.claim_id,
        "kind": row.correction_kind if replaced else RETRACTION,
        "note": row.correction_note if replaced else row.retracted_reason,
        "old": _side(row, "old", page),
        "new": _side(row, "new", page) if replaced else None,
    }


def _side(row: AnyRow, which: str, page: str) -> dict[str, Any]:
    names = ("id", "rating", "title", "published_at", "url")
    side = {name: getattr(row, f"{which}_{name}") for name in names}
    return side | {"url": side["url"] or page}
