"""A Merkle tree over the events of all desks, its signed heads, and the one way to erase data."""

from collections.abc import Iterable

import sqlalchemy as sa
from alembic import op

from verifier.kit.columns import Id, Moment

revision = "0012"
down_revision = "0011"

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
VERDICT = (
    "claim_id", "desk_id", "author_id", "rating", "scale_version", "language", "digest",
    "correction_kind", "correction_of_id", "origin", "publisher", "published_at", "url",
    "publisher_url", "given_rating", "corrects_elsewhere",
)  # fmt: skip
VERDICT_TEXTS = ("title", "summary", "explanation", "correction_note")
EVIDENCE = (
    "claim_id", "source_id", "stance", "snapshot_id", "snapshot_sha256", "confidential", "added_by",
    "published_at",
)  # fmt: skip
QUOTE = ("exact", "prefix", "suffix", '"start"', '"end"')
TOLD_OF = """EXISTS (
    SELECT 1 FROM events AS told
    WHERE told.subject_type = OLD.subject_type AND told.subject_id = OLD.subject_id
    AND told.seq > OLD.seq AND told.type = OLD.subject_type || '.erased' AND {named}
)"""
"""A later event says that this one's data were erased."""


def upgrade() -> None:
    _create_tables()
    for table in APPEND_ONLY:
        _append_only(table)
    _guard("events", "not_updated", "keep_events", "TRUE", _event_erased())
    _guard(
        "reviews", "not_updated", "keep_reviews", "TRUE", _all((_same(REVIEW), _gone("comment")))
    )
    texts = (_same_or_gone(name) for name in VERDICT_TEXTS)
    _guard_published("verdicts", "keep_published_verdict", _all((_same(VERDICT), *texts)))
    quote = f"({_same(QUOTE)} OR {_all(f'NEW.{name} IS NULL' for name in QUOTE)})"
    kept = _all((_same(EVIDENCE), _same_or_gone("note"), quote))
    _guard_published("evidence", "keep_published_evidence", kept)


def downgrade() -> None:
    verdict, evidence = (*VERDICT, *VERDICT_TEXTS), (*EVIDENCE, *QUOTE, "note")
    _guard_published("verdicts", "keep_published_verdict", _same(verdict))
    _guard_published("evidence", "keep_published_evidence", _same(evidence))
    for table in ("events", "reviews"):
        _guard(table, "not_updated", f"keep_{table}", "TRUE", "FALSE")
        if _is_postgresql():
            _point(table, "not_updated", "refuse_change")
            op.execute(f"DROP FUNCTION keep_{table}")
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


def _append_only(table: str) -> None:
    for operation, suffix in (("UPDATE", "not_updated"), ("DELETE", "not_deleted")):
        action = (
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
            if _is_postgresql()
            else f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )
        op.execute(f"CREATE TRIGGER {table}_{suffix} BEFORE {operation} ON {table} {action}")
    if _is_postgresql():
        op.execute(
            f"CREATE TRIGGER {table}_not_truncated BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def _guard_published(table: str, function: str, allowed: str) -> None:
    _guard(table, "published_stay", function, "OLD.published_at IS NOT NULL", allowed)


def _guard(table: str, trigger: str, function: str, where: str, allowed: str) -> None:
    """Refuse every change of such rows but the one that is allowed."""
    message = (
        f"{table}: what was published never changes"
        if trigger == "published_stay"
        else f"{table} is append-only"
    )
    refused = f"{where} AND NOT ({allowed})"
    if _is_postgresql():
        op.execute(
            f"CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF {refused} THEN RAISE EXCEPTION '{message}'; END IF; RETURN NEW; END $$"
        )
        _point(table, trigger, function)
        return
    op.execute(f"DROP TRIGGER {table}_{trigger}")
    op.execute(
        f"CREATE TRIGGER {table}_{trigger} BEFORE UPDATE ON {table} WHEN {refused} "
        f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
    )


def _point(table: str, trigger: str, function: str) -> None:
    op.execute(f"DROP TRIGGER {table}_{trigger} ON {table}")
    op.execute(
        f"CREATE TRIGGER {table}_{trigger} BEFORE UPDATE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {function}()"
    )


def _event_erased() -> str:
    """Nothing but data and salt goes, the commitment to them stays, and an event tells of it."""
    if _is_postgresql():
        shape = 'NEW.data ~ \'^{"erased":"[0-9a-f]{64}"}$\''
        named = "position(OLD.id::text IN told.data) > 0"
    else:
        shape = (
            'length(NEW.data) = 77 AND NEW.data GLOB \'{"erased":"*"}\' '
            "AND substr(NEW.data, 12, 64) NOT GLOB '*[^0-9a-f]*'"
        )
        named = "instr(told.data, OLD.id) > 0"
    return _all((_same(EVENT), "NEW.salt = ''", shape, TOLD_OF.format(named=named)))


def _same(columns: Iterable[str]) -> str:
    operator = "IS NOT DISTINCT FROM" if _is_postgresql() else "IS"
    return _all(f"NEW.{name} {operator} OLD.{name}" for name in columns)


def _same_or_gone(column: str) -> str:
    return f"({_same((column,))} OR {_gone(column)})"


def _gone(column: str) -> str:
    return f"NEW.{column} IS NOT NULL AND NEW.{column} = {ERASED}"


def _all(conditions: Iterable[str]) -> str:
    return " AND ".join(conditions)


def _is_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"
