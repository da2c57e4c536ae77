"""No stranger's WARC file breaks the reading, takes for ever, or passes for a whole one."""

from __future__ import annotations

import gzip

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.snapshots.files import PAGE, URL, http, raw_record, saved, sha1
from verifier.snapshots.records import MOST_RECORDS, WarcUnreadable
from verifier.snapshots.warc import read_payload

OTHER = "https://news.example/other"
WHOLE = saved((URL, PAGE * 20))
DEEP = gzip.compress(bytes(80_000_000))
HOSTILE = {
    "nothing": lambda: b"",
    "text": lambda: b"WARC/1.1",
    "no warc": lambda: gzip.compress(b"just some text"),
    "one gzip member": lambda: gzip.compress(gzip.decompress(saved((OTHER, b"2"), (URL, b"1")))),
    "a lying digest": lambda: raw_record(http(PAGE), WARC_Block_Digest=sha1(b"something else")),
    "a lying payload digest": lambda: raw_record(http(PAGE), WARC_Payload_Digest=sha1(b"else")),
    "an unreadable digest": lambda: raw_record(http(PAGE), WARC_Block_Digest="sha1:ab"),
    "too short for its length": lambda: raw_record(http(PAGE), length=100_000),
    "no address and no type": lambda: raw_record(http(PAGE), WARC_Target_URI=None, WARC_Type=None),
    "no address": lambda: raw_record(http(PAGE), WARC_Target_URI=None),
    "a broken packing": lambda: raw_record(
        http(gzip.compress(PAGE)[:-30], Content_Encoding="gzip")
    ),
    "a status that is none": lambda: raw_record(http(PAGE, "99999999999 Odd")),
    "a status in other digits": lambda: raw_record(http(PAGE, "\u0662\u0660\u0660 OK")),
    "a chunk of no end": lambda: raw_record(
        http(b"7fffffff\r\nx", Transfer_Encoding="chunked"), length=400
    ),
    "many records": lambda: raw_record(b"", kind="metadata") * (MOST_RECORDS + 1),
    "many headers": lambda: raw_record(b"HTTP/1.1 200 OK\r\n" + b"X: 1\r\n" * 1_000_001),
    "zeros in gzip": lambda: raw_record(http(DEEP, Content_Encoding="gzip")),
    "zeros in brotli": lambda: raw_record(
        http(brotli.compress(bytes(80_000_000), quality=1), Content_Encoding="br")
    ),
    "zeros in gzip in gzip": lambda: raw_record(
        http(gzip.compress(DEEP), Content_Encoding="gzip,gzip")
    ),
    "zeros": lambda: raw_record(http(bytes(80_000_000)), gzipped=True),
    "zeros in what is skipped": lambda: raw_record(
        bytes(300_000_000), kind="metadata", gzipped=True
    ),
    "one long line": lambda: gzip.compress(b"WARC/1.1\r\nX: " + bytes(100_000_000)),
    "one long head": lambda: raw_record(
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 90_000_000, gzipped=True
    ),
    "empty lines": lambda: gzip.compress(raw_record(b"", kind="metadata") + b"\r\n" * 50_000_000),
    "one long chunk": lambda: raw_record(
        http(b"7fffffff\r\n" + bytes(300_000_000), Transfer_Encoding="chunked"), gzipped=True
    ),
}

TOLD = {
    "a lying digest": "differs from its digest",
    "too short for its length": "in the middle of a record",
    "a broken packing": "cannot be unpacked",
    "zeros in brotli": "cannot be unpacked",
    "many records": "more than 10000 records",
    "zeros": "longer than 67108864 bytes",
    "zeros in what is skipped": "unpacks to more than 268435456 bytes",
    "one long chunk": "unpacks to more",
    "one long line": "lines that are too long",
    "one long head": "lines that are too long",
    "empty lines": "or too many",
    "many headers": "or too many",
}


@pytest.mark.timeout(20)
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_refused_within_seconds(name):
    file = HOSTILE[name]()
    with pytest.raises(WarcUnreadable, match=TOLD.get(name, ".")):
        read_payload(file, URL)


@given(st.integers(0, len(WHOLE) - 1))
def test_a_file_cut_short_gives_the_whole_page_or_none(length):
    try:
        found = read_payload(WHOLE[:length], URL)
    except WarcUnreadable:
        return
    assert found.body == PAGE * 20


PLAIN = saved((URL, PAGE), (OTHER, b"x"), gzipped=False)
PIECES = st.sampled_from([
    b"WARC/1.1\r\n", b"WARC-Type: response\r\n", b"Content-Length: 5\r\n", b"\r\n\r\n", b":", PLAIN, WHOLE,
    b"HTTP/1.1 200 OK\r\n", b"Transfer-Encoding: chunked\r\n", b"WARC-Target-URI: https://a.example/\r\n",
    b"Content-Length: -1\r\n", b"WARC-Block-Digest: md5:\xff\r\n", gzip.compress(b"WARC/1.1\r\n\r\n"),
])  # fmt: skip


@given(st.lists(PIECES | st.binary(max_size=30), max_size=12).map(b"".join), st.none() | st.text())
def test_any_bytes_are_a_page_or_are_refused(file, url):
    try:
        read_payload(file, url)
    except WarcUnreadable:
        return


@given(st.integers(0, len(PLAIN) - 1), st.integers(0, 255))
def test_a_changed_byte_gives_the_page_or_is_refused(at, byte):
    damaged = PLAIN[:at] + bytes([byte]) + PLAIN[at + 1 :]
    try:
        found = read_payload(damaged, URL)
    except WarcUnreadable:
        return
    assert found.body in (PAGE, b"x")
