"""Endpoints for how quotes fare when their sources are fetched again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import or_

from verifier.accounts.auth import actor, requires
from verifier.accounts.permissions import Permission, sees
from verifier.claims.queries import find_visible
from verifier.drift import queries, schemas
from verifier.drift.actions import act_on_check
from verifier.drift.models import QuoteCheck
from verifier.drift.service import OPEN
from verifier.kit import answers
from verifier.kit.answers import if_match
from verifier.kit.errors import NotAllowed
from verifier.kit.pagination import PageRequest
from verifier.kit.rest import Blueprint
from verifier.kit.schemas import page_of
from verifier.kit.transactions import reading, transaction
from verifier.snapshots.queries import snapshot_row

if TYPE_CHECKING:
    from flask import Response

blp = Blueprint("drift", __name__, description="How quotes fare when a source is fetched again.")
CHECKS: Final = page_of(schemas.QuoteCheckDocument)


@blp.get("/v1/snapshots/<id:snapshot_id>/quotes")
@requires(Permission.EVIDENCE_READ)
@blp.filters(schemas.CheckQuery)
@blp.lists(CHECKS, example=schemas.CHECK_SHOWN)
def list_snapshot_quotes(query: dict[str, Any], snapshot_id: str) -> Response:
    """How each quote of the source fared in a snapshot."""
    page = PageRequest.read(query, name=f"snapshot-quotes/{snapshot_id}")
    with reading() as session:
        snapshot_row(session, actor(), snapshot_id)
        conditions = [QuoteCheck.snapshot_id == snapshot_id, *_conditions(query)]
        return answers.listing(queries.checks_page(session, actor(), conditions, page), page)


@blp.get("/v1/claims/<id:claim_id>/quote-checks")
@requires(Permission.EVIDENCE_READ)
@blp.filters(schemas.CheckQuery)
@blp.lists(CHECKS, example=schemas.CHECK_SHOWN)
def list_quote_checks(query: dict[str, Any], claim_id: str) -> Response:
    """How the claim's quotes fared over time, to its desk and partners."""
    page = PageRequest.read(query, name=f"quote-checks/{claim_id}")
    with reading() as session:
        claim = find_visible(session, actor(), claim_id)
        if not sees(actor(), claim.desk_id):
            message = "How a claim's quotes fare is listed for its desk."
            raise NotAllowed(message, permission=Permission.EVIDENCE_READ.value)
        conditions = [QuoteCheck.claim_id == claim_id, *_conditions(query)]
        return answers.listing(queries.checks_page(session, actor(), conditions, page), page)


@blp.get("/v1/quote-checks/<id:check_id>")
@requires(Permission.EVIDENCE_READ)
@blp.shows(schemas.QuoteCheckDocument, example=schemas.CHECK_SHOWN)
def show_quote_check(check_id: str) -> Response:
    """How one quote fared in one snapshot."""
    with reading() as session:
        row = queries.check_document(session, actor(), check_id)
    return answers.resource(row.document, row.version)


@blp.post("/v1/quote-checks/<id:check_id>/actions")
@requires(Permission.CLAIM_TRIAGE)
@blp.takes(
    schemas.QuoteCheckAction, example={"action": "keep", "comment": "Only the layout changed."}
)
@blp.changes(schemas.QuoteCheckDocument, example=schemas.CHECK_SHOWN, keyed=True)
def act_on_quote_check(payload: dict[str, Any], check_id: str) -> Response:
    """Settle a quote that its source no longer bears out: keep, reanchor."""
    with transaction() as session:
        act_on_check(session, actor(), check_id, if_match=if_match(), **payload)
        session.expire_all()
        row = queries.check_document(session, actor(), check_id)
        return answers.resource(row.document, row.version)


def _conditions(query: dict[str, Any]) -> list[Any]:
    if "open" not in query:
        return []
    settled = or_(QuoteCheck.state.is_(None), QuoteCheck.state != "open")
    return [OPEN if query["open"] else settled]
