"""Pages: whoever follows `next` sees every row that was there, once, in order, whatever others write."""

from __future__ import annotations

import base64
import json
from itertools import cycle, islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.newsroom import open_newsroom
from tests.operations import valid_requests
from tests.problems import check_problem
from verifier.app import create_app
from verifier.settings import Settings

SORTS = [f"{sign}{name}" for name in ("created_at", "updated_at", "priority", "due_at")
         for sign in ("", "-")]  # fmt: skip
PRIORITIES = ("low", "normal", "high", "urgent")
DUE = ("2026-12-01T00:00:00Z", None, "2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z", None)
LISTS = ("list_sources", "list_claims", "list_appearances", "list_evidence", "list_verdicts",
         "show_history", "show_queue", "list_tokens", "list_desks", "list_members")  # fmt: skip


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def several(request):
    """Sixty claims and more; many share a priority or a due date, and many have no due date."""
    with request.getfixturevalue(f"{request.param}_copies").fresh() as url:
        app = create_app(Settings(database_url=url))
        room = open_newsroom(app)
        for n, priority, due_at in zip(range(60), cycle(PRIORITIES), cycle(DUE), strict=False):
            room.claim(text=f"Claim {n}.", priority=priority, due_at=due_at)
        yield room
        app.extensions["verifier.database"].dispose()


def pages(newsroom, path, who="con", between=lambda: None):
    """The pages from that path on, by their links; something may happen between two."""
    while path:
        answer = newsroom.call("GET", path, who, status=200)
        yield answer.json["items"]
        assert ("Link" in answer.headers) is (answer.json["next"] is not None)
        path = None
        if answer.json["next"]:
            assert answer.headers["Link"].endswith('>; rel="next"')
            path = answer.headers["Link"].removesuffix('>; rel="next"').removeprefix("<")
            between()


def ids(items):
    return [item["id"] for item in items]


@pytest.mark.parametrize("sort", SORTS)
def test_nothing_is_skipped_or_repeated_while_others_write(several, sort):
    there = ids(several.call("GET", f"/v1/claims?limit=200&sort={sort}", "con").json["items"])
    news = zip(range(12), cycle(PRIORITIES), cycle((*DUE, "2026-10-01T00:00:00Z")), strict=False)

    def write():
        for n, priority, due_at in islice(news, 2):
            several.claim(text=f"News {n} by {sort}.", priority=priority, due_at=due_at)

    seen = [
        item["id"]
        for items in pages(several, f"/v1/claims?limit=9&sort={sort}", between=write)
        for item in items
    ]
    assert next(news, None) is None, "all was written while the pages were read"
    assert len(seen) == len(set(seen))
    assert [each for each in seen if each in there] == there


@pytest.mark.parametrize("sort", SORTS)
def test_the_order_is_what_was_asked_for(several, sort):
    items = several.call("GET", f"/v1/claims?limit=200&sort={sort}", "con").json["items"]
    name = sort.removeprefix("-")
    keys = [PRIORITIES.index(item[name]) if name == "priority" else item[name] for item in items]
    known = [key for key in keys if key is not None]
    assert known == sorted(known, reverse=sort.startswith("-"))
    assert keys[len(known) :] == [None] * (len(keys) - len(known)), "without a due date: last"
    in_pages = [i for page in pages(several, f"/v1/claims?limit=7&sort={sort}") for i in ids(page)]
    assert in_pages == ids(items)


def test_every_list_ends_and_holds_the_same_by_any_size_of_page(newsroom):
    requests = valid_requests(newsroom)
    for name in LISTS:
        request = requests[name]
        whole = newsroom.call("GET", f"{request.path}?limit=200", request.who, status=200).json
        assert whole["next"] is None, name
        assert whole["items"], name
        for limit in (1, 2, 3):
            parts = list(pages(newsroom, f"{request.path}?limit={limit}", request.who))
            assert [item for part in parts for item in part] == whole["items"], name
            assert all(len(part) == limit for part in parts[:-1])
            assert 1 <= len(parts[-1]) <= limit


def test_the_size_of_a_page(several):
    for query, size in (("", 50), ("?limit=1", 1), ("?limit=60", 60)):
        answer = several.call("GET", f"/v1/claims{query}", "con", status=200)
        assert len(answer.json["items"]) == size
    several.call("GET", "/v1/claims?limit=200", "con", status=200)
    for limit in ("0", "201", "-1", "1.0", "", "abc", "1e1", "99999999999999999999"):
        answer = several.call("GET", f"/v1/claims?limit={limit}", "con")
        check_problem(answer, 422, "/limit")


def test_a_link_keeps_the_other_parameters(several):
    path = "/v1/claims?limit=2&sort=-priority&desk=border-desk&topic=a%26b"
    for n in range(3):
        several.claim(text=f"Topical {n}.", topics=["a&b"])
    link = several.call("GET", path, "con").headers["Link"]
    assert all(part in link for part in ("limit=2", "sort=-priority", "desk=border-desk",
                                         "topic=a%26b", "cursor="))  # fmt: skip
    assert [len(page) for page in pages(several, path)] == [2, 1]


def test_a_cursor_belongs_to_its_list_and_filters(several):
    claim = several.claim(text="It has lists of its own.")
    cursor = several.call("GET", "/v1/claims?limit=2&sort=priority", "con").json["next"]
    same = f"/v1/claims?sort=priority&cursor={cursor}"
    several.call("GET", same, "con", status=200)
    several.call("GET", f"{same}&limit=7", "con", status=200)
    for path in (
        "/v1/claims?", "/v1/claims?sort=-priority&", "/v1/claims?sort=due_at&",
        "/v1/claims?sort=priority&desk=border-desk&", "/v1/claims?sort=priority&status=submitted&",
        "/v1/sources?", "/v1/queue?", "/v1/tokens?", f"{claim}/verdicts?", f"{claim}/history?",
    ):  # fmt: skip
        answer = several.call("GET", f"{path}cursor={cursor}", "ann" if "tokens" in path else "rev")
        check_problem(answer, 400)


def test_a_cursor_of_one_claims_list_is_none_of_anothers(newsroom):
    source = newsroom.source()
    one, other = newsroom.claim(text="One."), newsroom.claim(text="Another.")
    for claim in (one, other, one, other):
        newsroom.evidence(claim, source)
    for below in ("evidence", "history"):
        cursor = newsroom.call("GET", f"{one}/{below}?limit=1", "con").json["next"]
        newsroom.call("GET", f"{one}/{below}?cursor={cursor}", "con", status=200)
        check_problem(newsroom.call("GET", f"{other}/{below}?cursor={cursor}", "con"), 400)


def packed(*parts):
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


@pytest.mark.parametrize("sort", ["created_at", "updated_at", "priority", "due_at"])
def test_a_cursor_that_was_tampered_with(several, sort):
    path = f"/v1/claims?limit=2&sort={sort}&cursor="
    cursor = several.call("GET", path.removesuffix("&cursor="), "con").json["next"]
    several.call("GET", path + cursor, "con", status=200)
    mark, key, row = json.loads(base64.urlsafe_b64decode(cursor + "=="))
    forged = [
        cursor[:at] + other + cursor[at + 1 :]
        for at in range(0, len(cursor), 7)
        for other in ("A", "=", "")
        if cursor[at] != other
    ]  # fmt: skip
    forged += [
        "", "null", "=", "[]", "AA", cursor + cursor, cursor + "=", cursor + "A", "a" * 5000,
        packed(mark, key), packed(mark, key, row, row), packed(mark, key, None), packed(),
        packed(mark, key, 7), packed(mark, key, row.upper()), packed(mark, [key], row),
        packed(mark, {"a": key}, row), packed(mark, 2**63, row), packed(mark, -1, row),
        packed(mark, 1e308, row), packed(mark, True, row), packed(mark, None, row[:-1] + "0"),
        packed(mark, "0001-01-01T00:00:00+14:00", row), packed(mark, "9999-12-31T23:59:59Z", row),
        packed(mark, "\x00", row), packed(None, key, row), packed(mark, key, "0" * 36),
    ]  # fmt: skip
    for each in forged:
        check_problem(several.call("GET", path.replace("limit=2&", "") + each, "con"), 400)


@given(st.text(max_size=60) | st.binary(max_size=60).map(base64.urlsafe_b64encode))
def test_a_cursor_out_of_thin_air(several, cursor):
    answer = several.call("GET", "/v1/claims", "con", query_string={"cursor": cursor})
    check_problem(answer, 400)
