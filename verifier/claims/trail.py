"""The trail of a claim: whatever happens to it or hangs on it is told on its thread."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from verifier.events.service import record

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from verifier.accounts.actor import Actor
    from verifier.claims.models import Claim
    from verifier.events.models import Event
    from verifier.events.service import Audited


def record_on_claim(
    session: Session, actor: Actor, claim: Claim, event_type: str, row: Audited, **details: Any
) -> Event:
    """As `events.service.record`, in the chain of the claim's desk and on the claim's thread."""
    return record(
        session, actor, event_type, row, desk_id=claim.desk_id, thread_id=claim.id, **details
    )
