"""What a claim is found by, kept in the index with each change of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from verifier.accounts.models import Desk
from verifier.events.service import on
from verifier.fulltext.index import index_statement
from verifier.fulltext.weighing import Statement

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from verifier.accounts.actor import Actor
    from verifier.claims.models import Claim


@on("claim.submitted", "claim.edited", "claim.verified", "claim.back_in_review")
def index_claim(session: Session, _actor: Actor, claim: Claim) -> None:
    """Have the claim found by its words, its claimant and the verdict in force."""
    language = claim.language or session.scalar(
        select(Desk.language).where(Desk.id == claim.desk_id)
    )
    index_statement(
        session,
        claim.id,
        statement_of(claim),
        desk_id=claim.desk_id,
        language=language or "",
        is_public=claim.published_at is not None,
    )


def statement_of(claim: Claim) -> Statement:
    """The words of a claim that it is found by."""
    verdict = claim.verdict or {}
    return Statement(
        text=claim.text,
        title=verdict.get("title", ""),
        summary=verdict.get("summary", ""),
        claimant=claim.claimant_name or "",
    )
