"""From the trail to the endpoints: which event is for whom, decided once, in order, by one worker.

A desk's events are numbered in the order in which they were committed, and `WebhookPosition` says
how far they have been handed on. It moves in the transaction that writes the deliveries: so there
is exactly one of each, whatever dies in between.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import exists, or_, select, update

from verifier.accounts.actor import Role
from verifier.accounts.models import Membership
from verifier.events.models import Event, EventChain
from verifier.events.service import SERVER_CHAIN
from verifier.kit.clock import now
from verifier.kit.db import insert_those_not_there
from verifier.matches.models import MatchSubscription
from verifier.webhooks.erasing import forget_what_was_erased
from verifier.webhooks.messages import COLUMNS, bodies
from verifier.webhooks.models import Webhook, WebhookDelivery, WebhookMessage, WebhookPosition
from verifier.webhooks.types import MATCHED, is_wanted

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from typing import TypeAlias

    from sqlalchemy.orm import Session

    from verifier.kit.rows import AnyRow

    Told: TypeAlias = tuple[AnyRow, list[AnyRow]]

LOOKED_AT: Final = 1000
TOLD_OF: Final = 200
"""Events in one transaction: those that are looked at, and those that somebody wants."""
WAITING, DELIVERED, FAILED, SKIPPED = "waiting", "delivered", "failed", "skipped"
_HOOKS: Final = select(
    Webhook.id, Webhook.types, Webhook.follows_after, Webhook.created_by, Webhook.created_at
)
IS_TOLD: Final = (
    select(Webhook.id)
    .where(
        or_(Webhook.desk_id == WebhookPosition.chain_id, WebhookPosition.chain_id == SERVER_CHAIN)
    )
    .correlate(WebhookPosition)
    .exists()
)
"""Whether there is an endpoint for a chain's events."""
STATES: Final = (WAITING, DELIVERED, FAILED, SKIPPED)


def chains_behind(session: Session) -> Sequence[str]:
    """Ids of the chains with events that have not been handed on, and somebody to be told."""
    query = (
        select(WebhookPosition.chain_id)
        .join(EventChain, EventChain.id == WebhookPosition.chain_id)
        .where(EventChain.length > WebhookPosition.seq, IS_TOLD)
    )
    return session.scalars(query).all()


def hand_on(session: Session, chain_id: str, *, public_url: str) -> int:
    """Write deliveries for the chain's next events, one worker at a time; how many events."""
    query = select(WebhookPosition).where(WebhookPosition.chain_id == chain_id)
    position = session.scalar(query.with_for_update(skip_locked=True))
    if position is None:
        return 0
    before = position.seq
    find = _answered if chain_id == SERVER_CHAIN else _wanted
    told, position.seq = find(session, chain_id, position.seq)
    texts = bodies(session, [event for event, _ in told], public_url=public_url)
    pairs = [(event, hook) for event, hooks in told if event.id in texts for hook in hooks]
    _write(session, pairs, texts)
    session.flush()
    return position.seq - before


def _wanted(session: Session, desk_id: str, position: int) -> tuple[list[Told], int]:
    """A desk's next events that its endpoints ask for, and how far that goes.

    The endpoints are read last: so each that was made before one of the events is among them.
    """
    new = select(*COLUMNS).where(Event.chain_id == desk_id, Event.seq > position)
    events = session.execute(new.order_by(Event.seq).limit(LOOKED_AT)).all()
    hooks = session.execute(_HOOKS.where(Webhook.desk_id == desk_id)).all()
    told: list[Told] = []
    for event in events:
        position = event.seq
        wanting = [hook for hook in hooks if _asks_for(hook, event)]
        if wanting:
            told.append((event, wanting))
        if len(told) == TOLD_OF:
            break
    forget_what_was_erased(session, events)
    return told, position


def _asks_for(hook: AnyRow, event: AnyRow) -> bool:
    return event.seq > hook.follows_after and is_wanted(event.type, hook.types)


def _answered(session: Session, chain_id: str, position: int) -> tuple[list[Told], int]:
    """Questions that were answered: who keeps one is told at the endpoints that they made.

    All else in the server's chain, such as tokens, is nobody's business.
    """
    head = session.scalar(select(EventChain.length).where(EventChain.id == chain_id)) or 0
    new = (
        select(*COLUMNS, MatchSubscription.account_id)
        .join(MatchSubscription, MatchSubscription.id == Event.subject_id)
        .where(Event.chain_id == chain_id, Event.seq > position, Event.seq <= head)
        .where(Event.type == MATCHED)
    )
    events = session.execute(new.order_by(Event.seq).limit(TOLD_OF)).all()
    is_admin = exists().where(
        Membership.desk_id == Webhook.desk_id,
        Membership.account_id == Webhook.created_by,
        Membership.role == int(Role.admin),
    )
    asking = Webhook.created_by.in_({event.account_id for event in events})
    hooks = session.execute(_HOOKS.where(asking, is_admin)).all() if events else []
    told = [(event, [hook for hook in hooks if _is_told(hook, event)]) for event in events]
    return told, events[-1].seq if len(events) == TOLD_OF else head


def _is_told(hook: AnyRow, event: AnyRow) -> bool:
    is_asked = is_wanted(event.type, hook.types) and event.at >= hook.created_at
    return is_asked and hook.created_by == event.account_id


def send_to(session: Session, webhook: Webhook, event_id: str, *, public_url: str) -> None:
    """Have one event sent to one endpoint, whether or not it asks for such events."""
    event = session.execute(select(*COLUMNS).where(Event.id == event_id)).one()
    _write(session, [(event, webhook)], bodies(session, [event], public_url=public_url))
    _wake(session, [webhook.id], now(), even_at_rest=True)


def send_again(
    session: Session,
    webhook: Webhook,
    *conditions: Any,
) -> int:
    """Have the endpoint's deliveries under these conditions sent once more; how many."""
    moment = now()
    these = update(WebhookDelivery).where(WebhookDelivery.webhook_id == webhook.id, *conditions)
    again = these.values(
        state=WAITING, due_at=moment, attempts=0, version=WebhookDelivery.version + 1,
        updated_at=moment,
    )  # fmt: skip
    number = session.execute(again.execution_options(synchronize_session=False)).rowcount  # type: ignore[attr-defined]
    _wake(session, [webhook.id], moment, even_at_rest=True)
    return int(number)


def drop_waiting(session: Session, webhook: Webhook) -> None:
    """Nothing more is sent to the endpoint; what was to be sent can be sent again later."""
    open_ones = update(WebhookDelivery).where(
        WebhookDelivery.webhook_id == webhook.id, WebhookDelivery.due_at.is_not(None)
    )
    skipped = open_ones.values(
        state=SKIPPED, due_at=None, version=WebhookDelivery.version + 1, updated_at=now()
    )
    session.execute(skipped.execution_options(synchronize_session=False))
    webhook.due_at = None


def _write(session: Session, pairs: Sequence[tuple[Any, Any]], texts: dict[str, str]) -> None:
    """Messages that are not there yet, a delivery for each pair, and who is to look at them.

    The endpoints are held meanwhile, so that none is removed, stopped or done with in between.
    """
    is_active = _held(session, {hook.id for _, hook in pairs})
    pairs = [(event, hook) for event, hook in pairs if hook.id in is_active]
    if not pairs:
        return
    moment = now()
    messages = {event.id: event for event, _ in pairs}.values()
    insert_those_not_there(
        session,
        WebhookMessage,
        [{**_common(event), "body": texts[event.id]} for event in messages],
    )
    fresh = {"attempts": 0, "version": 1, "created_at": moment, "updated_at": moment}
    insert_those_not_there(
        session,
        WebhookDelivery,
        [
            {**_common(event), **fresh, "webhook_id": hook.id}
            | {"state": WAITING if is_active[hook.id] else SKIPPED}
            | {"due_at": moment if is_active[hook.id] else None}
            for event, hook in pairs
        ],
    )
    _wake(session, {hook for hook in is_active if is_active[hook]}, moment)


def _held(session: Session, hooks: Iterable[str]) -> dict[str, bool]:
    """Which of the endpoints are there still, and whether they are active."""
    query = select(Webhook.id, Webhook.active).where(Webhook.id.in_(sorted(hooks)))
    rows = session.execute(query.order_by(Webhook.id).with_for_update())
    return {row.id: row.active for row in rows}


def _common(event: Any) -> dict[str, Any]:
    thread = event.thread_id or event.subject_id
    return {"event_id": event.id, "type": event.type, "seq": event.seq, "thread_id": thread}


def _wake(
    session: Session, hooks: Iterable[str], moment: datetime, *, even_at_rest: bool = False
) -> None:
    """Have a worker look at these endpoints; those that rest after failures only where asked to."""
    woken = update(Webhook).where(Webhook.id.in_(sorted(hooks)))
    if not even_at_rest:
        woken = woken.where(or_(Webhook.due_at.is_(None), Webhook.failing_since.is_(None)))
    session.execute(woken.values(due_at=moment).execution_options(synchronize_session=False))
