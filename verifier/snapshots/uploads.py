"""An uploaded copy as what is archived: a WARC file as it is, anything else as a WARC record."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from verifier.kit.clock import now
from verifier.kit.errors import Invalid
from verifier.snapshots.records import WarcUnreadable
from verifier.snapshots.warc import Payload, known_media_type, read_payload, written_resource
from verifier.sources.payloads import BINARY, PAGE_TYPES, PDF, PLAIN_TEXT, sniffed

if TYPE_CHECKING:
    from datetime import datetime

GZIP: Final = b"\x1f\x8b"
WARC: Final = b"WARC/"
CLOCKS_DIFFER: Final = timedelta(minutes=10)
NOWHERE: Final = "urn:verifier:uploaded"  # a WARC record is of something at some address
KNOWN_TYPES: Final = frozenset({*PAGE_TYPES, PDF, PLAIN_TEXT})


@dataclass(frozen=True, slots=True)
class Upload:
    """The WARC file to archive, the page in it, where from, and when it was saved."""

    file: bytes
    page: Payload
    url: str | None
    fetched_at: datetime

    def members(self) -> dict[str, Any]:
        """Those of a snapshot row, but for the file's hash."""
        return {
            "url": self.url,
            "fetched_at": self.fetched_at,
            "http_status": self.page.http_status,
            "media_type": self.page.media_type,
            "bytes": len(self.file),
            "payload_sha256": self.page.sha256,
        }


def read_upload(
    content: bytes, media_type: str, *, url: str | None, fetched_at: datetime | None, software: str
) -> Upload:
    """What somebody brought. `url` is the source's address, where it has one. Raises `Invalid`."""
    if not content:
        raise Invalid.member("/file", "This file is empty.")
    if _is_warc(content):
        file = content
    else:
        kind = media_type if media_type in KNOWN_TYPES else sniffed(content)
        if kind == BINARY:  # kept all the same, such as a screenshot; there is no text in it
            kind = known_media_type(media_type) or BINARY
        made_at = fetched_at or now()
        target = url or NOWHERE
        file = written_resource(
            content, url=target, media_type=kind, captured_at=made_at, software=software
        )
    try:
        page = read_payload(file, url)
    except WarcUnreadable as error:
        raise Invalid.member("/file", str(error)) from None
    saved_at = fetched_at or page.captured_at or now()
    if saved_at > now() + CLOCKS_DIFFER:
        message = "A copy was not made in the future."
        raise Invalid.member("/fetched_at", message)
    return Upload(file, page, None if page.url == NOWHERE else page.url, saved_at)


def _is_warc(content: bytes) -> bool:
    if content.startswith(WARC):
        return True
    if not content.startswith(GZIP):
        return False
    try:
        return zlib.decompressobj(wbits=31).decompress(content, len(WARC)).startswith(WARC)
    except zlib.error:
        return False
