"""`python -m benchmarks.pages FOLDER`: how well pages are read, and how quotes in them fare.

The folder is that of an article extraction benchmark: `*.html.gz`, and each article's words in
`ground-truth.json`. Each page is read as a snapshot is, and beside it by trafilatura alone. Then
ten sentences of it are anchored, the page is laid out anew around the same words, and read again.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
from collections import Counter
from pathlib import Path
from statistics import mean
from typing import TYPE_CHECKING, Any

import trafilatura
from lxml import html as lxml_html
from lxml.etree import Comment

from verifier.claims.anchoring import CONTEXT, Quote, anchor
from verifier.drift.rules import Anchored, Outcome, Standing, standing_of
from verifier.sources.extraction import NoTextFound, decoded
from verifier.sources.payloads import extract_payload

if TYPE_CHECKING:
    from collections.abc import Iterator

SENTENCES = 10
SHORTEST, LONGEST = 20, 400  # code points of a sentence
SEED = 2026
VERBATIM = frozenset({"pre", "script", "style", "textarea"})
BLOCKS = frozenset({"article", "blockquote", "div", "h2", "li", "p", "section", "table", "ul"})
BANNER = (
    '<div class="site-banner" role="banner"><p>Our app has a new look. '
    '<a href="/app">Try it today</a></p></div>'
)
FOOTER = (
    '<footer class="site-footer"><p>Published by the Example Press Company. '
    '<a href="/imprint">Imprint</a> <a href="/privacy">Privacy</a></p></footer>'
)


def main() -> None:
    """Print a line for each page, and the means."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pages", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--quotes", type=int, default=SENTENCES, help="sentences of each page")
    parser.add_argument("--seed", type=int, default=SEED)
    options = parser.parse_args()
    truth = json.loads((options.folder / "ground-truth.json").read_text())
    chance = random.Random(options.seed)
    scores, standings, changed = [], [], 0
    print(f"{'page':10}{'ours':>8}{'trafilatura':>13}  quotes after the page was laid out anew")
    for name, known in sorted(truth.items()):
        content = gzip.decompress((options.folder / f"{name}.html.gz").read_bytes())
        text = read(content, known.get("url"))
        alone = trafilatura.extract(content) or ""
        again = read(laid_out_anew(content), known.get("url"))
        quotes = list(quoted(text, options.quotes, chance))
        found = [(quote, stands(quote, again)) for quote in quotes]
        article = known["articleBody"]
        scores.append((token_f1(text, article), token_f1(alone, article)))
        standings += found
        changed += text != again
        print(f"{name[:8]:10}{scores[-1][0]:8.3f}{scores[-1][1]:13.3f}  {told(found)}")
    ours, theirs = (mean(column) for column in zip(*scores, strict=True))
    print(f"{'mean':10}{ours:8.3f}{theirs:13.3f}  {told(standings)}")
    print(f"{changed} of {len(scores)} pages gave another text than before")


def read(content: bytes, url: str | None) -> str:
    """The text of the page as a snapshot has it."""
    try:
        return extract_payload(content, "text/html", None, url).text
    except NoTextFound:
        return ""


def token_f1(text: str, truth: str) -> float:
    """The harmonic mean of precision and recall, by words in any order, small letters."""
    ours, theirs = (Counter(re.findall(r"\w+", each.lower())) for each in (text, truth))
    shared = (ours & theirs).total()
    return 2 * shared / (ours.total() + theirs.total()) if shared else 0.0


def quoted(text: str, number: int, chance: random.Random) -> Iterator[Quote]:
    """Sentences that stand in the text once, anchored with what stands around them."""
    sentences = [
        part.strip() for line in text.split("\n") for part in re.split(r"(?<=[.!?…])\s+", line)
    ]
    usable = [each for each in sentences if SHORTEST <= len(each) <= LONGEST]
    once = [each for each in usable if text.count(each) == 1]
    for exact in chance.sample(once, min(number, len(once))):
        start = text.index(exact)
        end = start + len(exact)
        around = {
            "prefix": text[max(0, start - CONTEXT) : start],
            "suffix": text[end : end + CONTEXT],
        }
        yield anchor(text, exact, **around)


def stands(quote: Quote, text: str) -> Standing:
    """How the quote fares in the other text; a place that does not hold its words is a mistake."""
    found = standing_of(Anchored(quote.exact, quote.prefix, quote.suffix, quote.start), text)
    if found.outcome in (Outcome.EXACT, Outcome.MOVED):
        assert text[found.start : found.end] == quote.exact
    return found


def told(found: list[tuple[Quote, Standing]]) -> str:
    """How many fared how, such as `10 exact, 1 moved`."""
    counts = Counter(standing.outcome.value for _, standing in found)
    return ", ".join(f"{count} {outcome}" for outcome, count in counts.most_common()) or "none"


def laid_out_anew(content: bytes) -> bytes:
    """The same words in other markup: attributes turned around, white space, comments, a frame."""
    tree: Any = lxml_html.document_fromstring(decoded(content, None))
    for element in list(tree.iter()):
        if not isinstance(element.tag, str):
            continue
        attributes = list(element.attrib.items())[::-1]
        element.attrib.clear()
        for name, value in attributes:
            element.set(name, value)
        parent = element.getparent()
        if element.tag not in VERBATIM:
            element.text = _respaced(element.text)
        if parent is None or parent.tag not in VERBATIM:
            element.tail = _respaced(element.tail)
        if element.tag in BLOCKS and parent is not None:
            element.addprevious(Comment(" block "))
    body = tree.body
    body.insert(0, lxml_html.fragment_fromstring(BANNER))
    body.append(lxml_html.fragment_fromstring(FOOTER))
    laid_out: bytes = lxml_html.tostring(
        tree, pretty_print=True, encoding="utf-8", doctype="<!doctype html>"
    )
    return laid_out


def _respaced(text: str | None) -> str | None:
    """Every run of spaces as another one: a browser shows both alike."""
    return text and re.sub(r"[ \t\r\n]+", "\n\t  ", text)


if __name__ == "__main__":
    main()
