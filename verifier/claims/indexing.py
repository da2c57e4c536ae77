"""What a claim is found by, kept in the index with each change of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select

from verifier.accounts.models import Desk
from verifier.claims.models import Claim
from verifier.events.service import on
from verifier.fulltext.index import Known, clear, index_many, index_statement
from verifier.fulltext.weighing import Statement

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

    from verifier.accounts.actor import Actor
    from verifier.kit.rows import AnyRow

AT_ONCE: Final = 1000
_INDEXED: Final = (
    select(
        Claim.id, Claim.desk_id, Claim.text, Claim.claimant_name, Claim.language, Claim.verdict,
        Claim.published_at, Desk.language.label("desk_language"),
    )
    .join(Desk, Desk.id == Claim.desk_id)
    .order_by(Claim.id)
    .limit(AT_ONCE)
)  # fmt: skip


@on(
    "claim.submitted", "claim.edited", "claim.verified", "claim.back_in_review", "claim.erased"
)  # fmt: skip
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


def index_anew(session: Session) -> Iterator[tuple[int, int]]:
    """Make the whole index from the claims, oldest first: (done, all) as it goes.

    The migration that brings the index calls this: it reads no column that is younger.
    """
    clear(session)
    total = session.scalar(select(func.count()).select_from(Claim)) or 0
    done, last = 0, ""
    while True:
        query = _INDEXED if not last else _INDEXED.where(Claim.id > last)
        rows = session.execute(query).all()
        if not rows:
            return
        index_many(session, [_known(row) for row in rows])
        done, last = done + len(rows), rows[-1].id
        yield done, max(done, total)


def _known(row: AnyRow) -> Known:
    language = row.language or row.desk_language
    return Known(row.id, statement_of(row), row.desk_id, language, row.published_at is not None)


def statement_of(claim: Claim | AnyRow) -> Statement:
    """The words of a claim that it is found by."""
    verdict = claim.verdict or {}
    return Statement(
        text=claim.text,
        title=verdict.get("title", ""),
        summary=verdict.get("summary", ""),
        claimant=claim.claimant_name or "",
    )
