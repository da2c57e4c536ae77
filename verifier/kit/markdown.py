"""Markdown that people type, as HTML that can be put into any page: rendered, then sanitised."""

from __future__ import annotations

from typing import Final

import nh3
from markdown_it import MarkdownIt

# An image would be fetched from elsewhere, and so tell elsewhere who reads: it becomes a link.
_MARKDOWN: Final = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
_TAGS: Final = {
    "a", "blockquote", "br", "code", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol",
    "p", "pre", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
_ATTRIBUTES: Final = {"a": {"href", "title"}, "ol": {"start"}}
_SCHEMES: Final = {"http", "https", "mailto"}


def rendered(text: str) -> str:
    """The text as HTML without scripts, styles, images, and links that are not absolute."""
    return nh3.clean(
        _MARKDOWN.render(text),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        url_relative="deny",  # it would lead elsewhere from each page that shows the text
        link_rel="nofollow noopener noreferrer",
    )
