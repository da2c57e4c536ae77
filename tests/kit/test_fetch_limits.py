"""Answers that never end, grow in the unpacking, or are not what they say: time and memory have an end."""

from __future__ import annotations

import gzip
import threading
import time
import tracemalloc
import zlib
from functools import partial
from itertools import count

import brotli
import pytest

from tests.site import Internet, drip, page
from verifier.kit.codings import zstd
from verifier.kit.fetch import FetchFailed, Limits

MEBIBYTE = 1024 * 1024
HEAD = b"HTTP/1.1 200 OK\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
SHORT = Limits(connect_seconds=0.2, read_seconds=0.2, total_seconds=0.4)


@pytest.fixture
def internet():
    with Internet() as internet:
        yield internet


@pytest.fixture
def fetcher(internet):
    return internet.fetcher


def failure_of(fetcher, path="/", **options):
    with pytest.raises(FetchFailed) as failed:
        fetcher.fetch(f"http://a.example{path}", **options)
    assert str(failed.value).endswith(".")
    return failed.value.code, failed.value.may_pass


@pytest.mark.parametrize(
    ("head", "piece"),
    [
        (b"", b""),
        (HEAD + b"Content-Length: 100000\r\n\r\n", b""),
        (HEAD + b"Content-Length: 100000\r\n\r\n", b"x"),
        (HEAD + b"\r\n", b"x"),
        (CHUNKED, b"1\r\nx\r\n"),
        (CHUNKED + b"1;", b"x"),
        (CHUNKED + b"0\r\n", b"A: b\r\n"),
        (b"HTTP", b"x"),
        (HEAD, b"A: b\r\n"),
        (HEAD + b"A: ", b"x"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        (b"", b"HTTP/1.1 103 Early Hints\r\n\r\n"),
    ],
)
def test_time_has_an_end(internet, fetcher, head, piece):
    internet.site["/"] = drip(head, piece)
    assert failure_of(fetcher(limits=SHORT)) == ("timed-out", True)


def test_redirects_share_the_time(internet, fetcher):
    def slow(connection, _received):
        time.sleep(0.15)
        connection.sendall(page(status=302, Location="/"))

    internet.site["/"] = slow
    assert failure_of(fetcher(limits=SHORT)) == ("timed-out", True)
    assert len(internet.dialled) <= 3


def test_look_ups_and_connections_without_end(fetcher):
    end = threading.Event()

    def resolve(_host, _port):
        end.wait(60)
        return []

    def dial(_address, seconds):
        assert seconds <= 0.2
        raise TimeoutError

    assert failure_of(fetcher(limits=SHORT, resolve=resolve)) == ("timed-out", True)
    assert failure_of(fetcher(limits=SHORT, dial=dial)) == ("timed-out", True)
    end.set()


def test_what_the_resolver_does_wrong_is_not_hidden(fetcher):
    def resolve(_host, _port):
        message = "a mistake of ours"
        raise RuntimeError(message)

    with pytest.raises(RuntimeError):
        fetcher(resolve=resolve).fetch("http://a.example/")


@pytest.mark.parametrize(
    ("piece", "code"),
    [
        (b"A: " + b"x" * 8000 + b"\r\n", "too-large"),
        (b"A: b\r\n", "broken-answer"),
        (b"x" * 8000, "broken-answer"),
    ],
    ids=["long", "many", "one"],
)
def test_headers_without_end(internet, fetcher, piece, code):
    internet.site["/"] = drip(HEAD, piece, every=0)
    tracemalloc.start()
    assert failure_of(fetcher())[0] == code
    assert tracemalloc.get_traced_memory()[1] < 4 * MEBIBYTE
    tracemalloc.stop()


def test_interim_answers_without_end(internet, fetcher):
    internet.site["/"] = drip(b"", b"HTTP/1.1 103 Early Hints\r\nA: b\r\n\r\n" * 500, every=0)
    assert failure_of(fetcher())[0] == "too-large"


def bomb(pack):
    """64 MiB of nothing, packed: built in pieces too."""
    packer = pack()
    compress = getattr(packer, "compress", None) or packer.process
    flush = getattr(packer, "finish", packer.flush)
    return b"".join(compress(bytes(MEBIBYTE)) for _ in range(64)) + flush()


def gzip_packer():
    return zlib.compressobj(9, wbits=zlib.MAX_WBITS | 16)


@pytest.mark.parametrize(
    ("coding", "make"),
    [
        ("gzip", lambda: bomb(gzip_packer)),
        ("gzip, gzip", lambda: gzip.compress(bomb(gzip_packer))),
        ("deflate", lambda: bomb(zlib.compressobj)),
        ("br", lambda: bomb(partial(brotli.Compressor, quality=2))),
        ("br, gzip", lambda: gzip.compress(bomb(partial(brotli.Compressor, quality=2)))),
        ("zstd", lambda: bomb(zstd.ZstdCompressor)),
    ],
)
def test_a_bomb_does_not_go_off(internet, fetcher, coding, make):
    packed = make()
    assert len(packed) < MEBIBYTE
    internet.site["/"] = page(packed, Content_Encoding=coding)
    limits = Limits(decoded_bytes=4 * MEBIBYTE)
    tracemalloc.start()
    assert failure_of(fetcher(limits=limits)) == ("too-large", False)
    assert tracemalloc.get_traced_memory()[1] < 8 * MEBIBYTE
    tracemalloc.stop()


def test_a_window_of_gigabytes_is_not_made(internet, fetcher):
    options = {
        zstd.CompressionParameter.window_log: 27,
        zstd.CompressionParameter.content_size_flag: 0,
    }
    packer = zstd.ZstdCompressor(options=options)
    packed = packer.compress(b"x" * 1000) + packer.flush()
    internet.site["/"] = page(packed, Content_Encoding="zstd")
    assert failure_of(fetcher())[0] == "broken-answer"


@pytest.mark.parametrize("length", [40 * MEBIBYTE, None])
def test_a_page_of_40_megabytes(internet, fetcher, length):
    sent = []

    def pour(connection, _received):
        connection.sendall(page(Content_Length=length))
        for _ in range(40):
            connection.sendall(bytes(MEBIBYTE))
            sent.append(MEBIBYTE)

    internet.site["/"] = pour
    limits = Limits(wire_bytes=2 * MEBIBYTE)
    tracemalloc.start()
    assert failure_of(fetcher(limits=limits)) == ("too-large", False)
    assert tracemalloc.get_traced_memory()[1] < 8 * MEBIBYTE
    tracemalloc.stop()
    assert len(sent) < 20


def test_the_limit_itself_is_within_it(internet, fetcher):
    internet.site["/"] = page(bytes(1000))
    internet.site["/packed"] = page(gzip.compress(bytes(1000)), Content_Encoding="gzip")
    exactly = fetcher(limits=Limits(wire_bytes=1000, decoded_bytes=1000))
    assert len(exactly.fetch("http://a.example/").body) == 1000
    assert len(exactly.fetch("http://a.example/packed").body) == 1000
    internet.site["/unmeasured"] = page(bytes(1000), Content_Length=None)
    for limits in (Limits(wire_bytes=999), Limits(decoded_bytes=999)):
        for path in ("/", "/unmeasured"):
            assert failure_of(fetcher(limits=limits), path) == ("too-large", False)
    assert failure_of(fetcher(limits=Limits(decoded_bytes=999)), "/packed")[0] == "too-large"


def test_a_length_that_is_too_much_is_not_waited_for(internet, fetcher):
    internet.site["/"] = drip(page(Content_Length=40 * MEBIBYTE), b"")
    assert failure_of(fetcher(limits=SHORT)) == ("too-large", False)


def test_redirects_share_the_bytes(internet, fetcher):
    internet.site["/"] = page(bytes(600), 302, Location="/end")
    internet.site["/end"] = page(bytes(600))
    assert failure_of(fetcher(limits=Limits(wire_bytes=1000))) == ("too-large", False)


@pytest.mark.parametrize(
    "answer",
    [
        HEAD + b"Content-Length: 10\r\n\r\nshort",
        HEAD + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nwhich",
        CHUNKED + b"5\r\nshort\r\n",
        CHUNKED + b"a\r\nshort",
        CHUNKED + b"x\r\nshort\r\n0\r\n\r\n",
        CHUNKED + b"-1\r\nshort\r\n0\r\n\r\n",
        CHUNKED + b"-5\r\nshort\r\n0\r\n\r\n",
        pytest.param(CHUNKED + b"1" * 70_000, id="a chunk's size without end"),
        HEAD + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        b"",
        b"HTTP/1.1",
        b"HTTP/1.1 OK\r\n\r\n",
        b"HTTP/1.1 20 OK\r\n\r\n",
        b"HTTP/3 200 OK\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n" + page(b"switched"),
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"<html>",
        pytest.param(b"\x00" * 100_000, id="a line without end"),
    ],
)
def test_no_sound_http(internet, fetcher, answer):
    internet.site["/"] = answer
    assert failure_of(fetcher()) == ("broken-answer", True)


def test_a_negative_chunk_does_not_open_the_gates(internet, fetcher):
    internet.site["/"] = drip(CHUNKED + b"-1\r\n", bytes(MEBIBYTE), every=0)
    tracemalloc.start()
    assert failure_of(fetcher(limits=Limits(wire_bytes=MEBIBYTE)))[0] == "too-large"
    assert tracemalloc.get_traced_memory()[1] < 8 * MEBIBYTE
    tracemalloc.stop()


def broken(pack):
    return pack(b"x" * 1000)[:-3]


@pytest.mark.parametrize(
    ("coding", "body", "may_pass"),
    [
        ("gzip", b"not gzip", True),
        ("gzip", broken(gzip.compress), True),
        ("gzip", gzip.compress(b"x") + broken(gzip.compress), True),
        ("gzip", gzip.compress(b"x")[:-8] + bytes(8), True),
        ("deflate", b"\xff\xff\xff", True),
        ("deflate", b"x", True),
        ("deflate", broken(zlib.compress), True),
        ("br", b"not brotli", True),
        ("br", broken(brotli.compress), True),
        ("zstd", b"not zstd", True),
        ("zstd", broken(zstd.compress), True),
        ("gzip, gzip", gzip.compress(b"x"), True),
        ("gzip, gzip, gzip", gzip.compress(gzip.compress(gzip.compress(b"x"))), False),
        ("compress", b"\x1f\x9d", False),
    ],
    ids=count(),
)
def test_what_cannot_be_unpacked(internet, fetcher, coding, body, may_pass):
    internet.site["/"] = page(body, Content_Encoding=coding)
    assert failure_of(fetcher()) == ("broken-answer", may_pass)


def test_two_headers_are_two_codings(internet, fetcher):
    packed = gzip.compress(gzip.compress(b"x"))
    lines = b"Content-Encoding: gzip\r\n" * 2
    internet.site["/"] = page(packed).replace(b"\r\n", b"\r\n" + lines, 1)
    assert fetcher().fetch("http://a.example/").body == b"x"
