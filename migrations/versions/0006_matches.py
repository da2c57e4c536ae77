"""Claims that may say the same, and questions that are kept."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from verifier.kit.columns import Document, Id, Moment

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    _create_claim_matches()
    _create_subscriptions()


def downgrade() -> None:
    for table in ("subscription_matches", "match_subscriptions", "claim_matches"):
        op.drop_table(table)


def _create_claim_matches() -> None:
    op.create_table(
        "claim_matches",
        sa.Column("claim_id", Id, nullable=False),
        sa.Column("other_id", Id, nullable=False),
        sa.Column("desk_id", Id, nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("method", sa.String(7), nullable=False),
        sa.Column("state", sa.String(9), nullable=False),
        sa.Column("decided_by", Id, nullable=True),
        sa.Column("decided_at", Moment(), nullable=True),
        *_versioned(),
        sa.CheckConstraint("claim_id < other_id", name=op.f("ck_claim_matches_ordered")),
        *_references("claim_matches", claim_id="claims", other_id="claims", desk_id="desks"),
        *_references("claim_matches", decided_by="accounts"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim_matches")),
    )
    op.create_index(
        op.f("ix_claim_matches_claim_id_claim_matches_other_id"),
        "claim_matches",
        ["claim_id", "other_id"],
        unique=True,
    )
    op.create_index(
        op.f("ix_claim_matches_other_id_claim_matches_id"), "claim_matches", ["other_id", "id"]
    )
    op.create_index(
        op.f("ix_claim_matches_desk_id_claim_matches_state_claim_matches_id"),
        "claim_matches",
        ["desk_id", "state", "id"],
    )


def _create_subscriptions() -> None:
    op.create_table(
        "match_subscriptions",
        sa.Column("account_id", Id, nullable=False),
        sa.Column("desk_id", Id, nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("text_sha256", sa.String(64), nullable=False),
        sa.Column("language", sa.String(35), nullable=False),
        sa.Column("terms", Document, nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        *_versioned(),
        *_references("match_subscriptions", account_id="accounts", desk_id="desks"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_match_subscriptions")),
    )
    op.create_index(
        op.f("ix_match_subscriptions_account_id_match_subscriptions_id"),
        "match_subscriptions",
        ["account_id", "id"],
    )
    op.create_index(
        op.f("ix_match_subscriptions_expires_at"), "match_subscriptions", ["expires_at"]
    )
    op.create_table(
        "subscription_matches",
        sa.Column("subscription_id", Id, nullable=False),
        sa.Column("claim_id", Id, nullable=False),
        sa.Column("verdict_id", Id, nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        *_references(
            "subscription_matches",
            subscription_id="match_subscriptions",
            claim_id="claims",
            verdict_id="verdicts",
        ),
        sa.PrimaryKeyConstraint(
            "subscription_id", "claim_id", name=op.f("pk_subscription_matches")
        ),
    )


def _versioned() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", Id, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("updated_at", Moment(), nullable=False),
    ]


def _references(table: str, **columns: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint(
            [column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}")
        )
        for column, other in columns.items()
    ]
