"""HTML pages with ClaimReviews in their scripts."""

import json

import pytest

from tests.readers.files import claim, one, read, review, told

SOUND = json.dumps(review(), indent=2)


def page(*scripts, head="", kind="application/ld+json"):
    found = "\n".join(f'<script type="{kind}">{script}</script>' for script in scripts)
    return f"<!doctype html>\n<html><head>{head}\n{found}</head><body>Text</body></html>"


def test_the_script_of_a_page_is_read():
    row = one(page(SOUND))
    assert row.given == one(review()).given
    assert row.raw == SOUND
    assert row.line == 3


def test_several_scripts_and_other_things_in_them():
    other = json.dumps({"@type": "NewsArticle", "headline": "x"})
    rows = read(
        page(other, SOUND, "not json", json.dumps({"@graph": [{"@type": "WebPage"}, review()]}))
    )
    assert [row.pointer for row in rows] == ["", "/@graph/1"]
    assert [row.number for row in rows] == [1, 2]


@pytest.mark.parametrize(
    "wrapped",
    [
        f"<!--\n{SOUND}\n-->",
        f"//<![CDATA[\n{SOUND}\n//]]>",
        f"/* <![CDATA[ */{SOUND}/* ]]> */",
        f"<![CDATA[{SOUND}]]>",
        f"\n\n  {SOUND};",
        SOUND.replace("{", "{\n").replace('"@type": "Claim",', '"@type": "Claim",\t'),
    ],
)
def test_wrappings_are_taken_off(wrapped):
    assert one(page(wrapped)).given == one(review()).given


@pytest.mark.parametrize(
    ("script", "word"),
    [
        (SOUND.replace("a week.", "a\nweek."), "Line ends"),
        (SOUND.replace("\n}", ",\n}"), "comma"),
        (SOUND.replace("bridge was", "bridge\\'s"), "Backslashes"),
        (SOUND.replace('"', "&quot;"), "entities"),
    ],
)
def test_json_of_the_wild_is_mended(script, word):
    row = one(page(script))
    assert row.given.text.startswith("The new bridge")
    assert word in told(row)[""]


def test_a_script_beyond_mending_is_refused_and_the_others_read():
    broken = SOUND.replace('"url":', '"url"')
    refused, taken = read(page(broken, SOUND))
    assert "not JSON" in refused.refused[0].detail
    assert refused.raw == broken
    assert taken.given is not None


@pytest.mark.parametrize(
    "kind", ["application/ld+json", "APPLICATION/LD+JSON", "application/ld+json; charset=utf-8"]
)
def test_the_kind_of_script_may_be_written_otherwise(kind):
    assert one(page(SOUND, kind=kind)).given is not None


@pytest.mark.parametrize(
    "head",
    ['<link rel="canonical" href="https://zagros.example/7">', '<meta property="og:url" content="https://zagros.example/7">'],
)  # fmt: skip
def test_the_page_itself_is_the_address_of_a_review_without_one(head):
    script = json.dumps(review(url=None))
    assert claim(page(script, head=head)).verdict.url == "https://zagros.example/7"


@pytest.mark.parametrize(
    ("encoding", "head"),
    [
        ("utf-8", ""),
        ("windows-1254", '<meta charset="windows-1254">'),
        ("utf-16", ""),
        ("utf-8-sig", ""),
    ],
)
def test_a_page_may_say_its_encoding(encoding, head):
    script = json.dumps(review(claimReviewed="Köprü bağlandı"), ensure_ascii=False)
    assert claim(page(script, head=head).encode(encoding)).text == "Köprü bağlandı"
