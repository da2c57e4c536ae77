"""Claims' vectors as they are stored: a table for each model, made when it is first used.

They are no part of the migrated schema: they can be made anew from the claims at any time, and
who does not use them has none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import (
    Boolean,
    Column,
    Index,
    LargeBinary,
    MetaData,
    String,
    Table,
    TypeDecorator,
)
from sqlalchemy.dialects.postgresql import BIT

from verifier.kit.columns import Id, only_where

if TYPE_CHECKING:
    from sqlalchemy import Dialect
    from sqlalchemy.types import TypeEngine

PREFIX: Final = "claim_vectors_"


class Bits(TypeDecorator[bytes]):
    """The signs of a vector: a blob in SQLite, `bit(n)` in PostgreSQL."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, width: int) -> None:
        super().__init__()
        self.width = width

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(BIT(self.width))
        return dialect.type_descriptor(LargeBinary())

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> Any:
        if value is None or dialect.name != "postgresql":
            return value
        return format(int.from_bytes(value), f"0{self.width}b")

    def process_result_value(self, value: Any, dialect: Dialect) -> bytes | None:
        if value is None or dialect.name != "postgresql":
            return value  # type: ignore[no-any-return]
        return int(value, 2).to_bytes(self.width // 8)


def vectors_table(key: str, dimensions: int) -> Table:
    """The table of one model.

    `digest` is that of the wording that was encoded, `vector` half-precision floats. `desk_id` and
    `is_public` are copies that narrow a search; the claim itself decides who may see it. Searches
    read the indexes alone, which are a tenth of the table.
    """
    name = PREFIX + key
    return Table(
        name,
        MetaData(),
        Column("claim_id", Id, primary_key=True),
        Column("desk_id", Id, nullable=False),
        Column("is_public", Boolean, nullable=False),
        Column("digest", String(64), nullable=False),
        Column("bits", Bits(-(-dimensions // 8) * 8), nullable=False),
        Column("vector", LargeBinary, nullable=False),
        Index(f"ix_{name}_desk", "desk_id", "bits", "claim_id"),
        Index(
            f"ix_{name}_public", "bits", "claim_id",
            **only_where("is_public", sqlite="is_public = 1"),
        ),
    )  # fmt: skip
