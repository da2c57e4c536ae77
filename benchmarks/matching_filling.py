"""Claims and their index put into a database in bulk, as fast as it takes them."""

from __future__ import annotations

import random
import time
from array import array
from contextlib import closing, contextmanager
from datetime import timedelta
from itertools import count
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from uuid import UUID

from benchmarks.newsroom import BEST, FIRST_DAY, WORST
from benchmarks.seeding import BATCH, Loader
from verifier.accounts.scales import DEFAULT_SCALE
from verifier.claims.models import Claim
from verifier.claims.service import NO_EVIDENCE
from verifier.fulltext.index import Entry, scope_of
from verifier.fulltext.models import SearchDocument, SearchPosting
from verifier.fulltext.weighing import Statement, lines_of
from verifier.kit.clock import rfc3339
from verifier.kit.db import Database
from verifier.kit.text import matching_key
from verifier.reviews.models import Verdict
from verifier.reviews.standing import put_anew

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import TypeAlias

    from sqlalchemy import Dialect

    from benchmarks.newsroom import Newsroom

    Postings: TypeAlias = dict[tuple[int, str], tuple[array[int], array[int]]]

PUT_AT_ONCE: Final = 100_000
RATING: Final = DEFAULT_SCALE[0]
POSTINGS: Final = SearchPosting.__tablename__
KEY: Final = ", ".join(column.name for column in SearchPosting.__table__.primary_key)
INDEXES: Final = {
    True: "SELECT name, sql FROM sqlite_master WHERE tbl_name = 'claims' AND type = 'index' "
    "AND sql IS NOT NULL",
    False: "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'claims' "
    "AND indexname <> 'pk_claims'",
}
INDEX_TABLES: Final = (POSTINGS, SearchDocument.__tablename__)


class Stated(NamedTuple):
    """A claim of a desk; it is published if there is a title."""

    desk: str
    text: str
    title: str
    language: str


class Index(NamedTuple):
    """Rows of documents, numbered from 1; and where each term of a scope is, and its weight there.

    `seconds` is what it took to find the words of the claims and their terms.
    """

    scopes: dict[str, int]
    documents: list[tuple[Any, ...]]
    postings: Postings
    seconds: float


class Filling(NamedTuple):
    """Ids of the claims; how long each part took, in seconds; and what is stored, in bytes."""

    ids: list[str]
    claims: float
    terms: float
    index: float
    postings: int
    index_bytes: int
    all_bytes: int


def index_of(
    stated: Sequence[Stated], read: Callable[[Statement], dict[str, list[str]]] = Statement.folded
) -> Index:
    """What the index holds of these claims, the desks' scopes numbered as they come."""
    begun = time.perf_counter()
    scopes: dict[str, int] = {}
    documents: list[tuple[Any, ...]] = []
    postings: Postings = {}
    for each in stated:
        scope = scopes.setdefault(each.desk, len(scopes) + 1)
        words = lines_of(read(Statement(each.text, each.title)))
        entry = Entry(scope, bool(each.title), each.language, words)
        documents.append(entry)
        for key, weight in entry.postings().items():
            if (found := postings.get(key)) is None:
                found = postings[key] = (array("i"), array("h"))
            found[0].append(len(documents))
            found[1].append(weight)
    return Index(scopes, documents, postings, time.perf_counter() - begun)


def fill(url: str, room: Newsroom, stated: Sequence[Stated], index: Index) -> Filling:
    """Put claims and index into a database that is migrated and has the newsroom's desks."""
    database = Database(url)
    try:
        begun = time.perf_counter()
        with _loading(database) as loader:
            ids = loader.put_claims(room, stated)
        claims_there = time.perf_counter()
        without = _size(database)
        with database.transaction() as session:
            for desk, number in index.scopes.items():
                assert scope_of(session, room.desks[desk]) == number
        begun_index = time.perf_counter()
        with _loading(database) as loader:
            numbered = zip(count(1), ids, index.documents, strict=False)
            loader.put(SearchDocument, [(doc, each, *entry) for doc, each, entry in numbered])
            loader.put_postings(index.postings)
        index_there = time.perf_counter()
        with database.transaction() as session:
            for _ in put_anew(session):
                pass
        if database.dialect == "postgresql":
            analyse(database)
        whole = _size(database)
    finally:
        database.dispose()
    return Filling(
        ids=ids,
        claims=claims_there - begun,
        terms=index.seconds,
        index=index_there - begun_index,
        postings=sum(len(docs) for docs, _ in index.postings.values()),
        index_bytes=whole - without,
        all_bytes=whole,
    )


def claim_row(n: int, stated: Stated, room: Newsroom, dice: random.Random) -> dict[str, Any]:
    """A claim as the service stores it, published if it has a title."""
    moment = FIRST_DAY + timedelta(seconds=n)
    chance, milliseconds = dice.getrandbits(74), int(moment.timestamp() * 1000)
    high, low = chance >> 62, chance & (1 << 62) - 1
    row: dict[str, Any] = {
        "id": str(UUID(int=milliseconds << 80 | 7 << 76 | high << 64 | 2 << 62 | low)),
        "version": 1, "created_at": moment, "updated_at": moment,
        "desk_id": room.desks[stated.desk], "text": stated.text,
        "text_key": matching_key(stated.text), "language": stated.language, "topics": [],
        "priority": 1, "status": "submitted", "evidence": NO_EVIDENCE,
        "created_by": room.accounts[stated.desk][0],
    }  # fmt: skip
    if stated.title:
        verdict = {
            "id": row["id"], "rating": RATING["slug"], "label": RATING["label"]["en"],
            "normalised": RATING["normalised"], "value": RATING["value"], "worst": WORST,
            "best": BEST, "title": stated.title, "summary": "", "language": stated.language,
            "published_at": rfc3339(moment), "url": f"https://{stated.desk}.example/{n}",
        }  # fmt: skip
        row |= {"status": "verified", "verdict": verdict, "published_at": moment}
        row |= {"rating": RATING["slug"], "normalised": RATING["normalised"]}
    return row


def verdict_row(claim: dict[str, Any]) -> dict[str, Any]:
    """The verdict of a claim that is published."""
    verdict = claim["verdict"]
    copied = {
        name: verdict[name] for name in ("id", "rating", "title", "summary", "language", "url")
    }
    return {
        **copied, "version": 1, "created_at": claim["created_at"],
        "updated_at": claim["created_at"], "claim_id": claim["id"], "desk_id": claim["desk_id"],
        "author_id": claim["created_by"], "scale_version": 1, "explanation": "",
        "state": "published", "round": 1, "digest": "0" * 64, "origin": "desk",
        "published_at": claim["published_at"],
    }  # fmt: skip


class IndexLoader(Loader):
    """Also puts the index there, in the order of its key. What refers to what is not checked."""

    def __init__(self, dialect: Dialect, connection: Any) -> None:
        if dialect.name == "sqlite":
            connection.execute("PRAGMA foreign_keys=OFF").close()
        else:
            connection.execute("SET statement_timeout = 0")
            connection.execute("SET maintenance_work_mem = '1GB'")
            connection.execute("SET session_replication_role = replica")
        super().__init__(dialect, connection)
        self._is_sqlite = dialect.name == "sqlite"

    def put_claims(self, room: Newsroom, stated: Sequence[Stated]) -> list[str]:
        """The claims, and their ids. The table's indexes are made afterwards."""
        indexes = self._connection.execute(INDEXES[self._is_sqlite]).fetchall()
        for name, _ in indexes:
            self._connection.execute(f"DROP INDEX {name}")
        dice, seen, ids = random.Random(len(stated)), set(), []
        for start in range(0, len(stated), BATCH):
            rows = [
                claim_row(n, each, room, dice)
                for n, each in enumerate(stated[start : start + BATCH], start)
            ]
            for row in rows:
                key = (row["desk_id"], row["text_key"])
                row["is_original"] = key not in seen
                seen.add(key)
                ids.append(row["id"])
            verdicts = [(Verdict, verdict_row(row)) for row in rows if "verdict" in row]
            self.load([*((Claim, row) for row in rows), *verdicts])
        for _, definition in indexes:
            self._connection.execute(definition)
        return ids

    def put(self, model: Any, rows: Sequence[tuple[Any, ...]]) -> None:
        """Rows with a value for each column of the model."""
        table = f"{model.__tablename__} ({', '.join(model.__table__.columns.keys())})"
        for start in range(0, len(rows), PUT_AT_ONCE):
            some = rows[start : start + PUT_AT_ONCE]
            self._put(table, len(model.__table__.columns), some)

    def put_postings(self, postings: Postings) -> None:
        """All postings; PostgreSQL makes their index afterwards."""
        if self._is_sqlite:
            self._insert(POSTINGS, 4, _sorted(postings))
            return
        run = self._connection.execute
        run(f"ALTER TABLE {POSTINGS} DROP CONSTRAINT pk_{POSTINGS}")
        with self._connection.cursor().copy(f"COPY {POSTINGS} FROM STDIN") as copy:
            for (scope, term), (docs, weights) in sorted(postings.items()):
                line = f"{scope}\t{term}\t%d\t%d\n"
                copy.write("".join(map(line.__mod__, zip(docs, weights, strict=True))))
        run(f"ALTER TABLE {POSTINGS} ADD CONSTRAINT pk_{POSTINGS} PRIMARY KEY ({KEY})")
        last = "SELECT max(doc) FROM search_documents"
        run(f"SELECT setval(pg_get_serial_sequence('search_documents', 'doc'), ({last}))")


def _sorted(postings: Postings) -> Iterator[tuple[int, str, int, int]]:
    for (scope, term), (docs, weights) in sorted(postings.items()):
        for doc, weight in zip(docs, weights, strict=True):
            yield scope, term, doc, weight


@contextmanager
def _loading(database: Database) -> Iterator[IndexLoader]:
    with closing(database.engine.raw_connection()) as connection:
        yield IndexLoader(database.engine.dialect, connection.driver_connection)
        connection.commit()
        connection.detach()


def analyse(database: Database) -> None:
    """What PostgreSQL's autovacuum does after a while."""
    with database.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        for statement in ("SET statement_timeout = 0", "VACUUM ANALYZE", "CHECKPOINT"):
            connection.exec_driver_sql(statement)
        connection.detach()


def _size(database: Database) -> int:
    """All that the database's tables and indexes take, in bytes."""
    query = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
    if database.dialect == "postgresql":
        query = "SELECT pg_database_size(current_database())"
    with database.engine.connect() as connection:
        size: int = connection.exec_driver_sql(query).scalar_one()
    return size
