"""Reading claims: the database builds each document, one query for a detail, one for a page.

A member of the desk or of a partner desk sees the whole claim; everybody else sees the public part
of those that a verdict was ever published on. The one query decides which, row by row.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import orjson
from sqlalchemy import bindparam, case, or_, select
from sqlalchemy.orm import aliased

from verifier.accounts.models import Account, Desk
from verifier.claims.models import Appearance, Claim
from verifier.claims.service import PRIORITIES
from verifier.claims.workflow import allowed_on
from verifier.kit.columns import is_among, json_list, json_object, json_text
from verifier.kit.errors import NotFound
from verifier.kit.pagination import Order, fetch_page
from verifier.sources.models import Source
from verifier.sources.queries import CITED

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy.orm import Session

    from verifier.accounts.actor import Actor
    from verifier.kit.pagination import PageRequest
    from verifier.kit.rows import AnyRow, Reader


class Standing(NamedTuple):
    """What a claim's next actions depend on."""

    desk_id: str
    status: str
    assignee_id: str | None


_assignee = aliased(Account)
_author = aliased(Account)

QUOTE: Final = {
    name: getattr(Appearance, name) for name in ("exact", "prefix", "suffix", "start", "end")
}
APPEARANCE: Final = json_object(
    id=Appearance.id,
    source=json_object(**CITED),
    quote=case((Appearance.exact.is_(None), None), else_=json_object(**QUOTE)),
    standing=case((is_among(Source.desk_id, "readable"), Appearance.standing)),
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
_inside: dict[str, Any] = {
    "priority": PRIORITY,
    "assignee": case(
        (Claim.assignee_id.is_(None), None),
        else_=json_object(id=_assignee.id, name=_assignee.name),
    ),
    "due_at": Claim.due_at,
    "evidence": case(
        (is_among(Claim.desk_id, "own"), Claim.evidence["all"]),
        else_=Claim.evidence["shared"],
    ),
    "duplicate_of": Claim.duplicate_of_id,
    "created_by": json_object(id=_author.id, name=_author.name),
}
READABLE: Final = is_among(Claim.desk_id, "readable")
PUBLISHED: Final = Claim.published_at.is_not(None)
DOCUMENTS: Final = (
    select(
        json_text(json_object(**_public)).label("document"),
        case((READABLE, json_text(json_object(**_inside)))).label("inside"),
        Claim.id,
        Claim.version,
        Claim.desk_id,
        Claim.status,
        Claim.assignee_id,
    )
    .join(Desk, Desk.id == Claim.desk_id)
    .outerjoin(_assignee, _assignee.id == Claim.assignee_id)
    .outerjoin(_author, _author.id == Claim.created_by)
)
"""To be completed by `showing`. Statements are made once: that takes longer than to run them."""
_ONE: Final = DOCUMENTS.where(Claim.id == bindparam("claim"), or_(READABLE, PUBLISHED))
_THESE: Final = DOCUMENTS.where(
    Claim.id.in_(bindparam("these", expanding=True)), or_(READABLE, PUBLISHED)
)
_VISIBLE: Final = select(Claim.id, Claim.desk_id, Claim.published_at).where(
    Claim.id == bindparam("claim"), or_(READABLE, PUBLISHED)
)


def claim_row(reader: Reader, actor: Actor, claim_id: str) -> AnyRow:
    """The claim as the actor may see it: `document` and `inside`, `version`, …"""
    return _found(reader.execute(_ONE, {"claim": claim_id, **desks_of(actor)}).one_or_none())


def claims_by_id(reader: Reader, actor: Actor, ids: Sequence[str]) -> dict[str, AnyRow]:
    """As `claim_row`, of those among these that the actor may see, by id."""
    rows = reader.execute(_THESE, {"these": list(ids), **desks_of(actor)})
    return {row.id: row for row in rows}


def find_visible(session: Session, actor: Actor, claim_id: str) -> AnyRow:
    """`id`, `desk_id` and `published_at` of a claim that the actor may see."""
    return _found(session.execute(_VISIBLE, {"claim": claim_id, **desks_of(actor)}).one_or_none())


def _found(row: AnyRow | None) -> AnyRow:
    if row is None:
        message = "There is no such claim, or you may not see it."
        raise NotFound(message)
    return row


def showing(actor: Actor) -> Callable[[AnyRow], str]:
    """What completes a row's document: what is for the desk, and what the actor may do now."""

    @cache
    def actions(desk_id: str, status: str, assignee_id: str | None) -> str:
        if desk_id not in actor.readable_desks:
            return "[]"
        return orjson.dumps(allowed_on(actor, Standing(desk_id, status, assignee_id))).decode()

    def shown(row: AnyRow) -> str:
        inside = f",{row.inside[1:-1]}" if row.inside else ""
        able = actions(row.desk_id, row.status, row.assignee_id)
        return f'{row.document[:-1]}{inside},"actions":{able}}}'

    return shown


def appearance_document(session: Session, actor: Actor, appearance_id: str) -> AnyRow:
    """One appearance: `document`, `id`, `version`."""
    query = _APPEARANCES.where(Appearance.id == appearance_id)
    return session.execute(query, desks_of(actor)).one()


def appearances_page(
    session: Session, actor: Actor, claim_id: str, page: PageRequest
) -> Sequence[AnyRow]:
    """The claim's appearances in the order in which they were added, and one more."""
    query = _APPEARANCES.where(Appearance.claim_id == claim_id).params(desks_of(actor))
    return fetch_page(session, query, APPEARANCE_ORDER, page)


def desks_of(actor: Actor) -> dict[str, list[str]]:
    """The parameters `own` and `readable`."""
    return {"own": sorted(actor.roles), "readable": sorted(actor.readable_desks)}
