"""WARC files (ISO 28500, WARC/1.1): what was asked and answered, and what was brought to us.

By warcio. Each file stands alone: a `warcinfo` record and, for each hop of the redirects, the
response and its request; so any replay tool opens it.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from verifier.kit.codings import codings_of, decoded
from verifier.kit.fetched import FetchFailed
from verifier.snapshots.records import WarcUnreadable, records
from verifier.sources.urls import UrlNotAccepted, canonical_url

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from verifier.kit.fetch import Exchange

VERSION: Final = "WARC/1.1"
HTTP_DATE: Final = "%Y-%m-%dT%H:%M:%S.%fZ"
LONGEST_PAYLOAD: Final = 64 * 1024 * 1024  # bytes, decoded
LONGEST_URL: Final = 2048
REDIRECTS: Final = frozenset({"301", "302", "303", "307", "308"})
GZIP: Final = b"\x1f\x8b"
_STATUS: Final = re.compile("[1-5][0-9]{2}", re.ASCII)
# Nobody registers longer names (RFC 6838, section 4.2); what is longer is none.
_MEDIA_TYPE: Final = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,62}/[a-z0-9][a-z0-9!#$&^_.+-]{0,62}")
_PRINTABLE_URL: Final = re.compile(rf"[^\x00-\x20\x7f\ud800-\udfff]{{1,{LONGEST_URL}}}")


class _AsSent(StatusAndHeaders):
    """An answer's head, byte for byte: warcio would escape what is not ASCII."""

    def to_ascii_bytes(self, header_filter: Any = None) -> bytes:
        head: bytes = self.to_bytes(header_filter, "latin-1")
        return head


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
            http_headers=_AsSent(
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
    for payload in _payloads(file):
        if wanted is not None and _canonical(payload.url) == wanted:
            at_address = payload
        elif len(others) < 2:  # noqa: PLR2004  (one is the page; two are too many)
            others.append(payload)
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


def known_media_type(declared: str | None) -> str | None:
    """The media type in small letters, without parameters; None for what is none."""
    name = (declared or "").partition(";")[0].strip().lower()
    return name if _MEDIA_TYPE.fullmatch(name) else None


def known_url(url: str | None) -> str | None:
    """The address, where it is of a length and shape to be kept."""
    return url if url and _PRINTABLE_URL.fullmatch(url) else None


def _payloads(file: bytes) -> Iterator[Payload]:
    for headers, http, body in records(file, longest=LONGEST_PAYLOAD):
        status = None if http is None else http.get_statuscode()
        if status is not None and (status in REDIRECTS or not _STATUS.fullmatch(status)):
            continue
        declared = (http or headers).get_header("Content-Type")
        yield Payload(
            url=known_url(headers.get_header("WARC-Target-URI")),
            captured_at=_moment(headers.get_header("WARC-Date")),
            http_status=None if status is None else int(status),
            media_type=known_media_type(declared), charset=_charset(declared),
            body=body if http is None else _decoded(body, http),
        )  # fmt: skip


def _decoded(body: bytes, http: StatusAndHeaders) -> bytes:
    said = ",".join(v for name, v in http.headers if name.lower() == "content-encoding")
    try:
        return decoded([body], codings_of(said), most=LONGEST_PAYLOAD)
    except FetchFailed as failure:
        if failure.code == "too-large" or body.startswith(GZIP):
            message = "A page in it cannot be unpacked."
            raise WarcUnreadable(message) from failure
        return body  # what browsers save is unpacked, though their headers say otherwise


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


def _charset(declared: str | None) -> str | None:
    parameters = (part.partition("=") for part in (declared or "").split(";")[1:])
    given = (v.strip(" \"'") for name, _, v in parameters if name.strip().lower() == "charset")
    return next(given, None) or None


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
