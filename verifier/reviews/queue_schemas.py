"""The public shapes of what waits for somebody."""

from __future__ import annotations

from typing import Any, Final

from marshmallow import Schema, fields

from verifier.claims.schemas import CLAIM_ID, STATUSES
from verifier.claims.service import PRIORITIES
from verifier.kit.fields import PageQuery, Slug, choice
from verifier.kit.schemas import Person
from verifier.reviews.queue import TASKS
from verifier.reviews.schemas import RECUSAL_SHOWN
from verifier.reviews.workflow import VERDICT_WORKFLOW


class QueueQuery(PageQuery):
    """Which tasks."""

    task = choice(*TASKS, title="QueueTask")


class QueuedClaim(Schema):
    """The claim that a task is about."""

    id = fields.UUID(required=True)
    desk = Slug(required=True)
    text = fields.String(required=True)
    status = choice(*STATUSES, required=True)
    priority = choice(*PRIORITIES, required=True)
    assignee = fields.Nested(Person, required=True, allow_none=True)


class QueuedVerdict(Schema):
    """The verdict that a task is about."""

    id = fields.UUID(required=True)
    state = choice(*VERDICT_WORKFLOW.states(), required=True)
    author = fields.Nested(Person, required=True)


class QueuedTask(Schema):
    """Something that waits for you."""

    task = choice(*TASKS, required=True)
    due_at = fields.DateTime(required=True, allow_none=True)
    overdue = fields.Boolean(required=True)
    claim = fields.Nested(QueuedClaim, required=True)
    verdict = fields.Nested(QueuedVerdict, required=True, allow_none=True)


TASK_SHOWN: Final[dict[str, Any]] = {
    "task": "check",
    "due_at": "2026-11-24T12:00:00.000000Z",
    "overdue": False,
    "claim": {
        "id": CLAIM_ID,
        "desk": "border-desk",
        "text": "Moscow assured Baku that its troops could leave before the 2025 deadline.",
        "status": "in_review", "priority": "high",
        "assignee": RECUSAL_SHOWN["account"],
    },
    "verdict": None,
}  # fmt: skip
