"""Atom (RFC 4287) in pages (RFC 5005) with what was taken back (RFC 6721): values in, XML out.

All that is needed of the three formats and no more. The library writes the markup; no text that it
is given can hold what XML cannot.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from lxml import etree

from verifier.kit.clock import rfc3339
from verifier.kit.text import shown_text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

ATOM: Final = "http://www.w3.org/2005/Atom"
TOMBSTONES: Final = "http://purl.org/atompub/tombstones/1.0"
LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"
SubElement: Final = etree.SubElement
_ATOM: Final = f"{{{ATOM}}}"


@dataclass(frozen=True, slots=True)
class Link:
    """Where else to look; `href` is absolute."""

    rel: str
    href: str
    type: str | None = None
    hreflang: str | None = None


@dataclass(frozen=True, slots=True)
class Category:
    """What an entry is filed under; a `scheme` says what kind of thing the term is."""

    term: str
    scheme: str | None = None
    label: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """`content` is HTML, and sound; all the other texts are plain."""

    id: str
    title: str
    author: str
    author_url: str | None
    language: str | None
    published: datetime
    updated: datetime
    summary: str
    content: str
    links: Sequence[Link]
    categories: Sequence[Category]


@dataclass(frozen=True, slots=True)
class DeletedEntry:
    """The entry `ref` is no longer one."""

    ref: str
    when: datetime
    comment: str
    language: str | None


@dataclass(frozen=True, slots=True)
class Feed:
    """A page of a feed; the feed's `id` is the same on all its pages."""

    id: str
    title: str
    updated: datetime
    generator: tuple[str, str]
    links: Sequence[Link]
    entries: Sequence[Entry | DeletedEntry] = field(default=())


def document(feed: Feed) -> bytes:
    """The page in UTF-8."""
    root = etree.Element(f"{_ATOM}feed", nsmap={None: ATOM, "at": TOMBSTONES})
    _text(root, "id", feed.id)
    _text(root, "title", feed.title)
    _text(root, "updated", rfc3339(feed.updated))
    name, version = feed.generator
    _text(root, "generator", name, version=version)
    _links(root, feed.links)
    for entry in feed.entries:
        if isinstance(entry, Entry):
            _entry(root, entry)
        else:
            _deleted(root, entry)
    written: bytes = etree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _entry(root: Any, entry: Entry) -> None:
    element = SubElement(root, f"{_ATOM}entry", _speaking(entry.language))
    _text(element, "id", entry.id)
    _text(element, "title", entry.title)
    _text(element, "published", rfc3339(entry.published))
    _text(element, "updated", rfc3339(entry.updated))
    author = SubElement(element, f"{_ATOM}author")
    _text(author, "name", entry.author)
    if entry.author_url:
        _text(author, "uri", entry.author_url)
    _links(element, entry.links)
    for category in entry.categories:
        given = {"term": category.term, "scheme": category.scheme, "label": category.label}
        SubElement(element, f"{_ATOM}category", _present(given))
    if entry.summary:
        _text(element, "summary", entry.summary)
    _text(element, "content", entry.content, type="html")


def _deleted(root: Any, entry: DeletedEntry) -> None:
    given = {"ref": entry.ref, "when": rfc3339(entry.when), **_speaking(entry.language)}
    element = SubElement(root, f"{{{TOMBSTONES}}}deleted-entry", given)
    SubElement(element, f"{{{TOMBSTONES}}}comment").text = shown_text(entry.comment)


def _links(parent: Any, links: Sequence[Link]) -> None:
    for link in links:
        given = {"rel": link.rel, "href": link.href, "type": link.type, "hreflang": link.hreflang}
        SubElement(parent, f"{_ATOM}link", _present(given))


def _text(parent: Any, name: str, text: str, **attributes: str) -> None:
    SubElement(parent, f"{_ATOM}{name}", attributes).text = shown_text(text)


def _speaking(language: str | None) -> dict[str, str]:
    return {LANG: language} if language else {}


def _present(attributes: dict[str, str | None]) -> dict[str, str]:
    return {name: shown_text(value) for name, value in attributes.items() if value}
