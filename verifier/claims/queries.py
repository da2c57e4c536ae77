"""Reading claims: the database builds each document, one query for a detail, one for a page.

A member of the desk or of a partner desk sees the whole claim; everybody else sees the public part
of those that a verdict was ever published on. The one query decides which, row by row.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import orjson
from sqlalchemy import bindparam, case, or_, select, union_all
from sqlalchemy.orm import aliased

from verifier.accounts.models import Account, Desk
from verifier.claims.models import Appearance, Claim
from verifier.claims.service import PRIORITIES
from verifier.claims.workflow import allowed_on
from verifier.kit.columns import json_list, json_object, json_text
from verifier.kit.errors import NotFound
from verifier.kit.pagination import Order, fetch_page
from verifier.sources.models import Source
from verifier.sources.queries import CITED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from verifier.accounts.actor import Actor
    from verifier.kit.pagination import PageRequest
    from verifier.kit.rows import AnyRow

_assignee = aliased(Account)
_author = aliased(Account)

QUOTE: Final = {
    name: getattr(Appearance, name) for name in ("exact", "prefix", "suffix", "start", "end")
}
APPEARANCE: Final = json_object(
    id=Appearance.id,
    source=json_object(**CITED),
    quote=case((Appearance.exact.is_(None), None), else_=json_object(**QUOTE)),
    first=Appearance.first,
    version=Appearance.version,
)
APPEARANCE_ORDER: Final = Order(None, Appearance.id)
_APPEARANCES: Final = select(
    json_text(APPEARANCE).label("document"), Appearance.id, Appearance.version
).join(Source, Source.id == Appearance.source_id)
APPEARANCES: Final = (
    select(json_list(APPEARANCE, order_by=Appearance.id))
    .join(Source, Source.id == Appearance.source_id)
    .where(Appearance.claim_id == Claim.id)
    .correlate(Claim)
    .scalar_subquery()
)
CLAIMANT: Final = case(
    (Claim.claimant_name.is_(None), None),
    else_=json_object(
        name=Claim.claimant_name, kind=Claim.claimant_kind, same_as=Claim.claimant_same_as
    ),
)
_public: dict[str, Any] = {
    "id": Claim.id,
    "desk": Desk.slug,
    "text": Claim.text,
    "claimant": CLAIMANT,
    "claimed_on": Claim.claimed_on,
    "language": Claim.language,
    "topics": Claim.topics,
    "status": Claim.status,
    "appearances": APPEARANCES,
    "verdict": Claim.verdict,
    "version": Claim.version,
    "created_at": Claim.created_at,
    "updated_at": Claim.updated_at,
}
PRIORITY: Final = case(dict(enumerate(PRIORITIES)), value=Claim.priority)
_whole: dict[str, Any] = {
    **_public,
    "priority": PRIORITY,
    "assignee": case(
        (Claim.assignee_id.is_(None), None),
        else_=json_object(id=_assignee.id, name=_assignee.name),
    ),
    "due_at": Claim.due_at,
    "evidence": case(
        (Claim.desk_id.in_(bindparam("own", expanding=True)), Claim.evidence["all"]),
        else_=Claim.evidence["shared"],
    ),
    "duplicate_of": Claim.duplicate_of_id,
    "created_by": json_object(id=_author.id, name=_author.name),
}
READABLE: Final = Claim.desk_id.in_(bindparam("readable", expanding=True))
PUBLISHED: Final = Claim.published_at.is_not(None)
_FROM: Final = (
    select(
        case(
            (READABLE, json_text(json_object(**_whole))),
            else_=json_text(json_object(**_public)),
        ).label("document"),
        Claim.id,
        Claim.version,
        Claim.desk_id,
        Claim.status,
        Claim.assignee_id,
        Claim.updated_at,
        Claim.due_at,
        Claim.priority,
    )
    .join(Desk, Desk.id == Claim.desk_id)
    .outerjoin(_assignee, _assignee.id == Claim.assignee_id)
    .outerjoin(_author, _author.id == Claim.created_by)
)


def claim_row(session: Session, actor: Actor, claim_id: str) -> AnyRow:
    """The claim as the actor may see it: `document` (to be completed by `shown`), `version`, …"""
    query = _FROM.where(Claim.id == claim_id, or_(READABLE, PUBLISHED))
    return _found(session.execute(query, _desks_of(actor)).one_or_none())


def find_visible(session: Session, actor: Actor, claim_id: str) -> AnyRow:
    """`id`, `desk_id` and `published_at` of a claim that the actor may see."""
    query = select(Claim.id, Claim.desk_id, Claim.published_at).where(
        Claim.id == claim_id, or_(READABLE, PUBLISHED)
    )
    return _found(session.execute(query, _desks_of(actor)).one_or_none())


def _found(row: AnyRow | None) -> AnyRow:
    if row is None:
        message = "There is no such claim, or you may not see it."
        raise NotFound(message)
    return row


def claims_page(
    session: Session,
    actor: Actor,
    conditions: Sequence[ColumnElement[bool]],
    order: Order,
    page: PageRequest,
) -> Sequence[AnyRow]:
    """Claims in the order, and one more than the page holds.

    Each desk is walked by its own index, and so are the published claims of all others: what a page
    costs does not grow with what is stored but not shown.
    """
    after = [order.after(page.position)] if page.position else []
    limit = page.limit + 1
    walks = [Claim.desk_id == desk_id for desk_id in sorted(actor.readable_desks)]
    walks.append(PUBLISHED & Claim.desk_id.not_in(sorted(actor.readable_desks)))
    ids = union_all(
        *(
            select(
                select(Claim.id)
                .where(walk, *conditions, *after)
                .order_by(*order.by())
                .limit(limit)
                .subquery()
            )
            for walk in walks
        )
    )
    query = _FROM.where(Claim.id.in_(ids)).order_by(*order.by()).limit(limit)
    return session.execute(query, _desks_of(actor)).all()


def shown(actor: Actor, row: AnyRow) -> str:
    """The row's document with what the actor may do now."""
    actions = orjson.dumps(allowed_on(actor, row)).decode()
    return f'{row.document[:-1]},"actions":{actions}}}'


def appearance_document(session: Session, appearance_id: str) -> AnyRow:
    """One appearance: `document`, `id`, `version`."""
    return session.execute(_APPEARANCES.where(Appearance.id == appearance_id)).one()


def appearances_page(session: Session, claim_id: str, page: PageRequest) -> Sequence[AnyRow]:
    """The claim's appearances in the order in which they were added, and one more."""
    query = _APPEARANCES.where(Appearance.claim_id == claim_id)
    return fetch_page(session, query, APPEARANCE_ORDER, page)


def _desks_of(actor: Actor) -> dict[str, list[str]]:
    return {"own": sorted(actor.roles), "readable": sorted(actor.readable_desks)}
