"""A claim's history: what the trail tells of it, to each reader what is theirs to know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import orjson
from sqlalchemy import select

from verifier.accounts.models import Account, Desk
from verifier.accounts.permissions import sees
from verifier.claims.queries import find_visible
from verifier.events.models import Event
from verifier.evidence.models import Evidence
from verifier.kit.pagination import Order, fetch_page
from verifier.reviews.models import Review, Verdict
from verifier.reviews.queries import HIDDEN, asking

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sqlalchemy.orm import Session

    from verifier.accounts.actor import Actor
    from verifier.kit.pagination import PageRequest
    from verifier.kit.rows import AnyRow

ORDER: Final = Order(None, Event.id)
PUBLIC_TYPES: Final = (
    "verdict.published", "verdict.superseded", "verdict.retracted", "verdict.imported",
    "verdict.restored",
)  # fmt: skip
PUBLIC_CHANGES: Final = (
    "state", "published_at", "url", "retracted_reason", "origin", "publisher",
)  # fmt: skip
COLUMNS: Final = (
    Event.id,
    Event.seq,
    Event.at,
    Event.type,
    Event.subject_type,
    Event.subject_id,
    Event.data,
    Event.salt,
    Event.hash,
    Event.actor_id,
    Account.name.label("actor_name"),
)


def history_page(
    session: Session, actor: Actor, claim_id: str, page: PageRequest
) -> tuple[Sequence[AnyRow], Any]:
    """The claim's events in order, one more than the page holds, and how to show one."""
    claim = find_visible(session, actor, claim_id)
    query = (
        select(*COLUMNS)
        .outerjoin(Account, Account.id == Event.actor_id)
        .where(Event.thread_id == claim_id)
    )
    if not sees(actor, claim.desk_id):
        public = query.where(Event.type.in_(PUBLIC_TYPES))
        return fetch_page(session, public, ORDER, page), shown_to_public
    kept_back = set() if claim.desk_id in actor.roles else confidential_pieces(session, claim_id)
    hidden = hidden_subjects(session, actor, [claim_id])
    rows = fetch_page(session, query.where(Event.subject_id.not_in(kept_back)), ORDER, page)
    return rows, lambda row: shown_to_desk(row, hidden=hidden, kept_back=kept_back)


def shown_to_desk(row: AnyRow, *, hidden: set[str], kept_back: set[str]) -> dict[str, Any]:
    """An event as colleagues see it; masked where it would give a blind rating away."""
    data: dict[str, Any] = orjson.loads(row.data) if row.salt else {"erased": True}
    if "evidence" in data:
        data["evidence"] = [piece for piece in data["evidence"] if piece not in kept_back]
    if row.subject_id in hidden:
        data = {"masked": "This desk rates blind: give your own rating first."}
    return {
        "id": row.id,
        "seq": row.seq,
        "at": row.at,
        "type": row.type,
        "actor": {"id": row.actor_id, "name": row.actor_name} if row.actor_id else None,
        "subject": {"type": row.subject_type, "id": row.subject_id},
        "data": data,
        "hash": row.hash,
    }


def shown_to_public(row: AnyRow) -> dict[str, Any]:
    """An event as anybody sees it: what was published, replaced or retracted, and when."""
    changes = orjson.loads(row.data).get("changes", {})
    public = {name: value for name, value in changes.items() if name in PUBLIC_CHANGES}
    return {
        "id": row.id,
        "seq": row.seq,
        "at": row.at,
        "type": row.type,
        "actor": None,
        "subject": {"type": row.subject_type, "id": row.subject_id},
        "data": {"changes": public},
        "hash": row.hash,
    }


def confidential_pieces(session: Session, claim_id: str) -> set[str]:
    """Ids of the claim's evidence that does not leave the desk."""
    query = select(Evidence.id).where(Evidence.claim_id == claim_id, Evidence.confidential)
    return set(session.scalars(query))


def hidden_subjects(session: Session, actor: Actor, claims: Collection[str]) -> set[str]:
    """Ids of the claims' verdicts and reviews whose rating the actor must not see yet."""
    verdicts = (
        select(Verdict.id, Review.id)
        .join(Desk, Desk.id == Verdict.desk_id)
        .outerjoin(Review, Review.verdict_id == Verdict.id)
        .where(Verdict.claim_id.in_(claims), HIDDEN)
    )
    rows = session.execute(verdicts, asking(actor))
    return {subject for row in rows for subject in row if subject is not None}
