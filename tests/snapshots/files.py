"""WARC files for tests, written by warcio or byte by byte."""

from __future__ import annotations

import gzip
import hashlib
from base64 import b32encode
from io import BytesIO

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

URL = "https://news.example/withdrawal"
SENTENCES = (
    "The peacekeepers are leaving, and the first lorries went by rail on Wednesday morning.",
    "Officials in Moscow let it be known that the pull-out may be finished before the end of 2025.",
)
PAGE = (
    "<!doctype html><html lang=en><head><title>Convoys head north</title></head><body><article>"
    + "".join(f"<p>{sentence}</p>" for sentence in SENTENCES)
    + "</article></body></html>"
).encode()


def saved(*pages, gzipped=True):
    """A WARC file as an archiving tool writes it: (url, body) or (url, body, status, headers)."""
    file = BytesIO()
    writer = WARCWriter(file, gzip=gzipped, warc_version="WARC/1.1")
    writer.write_record(writer.create_warcinfo_record("saved.warc", {"software": "a crawler"}))
    for url, body, *more in pages:
        status, headers = (*more, *("200 OK", [("Content-Type", "text/html")])[len(more) :])
        head = StatusAndHeaders(status, headers, protocol="HTTP/1.1")
        answer = writer.create_warc_record(
            url, "response", payload=BytesIO(body), length=len(body), http_headers=head,
            warc_headers_dict={"WARC-Date": "2024-04-17T09:30:00Z"},
        )  # fmt: skip
        writer.write_record(answer)
    return file.getvalue()


def raw_record(block, *, kind="response", length=None, gzipped=False, **headers):
    """One record, its headers whatever they are given as (`WARC_Date="…"`)."""
    given = {
        "WARC_Type": kind,
        "WARC_Record_ID": "<urn:uuid:12345678-feed-4bee-8bad-f00dfeedface>",
        "WARC_Date": "2024-04-17T09:30:00Z",
        "WARC_Target_URI": URL,
        "Content_Type": "application/http; msgtype=response",
        "Content_Length": len(block) if length is None else length,
        **headers,
    }
    lines = [
        f"{name.replace('_', '-')}: {value}" for name, value in given.items() if value is not None
    ]
    record = "\r\n".join(["WARC/1.1", *lines, "", ""]).encode() + block + b"\r\n\r\n"
    return gzip.compress(record) if gzipped else record


def http(body, status="200 OK", **headers):
    """An HTTP answer as the block of a record."""
    given = {"Content_Type": "text/html", **headers}
    lines = [
        f"{name.replace('_', '-')}: {value}" for name, value in given.items() if value is not None
    ]
    return "\r\n".join([f"HTTP/1.1 {status}", *lines, "", ""]).encode() + body


def sha1(content):
    """As WARC files have it."""
    digest = hashlib.sha1(content, usedforsecurity=False).digest()
    return f"sha1:{b32encode(digest).decode()}"
