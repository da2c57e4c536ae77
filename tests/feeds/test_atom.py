"""Whatever a text holds, the feed is XML, and a reader gets the text."""

from __future__ import annotations

from datetime import UTC, datetime
from xml.etree.ElementTree import fromstring

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.feeds.atom import Category, DeletedEntry, Entry, Feed, Link, document

from .atom_rules import problems

HERE = "https://checks.example.org/feeds/verdicts.atom"
NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


def feed(*entries):
    links = [Link("self", HERE)]
    return document(Feed(HERE, "Fact-checks", NOW, ("verifier", "1"), links, entries))


def entry(**members):
    return Entry(
        **{
            "id": "urn:uuid:01931c8e-7a4b-7c3d-9e2f-5a6b7c8d9e0f", "title": "A title", "author": "A desk",
            "author_url": None, "language": None, "published": NOW, "updated": NOW, "summary": "",
            "content": "<p>It.</p>", "links": [Link("alternate", "https://a.example/?b=1&c=2")],
            "categories": [],
        }
        | members
    )  # fmt: skip


@given(st.text(), st.text())
def test_any_text_makes_a_feed(title, other):
    written = feed(
        entry(
            title=title,
            author=other,
            summary=other,
            content=title,
            categories=[Category(title, label=other)],
        ),
        DeletedEntry("urn:uuid:1", NOW, title, None),
    )
    assert fromstring(written) is not None  # noqa: S314  (our own)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x00b\x08c\x0bd\x1fe", "abcde"),
        ("\ud83d lone", " lone"),
        ("\ufffe\uffffend", "end"),
        ("\u202eevil\u202c \u2066a\u2069", "evil a"),
        ("\u200f وقف <b>&amp;]]>", "\u200f وقف <b>&amp;]]>"),
        ("🏳\u200d🌈 नहीं 不", "🏳\u200d🌈 नहीं 不"),
        ("x" * 500_000, "x" * 500_000),
    ],
)
def test_a_reader_gets_the_text(text, shown):
    written = feed(entry(summary=text))
    assert problems(written, fetched_from=HERE) == []
    (summary,) = fromstring(written).iter("{http://www.w3.org/2005/Atom}summary")  # noqa: S314
    assert summary.text == shown
