"""Entries of every kind, as a feed reader takes them: others' work, corrections, long and RTL texts."""

from __future__ import annotations

import json

import pytest
from lxml import etree, html

from tests.imports.files import REVIEW, bring, worker_of

from .following import Desk, linked, path_of, read, urn


@pytest.fixture
def imported(newsroom, app, settings):
    """The claim's address: somebody else has reviewed it, and their review was brought here."""
    review = {**REVIEW, "url": "https://zagros.example/check?a=1&b=2"}
    review["author"] = {**REVIEW["author"], "url": "https://zagros.example"}
    bring(newsroom, worker_of(app, settings), json.dumps(review))
    (claim,) = newsroom.call("GET", "/v1/claims?status=verified", status=200).json["items"]
    return f"/v1/claims/{claim['id']}"


def test_somebody_elses_verdict_is_theirs(newsroom, imported):
    """An imported verdict is never put into the desk's mouth, and leads to where it was published."""
    (entry,) = read(newsroom, path_of("verdicts")).entries
    assert entry.id == urn(imported)
    assert entry.author_detail == {"name": "Zagros Facts", "href": "https://zagros.example"}
    assert entry.link == linked(entry, "via") == "https://zagros.example/check?a=1&b=2"
    assert entry.published == "2024-05-02T00:00:00.000000Z"
    # Its rating is none of the desk's scale, and is not filed under it.
    assert [(tag.term, tag.scheme, tag.label) for tag in entry.tags] == [
        ("wildly-off", None, "Wildly off")
    ]
    assert "<strong>Wildly off</strong>" in entry.content[0].value
    assert "border-desk" not in str(entry.content)


def test_a_correction_tells_what_somebody_else_had_said(newsroom, imported):
    newsroom.evidence(imported, newsroom.source())
    correction = {"kind": "correction", "note": "We have looked at it ourselves."}
    newsroom.verdict_in("published", imported, title="Dear", correction=correction)
    (entry,) = read(newsroom, path_of("corrections")).entries
    assert entry.author == "border-desk"
    assert [tag.label for tag in entry.tags] == [None, "Mostly true", "Wildly off"]
    told = html.fragment_fromstring(entry.content[0].value)
    assert (told.findtext(".//del"), told.findtext(".//ins")) == ("Wildly off", "Mostly true")


VERY_LONG = (
    "## Why\n\n" + "**كذا** is *said* [there](https://a.example/?b=1&c=2) <b>& so</b>.\n\n" * 900
)


def test_a_reader_takes_every_kind_of_entry_from_one_feed(newsroom, imported):
    """Imported, corrected, retracted, from right to left, and as long as they may be."""
    desk = Desk(newsroom)
    urdu = desk.publishes(
        "وقف کی زمین", language="ur", explanation="**نہیں** — [یہاں](https://a.example)"
    )
    desk.corrects(urdu, "وقف کی زمین نہیں", language="ur", rating="false")
    gone = desk.publishes("Gone")
    long = desk.publishes("Long " + "title " * 40, explanation=VERY_LONG, topics=["a & b", "<i>"])
    verdict = newsroom.call("GET", gone, status=200).json["verdict"]["id"]
    newsroom.act(f"/v1/verdicts/{verdict}", "ed", "retract", reason="A \u200fمزاح\u200e <parody>.")

    feed = read(newsroom, path_of("verdicts"))
    assert [entry.id for entry in feed.entries] == [urn(long), urn(urdu), urn(imported)]
    entry, urdu_entry, _ = feed.entries
    assert {"a & b", "<i>"} <= {tag.term for tag in entry.tags}
    told = html.fragment_fromstring(entry.content[0].value)
    assert len(told.findall(".//a")) == 900
    assert {link.get("rel") for link in told.iter("a")} == {"nofollow noopener ugc"}
    assert told.findtext(".//h3") == "Why"
    assert "<b>& so</b>" in told.findall("p")[1].text_content()
    assert urdu_entry.content[0].language == "ur"
    told = html.fragment_fromstring(urdu_entry.content[0].value)
    assert (told.get("lang"), told.get("dir")) == ("ur", "rtl")
    sent = newsroom.call("GET", path_of("verdicts"), status=200).data
    (deleted,) = etree.fromstring(sent).iter(
        "{http://purl.org/atompub/tombstones/1.0}deleted-entry"
    )
    assert (deleted.get("ref"), deleted[0].text) == (urn(gone), "A \u200fمزاح\u200e <parody>.")

    corrections = read(newsroom, path_of("corrections"))
    assert [entry.summary for entry in corrections.entries] == [
        "A \u200fمزاح\u200e <parody>.", "وقف کی زمین نہیں it is.",
    ]  # fmt: skip
