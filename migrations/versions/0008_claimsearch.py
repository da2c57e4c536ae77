"""Verdicts in force by site, language and age; and what other people's services have answered."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.orm import Session

from verifier.kit.columns import Document, Id, Moment
from verifier.reviews.standing import put_anew

revision = "0008"
down_revision = "0007"

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INDEXES = {
    "site": ("site", "dated_at", "number"),
    "site_language": ("site", "language", "dated_at", "number"),
    "statement": ("statement_key", "dated_at", "number"),
}


def upgrade() -> None:
    _create_remote_answers()
    op.create_table(
        "verdicts_in_force",
        sa.Column("number", NUMBER, nullable=False),
        sa.Column("claim_id", Id, nullable=False),
        sa.Column("statement_key", sa.String(64), nullable=False),
        sa.Column("site", sa.String(253), nullable=True),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("dated_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["claim_id"], ["claims.id"], name=op.f("fk_verdicts_in_force_claim_id_claims")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_verdicts_in_force")),
        sa.UniqueConstraint("claim_id", name=op.f("uq_verdicts_in_force_claim_id")),
    )
    with Session(op.get_bind()) as session:
        for _ in put_anew(session):
            pass
        session.commit()
    for name, columns in INDEXES.items():
        op.create_index(op.f(f"ix_verdicts_in_force_{name}"), "verdicts_in_force", list(columns))


def downgrade() -> None:
    op.drop_table("verdicts_in_force")
    op.drop_table("remote_answers")


def _create_remote_answers() -> None:
    op.create_table(
        "remote_answers",
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("answer", Document, nullable=False),
        sa.Column("fetched_at", Moment(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_remote_answers")),
    )
    op.create_index(op.f("ix_remote_answers_expires_at"), "remote_answers", ["expires_at"])
