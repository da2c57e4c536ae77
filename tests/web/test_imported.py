"""The page of what somebody else has checked: theirs in every word, also when it is replaced."""

from __future__ import annotations

import json

import pytest

from tests.imports.files import REVIEW, bring, worker_of
from tests.web.scene import page_of


@pytest.fixture
def imported(newsroom, app, settings):
    """The claim's address: somebody else has reviewed it, and their review was brought here."""
    bring(newsroom, worker_of(app, settings), json.dumps(REVIEW))
    (claim,) = newsroom.call("GET", "/v1/claims?status=verified", status=200).json["items"]
    return f"/v1/claims/{claim['id']}"


def test_an_imported_one_is_plainly_marked(look, imported):
    marked = "Imported from Zagros Facts, not checked by border-desk."
    page = look(page_of(imported))
    assert marked in page.text()
    assert marked in look("/factchecks").text()
    assert marked in look(f"{page_of(imported)}/card", framed=True).text()
    original = page.one('//a[text()="Read the original"]')
    assert original.get("href") == "https://zagros.example/checks/7"
    assert page.text('//*[contains(@class, "rating false")]') == "Wildly off"
    assert "1 on a scale from 1 (worst) to 4 (best)" in page.text()
    assert page.text('//*[@class="ends"]') == "14"
    assert "Approved by" not in page.text()
    assert "Checked by" not in page.text()
    assert page.json_ld()["author"]["name"] == "Zagros Facts"
    assert page.json_ld()["reviewRating"]["alternateName"] == "Wildly off"


def test_what_was_imported_keeps_its_publishers_rating_when_it_is_replaced(
    newsroom, look, imported
):
    newsroom.evidence(imported, newsroom.source())
    correction = {"kind": "correction", "note": "We have looked at it ourselves."}
    newsroom.verdict_in("published", imported, title="Dear, but not so dear", correction=correction)
    page = look(page_of(imported))
    mark = "Imported from Zagros Facts, not checked by border-desk."
    assert page.html.count("not checked by") == 1
    assert mark in page.text("//details")
    changed = page.text('//section[@aria-labelledby="corrections"]')
    assert "Before: Wildly off" in changed
    assert "Now: Mostly true" in changed
    history = newsroom.call("GET", imported, status=200, headers={"Accept": "application/ld+json"})
    assert "Wildly off" in history.text
    (_, was) = newsroom.call("GET", f"{imported}/verdicts", status=200).json["items"][::-1]
    assert was["label"] == "Wildly off"


@pytest.mark.usefixtures("imported")
def test_a_list_reads_well_whichever_way_its_items_run(newsroom, look):
    newsroom.verdict_in("published", title="لم ترحل القوات", language="ar")
    page = look("/factchecks")
    assert [when.text_content()[0] for when in page.all('//p[@class="when"]')] == ["b", "2"]
    assert page.text('(//p[@class="when"])[2]') == "2 May 2024"
    assert page.one('(//li[@dir="rtl"]//time)/..').get("dir") == "ltr"


def test_a_note_runs_as_its_letters_do(newsroom, look):
    claim = newsroom.claim(accepted=True)
    newsroom.evidence(claim, newsroom.source(), note="It says so.")
    newsroom.verdict_in("published", claim, title="لم ترحل القوات", language="ar")
    assert look(page_of(claim)).one('//p[text()="It says so."]').get("dir") == "ltr"
