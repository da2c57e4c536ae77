"""What stands in the feeds: read as a feed reader reads them, filtered, in pages."""

from __future__ import annotations

import pytest

from tests.newsroom import open_newsroom
from tests.problems import check_problem
from verifier.app import create_app
from verifier.settings import Settings

from .following import PUBLIC_URL, Desk, categories, linked, path_of, read, titles, urn


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def desk(request):
    """Published, in this order: war, Təmir, وقف (corrected), and what has been retracted."""
    with request.getfixturevalue(f"{request.param}_copies").fresh() as url:
        app = create_app(Settings(database_url=url))
        room = open_newsroom(app)
        desk = Desk(room)
        desk.claims = {
            "war": desk.publishes("War & peace", topics=["army", "law & order"], summary="It was."),
            "az": desk.publishes("Təmir", rating="false", language="az", topics=["army"]),
            "ar": desk.publishes("وقف", rating="false", language="ar", explanation="**نعم**"),
            "gone": desk.publishes("Gone", topics=["army"]),
        }
        desk.corrects(desk.claims["ar"], "وقف", "clarification", rating="half-true", language="ar")
        retracted = desk.corrects(desk.claims["gone"], "Gone again", rating="true")
        room.act(retracted, "ed", "retract", reason="It rests on a parody.")
        room.claim(text="A secret.", topics=["army"])
        room.verdict_in("approved", title="Not yet")
        yield desk
        app.extensions["verifier.database"].dispose()


@pytest.fixture
def room(desk):
    return desk.room


def test_a_fact_check_is_an_entry(desk, room):
    feed = read(room, "/feeds/verdicts.atom")
    assert (feed.version, feed.encoding, feed.feed.title) == ("atom10", "utf-8", "Fact-checks")
    assert feed.feed.generator_detail == {"name": "verifier", "version": "0.1.0"}
    assert [entry.title for entry in feed.entries] == ["وقف", "Təmir", "War & peace"]
    *_, entry = feed.entries
    claim = room.call("GET", desk.claims["war"], status=200).json
    page = f"{PUBLIC_URL}/factchecks/{claim['id']}"
    assert (entry.id, entry.link) == (urn(desk.claims["war"]), page)
    assert entry.author_detail == {"name": "border-desk", "href": "https://border-desk.example"}
    assert entry.published == entry.updated == claim["verdict"]["published_at"]
    assert entry.summary == "It was."
    assert entry.title_detail.language == "en"
    assert {tag.term for tag in entry.tags} == {"mostly-true", "army", "law & order"}
    assert [tag.label for tag in entry.tags if tag.scheme] == ["Mostly true"]
    (content,) = entry.content
    assert content.type == "text/html"
    assert "War &amp; peace is claimed." in content.value
    review = room.call("GET", linked(entry, "related").removeprefix(PUBLIC_URL), status=200,
                       headers={"Accept": "application/ld+json"})  # fmt: skip
    assert review.json["@type"] == "Claim"


def test_a_text_is_shown_in_its_direction(room):
    entry = read(room, path_of("verdicts", language="ar")).entries[0]
    assert entry.title_detail.language == "ar"
    assert entry.content[0].value.startswith('<div dir="rtl" lang="ar">')


def test_a_correction_moves_the_entry_and_keeps_its_name(desk, room):
    entry = read(room, "/feeds/verdicts.atom").entries[0]
    assert entry.id == urn(desk.claims["ar"])
    assert categories(entry) == {"rating-scale": "half-true"}
    verdicts = room.call("GET", f"{desk.claims['ar']}/verdicts", status=200).json["items"]
    assert [entry.published, entry.updated] == [each["published_at"] for each in verdicts]


def test_what_is_retracted_is_deleted(desk, room):
    answer = room.call("GET", "/feeds/verdicts.atom", status=200).text
    assert f'<at:deleted-entry ref="{urn(desk.claims["gone"])}" when="' in answer
    assert "<at:comment>It rests on a parody.</at:comment>" in answer
    assert answer.count("deleted-entry ref") == 1


def test_each_correction_is_an_entry(desk, room):
    feed = read(room, "/feeds/corrections.atom")
    assert feed.feed.title == "Corrections"
    kinds = [(entry.title, categories(entry)) for entry in feed.entries]
    assert kinds == [
        ("Gone again", {"kind": "retraction", "before": "true"}),
        ("Gone again", {"kind": "correction", "rating-scale": "true", "before": "mostly-true"}),
        ("وقف", {"kind": "clarification", "rating-scale": "half-true", "before": "false"}),
    ]
    retraction, _, clarified = feed.entries
    assert clarified.summary == "وقف it is."
    assert retraction.summary == "It rests on a parody."
    assert clarified.link == f"{PUBLIC_URL}/factchecks/{desk.claims['ar'].rpartition('/')[2]}"
    for entry in feed.entries:
        assert entry.published == entry.updated
    before, after = room.call("GET", f"{desk.claims['ar']}/verdicts", status=200).json["items"]
    assert clarified.id == f"urn:uuid:{after['id']}"
    assert (
        f'<del datetime="{before["published_at"]}">False</del> '
        f'<ins datetime="{after["published_at"]}">Half true</ins>' in clarified.content[0].value
    )


def test_ids_stay(room):
    """Of an entry on every page and in every feed, and of a feed on all its pages."""
    pages = [
        read(room, path)
        for path in ("/feeds/corrections.atom", path_of("corrections", desk="border-desk"),
                     path_of("corrections", limit="1"))
    ]  # fmt: skip
    newest = {page.entries[0].id for page in pages}
    assert len(newest) == 1
    assert pages[0].feed.id == pages[2].feed.id != pages[1].feed.id


@pytest.mark.parametrize(
    ("parameters", "verdicts", "corrections"),
    [
        ({}, "وقف Təmir War", "Gone Gone وقف"),
        ({"desk": "border-desk"}, "وقف Təmir War", "Gone Gone وقف"),
        ({"desk": "far-desk"}, "", ""),
        ({"desk": "no-desk"}, "", ""),
        ({"topic": "army"}, "Təmir War", "Gone Gone"),
        ({"topic": "law & order"}, "War", ""),
        ({"rating": "false"}, "Təmir", ""),
        ({"rating": "half-true"}, "وقف", "وقف"),
        ({"language": "az"}, "Təmir", ""),
        ({"language": "en"}, "War", "Gone Gone"),
        ({"language": "pt-BR"}, "", ""),
        ({"desk": "border-desk", "language": "az", "rating": "false", "topic": "army"}, "Təmir", ""),
        ({"desk": "border-desk", "language": "az", "rating": "true", "topic": "army"}, "", ""),
    ],
)  # fmt: skip
def test_filters(room, parameters, verdicts, corrections):
    for name, expected in (("verdicts", verdicts), ("corrections", corrections)):
        path = path_of(name, **parameters)
        assert [each.split()[0] for each in titles(room, path)] == expected.split()
        paged = path_of(name, **dict(sorted(parameters.items())), limit="1")
        assert [each.split()[0] for each in titles(room, paged)] == expected.split()
    held = room.call("GET", path.replace("corrections.atom", "claimreview.jsonld"), status=200).json
    claims = {element["item"][0]["claimReviewed"] for element in held["dataFeedElement"]}
    assert len(claims) == len(verdicts.split())


def test_one_spelling_of_a_feed(room):
    """Its own links name it in one way, however it was asked for."""
    feed = read(room, path_of("verdicts", desk="border-desk", language="pt-BR"))
    answer = room.call("GET", "/feeds/verdicts.atom?language=pt-br&desk=border-desk", status=200)
    assert answer.text.count(linked(feed.feed, "self").replace("&", "&amp;")) == 3


@pytest.mark.parametrize("name", ["verdicts", "corrections"])
def test_an_empty_feed_is_valid(newsroom, name):
    feed = read(newsroom, path_of(name))
    assert (feed.entries, feed.feed.updated) == ([], "1970-01-01T00:00:00.000000Z")


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("limit=0", 422), ("limit=51", 422), ("limit=x", 422), ("desk=A", 422), ("topic=", 422),
        ("rating=Wrong!", 422), ("language=xx-", 422), ("unknown=1", 422), ("limit=1&limit=2", 422),
        ("cursor=x", 400), ("cursor=", 400),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_a_problem(room, query, status):
    for feed in ("verdicts.atom", "corrections.atom", "claimreview.jsonld"):
        expected = 422 if feed.startswith("claimreview") else status
        check_problem(room.call("GET", f"/feeds/{feed}?{query}"), expected)


def test_a_cursor_is_of_one_feed(room):
    answer = room.call("GET", path_of("corrections", limit="1"), status=200)
    cursor = answer.headers["Link"].partition("cursor=")[2].partition(">")[0]
    for other in ("verdicts.atom?", "corrections.atom?desk=border-desk&"):
        check_problem(room.call("GET", f"/feeds/{other}cursor={cursor}"), 400)


def test_pages_neither_skip_nor_repeat_while_others_publish(newsroom):
    desk = Desk(newsroom)
    for number in range(3):
        desk.publishes(f"Old {number}")
    first = read(newsroom, path_of("verdicts", limit="2"))
    desk.publishes("New")
    after = linked(first.feed, "next").removeprefix(PUBLIC_URL)
    shown = [entry.title for entry in first.entries] + titles(newsroom, after)
    assert shown == ["Old 2", "Old 1", "Old 0"]


def test_what_comes_back_is_an_entry_again(newsroom):
    desk = Desk(newsroom)
    claim = desk.publishes("Once")
    verdict = newsroom.call("GET", claim, status=200).json["verdict"]["id"]
    newsroom.act(f"/v1/verdicts/{verdict}", "ed", "retract", reason="It was too early.")
    assert titles(newsroom, path_of("verdicts")) == []
    newsroom.verdict_in("published", claim, title="Twice")
    feed = read(newsroom, path_of("verdicts"))
    assert [(entry.title, entry.id) for entry in feed.entries] == [("Twice", urn(claim))]
    assert "deleted-entry" not in newsroom.call("GET", path_of("verdicts"), status=200).text


def test_nobody_sees_more_than_others(room):
    """A token makes no difference: caches hand the same feed to everybody."""
    for path in ("/feeds/verdicts.atom", "/feeds/corrections.atom", "/feeds/claimreview.jsonld"):
        public = room.call("GET", path, status=200)
        assert "Not yet" not in public.text
        assert "secret" not in public.text
        assert public.headers.get("Vary", "Accept") == "Accept"
        for who in ("ed", "cas", "out", "op"):
            assert room.call("GET", path, who, status=200).data == public.data


def test_a_datafeed_holds_the_review_of_each_verdict_in_force(desk, room):
    answer = room.call("GET", "/feeds/claimreview.jsonld", status=200)
    assert answer.mimetype == "application/ld+json"
    reviews = [room.call("GET", f"{desk.claims[name]}/claimreview", status=200).json
               for name in ("war", "az", "ar")]  # fmt: skip
    elements = answer.json["dataFeedElement"]
    assert [element["item"] for element in elements] == [[review] for review in reviews]
    assert [element["dateModified"] for element in elements] == [
        review["dateModified"] for review in reviews
    ]
    retracted = read(room, "/feeds/corrections.atom").entries[0].updated
    assert answer.json["dateModified"] == retracted > elements[0]["dateModified"]
