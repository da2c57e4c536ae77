"""Copies of a source that others keep."""

from __future__ import annotations

import pytest

from tests.databases import contents
from tests.problems import check_problem

COPIES = ["https://web.archive.example/2024/https://news.example/a", "http://perma.example/x"]


def test_copies_elsewhere_are_addresses_of_the_source(newsroom):
    made = newsroom.source(archive_urls=COPIES)
    assert made["archive_urls"] == COPIES
    assert newsroom.source(url=None)["archive_urls"] == []
    where = f"/v1/sources/{made['id']}"
    for copies in (COPIES[:1], [f"https://perma.example/{n}" for n in range(20)], []):
        sent = {"archive_urls": copies}
        changed = newsroom.call("PATCH", where, "con", etag="*", json=sent, status=200).json
        assert changed["archive_urls"] == copies
        assert changed["title"] == made["title"]
    assert newsroom.call("GET", "/v1/sources", "con").json["items"][-1]["archive_urls"] == []


@pytest.mark.parametrize(
    ("copies", "pointer"),
    [
        ([f"https://perma.example/{n}" for n in range(21)], "/archive_urls"),
        ([*COPIES, "javascript:alert(1)"], "/archive_urls/2"),
        (["https://perma.example/" + "x" * 2048], "/archive_urls/0"),
        ([None], "/archive_urls/0"), ("https://perma.example/x", "/archive_urls"), (None, "/archive_urls"),
    ],
)  # fmt: skip
def test_what_is_no_copy_elsewhere(newsroom, database, copies, pointer):
    source = newsroom.source()
    before = contents(database)
    sent = {"archive_urls": copies}
    answer = newsroom.call("POST", "/v1/sources", "con", json={"text": "A.", **sent})
    check_problem(answer, 422, pointer)
    where = f"/v1/sources/{source['id']}"
    check_problem(newsroom.call("PATCH", where, "con", etag="*", json=sent), 422, pointer)
    assert contents(database) == before
