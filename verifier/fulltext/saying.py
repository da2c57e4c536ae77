"""Documents that say all that is wanted: as a condition on a claim, and found from the index.

Both are the same SQL on either database, with lists as parameters. Which is cheaper depends on how
rare the rarest word is: few documents are found and then sorted; where there are many, a list that
goes its own way soon meets as many as a page holds.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import orjson
from sqlalchemy import Boolean, Integer, Text, TextClause, bindparam, text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from verifier.fulltext import lookup
from verifier.fulltext.lookup import dialect_of, newest_document, rows_of_list, stretches
from verifier.fulltext.models import SearchDocument
from verifier.fulltext.terms import MARK
from verifier.fulltext.weighing import rarity

if TYPE_CHECKING:
    from sqlalchemy.sql.compiler import SQLCompiler

    from verifier.fulltext.asking import Wanted
    from verifier.fulltext.lookup import Stretch
    from verifier.fulltext.reach import Reach
    from verifier.kit.rows import Reader

MOST: Final = 1000
"""Documents that are ranked."""
LAST: Final = "\U0010ffff"

_PARAMETERS: Final = ("terms", "needed", "literals", "without_terms", "without_literals")
_EXACTLY: Final = """
NOT EXISTS (SELECT 1 FROM {literals} WHERE {position}(d.words, l.term) = 0)
AND NOT EXISTS (
    SELECT 1 FROM {without_terms} CROSS JOIN search_postings p
    WHERE p.scope = d.scope AND p.term = l.term AND p.doc = d.doc
)
AND NOT EXISTS (SELECT 1 FROM {without_literals} WHERE {position}(d.words, l.term) > 0)
"""
_SAID: Final = f"""
EXISTS (
    SELECT 1 FROM search_documents d WHERE d.claim_id = {{claim}} AND (
        SELECT count(DISTINCT l.word) FROM {{terms}} CROSS JOIN search_postings p
        WHERE p.scope = d.scope AND p.term = l.term AND p.doc = d.doc
    ) = {{needed}} AND {_EXACTLY}
)
"""  # noqa: S608  (constants)
_BY_WORDS: Final = f"""
SELECT d.claim_id, CAST(found.score AS bigint) AS score FROM (
    SELECT doc, sum(best) AS score FROM (
        SELECT s.doc, l.word, max(p.weight * l.rarity) AS best
        FROM (
            SELECT p.scope, p.doc FROM {{starts}} CROSS JOIN search_postings p
            WHERE p.scope = l.scope AND p.term = l.term AND p.doc >= l.floor
        ) AS s CROSS JOIN {{terms}} CROSS JOIN search_postings p
        WHERE p.scope = s.scope AND p.term = l.term AND p.doc = s.doc
        GROUP BY s.doc, l.word
    ) AS each_word
    GROUP BY doc HAVING count(*) = {{needed}}
) AS found JOIN search_documents d ON d.doc = found.doc
WHERE {_EXACTLY}
ORDER BY found.score DESC, found.doc DESC LIMIT :most
"""  # noqa: S608  (constants)
_BEGUN: Final = """
SELECT p.doc FROM {starts} CROSS JOIN search_postings p
WHERE p.scope = l.scope AND p.term >= l.term AND p.term < l.last LIMIT :longest
"""
_COUNT_BEGUN: Final = f"SELECT count(*) FROM ({_BEGUN}) AS each_term"  # noqa: S608  (constants)
_BY_BEGINNINGS: Final = f"""
SELECT d.claim_id, 0 AS score FROM (
    SELECT DISTINCT doc FROM ({_BEGUN}) AS each_term
) AS found JOIN search_documents d ON d.doc = found.doc
WHERE {_EXACTLY}
ORDER BY found.doc DESC LIMIT :most
"""  # noqa: S608  (constants)


class Hit(NamedTuple):
    """A claim that says what is wanted, and how much it has of it."""

    claim_id: str
    score: int


class Hits(NamedTuple):
    """The best of the newest documents; all that there are where `are_all`."""

    found: list[Hit]
    are_all: bool


class is_said(FunctionElement[bool]):  # noqa: N801  (an SQL function)
    """Whether a claim says what the parameters of `parameters_of` want."""

    type = Boolean()
    inherit_cache = True

    def __init__(self, claim_id: Any) -> None:
        kinds = {"needed": Integer()}
        super().__init__(
            claim_id,
            *(bindparam(f"said_{name}", type_=kinds.get(name, Text())) for name in _PARAMETERS),
        )

    def self_group(self, against: Any = None) -> Any:  # noqa: ARG002  (SQLAlchemy's signature)
        """Itself: SQLAlchemy would compare it with 1 for SQLite."""
        return self


@compiles(is_said)
def _compile_is_said(element: is_said, compiler: SQLCompiler, **kw: Any) -> str:
    values = [compiler.process(part, **kw) for part in element.clauses]
    named = dict(zip(("claim", *_PARAMETERS), values, strict=True))
    return _filled(_SAID, compiler.dialect.name, named)


def parameters_of(wanted: Wanted) -> dict[str, Any]:
    """The values for `is_said`."""
    return {f"said_{name}": value for name, value in _values(wanted, {}).items()}


def find_saying(reader: Reader, reach: Reach, wanted: Wanted) -> Hits:
    """What says all that is wanted, best first, looked for from the rarest word's postings."""
    if wanted.terms:
        return _by_words(reader, reach, wanted)
    if wanted.beginnings:
        return _by_beginnings(reader, reach, wanted)
    return Hits([], are_all=wanted.is_empty)


def _by_words(reader: Reader, reach: Reach, wanted: Wanted) -> Hits:
    by_word: dict[int, list[Stretch]] = {n: [] for n in range(len(wanted.terms))}
    for each in stretches(reader, wanted.terms, reach.scopes):
        by_word[each.word].append(each)
    lengths = {n: sum(each.length for each in group) for n, group in by_word.items()}
    rarest = by_word[min(lengths, key=lambda n: (lengths[n], n))]
    documents = newest_document(reader)
    rarities = {n: rarity(documents, length) for n, length in lengths.items()}
    starts = [each._asdict() for each in rarest]
    hits = _hits(reader, _BY_WORDS, _values(wanted, rarities) | {"starts": _list(starts)})
    return Hits(hits, are_all=len(hits) < MOST and not any(each.is_cut for each in rarest))


def _by_beginnings(reader: Reader, reach: Reach, wanted: Wanted) -> Hits:
    longest = max(wanted.beginnings, key=len)
    starts = [
        {"scope": scope, "term": term, "last": term + LAST}
        for scope in reach.scopes
        for term in (longest, MARK + longest)
    ]
    values = _values(wanted, {}) | {"starts": _list(starts), "longest": lookup.LONGEST_WALK}
    begun = reader.execute(_statement(_COUNT_BEGUN, dialect_of(reader)), values).scalar_one()
    hits = _hits(reader, _BY_BEGINNINGS, values)
    return Hits(hits, are_all=len(hits) < MOST and begun < lookup.LONGEST_WALK)


def _hits(reader: Reader, template: str, values: dict[str, Any]) -> list[Hit]:
    statement = _statement(template, dialect_of(reader)).columns(SearchDocument.claim_id)
    return [Hit(*row) for row in reader.execute(statement, values | {"most": MOST})]


@cache
def _statement(template: str, dialect: str) -> TextClause:
    names = (*_PARAMETERS, "starts")
    return text(_filled(template, dialect, {name: f":{name}" for name in names}))


def _filled(template: str, dialect: str, values: dict[str, str]) -> str:
    """The template with its lists as rows, each by the name `l`."""
    lists = {
        name: value if name in ("claim", "needed") else rows_of_list(value, "l", dialect)
        for name, value in values.items()
    }
    position = "instr" if dialect == "sqlite" else "strpos"
    return template.format(position=position, **lists)


def _values(wanted: Wanted, rarities: dict[int, float]) -> dict[str, Any]:
    return {
        "terms": _list(
            [
                {"word": n, "term": term, "rarity": rarities.get(n, 0)}
                for n, group in enumerate(wanted.terms)
                for term in group
            ]
        ),
        "needed": len(wanted.terms),
        "literals": _list([{"term": literal} for literal in wanted.literals]),
        "without_terms": _list([{"term": term} for term in wanted.without_terms]),
        "without_literals": _list([{"term": literal} for literal in wanted.without_literals]),
    }


def _list(rows: list[dict[str, Any]]) -> str:
    return orjson.dumps(rows).decode()
