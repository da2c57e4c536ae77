"""WARC files: what was fetched comes out as it came in, and no stranger's file breaks the reading."""

from __future__ import annotations

import gzip
import subprocess
import sys
import zlib
from datetime import UTC, datetime
from io import BytesIO

import brotli
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from tests.site import Internet, page, redirect
from tests.snapshots.files import PAGE, URL, http, raw_record, saved, sha1
from verifier.kit.fetched import Exchange
from verifier.snapshots.records import WarcUnreadable
from verifier.snapshots.warc import read_payload, written_exchanges, written_resource

MOMENT = datetime(2026, 11, 22, 9, 30, 0, 123456, tzinfo=UTC)
HERE = "http://a.example/page"


def chunked(body):
    """An answer in chunks of seven bytes."""
    pieces = [body[at : at + 7] for at in range(0, len(body), 7)]
    head = page(b"", Content_Length=None, Transfer_Encoding="chunked")
    return head + b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


SITE = {
    "plain": page(PAGE),
    "gzip": page(gzip.compress(PAGE), Content_Encoding="gzip"),
    "deflate": page(zlib.compress(PAGE), Content_Encoding="deflate"),
    "packed twice": page(gzip.compress(gzip.compress(PAGE)), Content_Encoding="gzip, gzip"),
    "chunked": chunked(PAGE),
    "repeated headers": page(PAGE, Set_Cookie="a=1\r\nSet-Cookie: b=2\r\nset-cookie: c=3"),
    "headers in Latin-1 and UTF-8": page(PAGE).replace(
        b"\r\n\r\n", b"\r\nX-Place: K\xf6ln\r\nX-Town: \xc5\x9eu\xc5\x9fa\r\n\r\n", 1
    ),
    "absent": page(PAGE, 404),
    "empty": page(b""),
}


def checked(file, tmp_path):
    """What the standard tool says of a file; it must find every digest right."""
    path = tmp_path / "file.warc.gz"
    path.write_bytes(file)
    command = [sys.executable, "-m", "warcio.cli", "check", "-v", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    return done.stdout


@pytest.mark.parametrize("answer", SITE.values(), ids=SITE)
def test_what_was_fetched_is_what_is_read(answer, tmp_path):
    with Internet() as internet:
        internet.site["/page"] = answer
        fetched = internet.fetcher().fetch(HERE)
    file = written_exchanges(fetched.exchanges, software="verifier/1")
    assert (
        checked(file, tmp_path).count("digest pass") == 3
    )  # with the first record, about the file
    found = read_payload(file, HERE)
    assert found.body == fetched.body
    assert (found.url, found.http_status) == (HERE, fetched.status)
    assert (found.media_type, found.charset) == ("text/html", "utf-8")
    assert found.captured_at == fetched.exchanges[0].started_at


def test_packing_that_was_not_asked_for_is_undone():
    """Not checked by the standard tool: it breaks on any brotli."""
    with Internet() as internet:
        internet.site["/page"] = page(brotli.compress(PAGE), Content_Encoding="br")
        fetched = internet.fetcher().fetch(HERE)
    assert read_payload(written_exchanges(fetched.exchanges, software="x"), HERE).body == PAGE


def test_each_hop_is_a_response_with_its_request(tmp_path):
    with Internet() as internet:
        internet.site["/old"] = redirect("http://b.example/middle")
        internet.site["/middle"] = redirect("/page?id=1", 308)
        internet.site["/page"] = SITE["repeated headers"]
        fetched = internet.fetcher().fetch("http://a.example/old", headers={"Accept": "text/html"})
    file = written_exchanges(fetched.exchanges, software="verifier/1")
    assert checked(file, tmp_path).count("digest pass") == 7
    kept = [
        (record.rec_type, record.rec_headers, record.http_headers, record.raw_stream.read())
        for record in ArchiveIterator(BytesIO(file))
    ]
    assert [kind for kind, *_ in kept] == ["warcinfo", *("response", "request") * 3]
    assert b"software: verifier/1" in kept[0][3]
    hops = list(zip(kept[1::2], kept[2::2], fetched.exchanges, strict=True))
    for (_, said, answer, body), (_, asking, question, sent), exchange in hops:
        assert said.get_header("WARC-Target-URI") == exchange.url
        assert said.get_header("WARC-IP-Address") == exchange.address
        assert asking.get_header("WARC-Concurrent-To") == said.get_header("WARC-Record-ID")
        assert (answer.headers, body) == (exchange.headers, exchange.payload)
        assert question.to_bytes() == exchange.request_head
        assert sent == b""
    assert [name for name, _ in hops[2][0][2].headers].count("Set-Cookie") == 2
    for asked in ("http://b.example/page?id=1", "http://a.example/old", None):
        assert read_payload(file, asked).body == PAGE


def test_heads_are_kept_byte_for_byte():
    with Internet() as internet:
        internet.site["/page"] = SITE["headers in Latin-1 and UTF-8"]
        fetched = internet.fetcher().fetch(HERE)
    file = written_exchanges(fetched.exchanges, software="verifier/1")
    record = gzip.decompress(file)
    assert b"X-Place: K\xf6ln\r\nX-Town: \xc5\x9eu\xc5\x9fa\r\n" in record


def test_a_chunked_answer_is_kept_whole_and_says_how_it_came():
    with Internet() as internet:
        internet.site["/page"] = SITE["chunked"]
        fetched = internet.fetcher().fetch(HERE)
    records = list(_heads(written_exchanges(fetched.exchanges, software="verifier/1")))
    assert records[0].get_header("Transfer-Encoding") is None
    assert records[0].get_header("X-Archive-Orig-Transfer-Encoding") == "chunked"
    assert records[0].get_header("Content-Length") == str(len(PAGE))


def _heads(file):
    return (
        one.http_headers for one in ArchiveIterator(BytesIO(file)) if one.rec_type == "response"
    )


TOKENS = st.text("abcdefghijklmnopqrstuvwxyz-", min_size=1, max_size=12).map(
    lambda name: f"x-{name}"
)
VALUES = st.text(
    st.characters(min_codepoint=0x21, max_codepoint=0xFF, exclude_categories=["Cc"], exclude_characters="\xa0\x85\xad"),
    max_size=40,
)  # fmt: skip


@given(st.binary(max_size=5000), st.lists(st.tuples(TOKENS, VALUES), max_size=8))
@example(b"HTTP/1.1 200 OK\r\n\r\nWARC/1.1\r\n\r\n", [])
@example(gzip.compress(b"page"), [])
def test_any_body_and_any_headers_come_back(body, headers):
    exchange = Exchange(
        url=URL, address="93.184.216.34", started_at=MOMENT, request_head=b"GET / HTTP/1.1\r\n\r\n",
        request_body=b"", status=200, reason="", http_version="HTTP/1.1", headers=headers, payload=body,
    )  # fmt: skip
    file = written_exchanges([exchange], software="verifier/1")
    found = read_payload(file, URL)
    assert (found.body, found.captured_at) == (body, MOMENT)
    head = next(_heads(file))
    kept = [(name, value.encode("latin-1")) for name, value in headers]
    assert [(name, _bytes(value)) for name, value in head.headers[:-1]] == kept


def _bytes(value):
    """A header as it was: warcio reads it as UTF-8 where it can be that."""
    try:
        return value.encode("latin-1")
    except UnicodeEncodeError:
        return value.encode()


@given(st.binary(max_size=5000), st.sampled_from(["text/html", "application/pdf", "text/plain"]))
def test_any_copy_that_was_brought_comes_back(body, media_type):
    file = written_resource(
        body, url=URL, media_type=media_type, captured_at=MOMENT, software="verifier/1"
    )
    found = read_payload(file, URL)
    assert (found.body, found.media_type, found.captured_at) == (body, media_type, MOMENT)
    assert found.http_status is None


def test_a_copy_that_was_brought_passes_the_check(tmp_path):
    url = "https://news.example/\u015fu\u015fa"
    file = written_resource(
        PAGE, url=url, media_type="text/html", captured_at=MOMENT, software="verifier/1"
    )
    assert checked(file, tmp_path).count("digest pass") == 2
    assert read_payload(file, url).url == url


OTHER = "https://news.example/other"


@pytest.mark.parametrize(
    ("pages", "asked", "body"),
    [
        ([(URL, b"one")], URL, b"one"),
        ([(URL, b"one")], OTHER, b"one"),  # the only page is the page
        ([(URL, b"one")], None, b"one"),
        ([(URL, b"one"), (OTHER, b"two")], URL, b"one"),
        ([(OTHER, b"two"), (URL, b"one"), (OTHER, b"three")], URL, b"one"),
        ([(URL, b"one"), (URL, b"later")], URL, b"later"),  # the last copy
        ([(f"{URL}?utm_source=x#top", b"one"), (OTHER, b"two")], f"{URL}/", b"one"),  # canonically
        ([(URL, b"", "302 Found", [("Location", OTHER)]), (OTHER, b"two")], URL, b"two"),
        ([(URL, b"one", "404 Not Found", [])], URL, b"one"),
        ([("https://news.example/a b", b"one")], URL, b"one"),
    ],
)
@pytest.mark.parametrize("gzipped", [True, False])
def test_which_page_is_meant(pages, asked, body, gzipped):
    assert read_payload(saved(*pages, gzipped=gzipped), asked).body == body


@pytest.mark.parametrize(
    ("file", "told"),
    [
        (saved(), "no answer with a page"),
        (
            saved((URL, b"", "301 Moved Permanently", [("Location", OTHER)])),
            "no answer with a page",
        ),
        (saved((OTHER, b"two"), (f"{OTHER}/3", b"three")), "several pages"),
    ],
)
def test_where_no_page_can_be_chosen(file, told):
    with pytest.raises(WarcUnreadable, match=told):
        read_payload(file, URL)


def test_bodies_as_other_tools_keep_them():
    """In chunks, unpacked under the header of the packed, and without a media type."""
    pieces = b"4\r\nonce\r\n6\r\n again\r\n0\r\n\r\n"
    block = http(pieces, Transfer_Encoding="chunked")
    digests = {"WARC_Payload_Digest": sha1(pieces), "WARC_Block_Digest": sha1(block)}
    assert read_payload(raw_record(block, **digests), URL).body == b"once again"
    padded = {"WARC_Block_Digest": sha1(block + b"\r\n")}
    assert read_payload(raw_record(block + b"\r\n", **padded), URL).body == b"once again"
    assert read_payload(raw_record(http(PAGE, Content_Encoding="gzip")), URL).body == PAGE
    assert read_payload(raw_record(http(PAGE, Content_Encoding="br")), URL).body == PAGE
    assert read_payload(raw_record(http(PAGE, Content_Type=None)), URL).media_type is None


@pytest.mark.parametrize(
    ("record", "member", "kept"),
    [
        (raw_record(http(b"a", Content_Type="text/" + "x" * 200)), "media_type", None),
        (raw_record(http(b"a", Content_Type="text/\0html")), "media_type", None),
        (raw_record(http(b"a", Content_Type="TEXT/HTML ; Charset='x'")), "media_type", "text/html"),
        (raw_record(http(b"a", Content_Type="text/html; a=b; Charset='x' ")), "charset", "x"),
        (raw_record(http(b"a"), WARC_Target_URI=f"https://a.example/{'x' * 3000}"), "url", None),
        (raw_record(http(b"a"), WARC_Target_URI="https://a.example/\0"), "url", None),
        (raw_record(http(b"a"), WARC_Date="some day"), "captured_at", None),
        (raw_record(http(b"a"), WARC_Date="0001-01-01T00:00:00+23:00"), "captured_at", None),
    ],
)  # fmt: skip
def test_what_cannot_be_kept_of_a_record(record, member, kept):
    assert getattr(read_payload(record, None), member) == kept
