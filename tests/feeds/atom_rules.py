"""What makes an Atom feed valid: RFC 4287's grammar, and what the W3C's feed validator asks beyond it.

Independent of the code that writes feeds: `atom.rng` is the grammar in RELAX NG, the rest are rules
that a grammar cannot tell.
"""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from lxml import etree, html

GRAMMAR = etree.RelaxNG(file=Path(__file__).with_name("atom.rng"))
NAMES = {"a": "http://www.w3.org/2005/Atom", "at": "http://purl.org/atompub/tombstones/1.0"}
URN = re.compile(r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
HARMFUL = {"script", "style", "iframe", "object", "embed", "form", "meta", "link", "base", "img"}
INLINE = re.compile(r"on\w+|style|src|srcset|id")


def problems(document: bytes, *, fetched_from: str) -> list[str]:
    """Sentences on what is wrong; empty for a valid feed."""
    feed = etree.fromstring(document)
    found = []
    if not GRAMMAR.validate(feed.getroottree()):
        found += [f"{error.line}: {error.message}" for error in GRAMMAR.error_log]
    return [*found, *_links(feed, fetched_from), *_entries(feed), *_contents(feed)]


def _links(feed, fetched_from):
    for parent in (feed, *feed.findall("a:entry", NAMES)):
        links = parent.findall("a:link", NAMES)
        alternates = [
            (link.get("type"), link.get("hreflang"))
            for link in links
            if link.get("rel", "alternate") == "alternate"
        ]
        if len(set(alternates)) < len(alternates):
            yield "two alternates of one type and language"
        for link in links:
            parts = urlsplit(link.get("href"))
            if parts.scheme not in ("http", "https") or not parts.hostname:
                yield f"no address of the web: {link.get('href')}"
    own = [link.get("href") for link in feed.findall("a:link[@rel='self']", NAMES)]
    if own != [fetched_from]:
        yield f"its link to itself is {own}, but it is at {fetched_from}"


def _entries(feed):
    ids = feed.xpath("a:entry/a:id/text() | at:deleted-entry/@ref", namespaces=NAMES)
    if len(set(ids)) < len(ids):
        yield "two entries with one id"
    yield from (f"{each} is no urn:uuid" for each in ids if not URN.fullmatch(each))
    moments = [
        datetime.fromisoformat(each)
        for each in feed.xpath(
            "a:entry/a:updated/text() | at:deleted-entry/@when", namespaces=NAMES
        )
    ]
    if moments != sorted(moments, reverse=True):
        yield "the newest does not come first"
    if moments and datetime.fromisoformat(feed.findtext("a:updated", "", NAMES)) != moments[0]:
        yield "the feed was not updated with its newest entry"
    for entry in feed.findall("a:entry", NAMES):
        published, updated = (
            datetime.fromisoformat(entry.findtext(f"a:{name}", "", NAMES))
            for name in ("published", "updated")
        )
        if published > updated:
            yield "an entry was updated before it was published"
        if not entry.findall("a:link[@rel='alternate']", NAMES):
            yield "an entry leads nowhere"
        summary, content = (
            entry.findtext(f"a:{name}", "", NAMES) for name in ("summary", "content")
        )
        if summary and summary == content:
            yield "the summary is the content"
        title = entry.findtext("a:title", "", NAMES)
        if "<" in title and re.search(r"<\w+[^>]*>", title):
            yield "markup in a plain title"


def _contents(feed):
    for content in feed.xpath("a:entry/a:content/text()", namespaces=NAMES):
        for element in html.fragment_fromstring(content, create_parent=True).iter():
            if element.tag in HARMFUL:
                yield f"<{element.tag}> in the content"
            yield from (
                f"{name}= in the content" for name in element.attrib if INLINE.fullmatch(name)
            )
            href = element.get("href")
            if href is not None and urlsplit(href).scheme not in ("http", "https", "mailto"):
                yield f"a link to {href} in the content"
            language = element.get("lang")
            if language and not re.fullmatch("[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*", language):
                yield f"{language} is no language"
