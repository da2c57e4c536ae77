"""Keeping claims' vectors up to date: a job after each change, or all of them by command."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakSet

from sqlalchemy import func, select

from verifier.claims.models import Claim
from verifier.events.service import on
from verifier.kit.jobs import enqueue
from verifier.search.semantic import Wording

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sqlalchemy import Dialect
    from sqlalchemy.orm import Session

    from verifier.accounts.actor import Actor
    from verifier.kit.db import Database
    from verifier.kit.jobs import Claimed
    from verifier.kit.rows import AnyRow
    from verifier.search.semantic import Semantic
    from verifier.search.vectors import Coded

EMBED: Final = "claim.embed"
AT_ONCE: Final = 128

_followed: Final[WeakSet[Dialect]] = WeakSet()


def follow(database: Database) -> None:
    """From now on, changes of claims that this process makes in the database ask for vectors."""
    # All of a database's engines share this object, and no other database has it.
    _followed.add(database.engine.dialect)


@on(
    "claim.submitted", "claim.edited", "claim.verified", "claim.back_in_review", "claim.erased"
)  # fmt: skip
def ask_for_vector(session: Session, _actor: Actor, claim: Claim) -> None:
    """The claim's wording, or who may see it, is not what it was."""
    if is_followed(session):
        enqueue(session, EMBED, claim.id)


def is_followed(session: Session) -> bool:
    """Whether changes of claims in this database ask for vectors."""
    return session.get_bind().dialect in _followed


@dataclass(frozen=True, slots=True)
class EmbedClaim:
    """The worker's job of encoding a claim."""

    database: Database
    semantic: Semantic

    def __call__(self, job: Claimed) -> Callable[[Session], dict[str, Any]]:
        ids = [job.subject_id]
        known = encoded(self.database, self.semantic, ids)
        return lambda session: {"encoded": store(session, self.semantic, ids, known)}


def embed_all(database: Database, semantic: Semantic) -> Iterator[tuple[int, int, int]]:
    """Encode every claim without a vector of its present wording: (done, encoded, all) so far.

    What is done stays done, wherever it is stopped.
    """
    with database.reading() as session:
        total = session.scalar(select(func.count()).select_from(Claim)) or 0
    done = fresh = 0
    for ids in _pages(database):
        fresh += embed(database, semantic, ids)
        done += len(ids)
        yield done, fresh, max(done, total)


def embed(database: Database, semantic: Semantic, ids: Sequence[str]) -> int:
    """Bring the vectors of these claims up to date; how many were encoded."""
    known = encoded(database, semantic, ids)
    with database.transaction() as session:
        return store(session, semantic, ids, known)


def encoded(database: Database, semantic: Semantic, ids: Sequence[str]) -> dict[str, Coded]:
    """The vectors of the wordings that have none, by digest: the slow part."""
    with database.reading() as session:
        rows = session.execute(_claims(semantic, ids)).all()
    return semantic.encode(_stale(rows))


def store(session: Session, semantic: Semantic, ids: Sequence[str], known: dict[str, Coded]) -> int:
    """Write the vectors of the claims as they are now; how many are new.

    The claims are held first, and what was reworded meanwhile is encoded here: while a job runs
    no other can be asked for.
    """
    query = _claims(semantic, ids).order_by(Claim.id).with_for_update(of=Claim, key_share=True)
    rows = session.execute(query).all()
    stale = _stale(rows)
    known |= semantic.encode([wording for wording in stale if wording.digest not in known])
    semantic.vectors.put(session, [_stored(row, known) for row in rows if not _is_as_stored(row)])
    return len(stale)


def _pages(database: Database) -> Iterator[list[str]]:
    last: str | None = None
    while True:
        query = select(Claim.id).order_by(Claim.id).limit(AT_ONCE)
        with database.reading() as session:
            after = query if last is None else query.where(Claim.id > last)
            ids = list(session.scalars(after))
        if not ids:
            return
        yield ids
        last = ids[-1]


def _claims(semantic: Semantic, ids: Sequence[str]) -> Any:
    """Claims with the vectors that they have, if any."""
    vectors = semantic.vectors.table
    return (
        select(
            Claim.id, Claim.desk_id, Claim.text, Claim.verdict, Claim.published_at,
            vectors.c.digest, vectors.c.bits, vectors.c.vector, vectors.c.is_public,
            vectors.c.desk_id.label("stored_desk_id"),
        )
        .outerjoin(vectors, vectors.c.claim_id == Claim.id)
        .where(Claim.id.in_(ids))
    )  # fmt: skip


def _wording(row: AnyRow) -> Wording:
    return Wording(row.text, (row.verdict or {}).get("title"))


def _stale(rows: Sequence[AnyRow]) -> list[Wording]:
    wordings = [(_wording(row), row.digest) for row in rows]
    return [wording for wording, digest in wordings if wording.digest != digest]


def _is_as_stored(row: AnyRow) -> bool:
    is_public = row.published_at is not None
    scope = (row.stored_desk_id, row.is_public) == (row.desk_id, is_public)
    return scope and row.digest == _wording(row).digest


def _stored(row: AnyRow, known: dict[str, Coded]) -> dict[str, Any]:
    digest = _wording(row).digest
    bits, vector = known.get(digest, (row.bits, row.vector))
    return {
        "claim_id": row.id,
        "desk_id": row.desk_id,
        "is_public": row.published_at is not None,
        "digest": digest,
        "bits": bits,
        "vector": vector,
    }
