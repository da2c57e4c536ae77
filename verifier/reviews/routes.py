"""Endpoints for verdicts and their review, recusals, histories, the queue, and rating scales."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from verifier.accounts.auth import actor, requires
from verifier.accounts.permissions import Permission
from verifier.accounts.scales import DEFAULT_SCALE
from verifier.claims.queries import find_visible
from verifier.claims.schemas import CLAIM_ID
from verifier.desks import schemas as desk_schemas
from verifier.desks.queries import scale_document
from verifier.desks.service import load_desk
from verifier.events.audit_schemas import CHECKPOINT, PROVEN, ClaimProof
from verifier.kit import answers
from verifier.kit.answers import if_match
from verifier.kit.fields import PageQuery
from verifier.kit.pagination import PageRequest
from verifier.kit.rest import LIST_HEADERS, Blueprint, leads_to, refuses
from verifier.kit.schemas import page_of
from verifier.kit.transactions import reading, transaction
from verifier.reviews import (
    actions,
    history,
    proving,
    queries,
    queue,
    queue_schemas,
    schemas,
    service,
)
from verifier.reviews.ratings import replace_scale

if TYPE_CHECKING:
    from flask import Response

blp = Blueprint("reviews", __name__, description="Verdicts, their review, and what waits for you.")
PROOF_SHOWN = {"claim": CLAIM_ID, "checkpoint": CHECKPOINT, "items": [PROVEN], "next": None}
VERDICT_LINKS = leads_to(show_verdict="verdict_id", act_on_verdict="verdict_id")


@blp.post("/v1/claims/<id:claim_id>/verdicts")
@requires(Permission.VERDICT_WRITE)
@blp.takes(schemas.NewVerdict, example=schemas.VERDICT)
@blp.creates(schemas.VerdictDocument, example=schemas.VERDICT_SHOWN, links=VERDICT_LINKS)
def draft_verdict(payload: dict[str, Any], claim_id: str) -> Response:
    """Draft a verdict on a claim in review, or a correction of a verified one."""
    with transaction() as session:
        verdict = service.draft_verdict(session, actor(), claim_id, **payload)
        document, version = queries.verdict_document(session, actor(), verdict.id)
        return answers.created(document, version, location=f"/v1/verdicts/{verdict.id}")


@blp.get("/v1/claims/<id:claim_id>/verdicts")
@requires(Permission.VERDICT_READ)
@blp.filters(PageQuery)
@blp.lists(page_of(schemas.VerdictDocument), example=schemas.VERDICT_SHOWN)
def list_verdicts(query: dict[str, Any], claim_id: str) -> Response:
    """A claim's verdicts; to the public those that were ever published."""
    page = PageRequest.read(query, name=f"verdicts/{claim_id}")
    with reading() as session:
        find_visible(session, actor(), claim_id)
        rows = queries.verdicts_page(session, actor(), claim_id, page)
        return answers.listing(rows, page, show=partial(queries.completed, actor()))


@blp.get("/v1/verdicts/<id:verdict_id>")
@requires(Permission.VERDICT_READ)
@blp.shows(schemas.VerdictDocument, example=schemas.VERDICT_SHOWN)
def show_verdict(verdict_id: str) -> Response:
    """A verdict with the evidence it cites."""
    with reading() as session:
        return answers.resource(*queries.verdict_document(session, actor(), verdict_id))


@blp.patch("/v1/verdicts/<id:verdict_id>")
@requires(Permission.VERDICT_WRITE)
@blp.takes(schemas.VerdictChange, example={"summary": "Yes, but without a date."})
@blp.changes(schemas.VerdictDocument, example=schemas.VERDICT_SHOWN)
def edit_verdict(payload: dict[str, Any], verdict_id: str) -> Response:
    """Change a draft; its author's right."""
    with transaction() as session:
        service.edit_verdict(session, actor(), verdict_id, if_match=if_match(), **payload)
        return answers.resource(*queries.verdict_document(session, actor(), verdict_id))


@blp.post("/v1/verdicts/<id:verdict_id>/actions")
@requires(Permission.VERDICT_REVIEW)
@blp.takes(schemas.VerdictAction, example={"action": "approve", "comment": "Well sourced."})
@blp.changes(schemas.VerdictDocument, example=schemas.VERDICT_SHOWN, keyed=True)
def act_on_verdict(payload: dict[str, Any], verdict_id: str) -> Response:
    """Move a verdict along: propose, withdraw, approve, request_changes, publish, retract."""
    with transaction() as session:
        actions.act_on_verdict(session, actor(), verdict_id, if_match=if_match(), **payload)
        return answers.resource(*queries.verdict_document(session, actor(), verdict_id))


@blp.post("/v1/claims/<id:claim_id>/recusals")
@requires(Permission.RECUSAL_DECLARE)
@blp.takes(schemas.NewRecusal, example={"reason": "I advised the ministry until 2023."})
@blp.creates(schemas.RecusalDocument, example=schemas.RECUSAL_SHOWN)
def declare_recusal(payload: dict[str, Any], claim_id: str) -> Response:
    """Declare your competing interest in a claim."""
    with transaction() as session:
        recusal = service.recuse(session, actor(), claim_id, **payload)
        document = {
            "id": recusal.id,
            "claim": claim_id,
            "account": {"id": actor().account_id, "name": actor().name},
            "reason": recusal.reason,
            "created_at": recusal.created_at,
        }
        return answers.created(document, 1, location=f"/v1/claims/{claim_id}")


@blp.get("/v1/claims/<id:claim_id>/history")
@requires(Permission.HISTORY_READ)
@blp.filters(PageQuery)
@blp.lists(page_of(schemas.EventDocument), example=schemas.EVENT_SHOWN)
def show_history(query: dict[str, Any], claim_id: str) -> Response:
    """Everything that happened to a claim, in order; to the public what was published."""
    page = PageRequest.read(query, name=f"history/{claim_id}")
    with reading() as session:
        rows, show = history.history_page(session, actor(), claim_id, page)
    return answers.listing(rows, page, show=show)


@blp.get("/v1/claims/<id:claim_id>/proof")
@requires(Permission.HISTORY_READ)
@blp.filters(PageQuery)
@blp.response(200, ClaimProof, headers=LIST_HEADERS, example=PROOF_SHOWN)
@refuses(400)
def show_proof(query: dict[str, Any], claim_id: str) -> Response:
    """A claim's events with what proves that they are in the newest checkpoint."""
    page = PageRequest.read(query, name=f"proof/{claim_id}")
    with reading() as session:
        found = proving.proof_page(session, actor(), claim_id, page)
    around = {"claim": claim_id, "checkpoint": found.checkpoint}
    return answers.listing(found.rows, page, show=found.show, around=around)


@blp.get("/v1/queue")
@requires(Permission.QUEUE_READ)
@blp.filters(queue_schemas.QueueQuery)
@blp.lists(page_of(queue_schemas.QueuedTask), example=queue_schemas.TASK_SHOWN)
def show_queue(query: dict[str, Any]) -> Response:
    """What waits for you, overdue first."""
    page = PageRequest.read(query, name="queue", key_type=datetime)
    tasks = [query["task"]] if "task" in query else queue.TASKS
    with reading() as session:
        rows = queue.tasks_page(session, actor(), tasks, page)
    return answers.listing(rows, page, show=queue.shown, key=attrgetter("due_at"))


@blp.get("/v1/desks/<slug:slug>/rating-scale")
@requires(Permission.DESK_READ)
@blp.shows(desk_schemas.Scale, example=desk_schemas.DESK_SHOWN["rating_scale"])
def show_scale(slug: str) -> Response:
    """The desk's rating scale."""
    with reading() as session:
        row = scale_document(session, load_desk(session, actor(), slug))
    return answers.resource(row.document, row.version)


@blp.put("/v1/desks/<slug:slug>/rating-scale")
@requires(Permission.DESK_UPDATE)
@blp.takes(desk_schemas.ScaleReplacement, example={"ratings": DEFAULT_SCALE[:2]})
@blp.changes(desk_schemas.Scale, example=desk_schemas.DESK_SHOWN["rating_scale"])
def put_scale(payload: dict[str, Any], slug: str) -> Response:
    """Replace the desk's rating scale; what is published keeps its own."""
    with transaction() as session:
        desk = replace_scale(session, actor(), slug, if_match=if_match(), **payload)
        row = scale_document(session, desk)
        return answers.resource(row.document, row.version)
