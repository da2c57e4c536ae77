"""The rules that the tests hold feeds to find what is wrong with one."""

from __future__ import annotations

import pytest

from .atom_rules import problems

HERE = "https://checks.example.org/feeds/verdicts.atom"
ENTRY = """\
<entry xml:lang="az"><id>urn:uuid:01931c8e-7a4b-7c3d-9e2f-5a6b7c8d9e0f</id><title>Early</title>
<published>2026-11-20T09:30:00Z</published><updated>2026-11-21T09:30:00Z</updated>
<author><name>A desk</name><uri>https://desk.example</uri></author>
<link rel="alternate" type="text/html" href="https://checks.example.org/1"/>
<category term="army"/><content type="html">&lt;p&gt;So it is.&lt;/p&gt;</content></entry>"""
SOUND = f"""\
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:at="http://purl.org/atompub/tombstones/1.0">
<id>{HERE}</id><title>Fact-checks</title><updated>2026-11-22T09:30:00Z</updated>
<generator version="1">verifier</generator><link rel="self" href="{HERE}"/>
<at:deleted-entry ref="urn:uuid:01931c8e-7a4b-7c3d-9e2f-000000000000" when="2026-11-22T09:30:00Z">
<at:comment>A parody.</at:comment></at:deleted-entry>{ENTRY}</feed>"""


def test_a_sound_feed_has_no_problems():
    assert problems(SOUND.encode(), fetched_from=HERE) == []


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (f"<id>{HERE}</id>", ""),
        (f"<id>{HERE}</id>", "<id>feeds/verdicts</id>"),
        ("<title>Fact-checks</title>", ""),
        ("<title>Early</title>", "<title> </title>"),
        ("<title>Early</title>", "<title>An &lt;b&gt;early&lt;/b&gt; end</title>"),
        ("<title>Early</title>", '<title type="xhtml">Early</title>'),
        ("<updated>2026-11-22T09:30:00Z</updated>", "<updated>2026-11-22</updated>"),
        ("<updated>2026-11-22T09:30:00Z</updated>", "<updated>2026-11-22T09:30:00</updated>"),
        ("<updated>2026-11-22T09:30:00Z</updated>", "<updated>2026-11-29T09:30:00Z</updated>"),
        ("<published>2026-11-20T09", "<published>2026-11-22T09"),
        ("<author><name>A desk</name><uri>https://desk.example</uri></author>", ""),
        ("<name>A desk</name>", ""),
        ('rel="self"', 'rel="first"'),
        (f'href="{HERE}"', 'href="/feeds/verdicts.atom"'),
        (f'href="{HERE}"', f'href="{HERE}?limit=1"'),
        ('href="https://checks.example.org/1"', 'href="javascript:alert(1)"'),
        ('xml:lang="az"', 'xml:lang="az_Latn"'),
        ('term="army"', ""),
        (ENTRY, ENTRY + ENTRY),
        ("urn:uuid:01931c8e-7a4b-7c3d-9e2f-5a6b7c8d9e0f", "tag:example.org,2026:1"),
        ('when="2026-11-22T09:30:00Z"', 'when="2026-11-20T09:30:00Z"'),
        ('when="2026-11-22T09:30:00Z"', ""),
        ("&lt;p&gt;So", "&lt;script&gt;So"),
        ("&lt;p&gt;So", "&lt;p onclick=x&gt;So"),
        ("&lt;p&gt;So", "&lt;a href=/x&gt;So"),
        ('type="html"', 'type="text/plain"'),
        ("<category", "<icon/><category"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_found(right, wrong):
    assert SOUND.count(right) == 1
    assert problems(SOUND.replace(right, wrong).encode(), fetched_from=HERE) != []
