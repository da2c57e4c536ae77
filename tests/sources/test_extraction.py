"""What a page gives, and that no page of a stranger breaks or stalls the reading."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.sources.extraction import MOST_ELEMENTS, NoTextFound, extract

FIRST = (
    "The peacekeepers began to leave Azerbaijan in April 2024, and the first lorries went by rail."
)
SECOND = (
    "Their mandate had a year and a half to run; Baku and Moscow said the decision was a joint one."
)
BODY = f"<h1>Peacekeepers leave early</h1><p>{FIRST}</p><p>{SECOND}</p>"
HEAD = "<title>Peacekeepers leave early | News Example</title>"
LARGE = 300_000  # code points: enough to fail where time is quadratic, not to hang for good


def page(body=BODY, head=HEAD, attributes='lang="en"'):
    return f"<!doctype html><html {attributes}><head>{head}</head><body>{body}</body></html>"


def test_an_article_with_what_it_says_of_itself():
    head = HEAD + (
        '<meta property="og:title" content="Peacekeepers leave early">'
        '<meta property="og:site_name" content="News Example">'
        '<meta name="author" content="Leyla Example">'
        '<meta property="article:published_time" content="2024-04-17T09:30:00+04:00">'
    )
    found = extract(page(f"<article>{BODY}</article>", head), "https://news.example/2024/04/17/a")
    assert found.text == f"Peacekeepers leave early\n{FIRST}\n{SECOND}"
    assert found.title == "Peacekeepers leave early"
    assert found.author == "Leyla Example"
    assert found.publisher == "News Example"
    assert found.published_at == datetime(2024, 4, 17, 5, 30, tzinfo=UTC)
    assert found.published_at.tzinfo is UTC
    assert found.language == "en"


def test_what_a_page_does_not_say_is_none():
    found = extract(page(f"<p>{FIRST}</p><p>{SECOND}</p>", head="", attributes=""))
    assert found.text == f"{FIRST}\n{SECOND}"
    assert (found.author, found.publisher, found.published_at, found.language) == (None,) * 4


def test_lists_tables_and_quotations_belong_to_the_text():
    more = (
        "<ul><li>artillery first</li><li>infantry last</li></ul>"
        "<table><tr><th>Year</th><th>Soldiers</th></tr><tr><td>2020</td><td>1,960</td></tr></table>"
        "<blockquote>Nobody asked us, a driver said.</blockquote>"
    )
    text = extract(page(f"<article>{BODY}{more}</article>")).text
    for words in ("artillery first", "infantry last", "Soldiers", "1,960", "Nobody asked us"):
        assert words in text


def test_readers_comments_and_menus_do_not():
    before = '<nav><a href="/">Home</a> <a href="/war">War and peace desk</a></nav>'
    after = (
        '<div id="comments" class="comments"><p>I do not believe a single word of this!</p></div>'
        "<footer>All rights reserved by nobody</footer>"
    )
    text = extract(page(f"{before}<article>{BODY}</article>{after}")).text
    assert FIRST in text
    for words in ("War and peace desk", "I do not believe", "All rights"):
        assert words not in text


@pytest.mark.parametrize(
    "passage",
    [
        "نیروهای روس می‌روند و به خانه بازمی‌گردند.",
        "غادرت \u200eBTR-82A\u200f القاعدة عند الفجر \u202b(بحسب الوزارة)\u202c.",
        "रूसी सैनिक क्‍यों लौट रहे हैं, यह किसी ने नहीं बताया।",
        "👩‍👩‍👧 waved 🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f.",
        "The with\u00addrawal was quick.",
        "Qoşunlar Xankəndidən çıxdı, bunu Bakı da təsdiqlədi.",
        "俄罗斯军队四月开始撤离阿塞拜疆。",
    ],
)
def test_formatting_characters_are_evidence(passage):
    assert passage in extract(page(f"{BODY}<p>{passage}</p>")).text


def test_formatting_characters_written_as_references_are_evidence():
    body = f"{BODY}<p>می&zwnj;روند &#x200E;BTR&#8207; with&shy;drawal &lt;b&gt; &#xFFFFFF; &zw;</p>"
    text = extract(page(body)).text
    assert "می\u200cروند \u200eBTR\u200f with\u00addrawal <b>" in text


def test_symbols_that_stand_in_for_others_come_back_as_themselves():
    passage = "SignWriting \U0001d800\U0001d801 beside a joiner \u200d and a mark \u200e here."
    assert passage in extract(page(f"{BODY}<p>{passage}</p>")).text


def test_text_and_title_are_cleaned_as_sources_are():
    head = "<title>Cafe\u0301 \x07 \u200fnews\u200f</title>"
    found = extract(
        page(f"{BODY}<p>S\u0327us\u0327a road, kilometre\x00 nine, at\ud800 noon.</p>", head)
    )
    assert "\u015eu\u015fa road, kilometre nine, at noon." in found.text
    assert (
        extract(page(f"<p>{FIRST}</p><p>{SECOND}</p>", head)).title == "Caf\u00e9 \u200fnews\u200f"
    )


@pytest.mark.parametrize(
    ("stamp", "moment"),
    [
        ("2024-04-17", datetime(2024, 4, 17, tzinfo=UTC)),
        ("2024-04-17T23:30:00-05:00", datetime(2024, 4, 18, 4, 30, tzinfo=UTC)),
        ("2024-04-17T09:30:00Z", datetime(2024, 4, 17, 9, 30, tzinfo=UTC)),
        ("2024-04-17T09:30:00", datetime(2024, 4, 17, 9, 30, tzinfo=UTC)),
        ("some day", None),
        ("9999-12-31T23:59:59-12:00", None),
    ],
)
def test_times_of_publication(stamp, moment):
    head = f'<meta property="article:published_time" content="{stamp}">'
    body = "<p>They left by rail. " + "Nobody told the press on which day it was. " * 5 + "</p>"
    assert extract(page(body, head)).published_at == moment


@pytest.mark.parametrize("words", ["In April 2024 they left.", "In 2020 they came, in 2024 left."])
def test_a_year_in_the_text_is_no_date_of_publication(words):
    assert extract(page(f"<p>{words}</p><p>{SECOND}</p>")).published_at is None


def test_an_address_dates_a_page_that_does_not():
    body = "<p>They left by rail. " + "Nobody told the press on which day it was. " * 5 + "</p>"
    found = extract(page(body), "https://news.example/2024/04/17/left")
    assert found.published_at == datetime(2024, 4, 17, tzinfo=UTC)


@pytest.mark.parametrize(
    ("attributes", "head", "language"),
    [
        ('lang="az-latn-az"', "", "az-Latn-AZ"),
        ('lang="english"', "", None),
        ('lang=""', '<meta http-equiv="Content-Language" content="ru, en">', "ru"),
        ('lang="klingon"', '<meta property="og:locale" content="pt_BR">', "pt-BR"),
        ("", '<meta property="og:locale" content="nonsense">', None),
    ],
)
def test_languages_are_canonical_tags(attributes, head, language):
    assert extract(page(head=HEAD + head, attributes=attributes)).language == language


RUSSIAN = "<p>Колонна вышла на рассвете, сообщило министерство, и к полудню пересекла границу.</p>"


@pytest.mark.parametrize(
    ("html", "charset"),
    [
        (page(RUSSIAN * 3).encode(), None),
        (b"\xef\xbb\xbf" + page(RUSSIAN * 3).encode(), None),
        (page(RUSSIAN * 3).encode(), "windows-1251"),  # what is UTF-8 is UTF-8
        (page(RUSSIAN * 3, '<meta charset="windows-1251">').encode("cp1251"), None),
        (page(RUSSIAN * 3, "<meta content='text/html; charset=koi8-r'>").encode("koi8-r"), None),
        (page(RUSSIAN * 3).encode("cp1251"), "Windows-1251"),
        # The server calls everything UTF-8, and the page or its bytes know better.
        (page(RUSSIAN * 3, '<meta charset="windows-1251">').encode("cp1251"), "utf-8"),
        (page(RUSSIAN * 3).encode("cp1251"), "utf-8"),
        (page(RUSSIAN * 3).encode("cp1251"), None),
        (page(RUSSIAN * 3).encode("cp1251"), "punycode"),
        (page(RUSSIAN * 3).encode("utf-16"), None),
        (page(RUSSIAN * 3).encode() + b"\xd0", "utf-8"),
    ],
)
def test_bytes_are_decoded_as_declared_or_as_they_look(html, charset):
    assert "Колонна вышла на рассвете" in extract(html, charset=charset).text


def test_latin_1_is_windows_1252_on_the_web():
    html = page(f"{BODY}<p>The \u201cjoint\u201d decision \u2013 so they said.</p>").encode(
        "cp1252"
    )
    assert "\u201cjoint\u201d decision \u2013 so" in extract(html, charset="iso-8859-1").text


def test_a_fragment_is_a_page():
    assert extract(f"<div><p>{FIRST} {SECOND}</p></div>").text == f"{FIRST} {SECOND}"


@pytest.mark.parametrize(
    "html",
    [
        "",
        " ",
        "\n",
        "no markup at all",
        "<",
        "< 5 > 4",
        "<html></html>",
        page(""),
        page("<script>x=1</script>"),
        b"\xff",
    ],
)
def test_a_page_without_text_has_none(html):
    with pytest.raises(NoTextFound):
        extract(html)


def filled(piece, size=LARGE):
    return piece * (size // len(piece))


HOSTILE = {
    "nested": page("<div>" * 200_000 + BODY),
    "unclosed": filled("<p><a><table><tr><td><ul><li>"),
    "angles": filled("<"),
    "ampersands": page("<p>" + filled("&")),
    "nul": filled("\0"),
    "nul in words": page(filled(BODY.replace(" ", "\0"))),
    "one long word": page("<p>" + "a" * LARGE),
    "long attribute": page(f'<p class="{"a" * LARGE}">x</p>{BODY}'),
    "many attributes": page("<p " + " ".join(f"a{n}" for n in range(100_000)) + f">x</p>{BODY}"),
    "many attributes, quoted": page(
        "<p " + " ".join(f'a{n}=">"' for n in range(90_000)) + f">{BODY}"
    ),
    "crowded elements": page(
        ("<p " + " ".join(f"a{n}=1" for n in range(4000)) + ">x</p>") * 20 + BODY
    ),
    "doctype": "<!doctype html" + "/" * LARGE + BODY,
    "many doctypes": filled("<!doctype html "),
    "tables": page(filled("<table><tr><td>a<td>b</table>") + BODY),
    "small elements": page("<p>a</p>" * (MOST_ELEMENTS - 100) + BODY),
    "structured data": page(
        BODY, f'<script type="application/ld+json">{filled(chr(92) + "author:{")}</script>'
    ),
    "nested data": page(BODY, f'<script type="application/ld+json">{filled("[", 29_000)}</script>'),
    "angles in meta": page(BODY, f'<meta name="author" content="{filled("<")}">'),
    "brackets in meta": page(BODY, f'<meta name="author" content="{filled("(a")}">'),
    "canonical": page(BODY, '<link rel="canonical" href="http://[x">'),
    "noise": bytes(range(256)) * 4000,
    "broken utf-8": page(filled(RUSSIAN, 200_000)).encode()[:-3] + b"\xd0",
    "declared nonsense": page(
        filled("<p>\xff abc-</p>", 100_000), "<meta charset=punycode>"
    ).encode("latin-1"),
    "xml": '<?xml version="1.0" encoding="utf-8"?>' + page("<p>\ud800 lone</p>" + BODY),
}


@pytest.mark.timeout(30)
@pytest.mark.parametrize("html", HOSTILE.values(), ids=HOSTILE)
def test_hostile_pages_give_text_or_none_within_seconds(html):
    try:
        text = extract(html, "https://news.example/a").text
    except NoTextFound:
        return
    assert text
    text.encode()


@pytest.mark.parametrize(
    "name",
    ["long attribute", "crowded elements", "structured data", "angles in meta", "nested data"],
)
def test_what_is_too_much_is_left_out_and_the_text_is_read(name):
    assert FIRST in extract(HOSTILE[name]).text


@pytest.mark.parametrize("name", ["many attributes", "many attributes, quoted", "tables"])
def test_what_cannot_be_read_in_time_is_refused(name):
    with pytest.raises(NoTextFound):
        extract(HOSTILE[name])


TAGS = st.sampled_from(
    ["<p>", "</p>", "<div", ">", "<table><tr>", "<td>", "<!--", "-->", "<a href=", '"', "'"]
)
MARKUP = st.lists(TAGS | st.text(max_size=8) | st.just(BODY), max_size=30).map("".join)


@given(MARKUP | MARKUP.map(page) | st.binary(max_size=300), st.none() | st.text(max_size=30))
def test_any_page_gives_text_or_none(html, url):
    try:
        found = extract(html, url, charset=url)
    except NoTextFound:
        return
    assert found.text == found.text.strip() != ""


@pytest.mark.parametrize("charset", ["utf-8", "windows-1251", None])
@pytest.mark.parametrize(
    ("text", "words"),
    [(RUSSIAN * 3, "Колонна вышла на рассвете"), (f"{BODY}<p>A café was closed.", "A café was")],
)
def test_a_broken_letter_makes_no_other_encoding(text, words, charset):
    html = page(f"{text}<p>And a ~").encode().replace(b"~", b"caf\xc3")
    assert words in extract(html, charset=charset).text
