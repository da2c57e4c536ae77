"""All tables of the main job: accounts, sources, claims, evidence, verdicts, the trail."""

import sqlalchemy as sa
from alembic import op

from verifier.kit.columns import Document, Id, Moment

revision = "0001"
down_revision = None

PUBLISHED_CLAIMS_BY = (
    "claimant_key",
    "desk_id",
    "language",
    "normalised",
    "rating",
    "status",
    "updated_at",
)
CLAIMS_OF_A_DESK_BY = (
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


def upgrade() -> None:
    op.create_table(
        "accounts",
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("is_operator", sa.Boolean(), nullable=False),
        sa.Column("deactivated_at", Moment(), nullable=True),
        sa.Column("id", Id, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("email", name=op.f("uq_accounts_email")),
    )
    op.create_table(
        "desks",
        sa.Column("slug", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("url", sa.String(length=2048), nullable=True),
        sa.Column("language", sa.String(length=35), nullable=False),
        sa.Column("approvals_required", sa.SmallInteger(), nullable=False),
        sa.Column("approving_desks", sa.SmallInteger(), nullable=False),
        sa.Column("evidence_required", sa.SmallInteger(), nullable=False),
        sa.Column("independent_sources", sa.SmallInteger(), nullable=False),
        sa.Column("archive_required", sa.Boolean(), nullable=False),
        sa.Column("blind_second_rating", sa.Boolean(), nullable=False),
        sa.Column("scale_version", sa.Integer(), nullable=False),
        sa.Column("id", Id, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desks")),
        sa.UniqueConstraint("slug", name=op.f("uq_desks_slug")),
    )
    op.create_table(
        "event_chains",
        sa.Column("id", Id, nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("head", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_chains")),
    )
    op.create_table(
        "idempotency_keys",
        sa.Column("account_id", Id, nullable=False),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("request_hash", sa.String(length=64), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=False),
        sa.Column("kept_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "key_hash", name=op.f("pk_idempotency_keys")),
    )
    op.create_index(
        op.f("ix_idempotency_keys_kept_at"), "idempotency_keys", ["kept_at"], unique=False
    )
    op.create_table(
        "claims",
        sa.Column("desk_id", Id, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("text_key", sa.String(length=64), nullable=False),
        sa.Column("is_original", sa.Boolean(), nullable=False),
        sa.Column("claimant_name", sa.String(length=300), nullable=True),
        sa.Column("claimant_kind", sa.String(length=16), nullable=True),
        sa.Column("claimant_same_as", sa.String(length=2048), nullable=True),
        sa.Column("claimant_key", sa.String(length=64), nullable=True),
        sa.Column("claimed_on", sa.Date(), nullable=True),
        sa.Column("language", sa.String(length=35), nullable=True),
        sa.Column("topics", Document, nullable=False),
        sa.Column("priority", sa.SmallInteger(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("assignee_id", Id, nullable=True),
        sa.Column("due_at", Moment(), nullable=True),
        sa.Column("duplicate_of_id", Id, nullable=True),
        sa.Column("evidence", Document, nullable=False),
        sa.Column("verdict", Document, nullable=True),
        sa.Column("rating", sa.String(length=64), nullable=True),
        sa.Column("normalised", sa.String(length=8), nullable=True),
        sa.Column("published_at", Moment(), nullable=True),
        sa.Column("created_by", Id, nullable=True),
        sa.Column("id", Id, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["assignee_id"], ["accounts.id"], name=op.f("fk_claims_assignee_id_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["accounts.id"], name=op.f("fk_claims_created_by_accounts")
        ),
        sa.ForeignKeyConstraint(["desk_id"], ["desks.id"], name=op.f("fk_claims_desk_id_desks")),
        sa.ForeignKeyConstraint(
            ["duplicate_of_id"], ["claims.id"], name=op.f("fk_claims_duplicate_of_id_claims")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claims")),
    )
    op.create_index(op.f("ix_claims_desk_id_claims_id"), "claims", ["desk_id", "id"])
    for column in CLAIMS_OF_A_DESK_BY:
        name = op.f(f"ix_claims_desk_id_claims_{column}_claims_id")
        op.create_index(name, "claims", ["desk_id", column, "id"])
    published = sa.text("published_at IS NOT NULL")
    op.create_index(
        "ix_claims_published",
        "claims",
        ["id"],
        postgresql_where=published,
        sqlite_where=published,
    )
    for column in PUBLISHED_CLAIMS_BY:
        op.create_index(
            f"ix_claims_published_{column}",
            "claims",
            [column, "id"],
            postgresql_where=published,
            sqlite_where=published,
        )
    op.create_index(
        "uq_claims_text",
        "claims",
        ["desk_id", "text_key"],
        unique=True,
        postgresql_where=sa.text("is_original"),
        sqlite_where=sa.text("is_original = 1"),
    )
    op.create_table(
        "desk_partners",
        sa.Column("desk_id", Id, nullable=False),
        sa.Column("partner_id", Id, nullable=False),
        sa.ForeignKeyConstraint(
            ["desk_id"], ["desks.id"], name=op.f("fk_desk_partners_desk_id_desks")
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["desks.id"], name=op.f("fk_desk_partners_partner_id_desks")
        ),
        sa.PrimaryKeyConstraint("desk_id", "partner_id", name=op.f("pk_desk_partners")),
    )
    op.create_index(
        op.f("ix_desk_partners_partner_id"), "desk_partners", ["partner_id"], unique=False
    )
    op.create_table(
        "events",
        sa.Column("id", Id, nullable=False),
        sa.Column("chain_id", Id, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("type", sa.String(length=64), nullable=False),
        sa.Column("actor_id", Id, nullable=True),
        sa.Column("subject_type", sa.String(length=32), nullable=False),
        sa.Column("subject_id", Id, nullable=False),
        sa.Column("thread_id", Id, nullable=True),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["chain_id"], ["event_chains.id"], name=op.f("fk_events_chain_id_event_chains")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
    )
    op.create_index(
        op.f("ix_events_chain_id_events_seq"), "events", ["chain_id", "seq"], unique=True
    )
    op.create_index(
        op.f("ix_events_subject_type_events_subject_id_events_seq"),
        "events",
        ["subject_type", "subject_id", "seq"],
        unique=False,
    )
    op.create_index(
        op.f("ix_events_thread_id_events_seq"), "events", ["thread_id", "seq"], unique=False
    )
    op.create_table(
        "memberships",
        sa.Column("desk_id", Id, nullable=False),
        sa.Column("account_id", Id, nullable=False),
        sa.Column("role", sa.SmallInteger(), nullable=False),
        sa.Column("id", Id, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_memberships_account_id_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["desk_id"], ["desks.id"], name=op.f("fk_memberships_desk_id_desks")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_memberships")),
    )
    op.create_index(op.f("ix_memberships_account_id"), "memberships", ["account_id"], unique=False)
    op.create_index(
        op.f("ix_memberships_desk_id_memberships_account_id"),
        "memberships",
        ["desk_id", "account_id"],
        unique=True,
    )
    op.create_table(
        "rating_scales",
        sa.Column("desk_id", Id, nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("ratings", Document, nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["desk_id"], ["desks.id"], name=op.f("fk_rating_scales_desk_id_desks")
        ),
        sa.PrimaryKeyConstraint("desk_id", "version", name=op.f("pk_rating_scales")),
    )
    op.create_table(
        "sources",
        sa.Column("desk_id", Id, nullable=False),
        sa.Column("url", sa.String(length=2048), nullable=True),
        sa.Column("canonical_url", sa.String(length=2048), nullable=True),
        sa.Column("url_key", sa.String(length=64), nullable=True),
        sa.Column("domain", sa.String(length=253), nullable=True),
        sa.Column("title", sa.String(length=500), nullable=True),
        sa.Column("publisher", sa.String(length=200), nullable=True),
        sa.Column("author", sa.String(length=500), nullable=True),
        sa.Column("published_at", Moment(), nullable=True),
        sa.Column("language", sa.String(length=35), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("text_sha256", sa.String(length=64), nullable=True),
        sa.Column("created_by", Id, nullable=True),
        sa.Column("id", Id, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["created_by"], ["accounts.id"], name=op.f("fk_sources_created_by_accounts")
        ),
        sa.ForeignKeyConstraint(["desk_id"], ["desks.id"], name=op.f("fk_sources_desk_id_desks")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sources")),
    )
    op.create_index(
        op.f("ix_sources_desk_id_sources_id"), "sources", ["desk_id", "id"], unique=False
    )
    op.create_index(
        op.f("ix_sources_desk_id_sources_url_key"), "sources", ["desk_id", "url_key"], unique=True
    )
    op.create_table(
        "tokens",
        sa.Column("account_id", Id, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("scopes", Document, nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.Column("last_used_at", Moment(), nullable=True),
        sa.Column("revoked_at", Moment(), nullable=True),
        sa.Column("id", Id, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_tokens_account_id_accounts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tokens")),
        sa.UniqueConstraint("hash", name=op.f("uq_tokens_hash")),
    )
    op.create_index(
        op.f("ix_tokens_account_id_tokens_id"), "tokens", ["account_id", "id"], unique=False
    )
    op.create_table(
        "appearances",
        sa.Column("claim_id", Id, nullable=False),
        sa.Column("source_id", Id, nullable=False),
        sa.Column("exact", sa.Text(), nullable=True),
        sa.Column("prefix", sa.Text(), nullable=True),
        sa.Column("suffix", sa.Text(), nullable=True),
        sa.Column("start", sa.Integer(), nullable=True),
        sa.Column("end", sa.Integer(), nullable=True),
        sa.Column("first", sa.Boolean(), nullable=False),
        sa.Column("created_by", Id, nullable=True),
        sa.Column("id", Id, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["claim_id"], ["claims.id"], name=op.f("fk_appearances_claim_id_claims")
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["accounts.id"], name=op.f("fk_appearances_created_by_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["source_id"], ["sources.id"], name=op.f("fk_appearances_source_id_sources")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appearances")),
    )
    op.create_index(
        op.f("ix_appearances_claim_id_appearances_id"),
        "appearances",
        ["claim_id", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_appearances_source_id_appearances_claim_id"),
        "appearances",
        ["source_id", "claim_id"],
        unique=False,
    )
    op.create_index(
        "uq_appearances_first",
        "appearances",
        ["claim_id"],
        unique=True,
        postgresql_where=sa.text("first"),
        sqlite_where=sa.text("first = 1"),
    )
    op.create_table(
        "claim_topics",
        sa.Column("claim_id", Id, nullable=False),
        sa.Column("topic", sa.String(length=64), nullable=False),
        sa.Column("desk_id", Id, nullable=False),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["claim_id"], ["claims.id"], name=op.f("fk_claim_topics_claim_id_claims")
        ),
        sa.ForeignKeyConstraint(
            ["desk_id"], ["desks.id"], name=op.f("fk_claim_topics_desk_id_desks")
        ),
        sa.PrimaryKeyConstraint("claim_id", "topic", name=op.f("pk_claim_topics")),
    )
    op.create_index("ix_claim_topics_desk", "claim_topics", ["desk_id", "topic", "claim_id"])
    op.create_index(
        "ix_claim_topics_public",
        "claim_topics",
        ["topic", "claim_id"],
        unique=False,
        postgresql_where=sa.text("is_public"),
        sqlite_where=sa.text("is_public = 1"),
    )
    op.create_table(
        "evidence",
        sa.Column("claim_id", Id, nullable=False),
        sa.Column("source_id", Id, nullable=False),
        sa.Column("stance", sa.String(length=8), nullable=False),
        sa.Column("exact", sa.Text(), nullable=True),
        sa.Column("prefix", sa.Text(), nullable=True),
        sa.Column("suffix", sa.Text(), nullable=True),
        sa.Column("start", sa.Integer(), nullable=True),
        sa.Column("end", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("snapshot_id", Id, nullable=True),
        sa.Column("snapshot_sha256", sa.String(length=64), nullable=True),
        sa.Column("confidential", sa.Boolean(), nullable=False),
        sa.Column("added_by", Id, nullable=True),
        sa.Column("withdrawn_by", Id, nullable=True),
        sa.Column("withdrawn_at", Moment(), nullable=True),
        sa.Column("withdrawn_reason", sa.Text(), nullable=True),
        sa.Column("id", Id, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["added_by"], ["accounts.id"], name=op.f("fk_evidence_added_by_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["claim_id"], ["claims.id"], name=op.f("fk_evidence_claim_id_claims")
        ),
        sa.ForeignKeyConstraint(
            ["source_id"], ["sources.id"], name=op.f("fk_evidence_source_id_sources")
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_by"], ["accounts.id"], name=op.f("fk_evidence_withdrawn_by_accounts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
    )
    op.create_index(
        op.f("ix_evidence_claim_id_evidence_id"), "evidence", ["claim_id", "id"], unique=False
    )
    op.create_index(op.f("ix_evidence_source_id"), "evidence", ["source_id"], unique=False)
    op.create_table(
        "outbox",
        sa.Column("event_id", Id, nullable=False),
        sa.Column("queued_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_outbox_event_id_events")
        ),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_outbox")),
    )
    op.create_table(
        "recusals",
        sa.Column("id", Id, nullable=False),
        sa.Column("claim_id", Id, nullable=False),
        sa.Column("account_id", Id, nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_recusals_account_id_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["claim_id"], ["claims.id"], name=op.f("fk_recusals_claim_id_claims")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recusals")),
        sa.UniqueConstraint("claim_id", "account_id", name=op.f("uq_recusals_claim_id_account_id")),
    )
    op.create_table(
        "verdicts",
        sa.Column("claim_id", Id, nullable=False),
        sa.Column("desk_id", Id, nullable=False),
        sa.Column("author_id", Id, nullable=True),
        sa.Column("rating", sa.String(length=64), nullable=False),
        sa.Column("scale_version", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("explanation", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=35), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("round", sa.SmallInteger(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("correction_kind", sa.String(length=16), nullable=True),
        sa.Column("correction_note", sa.Text(), nullable=True),
        sa.Column("correction_of_id", Id, nullable=True),
        sa.Column("origin", sa.String(length=8), nullable=False),
        sa.Column("publisher", sa.String(length=200), nullable=True),
        sa.Column("published_at", Moment(), nullable=True),
        sa.Column("url", sa.String(length=2048), nullable=True),
        sa.Column("retracted_reason", sa.Text(), nullable=True),
        sa.Column("id", Id, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"], ["accounts.id"], name=op.f("fk_verdicts_author_id_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["claim_id"], ["claims.id"], name=op.f("fk_verdicts_claim_id_claims")
        ),
        sa.ForeignKeyConstraint(
            ["correction_of_id"],
            ["verdicts.id"],
            name=op.f("fk_verdicts_correction_of_id_verdicts"),
        ),
        sa.ForeignKeyConstraint(["desk_id"], ["desks.id"], name=op.f("fk_verdicts_desk_id_desks")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verdicts")),
        sa.UniqueConstraint("id", "author_id", name=op.f("uq_verdicts_id_author_id")),
    )
    op.create_index(
        op.f("ix_verdicts_author_id_verdicts_state_verdicts_id"),
        "verdicts",
        ["author_id", "state", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_verdicts_claim_id_verdicts_id"), "verdicts", ["claim_id", "id"], unique=False
    )
    op.create_index(
        op.f("ix_verdicts_desk_id_verdicts_state_verdicts_id"),
        "verdicts",
        ["desk_id", "state", "id"],
        unique=False,
    )
    op.create_index(
        "uq_verdicts_in_force",
        "verdicts",
        ["claim_id"],
        unique=True,
        postgresql_where=sa.text("state = 'published'"),
        sqlite_where=sa.text("state = 'published'"),
    )
    op.create_table(
        "citations",
        sa.Column("verdict_id", Id, nullable=False),
        sa.Column("evidence_id", Id, nullable=False),
        sa.ForeignKeyConstraint(
            ["evidence_id"], ["evidence.id"], name=op.f("fk_citations_evidence_id_evidence")
        ),
        sa.ForeignKeyConstraint(
            ["verdict_id"], ["verdicts.id"], name=op.f("fk_citations_verdict_id_verdicts")
        ),
        sa.PrimaryKeyConstraint("verdict_id", "evidence_id", name=op.f("pk_citations")),
    )
    op.create_index(op.f("ix_citations_evidence_id"), "citations", ["evidence_id"], unique=False)
    op.create_table(
        "reviews",
        sa.Column("id", Id, nullable=False),
        sa.Column("verdict_id", Id, nullable=False),
        sa.Column("author_id", Id, nullable=False),
        sa.Column("reviewer_id", Id, nullable=False),
        sa.Column("desk_id", Id, nullable=False),
        sa.Column("decision", sa.String(length=24), nullable=False),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("rating", sa.String(length=64), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("round", sa.SmallInteger(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.CheckConstraint(
            "reviewer_id <> author_id", name=op.f("ck_reviews_reviewer_is_not_author")
        ),
        sa.ForeignKeyConstraint(["desk_id"], ["desks.id"], name=op.f("fk_reviews_desk_id_desks")),
        sa.ForeignKeyConstraint(
            ["reviewer_id"], ["accounts.id"], name=op.f("fk_reviews_reviewer_id_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["verdict_id", "author_id"],
            ["verdicts.id", "verdicts.author_id"],
            name=op.f("fk_reviews_verdict_id_author_id_verdicts"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviews")),
        sa.UniqueConstraint(
            "verdict_id",
            "round",
            "digest",
            "reviewer_id",
            "decision",
            name=op.f("uq_reviews_verdict_id_round_digest_reviewer_id_decision"),
        ),
    )


def downgrade() -> None:
    op.drop_table("reviews")
    op.drop_table("citations")
    op.drop_table("verdicts")
    op.drop_table("recusals")
    op.drop_table("outbox")
    op.drop_table("evidence")
    op.drop_table("claim_topics")
    op.drop_table("appearances")
    op.drop_table("tokens")
    op.drop_table("sources")
    op.drop_table("rating_scales")
    op.drop_table("memberships")
    op.drop_table("events")
    op.drop_table("desk_partners")
    op.drop_table("claims")
    op.drop_table("idempotency_keys")
    op.drop_table("event_chains")
    op.drop_table("desks")
    op.drop_table("accounts")
