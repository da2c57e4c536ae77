"""Who holds a feed already is told so by one look-up, and whatever changes the feed changes that."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from werkzeug.http import http_date, parse_date

from verifier.app import create_app
from verifier.kit.freshness import State

from .following import Desk

FEEDS = ("/feeds/verdicts.atom", "/feeds/corrections.atom", "/feeds/claimreview.jsonld")
NOW = datetime.now(UTC)


@pytest.fixture
def desk(newsroom):
    return Desk(newsroom)


def tags(room, *paths):
    return [room.call("GET", path, status=200).headers["ETag"] for path in paths or FEEDS]


def edit(room, path, who="ed", **members):
    etag = room.call("GET", path, who).headers["ETag"]
    room.call("PATCH", path, who, etag=etag, json=members, status=200)


@pytest.mark.parametrize("feed", FEEDS)
def test_what_is_held_is_not_sent_again(desk, newsroom, feed, count_queries):
    desk.publishes("It")
    answer = newsroom.call("GET", feed, status=200)
    tag = answer.headers["ETag"]
    assert answer.headers["Cache-Control"] == "public, max-age=60"
    assert tag.startswith('W/"')
    tomorrow = http_date(datetime.now(UTC) + timedelta(days=1))
    for held in (tag, tag.removeprefix("W/"), f'"a", {tag}', "*"):
        headers = {"If-None-Match": held}
        with count_queries() as queries:
            again = newsroom.call("GET", feed, headers=headers, status=304)
        assert (again.data, again.headers["ETag"], len(queries)) == (b"", tag, 1)
        assert again.headers["Cache-Control"] == "public, max-age=60"
    headers = {"If-None-Match": '"a"', "If-Modified-Since": tomorrow}
    assert newsroom.call("GET", feed, headers=headers, status=200).data == answer.data
    head = newsroom.call("HEAD", feed, status=200)
    assert (head.data, head.headers["ETag"]) == (b"", tag)


@pytest.mark.parametrize("feed", FEEDS)
def test_what_has_not_changed_since_is_not_sent_again(desk, newsroom, feed, count_queries):
    desk.publishes("It")
    while (changed := newsroom.call("GET", feed, status=200).headers.get("Last-Modified")) is None:
        pass  # its second is not over
    with count_queries() as queries:
        newsroom.call("GET", feed, headers={"If-Modified-Since": changed}, status=304)
    assert len(queries) == 1
    earlier = http_date(parse_date(changed) - timedelta(seconds=1))
    for header in (earlier, "yesterday", ""):
        newsroom.call("GET", feed, headers={"If-Modified-Since": header}, status=200)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        (None, False),
        (NOW + timedelta(hours=1), False),
        (NOW - timedelta(seconds=3), True),
    ],
)
def test_a_second_that_is_not_over_is_not_told(changed, told):
    assert (State.of(changed, []).changed is not None) is told


def test_whatever_a_feed_shows_changes_its_tag(desk, newsroom):
    source = newsroom.source(url="https://news.example/shown")
    place = {"source": source["id"]}
    claim = newsroom.claim(text="It.", accepted=True, appearances=[place])
    newsroom.evidence(claim, source)
    seen = [tags(newsroom)]

    def differs():
        seen.append(tags(newsroom))
        assert all(a != b for a, b in zip(seen[-1], seen[-2], strict=True))

    newsroom.verdict_in("published", claim)
    differs()
    verdict = desk.corrects(claim, "Corrected")
    differs()
    edit(newsroom, claim, topics=["army"])
    differs()
    edit(newsroom, f"/v1/sources/{source['id']}", title="A better title")
    differs()
    newsroom.call("POST", f"{claim}/appearances", "con", json=place, status=201)
    differs()
    edit(newsroom, "/v1/desks/border-desk", "ann", name="The Border Desk")
    differs()
    newsroom.act(verdict, "ed", "retract", reason="A parody.")
    differs()
    assert len({tuple(each) for each in seen}) == len(seen)


def test_what_nobody_sees_changes_nothing(desk, newsroom):
    """Work that is not published neither sends caches for the feed again nor tells of itself."""
    claim = desk.publishes("It")
    before = tags(newsroom), [newsroom.call("GET", feed).data for feed in FEEDS]
    other = newsroom.claim(text="A secret.", accepted=True)
    newsroom.evidence(other, newsroom.source(url=None))
    newsroom.evidence(claim, newsroom.source(url=None))
    newsroom.verdict_in("approved", other)
    newsroom.verdict_in("proposed", claim, correction={"kind": "typo", "note": "One."})
    assert (tags(newsroom), [newsroom.call("GET", feed).data for feed in FEEDS]) == before


def test_one_desks_feed_is_not_changed_by_another(newsroom):
    feeds = [f"{feed}?desk=border-desk" for feed in FEEDS]
    before = tags(newsroom, *feeds), tags(newsroom)
    claim = newsroom.claim("cas", text="Theirs.", accepted=False)
    newsroom.act(claim, "cas", "accept")
    draft = newsroom.verdict(claim, "cas", rating="unverifiable")
    for who, action in (("cas", "propose"), ("cas_ann", "approve"), ("cas_ann", "publish")):
        newsroom.act(draft, who, action)
    assert tags(newsroom, *feeds) == before[0]
    assert tags(newsroom) != before[1]


def test_each_feed_has_tags_of_its_own(desk, newsroom):
    desk.publishes("It")
    desk.publishes("That")
    paths = [*FEEDS, "/feeds/verdicts.atom?limit=1", "/feeds/verdicts.atom?topic=a",
             "/feeds/verdicts.atom?topic=b"]  # fmt: skip
    assert len(set(tags(newsroom, *paths))) == len(paths)


def test_the_same_state_is_the_same_bytes_in_every_process(desk, newsroom, settings):
    desk.publishes("It", explanation="**Bold**", topics=["b", "a"])
    other = create_app(settings)
    for feed in FEEDS:
        ours, theirs = newsroom.call("GET", feed), other.test_client().get(feed)
        assert (ours.data, ours.headers["ETag"]) == (theirs.data, theirs.headers["ETag"])
    other.extensions["verifier.database"].dispose()
