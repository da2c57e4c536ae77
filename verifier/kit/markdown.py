"""Markdown as people type it, to HTML that can do no harm: rendered, then sanitised.

No raw HTML, no images, nothing that is loaded from elsewhere. Headings are moved below those of the
page that shows the text, without gaps between their levels.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

from verifier.kit.weblinks import is_web_address

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown_it.token import Token

HIGHEST: Final = 3
"""The level of a text's first headings: the page's own title and sections are 1 and 2."""
LOWEST: Final = 6
MOST_REMEMBERED: Final = 256
"""Some pages of a feed: rendering takes most of its time, and what it shows seldom changes."""
LONGEST_REMEMBERED: Final = 16_384
TAGS: Final = {
    *("a", "blockquote", "br", "code", "em", "hr", "li", "ol", "p", "pre", "s", "strong", "ul"),
    *("table", "tbody", "td", "th", "thead", "tr"),
    *(f"h{level}" for level in range(HIGHEST, LOWEST + 1)),
}
REL: Final = "nofollow noopener ugc"
_RENDERER: Final = (
    MarkdownIt("commonmark", {"html": False, "maxNesting": 20})
    .enable(["table", "strikethrough"])
    .disable(["image", "html_block", "html_inline"])
)


def rendered(text: str) -> Markup:
    """The text as HTML, to be put into a page as it is."""
    return _remembered(text) if len(text) <= LONGEST_REMEMBERED else _rendered(text)


def _rendered(text: str) -> Markup:
    tokens = _RENDERER.parse(text)
    _move_headings(tokens)
    html = _RENDERER.renderer.render(tokens, _RENDERER.options, {})
    return Markup(_SANITISER.clean(html))  # noqa: S704  (sanitised)


_remembered: Final = lru_cache(MOST_REMEMBERED)(_rendered)


def _kept(_tag: str, name: str, value: str) -> str | None:
    """A link leads to the web or nowhere: what is relative was not written for this page."""
    return value if name != "href" or is_web_address(value) else None


_SANITISER: Final = nh3.Cleaner(
    tags=TAGS,
    attributes={"a": {"href", "title"}, "ol": {"start"}},
    attribute_filter=_kept,
    url_schemes={"http", "https"},
    link_rel=REL,
)


def _move_headings(tokens: Sequence[Token]) -> None:
    headings = [token for token in tokens if token.type in ("heading_open", "heading_close")]
    levels = sorted({token.tag for token in headings})
    for token in headings:
        token.tag = f"h{min(LOWEST, HIGHEST + levels.index(token.tag))}"
