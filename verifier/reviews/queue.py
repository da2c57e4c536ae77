"""What waits for the caller: to triage, to check, to revise, to review, to publish."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import String, and_, cast, exists, func, literal, null, or_, select, union_all
from sqlalchemy.orm import aliased

from verifier.accounts.actor import Role, Scope
from verifier.accounts.models import Account, Desk
from verifier.claims.models import Claim
from verifier.claims.queries import PRIORITY
from verifier.drift.models import QuoteCheck
from verifier.drift.service import OPEN
from verifier.kit.clock import now
from verifier.kit.pagination import Order, fetch_page
from verifier.reviews.models import Recusal, Review, Verdict
from verifier.reviews.workflow import CLAIM_STATUSES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from verifier.accounts.actor import Actor
    from verifier.kit.pagination import PageRequest
    from verifier.kit.rows import AnyRow, AnySelect

TASKS: Final = ("triage", "check", "recheck", "revise", "review", "publish")
"""Claims to accept or reject; claims to find evidence for and rate; claims, verdicts in force among
them, with a quote that its source no longer bears out; one's own drafts; verdicts of colleagues;
approved verdicts."""
_author = aliased(Account)
_assignee = aliased(Account)


def tasks_page(
    session: Session, actor: Actor, tasks: Iterable[str], page: PageRequest
) -> Sequence[AnyRow]:
    """What waits, earliest due first, what has no due date last; one more than the page holds."""
    waiting = union_all(*(_TASKS[task](actor) for task in tasks)).subquery()
    order = Order(waiting.c.due_at, waiting.c.id, nullable=True)
    query = (
        select(
            waiting.c.task, waiting.c.id, waiting.c.due_at, waiting.c.verdict_id,
            Claim.id.label("claim_id"), Claim.text, Claim.status, PRIORITY.label("priority"),
            Desk.slug.label("desk"), Verdict.state, Claim.assignee_id,
            _assignee.name.label("assignee_name"), Verdict.author_id,
            _author.name.label("author_name"),
        )
        .join(Claim, Claim.id == waiting.c.claim_id)
        .join(Desk, Desk.id == Claim.desk_id)
        .outerjoin(Verdict, Verdict.id == waiting.c.verdict_id)
        .outerjoin(_author, _author.id == Verdict.author_id)
        .outerjoin(_assignee, _assignee.id == Claim.assignee_id)
    )  # fmt: skip
    return fetch_page(session, query, order, page)


def shown(row: AnyRow) -> dict[str, Any]:
    """A task as the caller sees it; no rating, since desks may rate blind."""
    assignee = {"id": row.assignee_id, "name": row.assignee_name} if row.assignee_id else None
    verdict = {
        "id": row.verdict_id,
        "state": row.state,
        "author": {"id": row.author_id, "name": row.author_name},
    }
    return {
        "task": row.task,
        "due_at": row.due_at,
        "overdue": row.due_at is not None and row.due_at < now(),
        "claim": {
            "id": row.claim_id,
            "desk": row.desk,
            "text": row.text,
            "status": row.status,
            "priority": row.priority,
            "assignee": assignee,
        },
        "verdict": verdict if row.verdict_id else None,
    }


def _desks(actor: Actor, role: Role, scope: Scope) -> list[str]:
    if scope not in actor.scopes:
        return []
    return sorted(desk for desk, held in actor.roles.items() if held >= role)


def _claims(task: str, *conditions: ColumnElement[bool]) -> AnySelect:
    return select(
        literal(task).label("task"),
        Claim.id.label("id"),
        Claim.id.label("claim_id"),
        cast(null(), Verdict.id.type).label("verdict_id"),
        Claim.due_at.label("due_at"),
    ).where(*conditions)


def _verdicts(task: str, *conditions: ColumnElement[bool]) -> AnySelect:
    return (
        select(
            literal(task).label("task"),
            Verdict.id.label("id"),
            Verdict.claim_id.label("claim_id"),
            Verdict.id.label("verdict_id"),
            Claim.due_at.label("due_at"),
        )
        .join(Claim, Claim.id == Verdict.claim_id)
        .where(Claim.status.in_(CLAIM_STATUSES), *conditions)
    )


def _triage(actor: Actor) -> AnySelect:
    desks = _desks(actor, Role.reviewer, Scope.review)
    return _claims("triage", Claim.desk_id.in_(desks), Claim.status == "submitted")


def _check(actor: Actor) -> AnySelect:
    """In review, nobody else's, and not with a verdict under way."""
    desks = _desks(actor, Role.reviewer, Scope.review)
    under_way = exists().where(
        Verdict.claim_id == Claim.id, Verdict.state.in_(("draft", "proposed", "approved"))
    )
    mine = or_(Claim.assignee_id.is_(None), Claim.assignee_id == actor.account_id)
    return _claims("check", Claim.desk_id.in_(desks), Claim.status == "in_review", mine, ~under_way)


def _recheck(actor: Actor) -> AnySelect:
    """Found by the oldest of the claim's open checks: the claim itself may wait as well."""
    desks = _desks(actor, Role.reviewer, Scope.review)
    oldest = (
        select(func.min(cast(QuoteCheck.id, String)))
        .where(QuoteCheck.claim_id == Claim.id, OPEN)
        .correlate(Claim)
        .scalar_subquery()
    )
    return (
        select(
            literal("recheck").label("task"),
            cast(oldest, Claim.id.type).label("id"),
            Claim.id.label("claim_id"),
            Verdict.id.label("verdict_id"),
            Claim.due_at.label("due_at"),
        )
        .outerjoin(Verdict, and_(Verdict.claim_id == Claim.id, Verdict.state == "published"))
        .where(Claim.desk_id.in_(desks), Claim.drifted)
    )


def _revise(actor: Actor) -> AnySelect:
    desks = _desks(actor, Role.reviewer, Scope.review)
    mine = and_(Verdict.author_id == actor.account_id, Verdict.state == "draft")
    return _verdicts("revise", mine, Verdict.desk_id.in_(desks))


def _review(actor: Actor) -> AnySelect:
    """Proposed by somebody else, not reviewed by the actor as it stands, no interest declared."""
    own = _desks(actor, Role.reviewer, Scope.review)
    partners = [
        desk
        for desk in actor.partner_roles
        if Scope.review in actor.scopes and (actor.partner_role_in(desk) or 0) >= Role.reviewer
    ]
    reviewed = exists().where(
        Review.verdict_id == Verdict.id,
        Review.round == Verdict.round,
        Review.digest == Verdict.digest,
        Review.reviewer_id == actor.account_id,
    )
    recused = exists().where(
        Recusal.claim_id == Verdict.claim_id, Recusal.account_id == actor.account_id
    )
    return _verdicts(
        "review",
        Verdict.desk_id.in_(sorted({*own, *partners})),
        Verdict.state == "proposed",
        Verdict.author_id != actor.account_id,
        ~reviewed,
        ~recused,
    )


def _publish(actor: Actor) -> AnySelect:
    desks = _desks(actor, Role.editor, Scope.publish)
    return _verdicts("publish", Verdict.desk_id.in_(desks), Verdict.state == "approved")


_TASKS: Final = {
    "triage": _triage,
    "check": _check,
    "recheck": _recheck,
    "revise": _revise,
    "review": _review,
    "publish": _publish,
}
