"""What a foreign file says, turned into what can be stored; each thing that was mended is told."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, Final

from verifier.exports.cells import split_topics
from verifier.kit.languages import canonical_language
from verifier.kit.text import pasted_text, source_text, typed_text, typed_text_fault
from verifier.readers import limits
from verifier.readers.addresses import NoAddress, read_address
from verifier.readers.moments import Moment, NoMoment, read_moment
from verifier.readers.records import Remark

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

_MOST_NAMED: Final = 200  # of which some may say the same
_SURROGATES: Final = re.compile("[\ud800-\udfff]")
_LAYOUT: Final = re.compile("[\t\n\r\u2028\u2029]+")
_ENTITY: Final = re.compile(r"&(?:[A-Za-z][A-Za-z0-9]{1,30}|#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6});")
_TAG: Final = re.compile(
    r"</?(?P<name>a|abbr|b|big|blockquote|br|center|cite|code|div|em|figure|font|h[1-6]|hr|i|img|li"
    r"|mark|ol|p|q|s|small|span|strike|strong|sub|sup|table|tbody|td|th|tr|u|ul)"
    r"(?:\s[^<>]{0,2000})?/?>",
    re.IGNORECASE,
)
_BREAKS: Final = frozenset(
    [
        "blockquote",
        "br",
        "center",
        "div",
        "figure",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "li",
        "ol",
        "p",
        "table",
        "tr",
        "ul",
    ]
)


class Mending:
    """The repairs of one row, as they are made."""

    def __init__(self) -> None:
        self.remarks: list[Remark] = []

    def tell(self, pointer: str, detail: str) -> None:
        remark = Remark(pointer, detail)
        if remark not in self.remarks:
            self.remarks.append(remark)

    def line(self, text: str, pointer: str, longest: int) -> str | None:
        """One line of typed text."""
        text = self._typed(text, pointer).strip()
        if _LAYOUT.search(text):
            text = _LAYOUT.sub(" ", text)
            self.tell(pointer, "Line ends and tabs became spaces: this is one line.")
        return self._cut(text, pointer, longest)

    def prose(self, text: str, pointer: str, longest: int) -> str | None:
        """Typed text of several lines."""
        return self._cut(self._typed(text, pointer).strip(), pointer, longest)

    def passage(self, text: str, pointer: str) -> str | None:
        """A quote. Cut, it would stand nowhere."""
        text = self._whole(text, pointer).strip()
        if len(text) <= limits.LONGEST_QUOTE:
            return source_text(text) or None
        self.tell(pointer, f"Left out: a quote has at most {limits.LONGEST_QUOTE} characters.")
        return None

    def source(self, text: str, pointer: str) -> str | None:
        """The text of a source: evidence, kept as it is."""
        text = source_text(self._whole(text, pointer)).strip()
        if len(text) <= limits.LONGEST_SOURCE_TEXT:
            return text or None
        self.tell(pointer, "Left out: the text is longer than the text of a source can be.")
        return None

    def plain(self, text: str, pointer: str) -> str:
        """Text without the HTML that was left in it: entities, and tags that only lay it out."""
        if _ENTITY.search(text):
            text = unescape(text)
            self.tell(pointer, "HTML entities became the characters that they stand for.")
        if _TAG.search(text):
            text = re.sub(r"\n\s*\n\s*", "\n\n", _TAG.sub(_laid_out, text)).strip()
            self.tell(pointer, "HTML tags were left out.")
        return text

    def address(self, text: str, pointer: str, *, base: str | None = None) -> str | None:
        """An absolute web address."""
        if not text.strip():
            return None
        try:
            url, mended = read_address(self._whole(text, pointer), base=base)
        except NoAddress as error:
            self.tell(pointer, f"Left out. {error}")
            return None
        if mended:
            self.tell(pointer, mended)
        return url

    def instant(self, text: str, pointer: str) -> datetime | None:
        read = self._moment(text, pointer)
        if read is None or limits.EARLIEST <= read.instant <= limits.LATEST:
            return read.instant if read else None
        self.tell(pointer, f"Left out: the year {read.instant.year} is none of a publication.")
        return None

    def day(self, text: str, pointer: str) -> date | None:
        """The day as it stands there, in whatever time zone that was."""
        read = self._moment(text, pointer)
        return read.day if read else None

    def language(self, text: str, pointer: str) -> str | None:
        tag = text.strip()
        if not tag:
            return None
        try:
            language = canonical_language(tag.replace("_", "-"))
        except ValueError:
            shown = _SURROGATES.sub("\N{REPLACEMENT CHARACTER}", tag[:40])
            self.tell(pointer, f"Left out: “{shown}” is no language tag such as “az” or “pt-BR”.")
            return None
        if language != tag:
            self.tell(pointer, f"The language is written {language}.")
        return language

    def topics(self, given: str | Sequence[str], pointer: str) -> tuple[str, ...]:
        """Topics from a list, or from a cell such as `economy; war`."""
        names = (split_topics(given) if isinstance(given, str) else given)[:_MOST_NAMED]
        topics = [
            topic for name in names if (topic := self.line(name, pointer, limits.LONGEST_TOPIC))
        ]
        distinct = tuple(dict.fromkeys(topics))
        if len(distinct) > limits.MOST_TOPICS:
            self.tell(pointer, f"Only the first {limits.MOST_TOPICS} of {len(distinct)} are kept.")
        return distinct[: limits.MOST_TOPICS]

    def _moment(self, text: str, pointer: str) -> Moment | None:
        if not text.strip():
            return None
        try:
            read = read_moment(self._whole(text, pointer))
        except NoMoment as error:
            self.tell(pointer, f"Left out. {error}")
            return None
        if read.assumed:
            self.tell(pointer, read.assumed)
        return read

    def _whole(self, text: str, pointer: str) -> str:
        """The text with a sign in the place of half characters."""
        if not _SURROGATES.search(text):
            return text
        self.tell(pointer, "Lone surrogates, halves of a character, became U+FFFD.")
        return _SURROGATES.sub("\N{REPLACEMENT CHARACTER}", text)

    def _typed(self, text: str, pointer: str) -> str:
        text = typed_text(self._whole(text, pointer))
        fault = typed_text_fault(text, multiline=True)
        if fault is None:
            return text
        self.tell(pointer, f"{fault} What typed text may not hold was left out.")
        return pasted_text(text)

    def _cut(self, text: str, pointer: str, longest: int) -> str | None:
        if len(text) <= longest:
            return text or None
        self.tell(pointer, f"Cut to {longest} characters; it had {len(text)}.")
        kept = text[: longest - 1]
        whole_words = kept.rpartition(" ")[0]
        return (whole_words if len(whole_words) > longest // 2 else kept).rstrip() + "…"


def _laid_out(tag: re.Match[str]) -> str:
    return "\n" if tag["name"].lower() in _BREAKS else ""
