"""Reading how quotes fared: one query for a detail, one for a page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import case, false, or_, select

from verifier.accounts.models import Account
from verifier.drift.models import QuoteCheck
from verifier.evidence.models import Evidence
from verifier.kit.columns import json_object, json_text
from verifier.kit.errors import NotFound
from verifier.kit.pagination import Order, fetch_page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from verifier.accounts.actor import Actor
    from verifier.kit.pagination import PageRequest
    from verifier.kit.rows import AnyRow

ORDER: Final = Order(None, QuoteCheck.id)
_DOCUMENT: Final = json_object(
    id=QuoteCheck.id,
    snapshot=QuoteCheck.snapshot_id,
    claim=QuoteCheck.claim_id,
    subject=json_object(type=QuoteCheck.subject_type, id=QuoteCheck.subject_id),
    exact=QuoteCheck.exact,
    outcome=QuoteCheck.outcome,
    score=QuoteCheck.score,
    found=QuoteCheck.found,
    start=QuoteCheck.start,
    end=QuoteCheck.end,
    open=QuoteCheck.state.is_not_distinct_from("open"),
    settled=case(
        (QuoteCheck.settled_as.is_(None), None),
        else_=json_object(
            how=QuoteCheck.settled_as,
            by=json_object(id=Account.id, name=Account.name),
            at=QuoteCheck.settled_at,
            comment=QuoteCheck.comment,
        ),
    ),
    version=QuoteCheck.version,
    created_at=QuoteCheck.created_at,
)
_SELECT: Final = (
    select(json_text(_DOCUMENT).label("document"), QuoteCheck.id, QuoteCheck.version)
    .outerjoin(Account, Account.id == QuoteCheck.settled_by)
    .outerjoin(Evidence, Evidence.id == QuoteCheck.subject_id)
)


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """As the quote itself: a confidential piece of evidence is for the desk alone."""
    own = QuoteCheck.desk_id.in_(sorted(actor.roles))
    shared = QuoteCheck.desk_id.in_(sorted(actor.partner_roles))
    not_confidential = or_(Evidence.id.is_(None), Evidence.confidential.is_(False))
    return or_(own, shared & not_confidential) if actor.readable_desks else false()


def check_document(session: Session, actor: Actor, check_id: str) -> AnyRow:
    """`document`, `id`, `version` of a check that the actor may see."""
    row = session.execute(_SELECT.where(QuoteCheck.id == check_id, visible_to(actor))).one_or_none()
    if row is None:
        message = "There is no such check of a quote, or you may not see it."
        raise NotFound(message)
    return row


def checks_page(
    session: Session, actor: Actor, conditions: Sequence[Any], page: PageRequest
) -> Sequence[AnyRow]:
    """Checks in the order in which they were made, and one more than the page holds."""
    return fetch_page(session, _SELECT.where(visible_to(actor), *conditions), ORDER, page)
