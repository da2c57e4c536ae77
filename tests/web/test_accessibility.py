"""The pages as a screen reader takes them: axe's rules, and those of HTML."""

from __future__ import annotations

import re
import shutil
from itertools import product
from pathlib import Path

import pytest

from tests.clients import node
from tests.newsroom import QUOTE
from tests.web.scene import page_of
from verifier.web.rendering import STYLE

SCRIPT = Path(__file__).with_name("accessible.mjs")
LOADED = "**So.** [There](https://a.example)\n\n# Why\n\n| a | b |\n|-|-|\n| 1 | 2 |\n\n1. x\n\n> y\n\n```\nz\n```"


def told(newsroom, text, **members):
    """A claim with all that a page can show of one, published and corrected."""
    source = newsroom.source(
        url=None, title="The convoys", author="L. M.", archive_urls=["https://archive.example/1"]
    )
    claim = newsroom.claim(
        text=text, accepted=True, claimant={"name": "A ministry"}, claimed_on="2024-04-17",
        topics=["army", "roads"], language=members["language"],
        appearances=[{"source": source["id"], "quote": {"exact": QUOTE}, "first": True},
                     {"source": source["id"]}],
    )  # fmt: skip
    for stance in ("supports", "refutes", "context"):
        newsroom.evidence(claim, source, stance=stance, note="So.", quote={"exact": "leaving"})
    for correction in (None, {"kind": "update", "note": "So."}):
        rating = "half-true" if correction else "satire"
        newsroom.verdict_in(
            "published", claim, rating=rating, explanation=LOADED, correction=correction, **members
        )
    return page_of(claim)


def pages(newsroom):
    """By name: what is answered at its address, in which language, with which status."""
    ltr = told(newsroom, "The troops may leave.", language="en")
    rtl = told(newsroom, "قد ترحل القوات.", language="ar", title="هل ترحل؟")
    gone = newsroom.claim(text="It is gone.", accepted=True)
    newsroom.evidence(gone, newsroom.source(url=None))
    newsroom.verdict_in("retracted", gone)
    gone = page_of(gone)
    return {
        "left-to-right": (ltr, "en", 200), "right-to-left": (rtl, "ar", 200),
        "retracted": (gone, "en", 410), "list": ("/factchecks", "en", 200),
        "list-to-left": ("/factchecks?topic=army&desk=border-desk", "he", 200),
        "nothing-found": ("/factchecks?q=volcano&rating=false", "en", 200),
        "bad-search": ("/factchecks?language=no+such", "ka", 422),
        "card": (f"{ltr}/card", "en", 200), "card-to-left": (f"{rtl}/card", "ar", 200),
        "card-retracted": (f"{gone}/card", "en", 410),
        "error": ("/factchecks/nowhere", "fa", 404),
    }  # fmt: skip


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
@pytest.mark.timeout(300)  # the first time, packages are fetched
def test_nobody_is_kept_out_and_the_html_is_sound(newsroom, tmp_path):
    (tmp_path / "node_modules").symlink_to(node.packages())
    shutil.copy(SCRIPT, tmp_path)
    files = []
    for name, (path, language, status) in pages(newsroom).items():
        headers = {"Accept-Language": language, "Accept": "text/html"}
        html = newsroom.call("GET", path, headers=headers, status=status).text
        (tmp_path / f"{name}.html").write_text(html, "utf-8")
        files.append(f"{name}.html")
    done = node.run(SCRIPT.name, *files, folder=tmp_path)
    assert done.returncode == 0, done.stderr


LEAST_OF_TEXT = 4.5
"""WCAG 2.2, 1.4.3, level AA; also for what is large, or no text."""
TONES = ("true", "mixed", "false", "other")
PAIRS = [
    *product(("ink", "soft", "link", *TONES), ("paper", "leaf")), ("paper", "ink"), ("ink", "mark"),
]  # fmt: skip


def palettes():
    """The colours by name: in the light, in the dark, in print. What one does not name stays."""
    palette = {}
    for block in re.findall(r":root \{(.*?)\}", STYLE, re.DOTALL):
        palette = palette | dict(re.findall(r"--(\w+): (#\w+);", block))
        yield palette


def luminance(colour):
    """Of `#rgb` or `#rrggbb`, relative (WCAG 2.2)."""
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    shares = [int(digits[n : n + 2], 16) / 255 for n in (0, 2, 4)]
    red, green, blue = (
        share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(*colours):
    darker, lighter = sorted(map(luminance, colours))
    return (lighter + 0.05) / (darker + 0.05)


def test_every_text_stands_out_from_what_is_behind_it():
    assert contrast("#000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#fff") == pytest.approx(4.48, abs=0.01)
    found = list(palettes())
    assert len(found) == len(("light", "dark", "print"))
    for palette in found:
        for pair in PAIRS:
            assert contrast(*(palette[name] for name in pair)) >= LEAST_OF_TEXT, (pair, palette)
    assert set(re.findall(r"[^-]color: ([^;}]+)", STYLE)) <= {
        *(f"var(--{name})" for name in ("ink", "soft", "link", "paper", "tone")),
    }
