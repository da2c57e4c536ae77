"""The nearest vectors: signs of all that may be seen are compared, the best looked at whole.

Two vectors whose signs differ in few places are near to each other (Hamming distance). Comparing
signs takes a thirtieth of the memory, and both databases can do it: SQLite with sqlite-vec,
PostgreSQL by itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sqlalchemy import cast, func, inspect, or_, select, text, union
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects import sqlite as sqlite_sql
from sqlalchemy.orm import Session
from sqlalchemy.schema import CreateIndex, CreateTable

from verifier.claims.models import Claim
from verifier.search.vector_models import PREFIX, vectors_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy import float32
    from numpy.typing import NDArray
    from sqlalchemy import Connection

CANDIDATES: Final = 8
"""So many times as many as are wanted are looked at whole, that few of the best are missed."""
FEWEST_CANDIDATES: Final = 200
LOADED: Final = "verifier.sqlite_vec"
SETTING_UP: Final = 7_301_884_016_262_611_493
"""PostgreSQL's lock on making tables: `IF NOT EXISTS` alone does not stand two at once."""


class Coded(NamedTuple):
    """A vector as it is stored."""

    bits: bytes
    vector: bytes


class Vectors:
    """The vectors of one model."""

    def __init__(self, key: str, dimensions: int) -> None:
        self.dimensions = dimensions
        self.table = vectors_table(key, dimensions)
        self._found = False

    def set_up(self, session: Session) -> None:
        """Make the table where there is none."""
        if session.get_bind().dialect.name == "postgresql":
            session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": SETTING_UP})
        session.execute(CreateTable(self.table, if_not_exists=True))
        for index in sorted(self.table.indexes, key=lambda index: str(index.name)):
            session.execute(CreateIndex(index, if_not_exists=True))

    def are_set_up(self, connection: Connection) -> bool:
        """Whether there is a table; once it was seen it is not looked for again."""
        self._found = self._found or inspect(connection).has_table(self.table.name)
        return self._found

    def put(self, session: Session, rows: Sequence[dict[str, Any]]) -> None:
        """Store vectors, in the place of those that the claims had."""
        if not rows:
            return
        dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite_sql
        new = dialect.insert(self.table)
        columns = {c.name: new.excluded[c.name] for c in self.table.c if not c.primary_key}
        session.execute(
            new.on_conflict_do_update(index_elements=["claim_id"], set_=columns), list(rows)
        )

    def nearest(
        self, connection: Connection, wanted: NDArray[float32], desks: Sequence[str], *,
        public: bool, limit: int,
    ) -> list[tuple[str, float]]:  # fmt: skip
        """(claim's id, cosine), best first."""
        import numpy as np  # noqa: PLC0415  (an extra)

        query = self._query(connection, wanted, desks, public=public, limit=limit)
        found = connection.execute(query).all()
        if not found:
            return []
        matrix = np.frombuffer(b"".join(row.vector for row in found), dtype=np.float16)
        scores = matrix.reshape(len(found), -1).astype(np.float32) @ wanted
        best = np.argsort(-scores, kind="stable")[:limit]
        return [(found[at].claim_id, float(scores[at])) for at in best]

    def _query(
        self, connection: Connection, wanted: NDArray[float32], desks: Sequence[str], *,
        public: bool, limit: int,
    ) -> Any:  # fmt: skip
        """The candidates of each index by their signs, and of these what the reader may see."""
        table, vectors = self.table.alias("candidates"), self.table
        bits, number = coded(wanted).bits, max(limit * CANDIDATES, FEWEST_CANDIDATES)
        distance = _distance(connection, table, bits)
        scopes: list[Any] = [table.c.desk_id.in_(desks)] if desks else []
        scopes += [table.c.is_public] if public else []
        nearest = [
            select(table.c.claim_id).where(scope).order_by(distance).limit(number).subquery()
            for scope in scopes
        ]
        candidates = union(*(select(each.c.claim_id) for each in nearest)).subquery()
        seen: list[Any] = [Claim.desk_id.in_(desks)] if desks else []
        seen += [Claim.published_at.is_not(None)] if public else []
        return (
            select(vectors.c.claim_id, vectors.c.vector)
            .join(candidates, candidates.c.claim_id == vectors.c.claim_id)
            .join(Claim, Claim.id == vectors.c.claim_id)
            .where(or_(*seen))
        )


def coded(vector: NDArray[float32]) -> Coded:
    """A vector's signs and its half-precision form."""
    import numpy as np  # noqa: PLC0415  (an extra)

    return Coded(np.packbits(vector > 0).tobytes(), vector.astype(np.float16).tobytes())


def connection_of(reader: Connection | Session) -> Connection:
    """The connection, able to compare signs: SQLite is given its extension when first needed."""
    connection = reader.connection() if isinstance(reader, Session) else reader
    if connection.dialect.name == "sqlite" and LOADED not in connection.info:
        import sqlite_vec  # noqa: PLC0415  (an extra)

        raw: Any = connection.connection.driver_connection
        raw.enable_load_extension(True)  # noqa: FBT003  (SQLite's own interface)
        sqlite_vec.load(raw)
        raw.enable_load_extension(False)  # noqa: FBT003
        connection.info[LOADED] = True
    return connection


def other_tables(connection: Connection, kept: str) -> list[str]:
    """The tables of other models."""
    names = inspect(connection).get_table_names()
    return sorted(name for name in names if name.startswith(PREFIX) and name != kept)


def _distance(connection: Connection, table: Any, bits: bytes) -> Any:
    """In how many places the signs differ."""
    if connection.dialect.name == "postgresql":
        return func.bit_count(table.c.bits.op("#")(cast(bits, table.c.bits.type)))
    return func.vec_distance_hamming(func.vec_bit(table.c.bits), func.vec_bit(bits))
