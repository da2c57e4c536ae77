"""Any file that the import takes, as rows: which format it is, and who reads it."""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING, Final

from verifier.readers.archiver import is_archiver, read_archiver
from verifier.readers.documents import read_documents
from verifier.readers.lines import read_lines
from verifier.readers.members import KNOWN
from verifier.readers.pages import read_page
from verifier.readers.records import Row
from verifier.readers.streams import Peeked, head_text
from verifier.readers.tables import read_table
from verifier.readers.unreadable import UnreadableFile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import BinaryIO

    from verifier.readers.objects import Reading

FORMATS: Final = ("ndjson", "csv", "claimreview", "datafeed", "auto-archiver")

_READERS: Final[dict[str, Callable[[Peeked, Mapping[str, str]], Iterator[Reading]]]] = {
    "ndjson": read_lines,
    "csv": read_table,
    "claimreview": read_documents,
    "datafeed": read_documents,
    "page": read_page,
    "auto-archiver": read_archiver,
}
# How files begin that are often brought here and are none of these formats.
_FOREIGN: Final = (
    (b"\x1f\x8b", "This is a file compressed by gzip; unpack it first."),
    (b"PK\x03\x04", "This is a spreadsheet, or a zip archive; save the sheet as “CSV UTF-8”."),
    (b"\xd0\xcf\x11\xe0", "This is a spreadsheet of an old kind; save the sheet as “CSV UTF-8”."),
    (b"%PDF", "This is a PDF; it can be brought as a source, not as an import."),
    (b"\x28\xb5\x2f\xfd", "This is a file compressed by zstd; unpack it first."),
    (b"BZh", "This is a file compressed by bzip2; unpack it first."),
    (b"\xfd7zXZ", "This is a file compressed by xz; unpack it first."),
)  # fmt: skip
_FEWEST_TO_A_NUL: Final = 16  # a stray one is mended; UTF-16 without its mark is half of them
_UTF16: Final = (b"\xff\xfe", b"\xfe\xff")
_FEED: Final = re.compile(r'"dataFeedElement"\s*:')
_LINKED: Final = re.compile(
    r'"(?:@graph|@type|@context|claimReviewed|properties|[a-z:/.]*ClaimReview)"'
)
_WHOLE_OBJECT: Final = re.compile(r"\{.*\}\s*", re.DOTALL)


def rows(
    stream: BinaryIO, *, import_format: str | None = None, mapping: Mapping[str, str] | None = None
) -> Iterator[Row]:
    """The rows of a file, numbered from 1, the same ones each time that it is read.

    `mapping` gives foreign columns (or members) the names of ours. Raises UnreadableFile at once
    where the file is none of `FORMATS`, by its content if `import_format` does not say.
    """
    mapping = mapping or {}
    peeked = Peeked(stream)
    _check(peeked.head, mapping)
    read = _READERS[_reader(import_format, peeked.head)](peeked, mapping)
    first = next(read, None)
    if first is None:
        _check_emptiness(import_format, peeked.head)
        return iter(())
    return (Row(number, *row) for number, row in enumerate(chain([first], read), start=1))


def guessed_format(head: bytes) -> str:
    """Which of the formats (or `page`) a file that begins so is most likely to be."""
    text = head_text(head).lstrip()
    if text.startswith("<"):
        return "page"
    if text.startswith("["):
        return "claimreview"
    if text.startswith("{"):
        return _guessed_json(text)
    return "auto-archiver" if is_archiver(head) else "csv"


def _guessed_json(text: str) -> str:
    """A first line that is an object with others after it is NDJSON's; lists are cut up."""
    first, line_end, after = text.partition("\n")
    is_line = line_end and _WHOLE_OBJECT.fullmatch(first) and after.lstrip().startswith("{")
    if is_line and not _FEED.search(first):
        return "ndjson"
    if _FEED.search(text):
        return "datafeed"
    return "claimreview" if _LINKED.search(first if is_line else text) else "ndjson"


def _reader(import_format: str | None, head: bytes) -> str:
    guessed = guessed_format(head)
    if import_format in {None, "claimreview"} and guessed == "page":
        return "page"
    return import_format or guessed


def _check(head: bytes, mapping: Mapping[str, str]) -> None:
    for start, detail in _FOREIGN:
        if head.startswith(start):
            raise UnreadableFile(detail)
    if head.count(0) > len(head) // _FEWEST_TO_A_NUL and not head.startswith(_UTF16):
        raise UnreadableFile("This is not a text file in UTF-8: it is full of NUL bytes.")
    for theirs, ours in mapping.items():
        if ours not in KNOWN:
            raise UnreadableFile(f"“{theirs}” cannot be mapped to “{ours}”; the columns are"
                                 f" {', '.join(KNOWN)}.")  # fmt: skip
    if len(set(mapping.values())) < len(mapping):
        raise UnreadableFile("Two columns are mapped to the same one.")


def _check_emptiness(import_format: str | None, head: bytes) -> None:
    """A list, feed or table without entries is one, and so is a file of no lines that is NDJSON."""
    if not head.strip() and import_format != "ndjson":
        raise UnreadableFile("The file is empty.")
    if _reader(import_format, head) == "page":
        raise UnreadableFile("The page holds no ClaimReview in its JSON-LD.")
