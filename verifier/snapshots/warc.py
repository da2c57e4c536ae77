"""WARC files (ISO 28500, WARC/1.1): what was asked and answered, and what was brought to us.

By warcio. Each file stands alone: a `warcinfo` record and, for each hop of the redirects, the
response and its request; so any replay tool opens it.
"""

from __future__ import annotations

import hashlib
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from verifier.sources.urls import UrlNotAccepted, canonical_url

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from verifier.kit.fetch import Exchange

VERSION: Final = "WARC/1.1"
HTTP_DATE: Final = "%Y-%m-%dT%H:%M:%S.%fZ"
LONGEST_PAYLOAD: Final = 64 * 1024 * 1024  # bytes, decoded
MOST_RECORDS: Final = 10_000
REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})


class WarcUnreadable(ValueError):
    """This is no WARC file, or none that holds a copy of the page; the message says which."""


@dataclass(frozen=True, slots=True)
class Payload:
    """A page out of a WARC file: its bytes, decoded, and what HTTP said of them."""

    url: str | None
    captured_at: datetime | None
    http_status: int | None
    media_type: str | None
    charset: str | None
    body: bytes

    @property
    def sha256(self) -> str:
        """The page's own hash."""
        return hashlib.sha256(self.body).hexdigest()


def written_exchanges(exchanges: Iterable[Exchange], *, software: str) -> bytes:
    """A WARC file of these hops, each record compressed by itself."""
    file, writer = _begun(software)
    for exchange in exchanges:
        said = {
            "WARC-Date": _stamp(exchange.started_at),
            "WARC-IP-Address": exchange.address,
        }
        answer = writer.create_warc_record(
            exchange.url, "response", payload=BytesIO(exchange.payload),
            length=len(exchange.payload), warc_headers_dict=dict(said),
            http_headers=StatusAndHeaders(
                f"{exchange.status} {exchange.reason}".strip(), _as_kept(exchange),
                protocol=exchange.http_version,
            ),
        )  # fmt: skip
        sent = exchange.request_head + exchange.request_body
        question = writer.create_warc_record(
            exchange.url, "request", payload=BytesIO(sent), length=len(sent),
            warc_headers_dict=dict(said),
        )  # fmt: skip
        writer.write_request_response_pair(question, answer)
    return file.getvalue()


def written_resource(
    body: bytes, *, url: str, media_type: str, captured_at: datetime, software: str
) -> bytes:
    """A WARC file of something that somebody saved and brought: a `resource` record."""
    file, writer = _begun(software)
    record = writer.create_warc_record(
        url, "resource", payload=BytesIO(body), length=len(body), warc_content_type=media_type,
        warc_headers_dict={"WARC-Date": _stamp(captured_at)},
    )  # fmt: skip
    writer.write_record(record)
    return file.getvalue()


def read_payload(file: bytes, url: str | None) -> Payload:
    """The page that the file is a copy of: the last record at this address that is no redirect.

    Where none is at this address, the file's one page; with several it cannot be known which is
    meant. Addresses are compared canonically. Raises `WarcUnreadable`.
    """
    wanted = _canonical(url)
    at_address: Payload | None = None
    others: list[Payload] = []
    try:
        for payload in _payloads(file):
            if wanted is not None and _canonical(payload.url) == wanted:
                at_address = payload
            elif len(others) < 2:  # noqa: PLR2004  (one is the page; two are too many)
                others.append(payload)
    except (ArchiveLoadFailed, zlib.error, ValueError, EOFError, OSError) as error:
        if isinstance(error, WarcUnreadable):
            raise
        message = "This is no WARC file that can be read."
        raise WarcUnreadable(message) from error
    if at_address is not None:
        return at_address
    if len(others) == 1:
        return others[0]
    message = (
        "This WARC file holds no answer with a page."
        if not others
        else "This WARC file holds several pages, none of them at the source's address."
    )
    raise WarcUnreadable(message)


def _payloads(file: bytes) -> Iterator[Payload]:
    for number, record in enumerate(ArchiveIterator(BytesIO(file), check_digests=True), 1):
        if number > MOST_RECORDS:
            message = f"This WARC file has more than {MOST_RECORDS} records."
            raise WarcUnreadable(message)
        if record.rec_type == "response" and record.http_headers is not None:
            status = int(record.http_headers.get_statuscode() or 0)
            if status in REDIRECTS:
                continue
            declared = record.http_headers.get_header("Content-Type")
        elif record.rec_type == "resource":
            status, declared = None, record.rec_headers.get_header("Content-Type")
        else:
            continue
        body = record.content_stream().read(LONGEST_PAYLOAD + 1)
        if len(body) > LONGEST_PAYLOAD:
            message = f"A page in it is longer than {LONGEST_PAYLOAD} bytes."
            raise WarcUnreadable(message)
        if record.digest_checker.passed is False:
            message = "This WARC file is damaged: a record differs from its digest."
            raise WarcUnreadable(message)
        media_type, charset = _content_type(declared)
        yield Payload(
            url=record.rec_headers.get_header("WARC-Target-URI"),
            captured_at=_moment(record.rec_headers.get_header("WARC-Date")),
            http_status=status, media_type=media_type, charset=charset, body=body,
        )  # fmt: skip


def _begun(software: str) -> tuple[BytesIO, Any]:
    file = BytesIO()
    writer = WARCWriter(file, gzip=True, warc_version=VERSION)
    about = {"software": software, "format": "WARC File Format 1.1"}
    writer.write_record(writer.create_warcinfo_record(None, about))
    return file, writer


def _as_kept(exchange: Exchange) -> list[tuple[str, str]]:
    """The headers, but for the transfer coding: the body is kept without it, and has a length."""
    kept = [
        ("X-Archive-Orig-Transfer-Encoding" if name.lower() == "transfer-encoding" else name, value)
        for name, value in exchange.headers
    ]
    if not any(name.lower() == "content-length" for name, _ in kept):
        kept.append(("Content-Length", str(len(exchange.payload))))
    return kept


def _content_type(declared: str | None) -> tuple[str | None, str | None]:
    media_type, _, parameters = (declared or "").partition(";")
    charset = next(
        (
            value.strip(" \"'")
            for name, _, value in (part.partition("=") for part in parameters.split(";"))
            if name.strip().lower() == "charset"
        ),
        None,
    )
    return media_type.strip().lower() or None, charset or None


def _canonical(url: str | None) -> str | None:
    try:
        return None if url is None else canonical_url(url)
    except UrlNotAccepted:
        return None


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime(HTTP_DATE)


def _moment(stamp: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(stamp or "").astimezone(UTC)
    except (ValueError, OverflowError):
        return None
