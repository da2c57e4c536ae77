"""Where claims are found by topic: rows that carry what a list goes by, and follow the claim."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, update

from verifier.claims.models import Claim, ClaimTopic

if TYPE_CHECKING:
    from typing import Any

    from sqlalchemy.orm import Session


def store_topics(session: Session, claim: Claim) -> None:
    """The claim's topics are now those that it says."""
    session.execute(delete(ClaimTopic).where(ClaimTopic.claim_id == claim.id))
    session.add_all(
        ClaimTopic(claim_id=claim.id, topic=topic, desk_id=claim.desk_id, **_copied(claim))
        for topic in claim.topics
    )
    session.flush()


def move_claim(session: Session, claim: Claim, status: str) -> None:
    """Give the claim a status, by which, and by whether it is public, its topics find it."""
    claim.status = status
    rows = update(ClaimTopic).where(ClaimTopic.claim_id == claim.id)
    session.execute(rows.values(**_copied(claim)))


def _copied(claim: Claim) -> dict[str, Any]:
    return {"status": claim.status, "is_public": claim.published_at is not None}
