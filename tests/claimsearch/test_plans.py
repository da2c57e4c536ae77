"""How a publisher's reviews are found: along an index, in order, and only as far as the page goes."""

import pytest
from sqlalchemy import event

from tests.claimsearch.shelf import shelve
from tests.newsroom import open_newsroom
from verifier.app import create_app
from verifier.settings import Settings

AS_IF_THERE_WERE_MANY = tuple(
    f"enable_{way} = off"
    for way in ("seqscan", "bitmapscan", "sort", "incremental_sort", "hashjoin", "mergejoin")
)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def explain(request):
    """The plan of what finds a page's numbers, as text."""
    with request.getfixturevalue(f"{request.param}_copies").fresh() as url:
        app = create_app(Settings(database_url=url))
        open_newsroom(app)
        database = app.extensions["verifier.database"]
        shelve(
            database,
            *(
                {"text": f"Dam {n} will burst.", "url": f"https://dams{n % 3}.example/"}
                for n in range(40)
            ),
        )
        yield lambda **query: plan(app, database.engine, query)
        database.dispose()


def plan(app, engine, query):
    seen = []

    def note(_connection, _cursor, statement, values, *_):
        if "ORDER BY verdicts_in_force.dated_at DESC" in statement:
            seen.append((statement, values))

    event.listen(engine, "before_cursor_execute", note)
    answer = app.test_client().get("/v1alpha1/claims:search", query_string=query)
    event.remove(engine, "before_cursor_execute", note)
    assert answer.status_code == 200, answer.text
    ((statement, values),) = seen
    is_sqlite = engine.dialect.name == "sqlite"
    with engine.connect() as connection:
        for setting in () if is_sqlite else AS_IF_THERE_WERE_MANY:
            connection.exec_driver_sql(f"SET LOCAL {setting}")
        explained = f"EXPLAIN {'QUERY PLAN ' if is_sqlite else ''}{statement}"
        rows = connection.exec_driver_sql(explained, values).all()
    return answer.json, "\n".join(str(row) for row in rows)


@pytest.mark.parametrize(
    ("more", "index"),
    [({}, "ix_verdicts_in_force_site"), ({"languageCode": "en"}, "ix_verdicts_in_force_site_language"),
     ({"maxAgeDays": 30}, "ix_verdicts_in_force_site"),
     ({"languageCode": "en", "maxAgeDays": 30}, "ix_verdicts_in_force_site_language")],
)  # fmt: skip
def test_a_sites_reviews_are_walked_along_an_index(explain, more, index):
    asked = {"reviewPublisherSiteFilter": "dams1.example", "pageSize": 4, **more}
    first, of_first = explain(**asked)
    assert len(first["claims"]) == 4
    _, of_second = explain(**asked, pageToken=first["nextPageToken"])
    for told in (of_first, of_second):
        assert index in told
        assert "ix_verdicts_in_force_statement" in told
        assert "TEMP B-TREE" not in told
        assert "Sort" not in told
        assert "SCAN verdicts" not in told
        assert "Seq Scan" not in told
