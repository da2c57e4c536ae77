"""From what was sent (an address, a page or its text) to what is known of a publication.

This can take a while for a large page, so it happens before the transaction is opened.
"""

from __future__ import annotations

from typing import Any, Final

from verifier.kit.errors import InputFault, Invalid
from verifier.kit.text import source_text
from verifier.sources.extraction import NoTextFound, extract

KNOWN_BY_EXTRACTION: Final = ("title", "publisher", "author", "published_at", "language")


def read_publication(sent: dict[str, Any]) -> dict[str, Any]:
    """The members of a source row but its desk. What the caller says goes before what is found.

    Raises `Invalid` unless there is an address or a text, and for a page without any main text.
    """
    html, text = sent.get("html"), sent.get("text")
    if html is not None and text is not None:
        raise Invalid.member("/text", "Send the page's html or its text, not both.")
    if html is None and text is None and sent.get("url") is None:
        raise Invalid([InputFault("", "Send a url, a text, or the html of a page.")])
    found: dict[str, Any] = dict.fromkeys(KNOWN_BY_EXTRACTION)
    if html is not None:
        page = _extracted(html, sent.get("url"))
        found = {name: getattr(page, name) for name in KNOWN_BY_EXTRACTION}
        text = page.text
    said = {name: sent[name] for name in KNOWN_BY_EXTRACTION if sent.get(name) is not None}
    return {
        "url": sent.get("url"),
        "archive_urls": sent.get("archive_urls", []),
        "text": None if text is None else readable(text),
        **found,
        **said,
    }


def readable(text: str) -> str:
    """The text as evidence. Raises `Invalid` where nothing of it is left to read."""
    cleaned = source_text(text)
    if not cleaned.strip():
        raise Invalid.member("/text", "This text is empty.")
    return cleaned


def _extracted(html: str, url: str | None) -> Any:
    try:
        return extract(html, url)
    except NoTextFound:
        message = "No main text was found in this page; send the text itself as `text`."
        raise Invalid.member("/html", message) from None
