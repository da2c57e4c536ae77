"""A page and a state are read along their indexes, from where they begin: nothing is scanned or sorted."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import event

LOOKED_UP = (
    "SET LOCAL enable_seqscan = off",
    "SET LOCAL enable_bitmapscan = off",
    "SET LOCAL enable_sort = off",
)
"""PostgreSQL would rather read a table whole while it is this small."""
STATE = {"ix_events_showing"}


def plan(database, client, path):
    """What the database says of each statement that the feed takes, as text."""
    seen = []

    def note(_connection, _cursor, statement, values, *_):
        seen.append((statement, values))

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        assert client.get(path).data
    finally:
        event.remove(database.engine, "before_cursor_execute", note)
    explain = "EXPLAIN QUERY PLAN" if database.dialect == "sqlite" else "EXPLAIN"
    told = []
    with database.engine.connect() as connection:
        for setting in () if database.dialect == "sqlite" else LOOKED_UP:
            connection.exec_driver_sql(setting)
        for statement, values in seen:
            if statement.lstrip().startswith("SELECT"):
                rows = connection.exec_driver_sql(f"{explain} {statement}", values)
                told += [str(row[-1]) for row in rows]
    return "\n".join(told)


@pytest.mark.parametrize(
    ("path", "indexes"),
    [
        ("verdicts.atom", {"ix_verdicts_feed_all", "ix_verdicts_retracted_all"}),
        ("verdicts.atom?desk=a", {"ix_verdicts_feed_desk_id", "ix_verdicts_retracted_desk_id"}),
        ("verdicts.atom?rating=a", {"ix_verdicts_feed_rating"}),
        ("verdicts.atom?language=az", {"ix_verdicts_feed_language"}),
        ("corrections.atom", {"ix_verdicts_correcting_all", "ix_verdicts_retracted_all"}),
        ("corrections.atom?desk=a", {"ix_verdicts_correcting_desk_id", "ix_verdicts_retracted_desk_id"}),
    ],
)  # fmt: skip
def test_feeds_go_along_their_indexes(database, client, path, indexes):
    told = plan(database, client, f"/feeds/{path}")
    assert STATE | indexes <= set(re.findall(r"ix_\w+", told)), told
    if database.dialect == "sqlite":
        assert re.findall(r"SCAN (?:verdicts|events|claims)\b(?! USING)", told) == []
        assert "SCAN events" not in told
