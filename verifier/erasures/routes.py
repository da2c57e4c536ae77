"""Endpoints for erasing text; what is erased is gone from the record and from the trail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from verifier.accounts.auth import actor, requires
from verifier.accounts.permissions import Permission
from verifier.claims.routes import answer_claim
from verifier.claims.schemas import CLAIM_SHOWN, ClaimDocument
from verifier.erasures import schemas, service
from verifier.kit import answers
from verifier.kit.answers import if_match
from verifier.kit.rest import Blueprint
from verifier.kit.transactions import transaction
from verifier.sources.queries import source_document
from verifier.sources.schemas import SOURCE_SHOWN, SourceDocument

if TYPE_CHECKING:
    from flask import Response

blp = Blueprint("erasures", __name__, description="Text that must go, while all proofs hold.")


@blp.post("/v1/claims/<id:claim_id>/erasures")
@requires(Permission.TEXT_ERASE)
@blp.takes(schemas.ClaimErasure, example=schemas.CLAIM_ERASURE)
@blp.changes(ClaimDocument, example=CLAIM_SHOWN, keyed=True)
def erase_on_claim(payload: dict[str, Any], claim_id: str) -> Response:
    """Erase text of a claim or of what hangs on it, for good; the claim's version is asked for."""
    with transaction() as session:
        service.erase_on_claim(session, actor(), claim_id, if_match=if_match(), **payload)
        return answers.resource(*answer_claim(session, claim_id))


@blp.post("/v1/sources/<id:source_id>/erasures")
@requires(Permission.TEXT_ERASE)
@blp.takes(schemas.SourceErasure, example=schemas.SOURCE_ERASURE)
@blp.changes(SourceDocument, example=SOURCE_SHOWN, keyed=True)
def erase_of_source(payload: dict[str, Any], source_id: str) -> Response:
    """Erase a source's title, author or publisher, for good."""
    with transaction() as session:
        service.erase_of_source(session, actor(), source_id, if_match=if_match(), **payload)
        row = source_document(session, actor(), source_id)
        return answers.resource(row.document, row.version)
