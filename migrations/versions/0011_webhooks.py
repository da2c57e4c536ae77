"""Webhooks, and the corrections of published verdicts in the order in which they were made.

The outbox goes: a desk's events are numbered without gaps in the order in which they are committed,
so one number a desk says how far they have been handed on.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from verifier.kit.clock import new_id
from verifier.kit.columns import Document, Id, Moment

revision = "0011"
down_revision = "0010"

OPEN, GIVEN_UP = sa.text("due_at IS NOT NULL"), sa.text("state = 'failed'")
IS_OPEN: dict[str, Any] = {"postgresql_where": OPEN, "sqlite_where": OPEN}
MADE_SO_FAR = """
    SELECT events.at AS at, verdicts.desk_id AS desk_id, verdicts.claim_id AS claim_id,
           verdicts.correction_of_id AS verdict_id, verdicts.id AS replaced_by_id,
           events.id AS event_id
    FROM events JOIN verdicts ON verdicts.id = events.subject_id
    WHERE events.type = 'verdict.published' AND verdicts.correction_of_id IS NOT NULL
    UNION ALL
    SELECT events.at, verdicts.desk_id, verdicts.claim_id, verdicts.id, NULL, events.id
    FROM events JOIN verdicts ON verdicts.id = events.subject_id
    WHERE events.type = 'verdict.retracted'
    ORDER BY event_id
"""


def upgrade() -> None:
    _create_corrections()
    _create_webhooks()
    _create_deliveries()
    op.drop_table("outbox")


def downgrade() -> None:
    op.create_table(
        "outbox",
        sa.Column("event_id", Id, nullable=False),
        sa.Column("queued_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_outbox_event_id_events")
        ),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_outbox")),
    )
    for table in (
        "webhook_attempts", "webhook_deliveries", "webhook_messages", "webhook_positions",
        "webhooks", "corrections",
    ):  # fmt: skip
        op.drop_table(table)


def _create_corrections() -> None:
    corrections = op.create_table(
        "corrections",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", Id, nullable=False),
        sa.Column("desk_id", Id, nullable=False),
        sa.Column("claim_id", Id, nullable=False),
        sa.Column("verdict_id", Id, nullable=False),
        sa.Column("replaced_by_id", Id, nullable=True),
        sa.Column("at", Moment(), nullable=False),
        *_references("corrections", desk_id="desks", claim_id="claims", verdict_id="verdicts"),
        *_references("corrections", replaced_by_id="verdicts"),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_corrections")),
        sa.UniqueConstraint("id", name=op.f("uq_corrections_id")),
    )
    op.create_index(op.f("ix_corrections_at"), "corrections", ["at"])
    op.create_index(op.f("ix_corrections_verdict_id"), "corrections", ["verdict_id"])
    op.create_index(
        op.f("ix_corrections_desk_id_corrections_seq"), "corrections", ["desk_id", "seq"]
    )
    made = sa.text(MADE_SO_FAR).columns(at=Moment())
    for seq, row in enumerate(op.get_bind().execute(made).mappings().all(), start=1):
        members = {name: value for name, value in row.items() if name != "event_id"}
        op.get_bind().execute(sa.insert(corrections).values(seq=seq, id=new_id(), **members))


def _create_webhooks() -> None:
    op.create_table(
        "webhooks",
        sa.Column("desk_id", Id, nullable=False),
        sa.Column("url", sa.String(2048), nullable=False),
        sa.Column("url_sha256", sa.String(64), nullable=False),
        sa.Column("types", Document, nullable=False),
        sa.Column("format", sa.String(16), nullable=False),
        sa.Column("description", sa.String(200), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("disabled_reason", sa.String(16), nullable=True),
        sa.Column("disabled_at", Moment(), nullable=True),
        sa.Column("created_by", Id, nullable=True),
        sa.Column("follows_after", sa.Integer(), nullable=False),
        sa.Column("secret", sa.String(96), nullable=False),
        sa.Column("former_secret", sa.String(96), nullable=True),
        sa.Column("former_until", Moment(), nullable=True),
        sa.Column("due_at", Moment(), nullable=True),
        sa.Column("lease", Id, nullable=True),
        sa.Column("leased_until", Moment(), nullable=True),
        sa.Column("failing_since", Moment(), nullable=True),
        sa.Column("id", Id, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("updated_at", Moment(), nullable=False),
        *_references("webhooks", desk_id="desks", created_by="accounts"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhooks")),
    )
    op.create_index(op.f("ix_webhooks_desk_id_webhooks_id"), "webhooks", ["desk_id", "id"])
    op.create_index(op.f("ix_webhooks_created_by"), "webhooks", ["created_by"])
    op.create_index("ix_webhooks_due", "webhooks", ["due_at"], **IS_OPEN)
    op.create_table(
        "webhook_positions",
        sa.Column("chain_id", Id, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        *_references("webhook_positions", chain_id="event_chains"),
        sa.PrimaryKeyConstraint("chain_id", name=op.f("pk_webhook_positions")),
    )


def _create_deliveries() -> None:
    op.create_table(
        "webhook_messages",
        sa.Column("event_id", Id, nullable=False),
        sa.Column("type", sa.String(64), nullable=False),
        sa.Column("thread_id", Id, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        *_references("webhook_messages", event_id="events"),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_webhook_messages")),
    )
    op.create_table(
        "webhook_deliveries",
        sa.Column("webhook_id", Id, nullable=False),
        sa.Column("event_id", Id, nullable=False),
        sa.Column("type", sa.String(64), nullable=False),
        sa.Column("thread_id", Id, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(9), nullable=False),
        sa.Column("due_at", Moment(), nullable=True),
        sa.Column("attempts", sa.SmallInteger(), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=True),
        sa.Column("error", sa.String(300), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["webhook_messages.event_id"],
            name=op.f("fk_webhook_deliveries_event_id_webhook_messages"),
        ),
        sa.PrimaryKeyConstraint("webhook_id", "event_id", name=op.f("pk_webhook_deliveries")),
    )
    op.create_index(op.f("ix_webhook_deliveries_event_id"), "webhook_deliveries", ["event_id"])
    op.create_index(
        "ix_webhook_deliveries_state", "webhook_deliveries", ["webhook_id", "state", "event_id"]
    )
    op.create_index(
        "ix_webhook_deliveries_failed",
        "webhook_deliveries",
        ["webhook_id"],
        postgresql_where=GIVEN_UP,
        sqlite_where=GIVEN_UP,
    )
    for name, columns in (
        ("due", ["webhook_id", "due_at"]),
        ("order", ["webhook_id", "seq"]),
        ("thread", ["webhook_id", "thread_id", "seq"]),
    ):
        op.create_index(f"ix_webhook_deliveries_{name}", "webhook_deliveries", columns, **IS_OPEN)
    op.create_table(
        "webhook_attempts",
        sa.Column("id", Id, nullable=False),
        sa.Column("webhook_id", Id, nullable=False),
        sa.Column("event_id", Id, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=True),
        sa.Column("latency_ms", sa.Integer(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("error", sa.String(300), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_attempts")),
    )
    op.create_index(
        "ix_webhook_attempts_delivery", "webhook_attempts", ["event_id", "webhook_id", "id"]
    )


def _references(table: str, **columns: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint(
            [column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}")
        )
        for column, other in columns.items()
    ]
