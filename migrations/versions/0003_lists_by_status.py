"""Lists by topic and status, language and status …: a page costs the same however much is stored.

A claim's topics carry its status. The indexes of claims are laid anew: those that have the status
before what they sort by serve lists with and without one, and take the place of those without it.
"""

from collections.abc import Iterable

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

PUBLISHED = "published_at IS NOT NULL"
CLAIMS: dict[str, tuple[tuple[str, ...], str | None]] = {
    "ix_claims_desk": (("desk_id",), None),
    **{
        f"ix_claims_desk_{'_'.join(columns)}": (("desk_id", *columns), None)
        for columns in (
            ("status",),
            ("status", "language"),
            ("status", "priority"),
            ("status", "due_at"),
            ("status", "updated_at"),
        )
    },
    "ix_claims_desk_assignee_id_status": (
        ("desk_id", "assignee_id", "status"),
        "assignee_id IS NOT NULL",
    ),
    **{
        f"ix_claims_desk_{column}": (("desk_id", column), f"{column} IS NOT NULL")
        for column in ("rating", "normalised", "claimant_key")
    },
    **{
        f"ix_claims_published_{'_'.join(columns)}": (columns, PUBLISHED)
        for columns in (
            ("status", "language"),
            ("status", "updated_at"),
            ("desk_id", "status"),
            ("desk_id", "language"),
            ("desk_id", "updated_at"),
        )
    },
}
"""By name: the columns before the id, and which rows."""
BEFORE: dict[str, tuple[tuple[str, ...], str | None]] = {
    "ix_claims_desk_id_claims_id": (("desk_id",), None),
    **{
        f"ix_claims_desk_id_claims_{column}_claims_id": (("desk_id", column), None)
        for column in (
            "assignee_id",
            "claimant_key",
            "due_at",
            "language",
            "normalised",
            "priority",
            "rating",
            "status",
            "updated_at",
        )
    },
    **{
        f"ix_claims_published_{column}": ((column,), PUBLISHED)
        for column in ("desk_id", "language", "updated_at")
    },
}
TOPICS = {
    "ix_claim_topics_desk": ("desk_id", "topic", "status", "claim_id"),
    "ix_claim_topics_public": ("topic", "status", "claim_id"),
    "ix_claim_topics_public_desk": ("desk_id", "topic", "status", "claim_id"),
}
TOPICS_BEFORE = {
    "ix_claim_topics_desk": ("desk_id", "topic", "claim_id"),
    "ix_claim_topics_public": ("topic", "claim_id"),
}


def upgrade() -> None:
    _drop("claim_topics", TOPICS_BEFORE)
    op.add_column("claim_topics", sa.Column("status", sa.String(16), nullable=True))
    op.execute(
        "UPDATE claim_topics SET status = "
        "(SELECT claims.status FROM claims WHERE claims.id = claim_topics.claim_id)"
    )
    with op.batch_alter_table("claim_topics") as batch:
        batch.alter_column("status", existing_type=sa.String(16), nullable=False)
    _index_topics(TOPICS)
    _drop("claims", BEFORE)
    _index_claims(CLAIMS)


def downgrade() -> None:
    _drop("claims", CLAIMS)
    _index_claims(BEFORE)
    _drop("claim_topics", TOPICS)
    with op.batch_alter_table("claim_topics") as batch:
        batch.drop_column("status")
    _index_topics(TOPICS_BEFORE)


def _drop(table: str, names: Iterable[str]) -> None:
    for name in names:
        op.drop_index(op.f(name), table)


def _index_claims(indexes: dict[str, tuple[tuple[str, ...], str | None]]) -> None:
    for name, (columns, rows) in indexes.items():
        where = sa.text(rows) if rows else None
        op.create_index(
            op.f(name), "claims", [*columns, "id"], postgresql_where=where, sqlite_where=where
        )


def _index_topics(indexes: dict[str, tuple[str, ...]]) -> None:
    for name, columns in indexes.items():
        public = "public" in name
        op.create_index(
            name,
            "claim_topics",
            list(columns),
            postgresql_where=sa.text("is_public") if public else None,
            sqlite_where=sa.text("is_public = 1") if public else None,
        )
