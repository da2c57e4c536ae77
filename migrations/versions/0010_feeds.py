"""Feeds: what is in force, corrected and retracted by when, and the newest change that shows."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

IN_FORCE = "state = 'published'"
RETRACTED = "state = 'retracted'"
CORRECTING = "correction_kind IS NOT NULL AND published_at IS NOT NULL"
SHOWING = (
    "type IN ('appearance.added', 'appearance.changed', 'appearance.erased', "
    "'appearance.reanchored', 'appearance.removed', 'claim.edited', 'claim.erased', "
    "'desk.updated', 'evidence.erased', 'source.erased', 'source.read', 'source.updated', "
    "'verdict.erased', 'verdict.imported', 'verdict.published', 'verdict.restored', "
    "'verdict.retracted')"
)
VERDICTS = {
    "ix_verdicts_feed_all": (("published_at", "id"), IN_FORCE),
    "ix_verdicts_feed_desk_id": (("desk_id", "published_at", "id"), IN_FORCE),
    "ix_verdicts_feed_rating": (("rating", "published_at", "id"), IN_FORCE),
    "ix_verdicts_feed_language": (("language", "published_at", "id"), IN_FORCE),
    "ix_verdicts_retracted_all": (("updated_at", "id"), RETRACTED),
    "ix_verdicts_retracted_desk_id": (("desk_id", "updated_at", "id"), RETRACTED),
    "ix_verdicts_correcting_all": (("published_at", "id"), CORRECTING),
    "ix_verdicts_correcting_desk_id": (("desk_id", "published_at", "id"), CORRECTING),
}
"""By name: the columns, and which rows."""


def upgrade() -> None:
    _index("events", "ix_events_showing", ("chain_id", "seq"), SHOWING)
    for name, (columns, rows) in VERDICTS.items():
        _index("verdicts", name, columns, rows)


def downgrade() -> None:
    for name in VERDICTS:
        op.drop_index(name, "verdicts")
    op.drop_index("ix_events_showing", "events")


def _index(table: str, name: str, columns: tuple[str, ...], rows: str) -> None:
    where = sa.text(rows)
    op.create_index(name, table, list(columns), postgresql_where=where, sqlite_where=where)
