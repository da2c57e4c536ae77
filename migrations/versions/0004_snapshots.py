"""Snapshots of sources, how quotes fare in them, and the jobs that the worker does."""

import sqlalchemy as sa
from alembic import op

from verifier.kit.columns import Document, Id, Moment

revision = "0004"
down_revision = "0003"

FROZEN = (
    "source_id",
    "url",
    "fetched_at",
    "http_status",
    "media_type",
    "sha256",
    "bytes",
    "payload_sha256",
    "supplied_by",
)
READ_ONCE = ("text", "text_sha256", "read_at")
CITED = (
    "claim_id",
    "source_id",
    "stance",
    "exact",
    "prefix",
    "suffix",
    '"start"',
    '"end"',
    "note",
    "snapshot_id",
    "snapshot_sha256",
    "confidential",
    "added_by",
    "published_at",
)


def upgrade() -> None:
    _create_jobs()
    _create_snapshots()
    _create_quote_checks()
    empty = sa.text("'[]'")
    for column in (
        sa.Column("text_snapshot_id", Id, nullable=True),
        sa.Column("archive_urls", Document, nullable=False, server_default=empty),
        sa.Column("snapshots", Document, nullable=False, server_default=empty),
        sa.Column("checked_at", Moment(), nullable=True),
    ):
        op.add_column("sources", column)
    op.create_index(
        op.f("ix_sources_desk_id_sources_checked_at"), "sources", ["desk_id", "checked_at"]
    )
    op.add_column("desks", sa.Column("recheck_after", sa.Integer(), nullable=True))
    op.add_column(
        "desks",
        sa.Column("respect_robots", sa.Boolean(), nullable=False, server_default=sa.true()),
    )
    op.add_column("appearances", sa.Column("standing", Document, nullable=True))
    op.add_column("evidence", sa.Column("standing", Document, nullable=True))
    op.add_column("evidence", sa.Column("published_at", Moment(), nullable=True))
    op.execute(
        "UPDATE evidence SET published_at = (SELECT min(verdicts.published_at) FROM citations "
        "JOIN verdicts ON verdicts.id = citations.verdict_id "
        "WHERE citations.evidence_id = evidence.id)"
    )
    op.add_column(
        "claims", sa.Column("drifted", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.create_index(
        "ix_claims_drifted",
        "claims",
        ["desk_id", "id"],
        postgresql_where=sa.text("drifted"),
        sqlite_where=sa.text("drifted = 1"),
    )
    _keep_as_they_are()


def downgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    for table, name in (
        ("snapshots", "stay"),
        ("snapshots", "not_deleted"),
        ("evidence", "published_stay"),
    ):
        op.execute(f"DROP TRIGGER {table}_{name}" + (f" ON {table}" if postgresql else ""))
    if postgresql:
        op.execute("DROP FUNCTION keep_snapshot")
        op.execute("DROP FUNCTION keep_published_evidence")
    op.drop_index("ix_claims_drifted", "claims")
    op.drop_column("claims", "drifted")
    op.drop_column("evidence", "published_at")
    op.drop_column("evidence", "standing")
    op.drop_column("appearances", "standing")
    op.drop_column("desks", "respect_robots")
    op.drop_column("desks", "recheck_after")
    op.drop_index(op.f("ix_sources_desk_id_sources_checked_at"), "sources")
    for column in ("checked_at", "snapshots", "archive_urls", "text_snapshot_id"):
        op.drop_column("sources", column)
    for table in ("quote_checks", "snapshots", "jobs"):
        op.drop_table(table)


def _create_jobs() -> None:
    op.create_table(
        "jobs",
        sa.Column("id", Id, nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("subject_id", Id, nullable=False),
        sa.Column("desk_id", Id, nullable=True),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("due_at", Moment(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease", Id, nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("result", Document, nullable=True),
        sa.Column("requested_by", Id, nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
    )
    is_open = sa.text("due_at IS NOT NULL")
    op.create_index(
        "ix_jobs_due", "jobs", ["due_at"], postgresql_where=is_open, sqlite_where=is_open
    )
    failed = sa.text("state = 'failed'")
    op.create_index(
        "ix_jobs_failed", "jobs", ["kind"], postgresql_where=failed, sqlite_where=failed
    )
    op.create_index(
        "uq_jobs_open",
        "jobs",
        ["kind", "subject_id"],
        unique=True,
        postgresql_where=is_open,
        sqlite_where=is_open,
    )
    op.create_index(
        op.f("ix_jobs_subject_id_jobs_kind_jobs_id"), "jobs", ["subject_id", "kind", "id"]
    )


def _create_snapshots() -> None:
    op.create_table(
        "snapshots",
        sa.Column("source_id", Id, nullable=False),
        sa.Column("url", sa.String(2048), nullable=True),
        sa.Column("fetched_at", Moment(), nullable=False),
        sa.Column("http_status", sa.Integer(), nullable=True),
        sa.Column("media_type", sa.String(127), nullable=True),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("payload_sha256", sa.String(64), nullable=False),
        sa.Column("supplied_by", Id, nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("text_sha256", sa.String(64), nullable=True),
        sa.Column("read_at", Moment(), nullable=True),
        sa.Column("id", Id, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["source_id"], ["sources.id"], name=op.f("fk_snapshots_source_id_sources")
        ),
        sa.ForeignKeyConstraint(
            ["supplied_by"], ["accounts.id"], name=op.f("fk_snapshots_supplied_by_accounts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_snapshots")),
    )
    op.create_index(op.f("ix_snapshots_source_id_snapshots_id"), "snapshots", ["source_id", "id"])


def _create_quote_checks() -> None:
    op.create_table(
        "quote_checks",
        sa.Column("snapshot_id", Id, nullable=False),
        sa.Column("desk_id", Id, nullable=False),
        sa.Column("claim_id", Id, nullable=False),
        sa.Column("subject_type", sa.String(10), nullable=False),
        sa.Column("subject_id", Id, nullable=False),
        sa.Column("exact", sa.Text(), nullable=False),
        sa.Column("outcome", sa.String(9), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=True),
        sa.Column("end", sa.Integer(), nullable=True),
        sa.Column("found", sa.Text(), nullable=True),
        sa.Column("state", sa.String(7), nullable=True),
        sa.Column("settled_as", sa.String(12), nullable=True),
        sa.Column("settled_by", Id, nullable=True),
        sa.Column("settled_at", Moment(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("id", Id, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["snapshot_id"], ["snapshots.id"], name=op.f("fk_quote_checks_snapshot_id_snapshots")
        ),
        sa.ForeignKeyConstraint(
            ["desk_id"], ["desks.id"], name=op.f("fk_quote_checks_desk_id_desks")
        ),
        sa.ForeignKeyConstraint(
            ["claim_id"], ["claims.id"], name=op.f("fk_quote_checks_claim_id_claims")
        ),
        sa.ForeignKeyConstraint(
            ["settled_by"], ["accounts.id"], name=op.f("fk_quote_checks_settled_by_accounts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quote_checks")),
    )
    for column in ("snapshot_id", "claim_id", "subject_id"):
        op.create_index(
            op.f(f"ix_quote_checks_{column}_quote_checks_id"), "quote_checks", [column, "id"]
        )
    is_open = sa.text("state = 'open'")
    op.create_index(
        "ix_quote_checks_open",
        "quote_checks",
        ["desk_id", "id"],
        postgresql_where=is_open,
        sqlite_where=is_open,
    )
    op.create_index(
        "uq_quote_checks_open",
        "quote_checks",
        ["subject_id"],
        unique=True,
        postgresql_where=is_open,
        sqlite_where=is_open,
    )


def _keep_as_they_are() -> None:
    """A snapshot is read once and never changes; nor does evidence that was published."""
    read_again = f"OLD.read_at IS NOT NULL AND ({_changed(READ_ONCE)})"
    _keep("snapshots", "stay", f"{_changed(FROZEN)} OR ({read_again})", "keep_snapshot")
    published = f"OLD.published_at IS NOT NULL AND ({_changed(CITED)})"
    _keep("evidence", "published_stay", published, "keep_published_evidence")
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE TRIGGER snapshots_not_deleted BEFORE DELETE ON snapshots "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
    else:
        op.execute(
            "CREATE TRIGGER snapshots_not_deleted BEFORE DELETE ON snapshots "
            "BEGIN SELECT RAISE(ABORT, 'nothing is deleted from snapshots'); END"
        )


def _changed(columns: tuple[str, ...]) -> str:
    differs = "IS DISTINCT FROM" if op.get_bind().dialect.name == "postgresql" else "IS NOT"
    return " OR ".join(f"NEW.{name} {differs} OLD.{name}" for name in columns)


def _keep(table: str, trigger: str, changed: str, function: str) -> None:
    message = f"{table}: this stays as it is"
    if op.get_bind().dialect.name != "postgresql":
        op.execute(
            f"CREATE TRIGGER {table}_{trigger} BEFORE UPDATE ON {table} WHEN {changed} "
            f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
        )
        return
    op.execute(
        f"CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {changed} THEN RAISE EXCEPTION '{message}'; END IF; RETURN NEW; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_{trigger} BEFORE UPDATE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {function}()"
    )
