"""What was fetched or uploaded, by its media type: a page, a PDF or plain text, to text."""

from __future__ import annotations

import codecs
import re
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Final

import pypdfium2 as pdfium

from verifier.kit.text import source_text
from verifier.sources.extraction import (
    LONGEST_PUBLISHER,
    LONGEST_TITLE,
    Extract,
    NoTextFound,
    decoded,
    extract,
)

PAGE_TYPES: Final = frozenset({"text/html", "application/xhtml+xml"})
PDF: Final = "application/pdf"
PLAIN_TEXT: Final = "text/plain"
BINARY: Final = "application/octet-stream"
LONGEST_TEXT: Final = 4_000_000  # code points
MOST_PAGES: Final = 2000
_PDF_DATE: Final = re.compile(
    r"(?:D:)?(\d{8}(?:\d\d){0,3})(?:Z.*|([+-]\d\d)'?(\d\d)?'?)?", re.ASCII
)
# MIME Sniffing Standard, sections 3 and 7.1.
_MARKUP: Final = re.compile(
    rb"\s*<(?:!--|\?xml|(?:!doctype html|html|head|script|iframe|h1|div|font|table|a|style|title"
    rb"|b|body|br|p)[\s>])",
    re.IGNORECASE,
)
_NOT_IN_TEXT: Final = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")


def extract_payload(
    body: bytes, media_type: str | None, charset: str | None, url: str | None
) -> Extract:
    """The text of a page, a PDF or a plain text, and what it says of itself.

    `charset` is what HTTP declared. Where there is no media type, the first bytes tell it (as the
    MIME Sniffing Standard does for these three). Raises `NoTextFound` and nothing else.
    """
    kind = media_type or sniffed(body)
    if kind in PAGE_TYPES:
        return extract(body, url, charset=charset)
    if kind == PDF or body[:5] == b"%PDF-":
        return _from_pdf(body)
    if kind == PLAIN_TEXT:
        return _plain(source_text(decoded(body, charset)))
    raise NoTextFound


def sniffed(body: bytes) -> str:
    """One of the three media types that text is read from, or `BINARY`."""
    start = body[:1445]
    if start.lstrip().startswith(b"%PDF-"):
        return PDF
    is_utf16 = start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    ascii_part = start.removeprefix(codecs.BOM_UTF8)
    if is_utf16 or b"\0" in start[:2]:
        ascii_part = start.strip(codecs.BOM_UTF16).replace(b"\0", b"")
    if _MARKUP.match(ascii_part):
        return "text/html"
    return PLAIN_TEXT if is_utf16 or not _NOT_IN_TEXT.search(start) else BINARY


def _plain(text: str, **said: Any) -> Extract:
    text = text.strip()
    if not text or len(text) > LONGEST_TEXT:
        raise NoTextFound
    unsaid = dict.fromkeys(("title", "author", "publisher", "published_at", "language"))
    return Extract(text=text, **{**unsaid, **said})


def _from_pdf(body: bytes) -> Extract:
    try:
        with pdfium.PdfDocument(body) as document:
            pages = [_page_text(document, n) for n in range(min(len(document), MOST_PAGES))]
            said = document.get_metadata_dict(skip_empty=True)
    except Exception as error:  # damaged or encrypted: there is no text
        raise NoTextFound from error
    text = "\n".join(page for page in pages if page)
    return _plain(
        text,
        title=_line(said.get("Title"), LONGEST_TITLE),
        author=_line(said.get("Author"), LONGEST_TITLE),
        publisher=_line(said.get("Publisher"), LONGEST_PUBLISHER),
        published_at=_moment(said.get("CreationDate")),
    )


def _page_text(document: Any, number: int) -> str:
    page = document[number]
    try:
        textpage = page.get_textpage()
        try:
            # PDFium joins a word broken at a line's end by U+0002, which goes with the controls.
            return source_text(textpage.get_text_bounded()).strip()
        finally:
            textpage.close()
    finally:
        page.close()


def _line(value: str | None, longest: int) -> str | None:
    return " ".join(source_text(value or "").split())[:longest] or None


def _moment(stamp: str | None) -> datetime | None:
    """`D:20240513093000+04'00'` (ISO 32000-1, section 7.9.4) in UTC; None for anything else.

    The time may be left out, or part of it; a year or month alone is no date.
    """
    found = _PDF_DATE.fullmatch(stamp or "")
    if found is None:
        return None
    zone = (found[2] or "+00") + (found[3] or "00")
    with suppress(ValueError, OverflowError):
        return datetime.strptime(f"{found[1]:0<14}{zone}", "%Y%m%d%H%M%S%z").astimezone(UTC)
    return None
