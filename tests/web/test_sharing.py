"""What other sites and search engines are given: cards, oEmbed, sitemaps, robots.txt."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlencode

import pytest
from lxml import etree, html

from tests.document import DOCUMENTED
from tests.problems import check_problem
from tests.web.page import Page, check_page
from tests.web.scene import page_of
from verifier.kit.clock import FIRST_ID, new_id
from verifier.web import queries

HOME = "http://127.0.0.1:8000"
SITEMAPS = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


@pytest.fixture
def page(newsroom):
    """The path of a published fact-check's page."""
    return page_of(newsroom.published()[0])


def ask(newsroom, status=200, **query):
    return newsroom.call("GET", f"/oembed?{urlencode(query)}", status=status)


def test_a_card_stands_alone_in_a_frame(newsroom, page):
    card = Page(newsroom.call("GET", f"{page}/card", status=200))
    check_page(card, framed=True)
    (link,) = card.all("//a")
    assert link.get("href") == HOME + page
    assert (link.get("target"), link.get("rel")) == ("_blank", "noopener")
    assert card.link("canonical") == HOME + page
    for part in (
        "Mostly true",
        "Early pull-out",
        "The troops may leave",
        "Said so.",
        "border-desk",
    ):
        assert part in card.text()
    assert card.meta("robots") == "noindex"


def test_a_corrected_card_says_so(newsroom, page):
    claim = page.replace("/factchecks/", "/v1/claims/")
    newsroom.verdict_in("published", claim, correction={"kind": "update", "note": "So."})
    assert "Corrected on" in Page(newsroom.call("GET", f"{page}/card")).text()


def test_oembed_gives_a_frame_that_may_do_nothing(newsroom, page):
    answer = ask(newsroom, url=HOME + page)
    told = answer.json
    assert (told["version"], told["type"], told["title"]) == ("1.0", "rich", "Early pull-out")
    assert told["author_name"] == told["provider_name"] == "border-desk"
    frame = html.fragment_fromstring(told["html"])
    assert frame.tag == "iframe"
    assert frame.get("src") == f"{HOME}{page}/card"
    assert frame.get("title") == "Early pull-out"
    assert frame.get("sandbox") == "allow-popups allow-popups-to-escape-sandbox"
    assert (int(frame.get("width")), int(frame.get("height"))) == (told["width"], told["height"])
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cache-Control"] == "public, max-age=60"
    newsroom.call("GET", frame.get("src"), status=200)
    same = {"If-None-Match": answer.headers["ETag"]}
    newsroom.call("GET", f"/oembed?{urlencode({'url': HOME + page})}", headers=same, status=304)


def test_as_xml_it_says_the_same(newsroom, page):
    asked = {"url": HOME + page, "maxwidth": 400, "maxheight": 200}
    told = ask(newsroom, **asked).json
    answer = ask(newsroom, **asked, format="xml")
    assert answer.mimetype == "text/xml"
    tree = etree.fromstring(answer.data)
    assert tree.tag == "oembed"
    assert {each.tag: each.text for each in tree} == {
        name: str(value) for name, value in told.items()
    }
    assert (told["width"], told["height"]) == (400, 200)


REFUSED = [
    ({}, 400), ({"url": ""}, 400), ({"url": "nonsense"}, 404), ({"url": "\x00"}, 404),
    ({"url": f"{HOME}/factchecks"}, 404), ({"url": f"{HOME}/factchecks/{new_id()}"}, 404),
    ({"url": f"https://other.example/factchecks/{new_id()}"}, 404),
    ({"url": "x", "format": "yaml"}, 501), ({"url": "x", "format": ""}, 501),
    ({"url": "x", "maxwidth": "0"}, 422), ({"url": "x", "maxwidth": "wide"}, 422),
    ({"url": "x", "maxheight": "-1"}, 422), ({"url": "x", "dnt": "1", "for": "x"}, 404),
]  # fmt: skip


def test_what_oembed_does_not_know(newsroom):
    for query, status in REFUSED:
        check_problem(ask(newsroom, status, **query), status)
        assert DOCUMENTED["show_oembed"].answers(status)


def test_what_is_not_published_cannot_be_embedded(newsroom):
    claim = newsroom.claim(accepted=True)
    newsroom.evidence(claim, newsroom.source(url=None))
    newsroom.verdict_in("approved", claim)
    check_problem(ask(newsroom, 404, url=HOME + page_of(claim)), 404)


def sitemaps(newsroom):
    index = etree.fromstring(newsroom.call("GET", "/sitemap.xml", status=200).data)
    assert index.tag == f"{SITEMAPS}sitemapindex"
    for place in index.iter(f"{SITEMAPS}loc"):
        answer = newsroom.call("GET", place.text.removeprefix(HOME), status=200)
        assert answer.mimetype == "application/xml"
        assert answer.headers["Cache-Control"] == "public, max-age=3600"
        tree = etree.fromstring(answer.data)
        assert tree.tag == f"{SITEMAPS}urlset"
        assert len(tree) > 0
        yield [(url[0].text, url[1].text if len(url) > 1 else None) for url in tree]


def test_a_new_service_has_a_valid_sitemap(newsroom):
    assert list(sitemaps(newsroom)) == [[(f"{HOME}/factchecks", None)]]


def test_sitemaps_have_every_page_once_and_when_it_last_changed(newsroom, monkeypatch):
    monkeypatch.setattr(queries, "SITEMAP_LENGTH", 2)
    claims = [newsroom.claim(text=f"{n}.", accepted=True) for n in range(6)]
    for claim in claims[:5]:
        newsroom.evidence(claim, newsroom.source(url=None))
        newsroom.verdict_in("published", claim)
    newsroom.verdict(claims[0], title="A draft")
    newsroom.verdict_in("published", claims[1], correction={"kind": "update", "note": "So."})
    found = list(sitemaps(newsroom))
    assert [len(each) for each in found] == [3, 2, 1]
    assert [url for each in found for url, _ in each] == [
        f"{HOME}/factchecks", *(HOME + page_of(claim) for claim in claims[:5])
    ]  # fmt: skip
    verdicts = [newsroom.call("GET", claim).json["verdict"]["published_at"] for claim in claims[:5]]
    assert [moment for each in found for _, moment in each][1:] == verdicts
    assert datetime.fromisoformat(verdicts[1])


def test_there_are_no_other_sitemaps(newsroom):
    for start in ("x", "..", "0", FIRST_ID[:-1]):
        newsroom.call("GET", f"/sitemaps/{start}.xml", status=404)


def test_robots_read_the_pages_and_not_the_api(newsroom):
    text = newsroom.call("GET", "/robots.txt", status=200).text
    assert "Disallow: /v1/\n" in text
    assert f"Sitemap: {HOME}/sitemap.xml\n" in text
    assert "Disallow: /\n" not in text
