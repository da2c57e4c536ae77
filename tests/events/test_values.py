"""SQLite takes any value in any column; what cannot be read as what it should be is named."""

import pytest
from sqlalchemy import text

from tests.events.test_drills import KEY, all_rights
from verifier.events.audit import findings
from verifier.events.checkpoints import Gatherer

GARBAGE = {
    "events": "UPDATE events SET at = 'yesterday'",
    "checkpoints": "UPDATE checkpoints SET size = 'many'",
    "rating_scales": "UPDATE rating_scales SET ratings = '{'",
    "claims": "UPDATE claims SET text = x'ff'",
    "verdicts": "UPDATE verdicts SET published_at = 'x'",
}


@pytest.mark.parametrize("backend", ["sqlite"])
def test_a_row_that_cannot_be_read_is_named(newsroom, database):
    newsroom.published()
    Gatherer(database, [KEY])()
    for table, statement in GARBAGE.items():
        with all_rights(database) as session:
            session.execute(text(statement))
            found = next(findings(session))
        assert found.where.startswith("row "), (table, found)
        assert table in found.where, (table, found)


def test_events_whose_chain_has_no_head_are_found(newsroom, database):
    newsroom.claim()
    with all_rights(database) as session:
        if database.dialect == "sqlite":
            session.execute(text("PRAGMA defer_foreign_keys = ON"))
        else:
            session.execute(text("SET LOCAL session_replication_role = replica"))
        chain = newsroom.ids["border-desk"]
        session.execute(text("DELETE FROM event_chains WHERE id = :chain"), {"chain": chain})
        (found,) = findings(session)
    assert found.where == f"chain {chain}"
