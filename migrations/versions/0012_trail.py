"""A Merkle tree over the events of all desks, its signed heads, and the one way to erase data."""

import sqlalchemy as sa
from alembic import op

from verifier.kit.columns import Id, Moment

revision = "0012"
down_revision = "0006"

APPEND_ONLY = ("tree_leaves", "tree_nodes", "checkpoints", "audit_keys")
HASH = sa.LargeBinary(32)
ERASED = "'[erased]'"
EVENT = (
    "id", "chain_id", "seq", "at", "type", "actor_id", "subject_type", "subject_id", "thread_id",
    "previous", "hash",
)  # fmt: skip
REVIEW = (
    "id", "verdict_id", "author_id", "reviewer_id", "desk_id", "decision", "rating", "digest",
    "round", "created_at",
)  # fmt: skip
PUBLISHED = (
    "claim_id", "desk_id", "author_id", "rating", "scale_version", "language", "digest",
    "correction_kind", "correction_of_id", "origin", "publisher", "published_at", "url",
)  # fmt: skip
PUBLISHED_TEXTS = ("title", "summary", "explanation", "correction_note")
TOLD_OF = """EXISTS (
    SELECT 1 FROM events AS told
    WHERE told.subject_type = OLD.subject_type AND told.subject_id = OLD.subject_id
    AND told.seq > OLD.seq AND told.type = OLD.subject_type || '.erased' AND {named}
)"""
"""A later event says that this one's data were erased."""


def upgrade() -> None:
    _create_tables()
    if op.get_bind().dialect.name == "postgresql":
        _guard_postgresql()
    else:
        _guard_sqlite()


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        _unguard_postgresql()
    else:
        _unguard_sqlite()
    for table in ("audit_keys", "checkpoints", "tree_chains", "tree_nodes", "tree_leaves"):
        op.drop_table(table)


def _create_tables() -> None:
    op.create_table(
        "tree_leaves",
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("event_id", Id, nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_tree_leaves_event_id_events")
        ),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_tree_leaves")),
        sa.UniqueConstraint("event_id", name=op.f("uq_tree_leaves_event_id")),
    )
    op.create_table(
        "tree_nodes",
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("hash", HASH, nullable=False),
        sa.PrimaryKeyConstraint("place", name=op.f("pk_tree_nodes")),
    )
    op.create_table(
        "tree_chains",
        sa.Column("chain_id", Id, nullable=False),
        sa.Column("gathered", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("chain_id", name=op.f("pk_tree_chains")),
    )
    op.create_table(
        "checkpoints",
        sa.Column("id", Id, nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("root", HASH, nullable=False),
        sa.Column("origin", sa.String(200), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checkpoints")),
    )
    op.create_index(
        op.f("ix_checkpoints_size_checkpoints_id"), "checkpoints", ["size", "id"], unique=False
    )
    op.create_table(
        "audit_keys",
        sa.Column("key", sa.String(300), nullable=False),
        sa.Column("added_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_audit_keys")),
    )


def _guard_sqlite() -> None:
    for table in APPEND_ONLY:
        for operation, suffix in (("UPDATE", "not_updated"), ("DELETE", "not_deleted")):
            op.execute(
                f"CREATE TRIGGER {table}_{suffix} BEFORE {operation} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
    event = " AND ".join((
        _same(EVENT, "IS"), "NEW.salt = ''", "length(NEW.data) = 77",
        "NEW.data GLOB '{\"erased\":\"*\"}'", "substr(NEW.data, 12, 64) NOT GLOB '*[^0-9a-f]*'",
        TOLD_OF.format(named="instr(told.data, OLD.id) > 0"),
    ))  # fmt: skip
    review = f"{_same(REVIEW, 'IS')} AND NEW.comment = {ERASED}"
    for table, allowed in (("events", event), ("reviews", review)):
        op.execute(f"DROP TRIGGER {table}_not_updated")
        op.execute(
            f"CREATE TRIGGER {table}_not_updated BEFORE UPDATE ON {table} WHEN NOT ({allowed}) "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )
    _keep_published_sqlite(f"{_same(PUBLISHED, 'IS')} AND {_same_or_erased('IS')}")


def _keep_published_sqlite(allowed: str) -> None:
    op.execute("DROP TRIGGER verdicts_published_stay")
    op.execute(
        "CREATE TRIGGER verdicts_published_stay BEFORE UPDATE ON verdicts "
        f"WHEN OLD.published_at IS NOT NULL AND NOT ({allowed}) "
        "BEGIN SELECT RAISE(ABORT, 'a published verdict never changes'); END"
    )


def _unguard_sqlite() -> None:
    for table in ("events", "reviews"):
        op.execute(f"DROP TRIGGER {table}_not_updated")
        op.execute(
            f"CREATE TRIGGER {table}_not_updated BEFORE UPDATE ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )
    _keep_published_sqlite(_same((*PUBLISHED, *PUBLISHED_TEXTS), "IS"))


def _guard_postgresql() -> None:
    for table in APPEND_ONLY:
        for operation, suffix, level in (
            ("UPDATE", "not_updated", "ROW"),
            ("DELETE", "not_deleted", "ROW"),
            ("TRUNCATE", "not_truncated", "STATEMENT"),
        ):
            op.execute(
                f"CREATE TRIGGER {table}_{suffix} BEFORE {operation} ON {table} "
                f"FOR EACH {level} EXECUTE FUNCTION refuse_change()"
            )
    same = "IS NOT DISTINCT FROM"
    event = " AND ".join((
        _same(EVENT, same), "NEW.salt = ''", "NEW.data ~ '^{\"erased\":\"[0-9a-f]{64}\"}$'",
        TOLD_OF.format(named="position(OLD.id::text IN told.data) > 0"),
    ))  # fmt: skip
    review = f"{_same(REVIEW, same)} AND NEW.comment = {ERASED}"
    for table, allowed in (("events", event), ("reviews", review)):
        refuse = f"RAISE EXCEPTION '% on {table} is refused: it stays as it is', TG_OP;"
        _function(f"keep_{table}", f"IF NOT ({allowed}) THEN {refuse} END IF; RETURN NEW;")
        _point_postgresql(table, f"keep_{table}")
    _keep_published_postgresql(f"{_same(PUBLISHED, same)} AND {_same_or_erased(same)}")


def _keep_published_postgresql(allowed: str) -> None:
    _function(
        "keep_published_verdict",
        f"IF OLD.published_at IS NOT NULL AND NOT ({allowed}) THEN "
        "RAISE EXCEPTION 'a published verdict never changes'; END IF; RETURN NEW;",
    )


def _unguard_postgresql() -> None:
    for table in ("events", "reviews"):
        _point_postgresql(table, "refuse_change")
        op.execute(f"DROP FUNCTION keep_{table}")
    _keep_published_postgresql(_same((*PUBLISHED, *PUBLISHED_TEXTS), "IS NOT DISTINCT FROM"))


def _point_postgresql(table: str, function: str) -> None:
    op.execute(f"DROP TRIGGER {table}_not_updated ON {table}")
    op.execute(
        f"CREATE TRIGGER {table}_not_updated BEFORE UPDATE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {function}()"
    )


def _function(name: str, body: str) -> None:
    op.execute(
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql "
        f"AS $$ BEGIN {body} END $$"
    )


def _same(columns: tuple[str, ...], operator: str) -> str:
    return " AND ".join(f"NEW.{name} {operator} OLD.{name}" for name in columns)


def _same_or_erased(operator: str) -> str:
    return " AND ".join(
        f"(NEW.{name} {operator} OLD.{name} OR NEW.{name} = {ERASED})" for name in PUBLISHED_TEXTS
    )
