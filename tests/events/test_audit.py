"""The trail finds whoever touches it, or the records it tells of, at the exact place."""

import pytest
from click.testing import CliRunner
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tests.newsroom import open_newsroom
from verifier.cli import main
from verifier.events.audit import findings

TRIGGERS = {
    "sqlite": "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname, tgrelid::regclass FROM pg_trigger WHERE NOT tgisinternal",
}
SMUGGLED = """
    INSERT INTO claims (id, version, created_at, updated_at, desk_id, text, text_key, is_original,
                        topics, priority, status, evidence)
    SELECT '019a9a3c-52d1-7c40-8a58-1f0e8c1b7d11', version, created_at, updated_at, desk_id, text,
           'other', is_original, topics, priority, status, evidence FROM claims
"""
TAMPERINGS = {
    "an event's data": ("UPDATE events SET data = '[]' WHERE {}", "was edited"),
    "an event's author": ("UPDATE events SET actor_id = NULL WHERE {}", "was edited"),
    "an event's time": (
        "UPDATE events SET at = '2020-01-01T00:00:00.000000Z' WHERE {}",
        "was edited",
    ),
    "a deleted event": (
        "DELETE FROM events WHERE {}",
        "an event was deleted",
    ),
    "a cut tail": (
        "DELETE FROM events WHERE type = 'claim.verified'",
        "its tail was cut",
    ),
    "an event moved down": ("UPDATE events SET seq = seq + 100 WHERE {}", "an event was deleted"),
    "a rewritten chain": ("UPDATE events SET previous = hash WHERE {}", "does not follow"),
    "a verdict's text": ("UPDATE verdicts SET summary = 'No.'", "its summary is not"),
    "a verdict's rating": ("UPDATE verdicts SET rating = 'false'", "its rating is not"),
    "what a claim's readers see": (
        "UPDATE claims SET verdict = '[]' WHERE verdict IS NOT NULL",
        "its verdict is not",
    ),
    "a piece of evidence": ("UPDATE evidence SET note = 'x'", "its note is not"),
    "a deleted piece of evidence": (
        "DELETE FROM citations; DELETE FROM evidence",
        "its row was deleted",
    ),
    "a review": ("UPDATE reviews SET decision = 'changes_requested'", "its decision is not"),
    "a source's text": ("UPDATE sources SET text = 'x'", "its text_sha256 is not"),
    "a smuggled claim": (
        SMUGGLED,
        "no event tells of it",
    ),
}


def tamper(database, statements):
    with database.transaction() as session:
        for name, table in session.execute(text(TRIGGERS[database.dialect])).all():
            on_table = f" ON {table}" if database.dialect == "postgresql" else ""
            session.execute(text(f"DROP TRIGGER {name}{on_table}"))
        for statement in statements.split(";"):
            session.execute(text(statement))


@pytest.mark.parametrize("what", TAMPERINGS)
def test_tampering_is_found(app, settings, what):
    open_newsroom(app).published()
    database = app.extensions["verifier.database"]
    statements, told = TAMPERINGS[what]

    tamper(database, statements.replace("{}", "type = 'review.given'"))

    with database.snapshot() as session:
        found = list(findings(session))
    assert told in found[0].detail
    environment = {"VERIFIER_DATABASE_URL": settings.database_url}
    answer = CliRunner().invoke(main, ["audit", "verify"], env=environment)
    assert answer.exit_code == 1
    assert found[0].where in answer.stderr
    assert told in answer.stderr


def test_a_whole_trail_verifies(newsroom, settings):
    newsroom.published()
    environment = {"VERIFIER_DATABASE_URL": settings.database_url}
    answer = CliRunner().invoke(main, ["audit", "verify"], env=environment)
    assert answer.exit_code == 0
    assert "The trail is whole" in answer.output


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events SET type = 'x'",
        "DELETE FROM events",
        "UPDATE reviews SET comment = 'x'",
        "DELETE FROM verdicts",
        "DELETE FROM evidence",
        "UPDATE verdicts SET title = 'x'",
        "UPDATE rating_scales SET ratings = '[]'",
    ],
)
def test_the_database_itself_refuses(newsroom, database, statement):
    newsroom.published()
    refused = pytest.raises(DBAPIError, match=r"append-only|is deleted from|never changes|refused")
    with refused, database.transaction() as session:
        session.execute(text(statement))
