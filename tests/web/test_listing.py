"""The list of fact-checks: newest first, found by words and filters, page by page, without a script."""

from __future__ import annotations

from urllib.parse import quote_from_bytes, urlencode

import pytest

from tests.web.page import Page, check_page
from tests.web.scene import page_of
from verifier.web import routes


@pytest.fixture
def look(newsroom):
    def look(status=200, **query):
        page = Page(newsroom.call("GET", f"/factchecks?{urlencode(query)}", status=status))
        check_page(page)
        return page

    return look


def titles(page):
    return page.all("//main//article/h2/a/text()")


def publish(newsroom, title, *, topics=(), claim_language="en", **members):
    claim = newsroom.claim(
        accepted=True,
        text=f"Somebody said of {title} so.",
        topics=list(topics),
        language=claim_language,
    )
    newsroom.evidence(claim, newsroom.source(url=None))
    newsroom.verdict_in("published", claim, title=title, **members)
    return claim


def test_it_teaches_who_finds_nothing(newsroom, look):
    newsroom.claim()
    assert "A fact-check appears here as soon as" in look().text()
    publish(newsroom, "Bridges")
    page = look(q="volcano")
    assert titles(page) == []
    assert "put words in quotation marks" in page.text()
    assert page.one('//a[text()="Show all"]').get("href") == "/factchecks"
    assert page.meta("robots") == "noindex, follow"


def test_the_newest_is_first_whatever_is_done_with_the_others(newsroom, look):
    first, second = (newsroom.claim(text=f"{n}.", accepted=True) for n in "12")
    for claim, title in ((second, "Second"), (first, "First")):
        newsroom.evidence(claim, newsroom.source(url=None))
        newsroom.verdict_in("published", claim, title=title)
    newsroom.verdict(second, title="A draft that nobody may guess at")
    assert titles(look()) == ["First", "Second"]


SEARCHES = [
    ({"q": "bridges"}, ["Bridges"]),
    ({"q": '"of Roads"'}, ["Roads"]),
    ({"q": "somebody -bridges"}, ["Roads"]),
    ({"topic": "army"}, ["Roads"]),
    ({"rating": "false"}, ["Roads"]),
    ({"normalised": "true"}, ["Bridges"]),
    ({"language": "AZ"}, ["Roads"]),
    ({"desk": "border-desk"}, ["Roads", "Bridges"]),
    ({"desk": "caspian-check"}, []),
    ({"desk": "no-desk"}, []),
    ({"q": "", "desk": "", "topic": " ", "normalised": ""}, ["Roads", "Bridges"]),
    ({"utm_source": "x", "fbclid": "y"}, ["Roads", "Bridges"]),
    ({"q": "somebody", "normalised": "false", "topic": "army", "language": "az"}, ["Roads"]),
]


def test_it_is_searched(newsroom, look):
    publish(newsroom, "Bridges")
    publish(newsroom, "Roads", topics=["army"], rating="false", claim_language="az")
    for query, found in SEARCHES:
        page = look(**query)
        assert titles(page) == found, query
        for name in ("q", "topic"):
            assert page.one(f'//input[@name="{name}"]').get("value") == query.get(name, "").strip()
        chosen = page.all('//select[@name="normalised"]/option[@selected]/@value')
        assert chosen == list(filter(None, [query.get("normalised")]))


def test_it_goes_on_page_by_page_and_misses_none(newsroom, look, monkeypatch):
    monkeypatch.setattr(routes, "PAGE_LENGTH", 2)
    for n in range(5):
        publish(newsroom, f"T{n}")
    for query in ({}, {"q": "somebody"}, {"topic": "none"}):
        seen, page, turns = [], look(**query), 0
        while older := page.all('//a[@rel="next"]/@href'):
            assert page.link("next") == older[0]
            seen += titles(page)
            page = Page(newsroom.call("GET", older[0], status=200))
            check_page(page)
            turns += 1
        seen += titles(page)
        assert sorted(seen) == ([] if "topic" in query else [f"T{n}" for n in range(5)])
        assert turns == (0 if "topic" in query else 2)


UNREADABLE = [
    ({"normalised": "maybe"}, 422), ({"desk": "No Desk"}, 422), ({"language": "no such"}, 422),
    ({"topic": "x" * 65}, 422), ({"topic": "a\u202eb"}, 422), ({"rating": "'"}, 422),
    ({"cursor": "x"}, 400), ({"cursor": "W10"}, 400), ({"cursor": "x" * 600}, 400),
]  # fmt: skip


def test_what_cannot_be_searched_is_said(look):
    for query, status in UNREADABLE:
        page = look(status, **query)
        assert page.text('//*[@role="alert"]')
        assert page.all("//form")


def test_nothing_sent_is_an_error_of_ours(newsroom):
    hostile = (
        b"\x00",
        b"\xff",
        b"\xed\xa0\x80",
        b"a\x00b",
        b"%",
        b"\"'><script>",
        b"9" * 5000,
        b"*",
        b'"',
    )
    for name in ("q", "desk", "topic", "language", "cursor", "rating", "other"):
        for value in hostile:
            path = f"/factchecks?{name}={quote_from_bytes(value)}"
            page = Page(newsroom.call("GET", f"{path}&{name}=1"))
            assert page.answer.status_code in (200, 400, 422), path
            check_page(page)


def test_it_is_in_the_readers_language_and_each_item_in_its_own(newsroom):
    publish(newsroom, "כותרת", language="he", claim_language="he")
    page = Page(
        newsroom.call("GET", "/factchecks", headers={"Accept-Language": "xx, ru;q=0.8, de;q=0.5"})
    )
    assert page.one("/html").get("lang") == "ru"
    assert page.text("//h1") == "Проверки фактов"
    (title,) = page.all("//main//article/h2")
    assert (title.get("lang"), title.get("dir")) == ("he", "rtl")
    assert "Accept-Language" in page.answer.vary


def test_a_desk_is_offered_once_it_has_published(newsroom, look):
    publish(newsroom, "Bridges")
    assert look().all('//select[@name="desk"]') == []
    claim = newsroom.claim("cas_con", desk="caspian-check")
    newsroom.act(claim, "cas", "accept")
    newsroom.evidence(claim, newsroom.source("cas_con", desk="caspian-check", url=None), "cas_con")
    verdict = newsroom.verdict(claim, "cas")
    newsroom.act(verdict, "cas", "propose")
    newsroom.act(verdict, "cas_ann", "approve")
    newsroom.act(verdict, "cas_ann", "publish")
    options = look().all('//select[@name="desk"]/option/@value')
    assert options == ["", "border-desk", "caspian-check"]
    assert titles(look(desk="caspian-check")) == ["Early pull-out"]
    assert page_of(claim) in look().html
