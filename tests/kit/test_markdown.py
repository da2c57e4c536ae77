"""Markdown becomes HTML that harms no page it is put into."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from verifier.kit.markdown import rendered


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("It **is** so.\n\n- a\n- b", "<p>It <strong>is</strong> so.</p>\n<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n"),
        ("| a |\n|---|\n| b |", "<table>\n<thead>\n<tr>\n<th>a</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>b</td>\n</tr>\n</tbody>\n</table>\n"),
        ("[a](https://a.example/?b=1&c)", '<p><a href="https://a.example/?b=1&amp;c" rel="nofollow noopener noreferrer">a</a></p>\n'),
        ("[a](/b) [c](//d.example)", '<p><a rel="nofollow noopener noreferrer">a</a> <a rel="nofollow noopener noreferrer">c</a></p>\n'),
        ("[a](javascript:alert(1))", "<p>[a](javascript:alert(1))</p>\n"),
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>\n"),
        ("![a](https://spy.example/i.png)", '<p>!<a href="https://spy.example/i.png" rel="nofollow noopener noreferrer">a</a></p>\n'),
        ("اَلْعَرَبِيَّةُ *نعم*", "<p>اَلْعَرَبِيَّةُ <em>نعم</em></p>\n"),
        ("", ""),
    ],
)  # fmt: skip
def test_rendering(text, shown):
    assert rendered(text) == shown


@given(st.text(st.sampled_from("ab <>\"'&=/\\:;()[]!*_`#\n\x00\u202e" + "script")))
def test_nothing_harmful_comes_through(text):
    for element in html.fragment_fromstring(rendered(text) or " ", create_parent=True).iter():
        assert element.tag not in {"script", "img", "style", "iframe"}
        assert {*element.keys()} <= {"href", "title", "rel", "start"}
