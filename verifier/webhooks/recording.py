"""What came of a round of attempts, and what it means for the endpoint: one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import bindparam, func, insert, select, update

from verifier.accounts.actor import SERVICE
from verifier.kit.clock import new_id, now
from verifier.webhooks.models import Webhook, WebhookAttempt, WebhookDelivery
from verifier.webhooks.outbox import DELIVERED, FAILED, SKIPPED, WAITING, drop_waiting
from verifier.webhooks.retries import (
    ASKS_TO_WAIT,
    DISABLED_AFTER,
    GONE,
    is_success,
    pause_after,
    rest_of,
)
from verifier.webhooks.service import record_on_webhook

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from verifier.webhooks.lookout import Turn

LONGEST_ERROR: Final = 300
_DELIVERIES: Final = WebhookDelivery.__table__
_RECORD: Final = (
    update(_DELIVERIES)  # type: ignore[arg-type]
    .where(
        _DELIVERIES.c.webhook_id == bindparam("this_webhook"),
        _DELIVERIES.c.event_id == bindparam("this_event"),
    )
    .values(
        state=bindparam("new_state"),
        due_at=bindparam("new_due_at"),
        attempts=bindparam("new_attempts"),
        status=bindparam("new_status"),
        error=bindparam("new_error"),
        updated_at=bindparam("new_updated_at"),
        version=_DELIVERIES.c.version + 1,
    )
)


class Lost(Exception):
    """Somebody else looks after the endpoint by now: what this round found out is dropped."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt: `number` counts those at the delivery; `status` or `error` says what came."""

    event_id: str
    thread_id: str
    seq: int
    number: int
    at: datetime
    status: int | None
    latency_ms: int
    beginning: bytes
    retry_after: float | None
    error: str | None

    @property
    def is_success(self) -> bool:
        return is_success(self.status)

    @property
    def asked_pause(self) -> float | None:
        """What the receiver asks for by `Retry-After`."""
        return self.retry_after if self.status in ASKS_TO_WAIT else None

    def told(self) -> str | None:
        """What went wrong, in a sentence; None where nothing did."""
        if self.is_success:
            return None
        return (self.error or f"It answered {self.status}, not 2xx.")[:LONGEST_ERROR]


def record_round(session: Session, turn: Turn, attempts: Sequence[Attempt]) -> dict[str, Any]:
    """Keep every attempt, and end the turn. Raises `Lost`, and then nothing may be committed."""
    query = select(Webhook).where(Webhook.id == turn.webhook_id, Webhook.lease == turn.lease)
    webhook = session.scalar(query.with_for_update())
    if webhook is None:
        raise Lost
    failures = [attempt for attempt in attempts if not attempt.is_success]
    _keep(session, webhook, attempts)
    failing_since = _failing_since(webhook, attempts, failures)
    reason = _reason_to_disable(failing_since, failures)
    if webhook.active and reason:
        _disable(session, webhook, reason)
    members: dict[str, Any] = {"lease": None, "leased_until": None, "failing_since": failing_since}
    if webhook.active:
        members["due_at"] = _next_look(session, webhook, failing_since, failures)
    ended = update(Webhook).where(Webhook.id == webhook.id)
    session.execute(ended.values(**members).execution_options(synchronize_session=False))
    sent = len(attempts) - len(failures)
    return {"sent": sent, "failed": len(failures), "disabled": reason}


def hold_back_followers(session: Session, webhook_id: str) -> None:
    """Events that are due but come after one that waits are due no sooner than that one."""
    moment, of_webhook = now(), WebhookDelivery.webhook_id == webhook_id
    due = select(WebhookDelivery.thread_id).where(of_webhook, WebhookDelivery.due_at <= moment)
    threads = set(session.scalars(due.distinct()))
    waiting = (
        select(
            WebhookDelivery.thread_id,
            func.min(WebhookDelivery.seq).label("seq"),
            func.max(WebhookDelivery.due_at).label("until"),
        )
        .where(of_webhook, WebhookDelivery.due_at > moment)
        .group_by(WebhookDelivery.thread_id)
    )
    for row in session.execute(waiting).all():
        if row.thread_id in threads:
            _hold_back(session, webhook_id, row.thread_id, row.seq, row.until)


def _failing_since(
    webhook: Webhook, attempts: Sequence[Attempt], failures: Sequence[Attempt]
) -> datetime | None:
    """Since when nothing has arrived; who asks for a pause counts as failing from then on."""
    if not attempts:
        return webhook.failing_since
    if any(attempt.asked_pause for attempt in failures):
        return webhook.failing_since or now()
    if len(failures) < len(attempts):
        return None
    return webhook.failing_since or now()


def _next_look(
    session: Session, webhook: Webhook, failing_since: datetime | None, failures: Sequence[Attempt]
) -> datetime | None:
    """When to look at the endpoint again, after all others that are due; None if nothing waits."""
    opened = (WebhookDelivery.webhook_id == webhook.id, WebhookDelivery.due_at.is_not(None))
    next_due = session.scalar(select(func.min(WebhookDelivery.due_at)).where(*opened))
    if next_due is None:
        return None
    if failing_since is None or not failures:
        return max(next_due, now())
    asked = max((attempt.asked_pause or 0 for attempt in failures), default=0)
    return max(next_due, now() + rest_of(now() - failing_since, asked))


def _keep(session: Session, webhook: Webhook, attempts: Sequence[Attempt]) -> None:
    if not attempts:
        hold_back_followers(session, webhook.id)
        return
    session.execute(insert(WebhookAttempt), [_row(webhook.id, each) for each in attempts])
    counted = _not_asked_for_anew(session, webhook.id, attempts)
    outcomes = [_outcome(webhook, attempt) for attempt in counted]
    if outcomes:
        session.connection().execute(_RECORD, outcomes)
    for attempt, outcome in zip(counted, outcomes, strict=True):
        if outcome["new_state"] == WAITING:
            until = outcome["new_due_at"]
            _hold_back(session, webhook.id, attempt.thread_id, attempt.seq, until)


def _not_asked_for_anew(
    session: Session, webhook_id: str, attempts: Sequence[Attempt]
) -> list[Attempt]:
    """Those at deliveries that nobody wants sent again since: these begin from the start."""
    events = {attempt.event_id for attempt in attempts}
    query = select(WebhookDelivery.event_id, WebhookDelivery.attempts).where(
        WebhookDelivery.webhook_id == webhook_id, WebhookDelivery.event_id.in_(events)
    )
    made = {row.event_id: row.attempts for row in session.execute(query)}
    return [attempt for attempt in attempts if made.get(attempt.event_id) == attempt.number - 1]


def _row(webhook_id: str, attempt: Attempt) -> dict[str, Any]:
    return {
        "id": new_id(),
        "webhook_id": webhook_id,
        "event_id": attempt.event_id,
        "at": attempt.at,
        "status": attempt.status,
        "latency_ms": attempt.latency_ms,
        # PostgreSQL stores no NUL, and what a receiver says may be anything.
        "answer": attempt.beginning.decode("utf-8", "replace").replace("\0", "\ufffd"),
        "error": attempt.told(),
    }


def _outcome(webhook: Webhook, attempt: Attempt) -> dict[str, Any]:
    state, due_at = DELIVERED, None
    if not attempt.is_success:
        pause = pause_after(attempt.number, attempt.asked_pause)
        state = FAILED if pause is None else WAITING if webhook.active else SKIPPED
        due_at = now() + pause if pause is not None and webhook.active else None
    return {
        "this_webhook": webhook.id,
        "this_event": attempt.event_id,
        "new_state": state,
        "new_due_at": due_at,
        "new_attempts": attempt.number,
        "new_status": attempt.status,
        "new_error": attempt.told(),
        "new_updated_at": now(),
    }


def _hold_back(
    session: Session, webhook_id: str, thread_id: str, seq: int, until: datetime
) -> None:
    """Later events of the thread wait for the one that failed; nobody looks at them before."""
    later = update(WebhookDelivery).where(
        WebhookDelivery.webhook_id == webhook_id,
        WebhookDelivery.thread_id == thread_id,
        WebhookDelivery.seq > seq,
        WebhookDelivery.due_at < until,
    )
    session.execute(later.values(due_at=until).execution_options(synchronize_session=False))


def _reason_to_disable(failing_since: datetime | None, failures: Sequence[Attempt]) -> str | None:
    if any(attempt.status == GONE for attempt in failures):
        return "gone"
    is_over = failing_since is not None and now() - failing_since > DISABLED_AFTER
    return "failing" if failures and is_over else None


def _disable(session: Session, webhook: Webhook, reason: str) -> None:
    """Send it nothing more until somebody has looked at it; the desk's events tell of it."""
    webhook.active, webhook.disabled_reason = False, reason
    webhook.disabled_at = webhook.updated_at = now()
    drop_waiting(session, webhook)
    record_on_webhook(session, SERVICE, "webhook.disabled", webhook, reason=reason)
