"""Many events at once: chained as `service.record` chains them, by a few statements for all."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from verifier.events.chain import canonical, event_hash
from verifier.events.models import Event
from verifier.events.service import SALT_BYTES, lock_chain
from verifier.kit.bulk import put_rows
from verifier.kit.clock import new_id, now

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.orm import Session

    from verifier.accounts.actor import Actor


@dataclass(frozen=True, slots=True)
class Happening:
    """What an event tells: of which row (`subject`: type and id), and which columns changed."""

    type: str
    subject: tuple[str, str]
    changes: Mapping[str, Any]
    thread_id: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


def appeared(
    event_type: str,
    model: Any,
    row: Mapping[str, Any],
    /,
    *,
    thread_id: str | None = None,
    **details: Any,
) -> Happening:
    """That a new row of an audited model is there, given as its columns."""
    changes = {name: row[name] for name in model.__audited__}
    return Happening(event_type, (model.__subject__, row["id"]), changes, thread_id, details)


def record_many(
    session: Session, actor: Actor, desk_id: str, happenings: Sequence[Happening]
) -> None:
    """Write events into a desk's chain in their order, the chain being locked once.

    No function that listens `on` an event is called: whoever brings many rows at once does for all
    of them together what those do for each.
    """
    if not happenings:
        return
    chain = lock_chain(session, desk_id)
    seq, head, moment = chain.length, chain.head, now()
    events = []
    for told in happenings:
        seq += 1
        members: dict[str, Any] = {
            "seq": seq,
            "at": moment,
            "type": told.type,
            "data": canonical({"changes": told.changes, **told.details}),
            "salt": secrets.token_hex(SALT_BYTES),
            "previous": head,
        }
        head = event_hash(
            chain=chain.id,
            actor=actor.account_id,
            subject=told.subject,
            thread=told.thread_id,
            **members,
        )
        subject_type, subject_id = told.subject
        events.append(
            {
                "id": new_id(),
                "chain_id": chain.id,
                "actor_id": actor.account_id,
                "subject_type": subject_type,
                "subject_id": subject_id,
                "thread_id": told.thread_id,
                "hash": head,
                **members,
            }
        )
    chain.length, chain.head = seq, head
    session.flush()
    put_rows(session, Event, events)
