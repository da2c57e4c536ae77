"""Imports, and what of an imported verdict is its publisher's own."""

import sqlalchemy as sa
from alembic import op

from verifier.kit.columns import Document, Id, Moment

revision = "0007"
down_revision = "0006"

ADDED = (
    ("verdicts", "publisher_url", sa.String(2048)),
    ("verdicts", "given_rating", Document),
    ("verdicts", "corrects_elsewhere", Id),
    ("sources", "archive_hashes", Document),
)
PUBLISHED_BEFORE = (
    "claim_id", "desk_id", "author_id", "rating", "scale_version", "title", "summary",
    "explanation", "language", "digest", "correction_kind", "correction_note", "correction_of_id",
    "origin", "publisher", "published_at", "url",
)  # fmt: skip
PUBLISHED_CONTENT = (*PUBLISHED_BEFORE, "publisher_url", "given_rating", "corrects_elsewhere")


def upgrade() -> None:
    for table, name, kind in ADDED:
        op.add_column(table, sa.Column(name, kind, nullable=True))
    _keep_published(PUBLISHED_CONTENT)
    _create_imports()
    _create_import_rows()


def downgrade() -> None:
    op.drop_table("import_rows")
    op.drop_table("imports")
    _keep_published(PUBLISHED_BEFORE)
    for table, name, _ in reversed(ADDED):
        op.drop_column(table, name)


def _keep_published(columns: tuple[str, ...]) -> None:
    """The database refuses to change these columns of a verdict that was published."""
    if op.get_bind().dialect.name == "postgresql":
        changed = " OR ".join(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in columns)
        op.execute(
            "CREATE OR REPLACE FUNCTION keep_published_verdict() RETURNS trigger "
            f"LANGUAGE plpgsql AS $$ BEGIN IF OLD.published_at IS NOT NULL AND ({changed}) THEN "
            "RAISE EXCEPTION 'a published verdict never changes'; END IF; RETURN NEW; END $$"
        )
        return
    changed = " OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in columns)
    op.execute("DROP TRIGGER verdicts_published_stay")
    op.execute(
        "CREATE TRIGGER verdicts_published_stay BEFORE UPDATE ON verdicts "
        f"WHEN OLD.published_at IS NOT NULL AND ({changed}) "
        "BEGIN SELECT RAISE(ABORT, 'a published verdict never changes'); END"
    )


def _create_imports() -> None:
    op.create_table(
        "imports",
        sa.Column("desk_id", Id, nullable=False),
        sa.Column("name", sa.String(255), nullable=True),
        sa.Column("format", sa.String(16), nullable=True),
        sa.Column("mapping", Document, nullable=False),
        sa.Column("dry_run", sa.Boolean(), nullable=False),
        sa.Column("restores", sa.Boolean(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("bytes_read", sa.BigInteger(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("already_there", sa.Integer(), nullable=False),
        sa.Column("repaired", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("finished_at", Moment(), nullable=True),
        sa.Column("created_by", Id, nullable=True),
        sa.Column("id", Id, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["desk_id"], ["desks.id"], name=op.f("fk_imports_desk_id_desks")),
        sa.ForeignKeyConstraint(
            ["created_by"], ["accounts.id"], name=op.f("fk_imports_created_by_accounts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imports")),
    )
    op.create_index(op.f("ix_imports_desk_id_imports_id"), "imports", ["desk_id", "id"])


def _create_import_rows() -> None:
    op.create_table(
        "import_rows",
        sa.Column("import_id", Id, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("desk_id", Id, nullable=True),
        sa.Column("line", sa.Integer(), nullable=True),
        sa.Column("pointer", sa.Text(), nullable=False),
        sa.Column("outcome", sa.String(13), nullable=False),
        sa.Column("remarks", Document, nullable=False),
        sa.Column("raw", sa.Text(), nullable=False),
        sa.Column("key", sa.String(64), nullable=True),
        sa.Column("text_key", sa.String(64), nullable=True),
        sa.Column("claim_id", Id, nullable=True),
        sa.Column("source_id", Id, nullable=True),
        sa.Column("duplicate_of", Id, nullable=True),
        sa.ForeignKeyConstraint(
            ["import_id"], ["imports.id"], name=op.f("fk_import_rows_import_id_imports")
        ),
        sa.ForeignKeyConstraint(
            ["desk_id"], ["desks.id"], name=op.f("fk_import_rows_desk_id_desks")
        ),
        sa.PrimaryKeyConstraint("import_id", "number", name=op.f("pk_import_rows")),
    )
    op.create_index("uq_import_rows_key", "import_rows", ["desk_id", "key"], unique=True)
    for name, columns, condition in (
        ("dry", ["import_id", "text_key"], "desk_id IS NULL"),
        ("duplicate", ["import_id", "number"], "duplicate_of IS NOT NULL"),
        ("claim", ["claim_id"], "claim_id IS NOT NULL"),
        ("source", ["source_id"], "source_id IS NOT NULL"),
    ):
        where = sa.text(condition)
        op.create_index(
            f"ix_import_rows_{name}", "import_rows", columns,
            postgresql_where=where, sqlite_where=where,
        )  # fmt: skip
