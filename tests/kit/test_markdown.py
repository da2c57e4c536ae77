"""Markdown becomes HTML that harms no page it is put into, however hostile it is."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html
from markupsafe import Markup

from verifier.kit.markdown import LONGEST_REMEMBERED, rendered

REL = 'rel="nofollow noopener ugc"'
ALLOWED = {
    "a", "blockquote", "br", "code", "em", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "s",
    "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", ""),
        ("It **is** so.\n\n- a\n- b", "<p>It <strong>is</strong> so.</p>\n<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n"),
        ("~~a~~", "<p><s>a</s></p>\n"),
        ("3. a", '<ol start="3">\n<li>a</li>\n</ol>\n'),
        ("| a |\n|---|\n| b |", "<table>\n<thead>\n<tr>\n<th>a</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>b</td>\n</tr>\n</tbody>\n</table>\n"),
        ("اَلْعَرَبِيَّةُ *نعم*", "<p>اَلْعَرَبِيَّةُ <em>نعم</em></p>\n"),
        ("# A\n### B\n# C", "<h3>A</h3>\n<h4>B</h4>\n<h3>C</h3>\n"),
        ("### A\n##### B", "<h3>A</h3>\n<h4>B</h4>\n"),
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>\n"),
        ("a <b onclick=x>b</b>", "<p>a &lt;b onclick=x&gt;b&lt;/b&gt;</p>\n"),
        ("[a](https://a.example/?b=1&c 'T')", f'<p><a href="https://a.example/?b=1&amp;c" title="T" {REL}>a</a></p>\n'),
        ("[a](/b) [c](//d.example)", f"<p><a {REL}>a</a> <a {REL}>c</a></p>\n"),
        ("[a](mailto:a@b.example)", f"<p><a {REL}>a</a></p>\n"),
        ("[a](javascript:alert(1))", "<p>[a](javascript:alert(1))</p>\n"),
        ("[a](data:text/html,x)", "<p>[a](data:text/html,x)</p>\n"),
        ("![a](https://spy.example/i.png)", f'<p>!<a href="https://spy.example/i.png" {REL}>a</a></p>\n'),
        ("![x][y]\n\n[y]: https://b.example", f'<p>!<a href="https://b.example" {REL}>x</a></p>\n'),
    ],
)  # fmt: skip
def test_rendering(text, shown):
    assert rendered(text) == shown
    assert isinstance(rendered(text), Markup)


@given(
    st.text(st.sampled_from("ab <>\"'&=/\\:;()[]!*_`#\n\x00\u202e" + "script"))
    | st.text(alphabet="<>[]()!\"'*_`#|-\n ahref:/=&;scriptjv", max_size=300)
)
def test_nothing_harmful_comes_through(text):
    (whole, *elements) = html.fragment_fromstring(rendered(text), create_parent=True).iter()
    assert whole.tag == "div"
    for element in elements:
        assert element.tag in ALLOWED
        assert {*element.keys()} <= {"href", "title", "rel", "start"}
        assert element.get("href", "http:").startswith(("http:", "https:"))


@pytest.mark.parametrize(
    "text",
    ["[" * 50_000, "![" * 30_000, "*a " * 30_000, "> " * 20_000 + "x", "`" * 99_999,
     "a|" * 20_000 + "\n" + "-|" * 20_000, "- " * 30_000, "<" * 99_999, "[a](" * 25_000],
    ids=lambda text: text[:4],
)  # fmt: skip
def test_hostile_markdown_is_rendered_in_bounded_time(text):
    assert rendered(text) is not None


def test_threads_render_side_by_side():
    texts = [f"**{n}** [a](https://a.example/{n})" for n in range(500)] + [
        "b " * LONGEST_REMEMBERED
    ]
    alone = [rendered(text) for text in texts]
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(rendered, texts * 2)) == alone * 2
