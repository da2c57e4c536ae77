"""How lists of claims are found: what a database reads for a page, among claims that do not matter.

SQLite's plan says which index a walk goes along and whether anything is sorted on the way;
PostgreSQL's says how many rows each part has read.
"""

from __future__ import annotations

import re

import pytest
from sqlalchemy import event

from benchmarks.newsroom import CALLER, TOPICS
from benchmarks.seeding import fill
from verifier.app import create_app
from verifier.settings import Settings

CLAIMS = 3000
LIMIT = 20
SORTS = ("created_at", "updated_at", "priority", "due_at")
DESK, TOPIC = f"desk={CALLER}", f"topic={TOPICS[2]}"
OPEN, DONE = "status=in_review", "status=verified"
EXACT = {
    "": "",
    DESK: "",
    OPEN: "status",
    f"{DESK}&{DONE}": "status",
    TOPIC: "topic",
    f"{DESK}&{TOPIC}": "topic",
    f"{DESK}&{OPEN}&{TOPIC}": "topic status",
    f"{DONE}&{TOPIC}": "topic status",
    "language=ru": "language",
    f"{DESK}&language=ru": "language",
    f"{DESK}&{OPEN}&language=ru": "language status",
    f"{DONE}&language=ru": "language status",
    "rating=false": "rating",
    f"{DESK}&rating=false": "rating",
    "normalised=false": "normalised",
    f"{DESK}&normalised=false": "normalised",
    "assignee=me": "assignee_id",
    f"{DESK}&assignee=me&{OPEN}": "assignee_id status",
    "claimant=Somebody": "claimant_key",
    f"{DESK}&claimant=Somebody": "claimant_key",
    "sort=updated_at": "",
    f"{DESK}&sort=updated_at": "",
    f"{DESK}&{OPEN}&sort=updated_at": "status",
    f"{DESK}&sort=updated_at&updated_after=2024-03-01T00:00:00Z": "",
    "sort=priority": "",
    f"{DESK}&{OPEN}&sort=priority": "status",
    "sort=due_at": "",
    f"{DESK}&{OPEN}&sort=due_at": "status",
    f"{DESK}&created_after=2024-03-01T00:00:00Z&created_before=2025-03-01T00:00:00Z": "",
    f"{DESK}&{TOPIC}&{OPEN}&created_before=2025-03-01T00:00:00Z": "topic status",
}
"""Lists whose index has all that they ask for, and by which columns their claims are looked up."""
FEW = {
    **{f"assignee=me&sort={sort}": "assignee_id" for sort in SORTS[1:]},
    **{f"claimant=Somebody&sort={sort}": "claimant_key" for sort in SORTS[1:]},
    **{f"{DESK}&{OPEN}&{TOPIC}&sort={sort}": "topic status" for sort in SORTS[1:]},
    f"{DESK}&updated_after=2025-08-01T00:00:00Z": "",
}
"""Lists that sort the few claims that one filter leaves."""
BESIDE = [
    f"{first}&{second}&sort={sort}"
    for sort in SORTS
    for first in (DESK, OPEN, "rating=false", "normalised=false", "language=ru")
    for second in ("language=ru", "rating=false", DONE)
    if first.split("=")[0] != second.split("=")[0]
]
"""Lists that go along an index in their order and look up the rest: no sort, and no scan."""
AS_IF_THERE_WERE_MANY = (
    *(f"enable_{way} = off" for way in ("seqscan", "bitmapscan", "sort", "incremental_sort", "hashjoin", "mergejoin")),
    "random_page_cost = 1", "cpu_tuple_cost = 1",
)  # fmt: skip
"""Reading rows is what costs; PostgreSQL may well read all that there is, while it is little."""
PUBLISHED_BY_DESK = "ix_claims_published_desk_id"
"""Nobody goes there for the caller's own desk; nearly all that is published has one status."""
WALKED = re.compile(r"(SEARCH|SCAN) (claims|claim_topics) USING (?:COVERING )?INDEX (ix_\w+)(.*)")


class Plans:
    """A newsroom's database, and what it says of the lists that are asked for."""

    def __init__(self, app, token):
        self.client, self.headers = app.test_client(), {"Authorization": f"Bearer {token}"}
        self.engine = app.extensions["verifier.database"].engine
        self.is_sqlite = self.engine.dialect.name == "sqlite"

    def explain(self, query, *, sorts=False, **parameters):
        """The plan of the statement that answers: SQLite's rows or PostgreSQL's tree."""
        seen = []

        def note(_connection, _cursor, statement, values, *_):
            seen.append((statement, values))

        event.listen(self.engine, "before_cursor_execute", note)
        try:
            path = f"/v1/claims?{query}"
            asked = {"limit": LIMIT, **parameters}
            path += "".join(f"&{name}={value}" for name, value in asked.items())
            answer = self.client.get(path, headers=self.headers)
        finally:
            event.remove(self.engine, "before_cursor_execute", note)
        assert answer.status_code == 200, answer.text
        statement, values = seen[-1]
        explain = "EXPLAIN QUERY PLAN" if self.is_sqlite else "EXPLAIN (ANALYZE, FORMAT JSON)"
        with self.engine.connect() as connection:
            for setting in () if self.is_sqlite or sorts else AS_IF_THERE_WERE_MANY:
                connection.exec_driver_sql(f"SET LOCAL {setting}")
            rows = connection.exec_driver_sql(f"{explain} {statement}", values).all()
        return answer.json["next"], rows if self.is_sqlite else rows[0][0][0]["Plan"]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def plans(request):
    with request.getfixturevalue(f"{request.param}_copies").fresh() as url:
        room = fill(url, CLAIMS)
        app = create_app(Settings(database_url=url, rate_limit=0))
        yield Plans(app, room.tokens[CALLER])
        app.extensions["verifier.database"].dispose()


def walks(rows):
    """For each walk in SQLite's plan: how it goes, and whether it sorts what it finds."""
    assert not [row.detail for row in rows if re.match(r"SCAN (claims|claim_topics)$", row.detail)]
    sorts = {row.parent for row in rows if row.detail == "USE TEMP B-TREE FOR ORDER BY"}
    found = [(row.parent, WALKED.match(row.detail)) for row in rows]
    return [(match, parent in sorts) for parent, match in found if match]


def check_sqlite(rows, columns, *, sorts):
    assert walks(rows)
    for match, sorted_there in walks(rows):
        how, _, index, sought = match.groups()
        if how == "SCAN":
            assert (index, columns) == ("ix_claims_published", "")
        if not index.startswith(PUBLISHED_BY_DESK):
            assert all(f"{column}=?" in sought for column in columns.split()), match[0]
        assert sorts or not sorted_there, match[0]


def read(node):
    """How many rows each part of PostgreSQL's plan has read of claims or their topics."""
    if node.get("Relation Name") in ("claims", "claim_topics"):
        assert node["Node Type"] in ("Index Scan", "Index Only Scan", "Bitmap Heap Scan"), node
        removed = sum(number for name, number in node.items() if name.startswith("Rows Removed"))
        yield (node["Actual Rows"] + removed) * node["Actual Loops"]
    for below in node.get("Plans", ()):
        yield from read(below)


@pytest.mark.parametrize("sign", ["", "-"])
@pytest.mark.parametrize(("query", "columns"), EXACT.items())
def test_a_page_reads_what_it_shows(plans, query, columns, sign):
    query = (
        query.replace("sort=", f"sort={sign}")
        if "sort=" in query
        else f"{query}&sort={sign}created_at"
    )
    cursor = {}
    for _ in ("first", "next"):
        following, plan = plans.explain(query, **cursor)
        if plans.is_sqlite:
            check_sqlite(plan, columns, sorts=False)
        else:
            assert max(read(plan)) <= LIMIT + 1
        if following is None:
            break
        cursor = {"cursor": following}


@pytest.mark.parametrize(("query", "columns"), FEW.items())
def test_few_are_sorted(plans, query, columns):
    _, plan = plans.explain(query, sorts=True)
    if plans.is_sqlite:
        check_sqlite(plan, columns, sorts=True)
    else:
        assert max(read(plan)) < CLAIMS / 4


@pytest.mark.parametrize("query", BESIDE)
def test_the_rest_is_looked_up_on_the_way(plans, query):
    _, plan = plans.explain(query)
    if plans.is_sqlite:
        check_sqlite(plan, "", sorts=False)
    else:
        assert max(read(plan)) < CLAIMS / 2
