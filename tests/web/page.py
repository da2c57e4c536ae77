"""A page as a reader, a search engine and a screen reader take it."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from urllib.parse import urlsplit

from lxml import html

LANDMARKS = ("main", "header", "footer", "nav")
LOADING = ("src", "srcset", "poster", "data", "action", "formaction", "background", "style")


class Page:
    """The page's parts."""

    def __init__(self, answer):
        self.answer = answer
        text = answer if isinstance(answer, str) else answer.get_data(as_text=True)
        self.html = str(text)
        self.tree = html.document_fromstring(self.html)

    def all(self, xpath):
        return self.tree.xpath(xpath)

    def one(self, xpath):
        (found,) = self.all(xpath)
        return found

    def text(self, xpath="//body"):
        """What a reader reads there, white space aside."""
        return " ".join(" ".join(self.one(xpath).text_content().split()).split())

    def meta(self, name):
        return self.one(f'//meta[@name="{name}" or @property="{name}"]').get("content")

    def link(self, rel, kind=None):
        wanted = f'[@type="{kind}"]' if kind else ""
        return self.one(f'//link[@rel="{rel}"]{wanted}').get("href")

    def json_ld(self):
        (script,) = self.all('//script[@type="application/ld+json"]')
        return json.loads(script.text)


def check_page(page, *, framed=False):
    """What holds for every page: it loads and runs nothing, and can be read by everybody."""
    headers = page.answer.headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert f"frame-ancestors {'*' if framed else chr(39) + 'none' + chr(39)}" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert page.answer.mimetype == "text/html"
    for element in page.all("//*"):
        loads = [name for name in LOADING if name in element.attrib]
        assert loads in ([], ["action"] if element.tag == "form" else []), element.tag
        assert not [name for name in element.attrib if name.startswith("on")], element.tag
    assert page.all('//script[not(@type="application/ld+json")]') == []
    assert {link.get("rel") for link in page.all("//link")} <= {"canonical", "alternate", "next"}
    for link in page.all("//a"):
        there = urlsplit(link.get("href"))
        assert there.scheme in ("", "http", "https")
        if there.scheme and "127.0.0.1" not in there.netloc:
            assert link.get("rel") == "nofollow noopener ugc", link.get("href")
    _check_reading(page, framed=framed)


def _check_reading(page, *, framed):
    root = page.one("/html")
    assert re.fullmatch(r"[a-zA-Z-]{2,35}", root.get("lang"))
    assert root.get("dir") in ("ltr", "rtl")
    assert page.text("//title")
    assert len(page.all("//main")) == 1
    levels = [
        int(each.tag[1]) for each in page.all("//*[self::h1 or self::h2 or self::h3 or self::h4]")
    ]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels)), levels
    ids = page.all("//@id")
    assert len(ids) == len(set(ids))
    for reference in page.all("//@aria-labelledby | //label/@for"):
        assert reference in ids
    for field in page.all("//input | //select"):
        assert field.get("id") in page.all("//label/@for")
    if not framed:
        assert page.one('//a[@class="skip"]').get("href") == "#content"
        for landmark in LANDMARKS:
            assert page.all(f"//{landmark}"), landmark
