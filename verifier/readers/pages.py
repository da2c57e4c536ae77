"""ClaimReviews that HTML pages carry in `<script type="application/ld+json">`."""

from __future__ import annotations

import re
from io import StringIO
from typing import TYPE_CHECKING, Any, Final

from lxml import etree, html

from verifier.readers.addresses import NoAddress, read_address
from verifier.readers.documents import read_document
from verifier.readers.limits import LONGEST_PAGE
from verifier.readers.objects import Objects
from verifier.readers.unreadable import UnreadableFile

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from verifier.readers.objects import Reading
    from verifier.readers.streams import Peeked

# HTML's and XML's ways to keep a script from old browsers, before it and after it.
_OPENING: Final = re.compile(r"\s*(?:(?://|/\*)?\s*(?:<!--|<!\[CDATA\[)\s*(?:\*/)?\s*)+")
_CLOSING: Final = re.compile(r"(?:\s*(?://|/\*)?\s*(?:-->|\]\]>)\s*(?:\*/)?)+\Z")
_LONGEST_CLOSING: Final = 100


def read_page(stream: Peeked, mapping: Mapping[str, str]) -> Iterator[Reading]:
    body = _body(stream)
    tree = _tree(body)
    objects = Objects(mapping, page=_address(tree))
    for script in tree.iter("script"):
        kind = (script.get("type") or "").lower()
        if "ld" in kind and "json" in kind:
            yield from _claims(script, objects)


def _claims(script: Any, objects: Objects) -> Iterator[Reading]:
    """Whatever else a page says of itself in JSON-LD is none of a row's business."""
    text = _unwrapped(script.text or "")
    before = (script.sourceline or 1) - 1
    for row in read_document(StringIO(text), objects, before=before):
        if "laimReview" in row.raw:  # by its type or, where that is missing, by claimReviewed
            yield row


def _unwrapped(text: str) -> str:
    """The script alone, on the lines that it was on."""
    text = text.rstrip()
    end = max(0, len(text) - _LONGEST_CLOSING)
    text = text[:end] + _CLOSING.sub("", text[end:])
    opening = _OPENING.match(text)
    return text if opening is None else "\n" * opening[0].count("\n") + text[opening.end() :]


def _body(stream: Peeked) -> bytes:
    body = b""
    while more := stream.read(LONGEST_PAGE + 1 - len(body)):
        body += more
    if len(body) > LONGEST_PAGE:
        raise UnreadableFile(f"An HTML page has at most {LONGEST_PAGE // 2**20} MiB.")
    return body


def _tree(body: bytes) -> Any:
    """In UTF-8 where the bytes are that, else in what the page says of itself."""
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        body = body.decode("utf-16", "replace").encode()
    try:
        body.decode()
        parser = html.HTMLParser(encoding="utf-8")
    except UnicodeDecodeError:
        parser = html.HTMLParser()
    try:
        return html.document_fromstring(body.replace(b"\0", b""), parser=parser)
    except (etree.LxmlError, ValueError, AssertionError):
        raise UnreadableFile("The HTML page cannot be read.") from None


def _address(tree: Any) -> str | None:
    """Where the page says that it stands."""
    named = [*tree.xpath("//link[@rel='canonical']/@href"),
             *tree.xpath("//meta[@property='og:url']/@content")]  # fmt: skip
    for address in named:
        try:
            return read_address(str(address))[0]
        except NoAddress:
            continue
    return None
