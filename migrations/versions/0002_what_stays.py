"""The database itself refuses to rewrite what has happened and what was published."""

from alembic import op

revision = "0002"
down_revision = "0001"

APPEND_ONLY = ("events", "reviews", "rating_scales")
NEVER_DELETED = ("evidence", "verdicts", "claims", "accounts", "desks")
PUBLISHED_CONTENT = (
    "claim_id",
    "desk_id",
    "author_id",
    "rating",
    "scale_version",
    "title",
    "summary",
    "explanation",
    "language",
    "digest",
    "correction_kind",
    "correction_note",
    "correction_of_id",
    "origin",
    "publisher",
    "published_at",
    "url",
)
REFUSE = "CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$"


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        _upgrade_postgresql()
    else:
        _upgrade_sqlite()


def downgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    for name, table in _triggers():
        op.execute(f"DROP TRIGGER {name}" + (f" ON {table}" if postgresql else ""))
    if postgresql:
        for table in APPEND_ONLY:
            op.execute(f"DROP TRIGGER {table}_not_truncated ON {table}")
        op.execute("DROP FUNCTION refuse_change")
        op.execute("DROP FUNCTION keep_published_verdict")


def _triggers() -> list[tuple[str, str]]:
    return [
        *((f"{table}_not_updated", table) for table in APPEND_ONLY),
        *((f"{table}_not_deleted", table) for table in (*APPEND_ONLY, *NEVER_DELETED)),
        ("verdicts_published_stay", "verdicts"),
    ]


def _upgrade_sqlite() -> None:
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_not_updated BEFORE UPDATE ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )
    for table in (*APPEND_ONLY, *NEVER_DELETED):
        op.execute(
            f"CREATE TRIGGER {table}_not_deleted BEFORE DELETE ON {table} "
            f"BEGIN SELECT RAISE(ABORT, 'nothing is deleted from {table}'); END"
        )
    changed = " OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in PUBLISHED_CONTENT)
    op.execute(
        "CREATE TRIGGER verdicts_published_stay BEFORE UPDATE ON verdicts "
        f"WHEN OLD.published_at IS NOT NULL AND ({changed}) "
        "BEGIN SELECT RAISE(ABORT, 'a published verdict never changes'); END"
    )


def _upgrade_postgresql() -> None:
    refuse = "RAISE EXCEPTION '% on % is refused: it stays as it is', TG_OP, TG_TABLE_NAME;"
    op.execute(REFUSE.format(name="refuse_change", body=refuse))
    for table in APPEND_ONLY:
        _refuse(table, "UPDATE", "not_updated", "ROW")
        _refuse(table, "TRUNCATE", "not_truncated", "STATEMENT")
    for table in (*APPEND_ONLY, *NEVER_DELETED):
        _refuse(table, "DELETE", "not_deleted", "ROW")
    changed = " OR ".join(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in PUBLISHED_CONTENT)
    keep = (
        f"IF OLD.published_at IS NOT NULL AND ({changed}) THEN "
        "RAISE EXCEPTION 'a published verdict never changes'; END IF; RETURN NEW;"
    )
    op.execute(REFUSE.format(name="keep_published_verdict", body=keep))
    op.execute(
        "CREATE TRIGGER verdicts_published_stay BEFORE UPDATE ON verdicts "
        "FOR EACH ROW EXECUTE FUNCTION keep_published_verdict()"
    )


def _refuse(table: str, operation: str, suffix: str, level: str) -> None:
    op.execute(
        f"CREATE TRIGGER {table}_{suffix} BEFORE {operation} ON {table} "
        f"FOR EACH {level} EXECUTE FUNCTION refuse_change()"
    )
