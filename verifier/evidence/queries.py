"""Reading evidence: one query for a detail, one for a page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import case, false, or_, select
from sqlalchemy.orm import aliased

from verifier.accounts.models import Account
from verifier.claims.models import Claim
from verifier.evidence.models import Evidence
from verifier.kit.columns import json_object, json_text
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

ORDER: Final = Order(None, Evidence.id)
_adder = aliased(Account)
_withdrawer = aliased(Account)
_QUOTE: Final = {
    name: getattr(Evidence, name) for name in ("exact", "prefix", "suffix", "start", "end")
}
SHARED: Final[dict[str, Any]] = {
    "id": Evidence.id,
    "source": json_object(**CITED),
    "stance": Evidence.stance,
    "quote": case((Evidence.exact.is_(None), None), else_=json_object(**_QUOTE)),
    "note": Evidence.note,
    "snapshot": Evidence.snapshot_id,
    "snapshot_sha256": Evidence.snapshot_sha256,
}
"""What leaves the desk with a published verdict."""
_DOCUMENT: Final = json_object(
    **SHARED,
    claim=Evidence.claim_id,
    standing=Evidence.standing,
    confidential=Evidence.confidential,
    added_by=json_object(id=_adder.id, name=_adder.name),
    withdrawn=case(
        (Evidence.withdrawn_at.is_(None), None),
        else_=json_object(
            by=json_object(id=_withdrawer.id, name=_withdrawer.name),
            at=Evidence.withdrawn_at,
            reason=Evidence.withdrawn_reason,
        ),
    ),
    version=Evidence.version,
    created_at=Evidence.created_at,
    updated_at=Evidence.updated_at,
)
_SELECT: Final = (
    select(json_text(_DOCUMENT).label("document"), Evidence.id, Evidence.version)
    .join(Claim, Claim.id == Evidence.claim_id)
    .join(Source, Source.id == Evidence.source_id)
    .outerjoin(_adder, _adder.id == Evidence.added_by)
    .outerjoin(_withdrawer, _withdrawer.id == Evidence.withdrawn_by)
)


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """All evidence of the actor's desks; of desks they partner with, what is not confidential."""
    own = Claim.desk_id.in_(sorted(actor.roles))
    shared = Claim.desk_id.in_(sorted(actor.partner_roles)) & Evidence.confidential.is_(False)
    return or_(own, shared) if actor.roles or actor.partner_roles else false()


def evidence_document(session: Session, actor: Actor, evidence_id: str) -> AnyRow:
    """`document`, `id`, `version` of a piece of evidence that the actor may see."""
    query = _SELECT.where(Evidence.id == evidence_id, visible_to(actor))
    row = session.execute(query).one_or_none()
    if row is None:
        message = "There is no such piece of evidence, or you may not see it."
        raise NotFound(message)
    return row


def evidence_page(
    session: Session, actor: Actor, claim_id: str, page: PageRequest, stance: str | None
) -> Sequence[AnyRow]:
    """A claim's evidence in the order it was attached, and one more than the page holds."""
    conditions = [Evidence.claim_id == claim_id, visible_to(actor)]
    if stance is not None:
        conditions.append(Evidence.stance == stance)
    return fetch_page(session, _SELECT.where(*conditions), ORDER, page)
