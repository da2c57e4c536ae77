"""Looking terms up in the index: how many documents have each, and which have the most of them.

Each list of postings is walked from its newest end for a bounded length, whatever is stored, so a
search costs what it asks for. That count is also what tells a rare term from a common one: nothing
else is kept about terms, and nothing has to be brought up to date.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import orjson
from sqlalchemy import TextClause, func, select, text
from sqlalchemy.orm import aliased

from verifier.fulltext.models import SearchDocument

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import TextualSelect

    from verifier.kit.rows import AnyRow, Reader

LONGEST_WALK: Final = 3000
"""Postings of one term that are looked at."""

_TYPES: Final = {
    "word": "int",
    "scope": "int",
    "term": "text",
    "last": "text",
    "rarity": "float8",
    "floor": "bigint",
}
_NEWEST: Final = select(func.max(SearchDocument.doc))
_COUNT: Final = """
SELECT l.word, l.scope, l.term, (
    SELECT count(*) || ' ' || coalesce(min(doc), 0)
    FROM (
        SELECT p.doc FROM search_postings p WHERE p.scope = l.scope AND p.term = l.term
        ORDER BY p.doc DESC LIMIT :longest
    ) AS newest
) FROM {lists}
"""
_DOCUMENT: Final = (
    SearchDocument.doc,
    SearchDocument.claim_id,
    SearchDocument.language,
    SearchDocument.words,
)
_CANDIDATES: Final = """
WITH l AS MATERIALIZED (SELECT * FROM {lists})
SELECT d.doc, d.claim_id, d.language, d.words FROM (
    SELECT p.doc, sum(p.weight * l.rarity) / count(DISTINCT p.scope) AS score
    FROM l CROSS JOIN search_postings p
    WHERE p.scope = l.scope AND p.term = l.term AND p.doc >= l.floor
    GROUP BY p.doc ORDER BY score DESC, p.doc DESC LIMIT :most
) AS found JOIN search_documents d ON d.doc = found.doc
ORDER BY found.score DESC, found.doc DESC
"""
_NARROWED: Final = _CANDIDATES.replace(
    "search_postings p\n", "search_postings p JOIN search_documents o ON o.doc = p.doc\n"
)


class Only(NamedTuple):
    """Which documents alone are wanted: a condition in SQL on `o`, a document, and its values."""

    condition: str
    values: dict[str, Any]

    @classmethod
    def of_scope(cls, scope: int) -> Only:
        """Those of one desk."""
        return cls("o.scope = :home", {"home": scope})


class Stretch(NamedTuple):
    """The newest postings of a term in a scope: how many, and the oldest document among them.

    `word` is the number of the word that was asked for, since several terms may stand for one.
    """

    word: int
    scope: int
    term: str
    length: int
    floor: int

    @property
    def is_cut(self) -> bool:
        """Whether the term may be in older documents too."""
        return self.length >= LONGEST_WALK


def newest_document(reader: Reader) -> int:
    """The number of the newest document, which is about how many there are."""
    return reader.execute(_NEWEST).scalar() or 0


def stretches(
    reader: Reader, terms: Sequence[Iterable[str]], scopes: Iterable[int]
) -> list[Stretch]:
    """For the terms that stand for each word, those that occur in one of the scopes."""
    lists = [
        {"word": word, "scope": scope, "term": term}
        for scope in scopes
        for word, group in enumerate(terms)
        for term in group
    ]
    parameters = {"lists": orjson.dumps(lists).decode(), "longest": LONGEST_WALK}
    found = []
    for word, scope, term, told in reader.execute(
        _statement(_COUNT, dialect_of(reader)), parameters
    ):
        length, floor = map(int, told.split())
        if length:
            found.append(Stretch(word, scope, term, length, floor))
    return found


def candidates(
    reader: Reader,
    walks: Iterable[tuple[Stretch, float]],
    *,
    most: int,
    only: Only | None = None,
) -> Sequence[AnyRow]:
    """The documents with the most and the rarest of the terms: `doc, claim_id, language, words`.

    Each stretch comes with the rarity of its word.
    """
    lists = [
        {
            "scope": each.scope,
            "term": each.term,
            "rarity": rarity,
            "floor": each.floor,
        }
        for each, rarity in walks
    ]
    parameters = {"lists": orjson.dumps(lists).decode(), "most": most}
    template = _CANDIDATES
    if only is not None:
        template = _NARROWED.replace("WHERE", f"WHERE {only.condition} AND")
        parameters |= only.values
    statement = _candidates(template, dialect_of(reader))
    return reader.execute(statement, parameters).all()


def documents_of(
    reader: Reader, claim_ids: Sequence[str], *, only: Only | None = None
) -> Sequence[AnyRow]:
    """Those claims' documents, as `candidates` gives them."""
    query = select(*_DOCUMENT).where(SearchDocument.claim_id.in_(claim_ids))
    if only is None:
        return reader.execute(query).all()
    document = aliased(SearchDocument, name="o")
    wanted = select(document.doc).where(text(only.condition))
    return reader.execute(query.where(SearchDocument.doc.in_(wanted)), only.values).all()


def dialect_of(reader: Reader) -> str:
    """The name of the database's kind."""
    return (reader if hasattr(reader, "dialect") else reader.get_bind()).dialect.name


@cache
def _candidates(template: str, dialect: str) -> TextualSelect:
    return _statement(template, dialect).columns(*_DOCUMENT)


@cache
def _statement(template: str, dialect: str) -> TextClause:
    return text(template.format(lists=rows_of_list(":lists", "l", dialect)))


def rows_of_list(value: str, alias: str, dialect: str) -> str:
    """A parameter, a JSON list of objects, as rows of the columns in `_TYPES`; the rest is null."""
    if dialect == "sqlite":
        columns = ", ".join(f"value ->> '{column}' AS {column}" for column in _TYPES)
        return f"(SELECT {columns} FROM json_each({value})) AS {alias}"  # noqa: S608  (constants)
    columns = ", ".join(f"{column} {kind}" for column, kind in _TYPES.items())
    return f"json_to_recordset(CAST({value} AS json)) AS {alias}({columns})"
