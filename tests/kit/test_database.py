"""Migrations that fit the models, and a database that is too busy."""

from __future__ import annotations

import threading
import time
from dataclasses import replace

import pytest
from alembic import command
from sqlalchemy import inspect, text

from tests.databases import contents
from tests.operations import valid_requests
from tests.problems import check_problem
from verifier.app import create_app
from verifier.kit import db, migrations, sqlite

WAIT_MILLISECONDS = 50


def changing(database):
    """A connection in a writing transaction, as migrations get it."""
    return database.engine.execution_options(writes=True).begin()


def hold(session):
    """Keep others from writing until this transaction ends."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(
            text("LOCK TABLE event_chains, jobs, tokens, webhook_deliveries IN EXCLUSIVE MODE")
        )
    else:
        session.execute(text("SELECT 1"))  # the transaction has begun, and there is one writer


def shape(connection):
    """Tables with their columns, indexes and constraints, as the database itself tells them."""
    found = inspect(connection)
    return {
        table: (
            [(c["name"], str(c["type"]), c["nullable"]) for c in found.get_columns(table)],
            sorted(i["name"] for i in found.get_indexes(table)),
            sorted(str(k["constrained_columns"]) for k in found.get_foreign_keys(table)),
            sorted(str(c["name"]) for c in found.get_check_constraints(table)),
        )
        for table in sorted(found.get_table_names())
    }


def test_the_migrated_database_is_what_the_models_say(database):
    with database.engine.connect() as connection:
        assert migrations.differences(connection) == []
        assert migrations.present_revision(connection) == migrations.newest_revision()


def test_a_difference_is_found(database):
    with changing(database) as connection:
        connection.execute(text("ALTER TABLE claims ADD COLUMN extra TEXT"))
        connection.execute(text("DROP INDEX ix_sources_desk_id_sources_id"))
    with database.engine.connect() as connection:
        assert len(migrations.differences(connection)) == 2


def test_down_to_nothing_and_up_again(database):
    with database.engine.connect() as connection:
        before = shape(connection)
    with changing(database) as connection:
        command.downgrade(migrations.alembic_config(connection), "base")
    with database.engine.connect() as connection:
        assert inspect(connection).get_table_names() == ["alembic_version"]
    with changing(database) as connection:
        command.upgrade(migrations.alembic_config(connection), "head")
    with database.engine.connect() as connection:
        assert shape(connection) == before
        assert migrations.differences(connection) == []


def test_each_step_down_and_up(database):
    revisions = sorted({*migrations.older_revisions(), migrations.newest_revision()})
    for revision in reversed(revisions[:-1]):
        with changing(database) as connection:
            command.downgrade(migrations.alembic_config(connection), revision)
            assert migrations.present_revision(connection) == revision
            command.upgrade(migrations.alembic_config(connection), "head")
    with database.engine.connect() as connection:
        assert migrations.differences(connection) == []


def test_upgrading_what_is_up_to_date_changes_nothing(database_url, newsroom, database):
    newsroom.published()
    before = contents(database)
    assert migrations.upgrade(database_url) == migrations.newest_revision()
    assert contents(database) == before


@pytest.fixture
def impatient(newsroom, settings, monkeypatch):
    """Another process on the newsroom's database, which waits for locks only briefly."""
    monkeypatch.setattr(sqlite, "BUSY_MILLISECONDS", WAIT_MILLISECONDS)
    monkeypatch.setattr(db, "POSTGRES_LIMITS", f"-c lock_timeout={WAIT_MILLISECONDS}")
    monkeypatch.setitem(db.POOL, "pool_timeout", WAIT_MILLISECONDS / 1000)
    app = create_app(settings)
    newsroom.client = app.test_client()
    yield app
    app.extensions["verifier.database"].dispose()


@pytest.mark.usefixtures("impatient")
def test_while_somebody_else_writes_for_long(newsroom, database):
    """Whatever changes is told to come again; reads go on, though a token's use cannot be noted."""
    requests = valid_requests(newsroom)
    with database.transaction() as session:
        session.execute(text("UPDATE tokens SET last_used_at = NULL"))
    before = contents(database)
    with database.transaction() as session:
        hold(session)
        for request in requests.values():
            if request.reads:
                with request.send(newsroom) as answer:
                    assert answer.status_code == 200, request.operation
            else:
                answer = request.send(newsroom, headers={"Idempotency-Key": request.operation})
                problem = check_problem(answer, 503)
                assert problem["type"].endswith("/busy")
                assert answer.headers["Retry-After"] == "1"
    assert contents(database) == before
    for request in requests.values():
        answer = request.send(newsroom, headers={"Idempotency-Key": request.operation})
        assert answer.status_code < 300, request.operation


def test_while_all_connections_are_taken(newsroom, impatient):
    busy = impatient.extensions["verifier.database"]
    taken = [busy.engine.connect() for _ in range(24)]
    answer = newsroom.call("GET", "/v1/claims", "con")
    check_problem(answer, 503)
    for connection in taken:
        connection.close()
    newsroom.call("GET", "/v1/claims", "con", status=200)


def test_a_wait_that_ends_in_time_is_no_refusal(newsroom, database):
    """The second of two writers is let in once the first has finished."""
    holding = threading.Event()

    def write():
        with database.transaction() as session:
            hold(session)
            holding.set()
            time.sleep(0.3)

    other = threading.Thread(target=write)
    other.start()
    assert holding.wait(10)
    newsroom.claim()
    other.join()


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_a_connection_that_breaks_is_replaced(newsroom, database):
    with database.engine.connect() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    newsroom.call("GET", "/v1/claims", "con", status=200)


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_acknowledged_means_kept(database):
    """Each connection is set so that a commit survives a crash, and rows keep to their keys."""
    with database.engine.connect() as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "trusted_schema")
        }
    assert pragmas == {
        "journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "trusted_schema": 0,
    }  # fmt: skip


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_a_replica_serves_the_reads(settings, newsroom, sqlite_copies):
    with sqlite_copies.fresh() as replica:
        app = create_app(replace(settings, read_database_url=replica))
        headers = {"Authorization": f"Bearer {newsroom.tokens['con']}"}
        check_problem(app.test_client().get("/v1/me", headers=headers), 401)
        app.extensions["verifier.database"].dispose()
