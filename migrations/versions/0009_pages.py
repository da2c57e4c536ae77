"""Published claims by when they were published, for the public pages: all of them, and a desk's."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

INDEXES = {
    "ix_claims_published_published_at": ("published_at", "id"),
    "ix_claims_published_desk_id_published_at": ("desk_id", "published_at", "id"),
}


def upgrade() -> None:
    where = sa.text("published_at IS NOT NULL")
    for name, columns in INDEXES.items():
        op.create_index(
            op.f(name), "claims", list(columns), postgresql_where=where, sqlite_where=where
        )


def downgrade() -> None:
    for name in INDEXES:
        op.drop_index(op.f(name), "claims")
