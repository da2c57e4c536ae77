"""What whoever runs the service asks of it."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import text

from tests.problems import check_problem
from verifier.app import create_app
from verifier.kit.migrations import older_revisions
from verifier.settings import Settings


def test_alive_and_ready(client):
    assert (client.get("/healthz").status_code, client.get("/healthz").text) == (200, "ok\n")
    assert (client.get("/readyz").status_code, client.get("/readyz").text) == (200, "ready\n")


@pytest.mark.parametrize(
    ("revision", "status"),
    [(None, 503), ("", 503), *((older, 503) for older in sorted(older_revisions())), ("9999", 200)],
)
def test_ready_only_where_the_database_has_all_that_is_needed(client, database, revision, status):
    """A later program's database is fine: it is upgraded while earlier ones still run."""
    with database.transaction() as session:
        if revision is None:
            session.execute(text("DROP TABLE alembic_version"))
        elif revision:
            session.execute(
                text("UPDATE alembic_version SET version_num = :new"), {"new": revision}
            )
        else:
            session.execute(text("DELETE FROM alembic_version"))
    answer = client.get("/readyz")
    if status == 200:
        assert answer.status_code == 200
    else:
        problem = check_problem(answer, 503)
        assert "verifier db upgrade" in problem["detail"]
        assert answer.headers["Retry-After"] == "1"
    assert client.get("/healthz").status_code == 200


@pytest.mark.parametrize("url", ["sqlite:////nowhere/at/all.db", "postgresql://127.0.0.1:1/none"])
def test_without_a_database_it_is_alive_and_not_ready(url):
    app = create_app(Settings(database_url=url))
    client = app.test_client()
    assert client.get("/healthz").status_code == 200
    check_problem(client.get("/readyz"), 503)
    check_problem(client.get("/v1/claims"), 503)
    app.extensions["verifier.database"].dispose()


def test_figures(newsroom):
    claim = newsroom.claim()
    newsroom.call("GET", claim, "con", status=200)
    newsroom.call("BREW", "/v1/claims", status=405)
    newsroom.call("GET", "/made-up/7f3a", status=404)
    answer = newsroom.call("GET", "/metrics", status=200)
    assert answer.mimetype == "text/plain"
    figures = answer.text
    counted = re.search(
        r'verifier_requests_total{method="GET",route="/v1/claims/<id:claim_id>",status="200"} (\S+)',
        figures,
    )
    assert float(counted[1]) >= 1
    assert 'verifier_request_seconds_bucket{le="0.1",method="POST",route="/v1/claims"}' in figures
    for of_the_clients_choice in (claim, "BREW", "7f3a", "fcv_", newsroom.ids["con"]):
        assert of_the_clients_choice not in figures
