"""The records of a stranger's WARC file, by warcio, held to limits.

A web server's process reads uploads: what is packed to unpack for ever must end there in time.
warcio itself takes lines of any length and number, and passes over what is cut off or damaged.
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

from warcio.archiveiterator import WARCIterator
from warcio.bufferedreaders import DecompressingBufferedReader

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_RECORDS: Final = 10_000
MOST_LINES: Final = 1_000_000
LONGEST_LINE: Final = 1024 * 1024  # bytes
LONGEST_UNPACKED: Final = 256 * 1024 * 1024  # bytes of the whole file
PIECE: Final = 64 * 1024


class WarcUnreadable(ValueError):
    """This is no WARC file, or none that holds a copy of the page; the message says which."""


def records(file: bytes, *, longest: int) -> Iterator[tuple[Any, Any, bytes]]:
    """(WARC headers, HTTP headers or None, body) of each response by HTTP and each resource.

    The body is without its transfer coding, and its digests have been compared. `longest` is how
    many bytes it may have. Raises `WarcUnreadable` and nothing else.
    """
    try:
        yield from _records(file, longest)
    except WarcUnreadable:
        raise
    except Exception as error:  # whatever breaks in warcio, there is no reading it
        message = "This is no WARC file that can be read."
        raise WarcUnreadable(message) from error


def _records(file: bytes, longest: int) -> Iterator[tuple[Any, Any, bytes]]:
    content = BytesIO(file)
    archive = WARCIterator(content, check_digests=True)
    archive.reader = _Bounded(content)
    for number, record in enumerate(archive, 1):
        if number > MOST_RECORDS:
            message = f"This WARC file has more than {MOST_RECORDS} records."
            raise WarcUnreadable(message)
        http = record.http_headers if record.rec_type == "response" else None
        if http is None and record.rec_type != "resource":
            continue
        yield record.rec_headers, http, _body(record, http, longest)


def _body(record: Any, http: Any, longest: int) -> bytes:
    kept = [] if http is None else list(http.headers)
    while http is not None and http.remove_header("Content-Encoding"):
        pass  # else warcio undoes it, to any length
    body: bytes = record.content_stream().read(longest + 1)
    if http is not None:
        http.headers = kept
    if len(body) > longest:
        message = f"A page in it is longer than {longest} bytes."
        raise WarcUnreadable(message)
    while record.raw_stream.read(PIECE):
        pass  # what follows a chunked body counts in the digest
    if getattr(record.raw_stream, "limit", 0):
        message = "This WARC file is damaged: it ends in the middle of a record."
        raise WarcUnreadable(message)
    if record.digest_checker.passed is False:
        message = "This WARC file is damaged: a record differs from its digest."
        raise WarcUnreadable(message)
    return body


class _Bounded(DecompressingBufferedReader):
    """What warcio reads from."""

    _lines = 0

    def readline(self, length: int | None = None) -> bytes:
        self._lines += 1
        line: bytes = super().readline(min(length or LONGEST_LINE, LONGEST_LINE))
        if self._lines > MOST_LINES or len(line) >= LONGEST_LINE:
            message = "This WARC file has lines that are too long or too many."
            raise WarcUnreadable(message)
        return line

    def _process_read(self, data: bytes) -> None:
        super()._process_read(data)
        if self.num_read > LONGEST_UNPACKED:
            message = f"This WARC file unpacks to more than {LONGEST_UNPACKED} bytes."
            raise WarcUnreadable(message)
