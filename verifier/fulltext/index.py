"""Keeping the index: in the same transaction as the claim, row by row what has changed."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import delete, insert, select, tuple_, update

from verifier.fulltext.models import PUBLIC, SearchDocument, SearchPosting, SearchScope
from verifier.fulltext.weighing import SCALE, fields_of, frequencies, lines_of, weights
from verifier.kit.bulk import put_rows
from verifier.kit.db import insert_unless_there

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.orm import Session

    from verifier.fulltext.weighing import Statement


class Entry(NamedTuple):
    """What the index holds of a claim."""

    scope: int
    is_public: bool
    language: str
    words: str

    def postings(self) -> dict[tuple[int, str], int]:
        """The weight of each term in each scope."""
        found = weights(frequencies(fields_of(self.words), self.language))
        scopes = (self.scope, PUBLIC) if self.is_public else (self.scope,)
        return {
            (scope, term): round(SCALE * weight)
            for scope in scopes
            for term, weight in found.items()
        }


class Known(NamedTuple):
    """A claim and what it is found by."""

    claim_id: str
    statement: Statement
    desk_id: str
    language: str
    is_public: bool


def clear(session: Session) -> None:
    """Forget everything."""
    for model in (SearchPosting, SearchDocument):
        session.execute(delete(model))


def index_many(session: Session, statements: Iterable[Known]) -> None:
    """Add statements that the index has not yet, in their order, by few statements of SQL."""
    statements = list(statements)
    scopes = {desk: scope_of(session, desk) for desk in {known.desk_id for known in statements}}
    entries = {
        known.claim_id: Entry(
            scopes[known.desk_id],
            known.is_public,
            known.language,
            lines_of(known.statement.folded()),
        )
        for known in statements
    }
    if not entries:
        return
    documents = insert(SearchDocument).returning(SearchDocument.doc, SearchDocument.claim_id)
    rows = [{"claim_id": claim_id, **entry._asdict()} for claim_id, entry in entries.items()]
    docs = {claim_id: doc for doc, claim_id in session.execute(documents, rows)}
    postings = [
        row
        for claim_id, entry in entries.items()
        for row in rows_of(docs[claim_id], entry.postings())
    ]
    put(session, sorted(postings, key=itemgetter("scope", "term", "doc")))


def index_statement(
    session: Session,
    claim_id: str,
    statement: Statement,
    *,
    desk_id: str,
    language: str,
    is_public: bool,
) -> None:
    """Have the claim found by what it says now."""
    entry = Entry(scope_of(session, desk_id), is_public, language, lines_of(statement.folded()))
    query = select(SearchDocument).where(SearchDocument.claim_id == claim_id)
    known = session.execute(query.with_only_columns(*SearchDocument.__table__.c)).one_or_none()
    if known is None:
        values = {"claim_id": claim_id, **entry._asdict()}
        added = session.execute(insert(SearchDocument).values(values).returning(SearchDocument.doc))
        put(session, rows_of(added.scalar_one(), entry.postings()))
        return
    before = Entry(known.scope, known.is_public, known.language, known.words)
    if before != entry:
        document = update(SearchDocument).where(SearchDocument.doc == known.doc)
        session.execute(document.values(entry._asdict()))
        _replace(session, known.doc, before.postings(), entry.postings())


def scope_of(session: Session, desk_id: str) -> int:
    """The desk's number in the index, from its first claim on."""
    query = select(SearchScope.id).where(SearchScope.desk_id == desk_id)
    number = session.scalar(query)
    if number is None:
        insert_unless_there(session, SearchScope, desk_id=desk_id)
        number = session.scalars(query).one()
    return number


def rows_of(doc: int, postings: dict[tuple[int, str], int]) -> list[dict[str, Any]]:
    """The index's rows for a document, in the order of their key."""
    return [
        {"scope": scope, "term": term, "doc": doc, "weight": weight}
        for (scope, term), weight in sorted(postings.items())
    ]


def put(session: Session, rows: Iterable[dict[str, Any]]) -> None:
    """Add rows to the index."""
    put_rows(session, SearchPosting, list(rows))


def _replace(
    session: Session,
    doc: int,
    before: dict[tuple[int, str], int],
    after: dict[tuple[int, str], int],
) -> None:
    gone = sorted(key for key, weight in before.items() if after.get(key) != weight)
    if gone:
        keys = tuple_(SearchPosting.scope, SearchPosting.term).in_(gone)
        session.execute(delete(SearchPosting).where(SearchPosting.doc == doc, keys))
    put(session, rows_of(doc, dict(after.items() - before.items())))
