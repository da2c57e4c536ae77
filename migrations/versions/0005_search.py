"""The index by whose words claims are found."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.orm import Session

from verifier.claims.indexing import index_anew
from verifier.kit.columns import Id

revision = "0005"
down_revision = "0004"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TERM = sa.String(80, collation="C").with_variant(sa.String(80), "sqlite")


def upgrade() -> None:
    op.create_table(
        "search_scopes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("desk_id", Id, nullable=False),
        sa.ForeignKeyConstraint(
            ["desk_id"], ["desks.id"], name=op.f("fk_search_scopes_desk_id_desks")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_scopes")),
        sa.UniqueConstraint("desk_id", name=op.f("uq_search_scopes_desk_id")),
    )
    op.create_table(
        "search_documents",
        sa.Column("doc", NUMBER, nullable=False),
        sa.Column("claim_id", Id, nullable=False),
        sa.Column("scope", sa.Integer(), nullable=False),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("language", sa.String(35), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["claim_id"], ["claims.id"], name=op.f("fk_search_documents_claim_id_claims")
        ),
        sa.ForeignKeyConstraint(
            ["scope"],
            ["search_scopes.id"],
            name=op.f("fk_search_documents_scope_search_scopes"),
        ),
        sa.PrimaryKeyConstraint("doc", name=op.f("pk_search_documents")),
        sa.UniqueConstraint("claim_id", name=op.f("uq_search_documents_claim_id")),
    )
    op.create_table(
        "search_postings",
        sa.Column("scope", sa.Integer(), nullable=False),
        sa.Column("term", TERM, nullable=False),
        sa.Column("doc", NUMBER, nullable=False),
        sa.Column("weight", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint("scope", "term", "doc", name=op.f("pk_search_postings")),
        sqlite_with_rowid=False,
    )
    with Session(op.get_bind()) as session:
        for _ in index_anew(session):
            pass
        session.commit()


def downgrade() -> None:
    op.drop_table("search_postings")
    op.drop_table("search_documents")
    op.drop_table("search_scopes")
