"""The readable part of a web page, by trafilatura: its main text and what it says of itself.

Pages come from strangers, and the libraries below take quadratic time over some shapes. Each limit
keeps one of those shapes within seconds, and lies far above what real pages hold. That is no
sandbox: certainty against a page made to get around them takes a process with a time limit.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from html import unescape
from typing import TYPE_CHECKING, Any, Final

from trafilatura import bare_extraction
from trafilatura.utils import detect_encoding, line_processing, load_html, trim

from verifier.kit.languages import canonical_language
from verifier.kit.text import source_text

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST_PAGE: Final = 4_000_000  # code points
MOST_ELEMENTS: Final = 25_000
MOST_ELEMENTS_COMPARED: Final = 3_000  # jusText, the second opinion, compares each with each
MOST_ATTRIBUTES: Final = 5_000  # in one tag; libxml2 compares each with each
MOST_USEFUL_ATTRIBUTES: Final = 100
LONGEST_META: Final = 500  # code points; what says more is searched in quadratic time too
LONGEST_JSON_LD: Final = 30_000  # code points in all; what is no JSON is searched by expression
LONGEST_TITLE: Final = 500  # code points; an author's name likewise
LONGEST_PUBLISHER: Final = 200
SAMPLE: Final = 20_000  # bytes from which an encoding is guessed
MOST_BROKEN: Final = 4  # letters outside ASCII that outweigh a broken one

_DOCTYPE: Final = re.compile(r"\A(?:\s*<\s?!\s?doctype[^>]*>?)+", re.IGNORECASE)
_VALUE: Final = r"""(?:"[^"]*+"|'[^']*+'|[^\s>"'][^\s>]*+)"""
_ATTRIBUTE: Final = re.compile(rf"[\s/]*+[^\s/>][^\s/>=]*+(?:\s*+=\s*+{_VALUE}?+)?+")
_TAG: Final = re.compile(rf"<[a-zA-Z][^\s/>]*+((?:{_ATTRIBUTE.pattern})*+)")
_MULTIBYTE: Final = re.compile(rb"[\xc2-\xf4][\x80-\xbf]+")
_DECLARED: Final = re.compile(rb"<meta[^>]{1,200}?charset\s*=\s*[\"']?([\w-]{2,20})", re.IGNORECASE)
# Python knows more encodings than pages use, some of them (punycode) in quadratic time.
_CODEC: Final = re.compile(
    r"utf-(8|16)|cp(125\d|874|932|949)|iso8859-\d+|koi8-[ru]|gb(2312|k|18030)|big5(hkscs)?"
    r"|euc_(jp|kr)|shift_jis|iso2022_jp|tis-620|mac-cyrillic"
)
# trafilatura drops these, although they change words (Persian, Hindi), emoji and direction. Symbols
# of Sutton SignWriting, which no news page holds and every library lets pass, stand in for them.
_FORMATTING: Final = re.compile(
    "[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\U000e0020-\U000e007f]"
)
_ESCAPED: Final = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|shy|zwn?j|[lr]rm);")
_STAND_INS: Final = range(0x1D800, 0x1DA00)
_LAYOUT: Final = re.compile(r"[ \t\n\r\f]{2,}|[\t\n\r\f]")
_EDGE: Final = re.compile(r"^ (?! )|(?<! ) $", re.MULTILINE)  # more than one is indented code
_VERBATIM: Final = ("pre", "textarea", "script", "style")
_NAMES_OF_LANGUAGE: Final = frozenset({"content-language", "og:locale"})


@dataclass(frozen=True, slots=True)
class Extract:
    """What a page gives. The text is as `source_text` leaves it, a newline between its blocks."""

    text: str
    title: str | None
    author: str | None
    publisher: str | None
    published_at: datetime | None
    language: str | None


class NoTextFound(ValueError):
    """The page has no main text, or not in a shape that can be read within seconds."""


def extract(html: str | bytes, url: str | None = None, *, charset: str | None = None) -> Extract:
    """The page's main text without its readers' comments, and what it says of itself.

    `url` helps to date the page and to name its publisher; `charset` is what HTTP declared.
    `published_at` is in UTC, midnight where the page gives a day only; `language` is a BCP 47 tag.
    Raises `NoTextFound` and nothing else.
    """
    try:
        page, originals = _shielded(html if isinstance(html, str) else decoded(html, charset))
        tree = _tree(page)
        found = _found(tree, url)
    except Exception as error:  # whatever breaks in four parsers, there is no text
        raise NoTextFound from error
    finally:
        line_processing.cache_clear()  # they would keep a thousand texts of any length
        trim.cache_clear()
    text = "" if found is None else source_text(found.text.translate(originals))
    text = _EDGE.sub("", text).strip()
    if not text:
        raise NoTextFound
    return Extract(
        text=text,
        title=_line(found.title, originals, LONGEST_TITLE),
        author=_line(found.author, originals, LONGEST_TITLE),
        publisher=_line(found.sitename, originals, LONGEST_PUBLISHER),
        published_at=_moment(found.date),
        language=_language(tree),
    )


def _found(tree: Any, url: str | None) -> Any:
    """The document as trafilatura sees it, or None."""
    return bare_extraction(
        tree,
        url=url,
        fast=_size(tree) > MOST_ELEMENTS_COMPARED,
        include_comments=False,
        with_metadata=True,
        date_extraction_params={
            "original_date": True,
            "extensive_search": False,  # else any year in the text will do
            "deferred_url_extractor": True,  # an address has the day only
            "outputformat": "%Y-%m-%dT%H:%M:%S%z",
        },
    )


def _size(tree: Any) -> int:
    return sum(1 for _ in tree.iter())


def decoded(html: bytes, charset: str | None) -> str:
    """UTF-8 where it is that, else as declared by HTTP or the page, else as the bytes suggest.

    Many servers call everything UTF-8: where the bytes say otherwise, that counts for nothing.
    """
    if html[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return html.decode("utf-16", "replace")
    if b"\0" in html[:2]:  # no page begins so in any other encoding
        return html.decode("utf-16-be" if html[:1] == b"\0" else "utf-16-le", "replace")
    try:
        return html.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        sample = html[error.start : error.start + SAMPLE]
    if _is_mostly_utf8(html):
        return html.decode("utf-8-sig", "replace")
    declared = _DECLARED.search(html[:4096])
    names = (charset, declared and declared[1].decode("ascii", "replace"), *detect_encoding(sample))
    known = (codec for codec in map(_codec, names) if codec and codec != "utf-8")
    return html.decode(next(known, "utf-8"), "replace")


def _is_mostly_utf8(html: bytes) -> bool:
    """Whether a few letters are broken, as where a page is cut off, and the rest is UTF-8."""
    broken = html.decode("utf-8", "replace").count("\ufffd")
    return broken * MOST_BROKEN < len(_MULTIBYTE.findall(html)) + MOST_BROKEN


def _codec(name: str | None) -> str | None:
    """Python's name of an encoding that pages are written in."""
    try:
        known = codecs.lookup(name or "").name
    except (LookupError, ValueError):
        return None
    # What calls itself ISO 8859-1 on the web is Windows-1252 (Encoding Standard, section 4.2).
    return "cp1252" if known == "iso8859-1" else known if _CODEC.fullmatch(known) else None


def _shielded(page: str) -> tuple[str, dict[int, str]]:
    """The page with stand-ins for its formatting characters, and the table that restores them."""
    page = _ESCAPED.sub(_unescaped, page.encode("utf-8", "ignore").decode())
    free = (symbol for symbol in map(chr, _STAND_INS) if symbol not in page)
    stand_ins = dict(zip(sorted(set(_FORMATTING.findall(page))), free, strict=False))
    originals = {ord(symbol): character for character, symbol in stand_ins.items()}
    return page.translate(str.maketrans(stand_ins)), originals


def _unescaped(escape: re.Match[str]) -> str:
    character = unescape(escape[0])
    return character if _FORMATTING.fullmatch(character) else escape[0]


def _tree(page: str) -> Any:
    """The page as an lxml tree, held to the limits."""
    if len(page) > LONGEST_PAGE or any(map(_is_crowded, _TAG.finditer(page))):
        raise NoTextFound
    page = _DOCTYPE.sub("", page)  # trafilatura mends it by an expression of quadratic time
    tree = load_html(page)
    if tree is None and _TAG.match(page.lstrip()):
        tree = load_html(f"<html><body>{page}")  # a fragment
    if tree is None or _size(tree) > MOST_ELEMENTS:
        raise NoTextFound
    room = LONGEST_JSON_LD
    for element in tree.iter():
        if len(element.attrib) > MOST_USEFUL_ATTRIBUTES:
            element.attrib.clear()
        if element.tag == "meta" and len(content := element.get("content", "")) > LONGEST_META:
            element.set("content", content[:LONGEST_META])
        if element.tag == "script" and "json" in element.get("type", ""):
            room -= len(element.text or "")
            element.text = element.text if room >= 0 else None
    _forget_layout(tree)
    return tree


def _forget_layout(tree: Any) -> None:
    """One space for each run of white space, as a browser shows it.

    trafilatura does so in most places. In the others, a page that is merely indented anew would
    have another text, and its quotes would stand nowhere.
    """
    verbatim = {inner for outer in tree.iter(*_VERBATIM) for inner in outer.iter()}
    for element in tree.iter():
        if element.text and element not in verbatim and isinstance(element.tag, str):
            element.text = _LAYOUT.sub(" ", element.text)
        if element.tail and element.getparent() not in verbatim:
            element.tail = _LAYOUT.sub(" ", element.tail)


def _is_crowded(tag: re.Match[str]) -> bool:
    if len(tag[1]) < 2 * MOST_ATTRIBUTES:
        return False
    return sum(1 for _ in _ATTRIBUTE.finditer(tag[1])) > MOST_ATTRIBUTES


def _line(value: str | None, originals: dict[int, str], longest: int) -> str | None:
    """One line of at most so many code points, or None."""
    return " ".join(source_text((value or "").translate(originals)).split())[:longest] or None


def _moment(stamp: str | None) -> datetime | None:
    """The time in UTC; one without an offset is taken as UTC already."""
    try:
        moment = datetime.fromisoformat(stamp or "")
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _language(tree: Any) -> str | None:
    for tag in _languages(tree):
        try:
            return canonical_language(tag.split(",")[0].strip())
        except ValueError:
            continue
    return None


def _languages(tree: Any) -> Iterator[str]:
    yield tree.get("lang") or tree.get("xml:lang") or ""
    for meta in tree.iter("meta"):
        if (meta.get("http-equiv") or meta.get("property") or "").lower() in _NAMES_OF_LANGUAGE:
            yield meta.get("content") or ""
