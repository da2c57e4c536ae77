"""Endpoints for evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from verifier.accounts.auth import actor, requires
from verifier.accounts.permissions import Permission, sees
from verifier.claims.queries import find_visible
from verifier.evidence import queries, schemas, service
from verifier.kit import answers
from verifier.kit.answers import if_match
from verifier.kit.errors import NotAllowed
from verifier.kit.pagination import PageRequest
from verifier.kit.rest import Blueprint, leads_to
from verifier.kit.schemas import page_of
from verifier.kit.transactions import reading, transaction

if TYPE_CHECKING:
    from flask import Response

blp = Blueprint("evidence", __name__, description="What supports, refutes or explains a claim.")


@blp.post("/v1/claims/<id:claim_id>/evidence")
@requires(Permission.EVIDENCE_ATTACH)
@blp.takes(schemas.NewEvidence, example=schemas.EVIDENCE)
@blp.creates(
    schemas.EvidenceDocument,
    example=schemas.EVIDENCE_SHOWN,
    links=leads_to(show_evidence="evidence_id", act_on_evidence="evidence_id"),
)
def attach_evidence(payload: dict[str, Any], claim_id: str) -> Response:
    """Attach evidence to a claim."""
    with transaction() as session:
        evidence = service.attach_evidence(session, actor(), claim_id, **payload)
        row = queries.evidence_document(session, actor(), evidence.id)
        return answers.created(row.document, row.version, location=f"/v1/evidence/{row.id}")


@blp.get("/v1/claims/<id:claim_id>/evidence")
@requires(Permission.EVIDENCE_READ)
@blp.filters(schemas.EvidenceQuery)
@blp.lists(page_of(schemas.EvidenceDocument), example=schemas.EVIDENCE_SHOWN)
def list_evidence(query: dict[str, Any], claim_id: str) -> Response:
    """A claim's evidence, withdrawn pieces included, to its desk and partners."""
    page = PageRequest.read(query, name=f"evidence/{claim_id}")
    with reading() as session:
        claim = find_visible(session, actor(), claim_id)
        if not sees(actor(), claim.desk_id):
            message = "A claim's evidence is listed for its desk; its verdicts show what they cite."
            raise NotAllowed(message, permission=Permission.EVIDENCE_READ.value)
        rows = queries.evidence_page(session, actor(), claim_id, page, query.get("stance"))
    return answers.listing(rows, page)


@blp.get("/v1/evidence/<id:evidence_id>")
@requires(Permission.EVIDENCE_READ)
@blp.shows(schemas.EvidenceDocument, example=schemas.EVIDENCE_SHOWN)
def show_evidence(evidence_id: str) -> Response:
    """A piece of evidence."""
    with reading() as session:
        row = queries.evidence_document(session, actor(), evidence_id)
    return answers.resource(row.document, row.version)


@blp.patch("/v1/evidence/<id:evidence_id>")
@requires(Permission.EVIDENCE_ATTACH)
@blp.takes(schemas.EvidenceChange, example={"stance": "context"})
@blp.changes(schemas.EvidenceDocument, example=schemas.EVIDENCE_SHOWN)
def update_evidence(payload: dict[str, Any], evidence_id: str) -> Response:
    """Correct a piece of evidence; approvals of verdicts that cite it lapse."""
    with transaction() as session:
        service.update_evidence(session, actor(), evidence_id, if_match=if_match(), **payload)
        row = queries.evidence_document(session, actor(), evidence_id)
        return answers.resource(row.document, row.version)


@blp.post("/v1/evidence/<id:evidence_id>/actions")
@requires(Permission.EVIDENCE_ATTACH)
@blp.takes(schemas.EvidenceAction, example={"action": "withdraw", "reason": "It was a parody."})
@blp.changes(schemas.EvidenceDocument, example=schemas.EVIDENCE_SHOWN, keyed=True)
def act_on_evidence(payload: dict[str, Any], evidence_id: str) -> Response:
    """Withdraw a piece of evidence, with a reason; it stays readable."""
    with transaction() as session:
        reason = payload["reason"]
        service.withdraw_evidence(session, actor(), evidence_id, reason=reason, if_match=if_match())
        row = queries.evidence_document(session, actor(), evidence_id)
        return answers.resource(row.document, row.version)
