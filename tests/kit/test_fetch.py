"""Fetching: what comes back, and what a WARC record needs of it."""

from __future__ import annotations

import gzip
import zlib
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import brotli
import pytest

from tests.site import (
    OTHER_PUBLIC,
    PUBLIC,
    PUBLIC_6,
    Internet,
    in_turn,
    page,
    redirect,
)
from verifier.kit.codings import zstd
from verifier.kit.fetch import Exchange, Fetched, FetchFailed

AGENT = "Verifier/0.1 (+https://verifier.example)"
TEXT = "Der Turm ist 330 m hoch. " * 1000


@pytest.fixture
def internet():
    with Internet() as internet:
        yield internet
        assert internet.internal_hits == []


@pytest.fixture
def fetch(internet):
    return internet.fetcher(user_agent=AGENT).fetch


def test_a_good_page(internet, fetch):
    internet.site["/page"] = page(b"<p>330 m", ETag='"1"')
    begun = datetime.now(UTC)
    found = fetch("http://A.example/page?q=1#top")
    assert (found.status, found.body, found.url) == (200, b"<p>330 m", "http://a.example/page?q=1")
    assert (found.media_type, found.charset) == ("text/html", "utf-8")
    assert found.header("etag") == '"1"'
    assert found.header("X-None") is None
    (exchange,) = found.exchanges
    assert exchange.address == PUBLIC
    assert begun <= exchange.started_at <= datetime.now(UTC)
    assert (exchange.reason, exchange.http_version) == ("Whatever", "HTTP/1.1")
    assert exchange.payload == b"<p>330 m"
    assert exchange.request_body == b""
    assert exchange.request_head.decode().split("\r\n") == [
        "GET /page?q=1 HTTP/1.1",
        "Host: a.example",
        f"User-Agent: {AGENT}",
        "Accept: */*",
        "Accept-Encoding: gzip, deflate, br, zstd",
        "Connection: close",
        "",
        "",
    ]


def test_headers_are_kept_in_order_and_repeated(internet, fetch):
    internet.site["/"] = (
        b"HTTP/1.0 200 OK\r\nB: 1\r\na: 2\r\nB: 3\r\nSet-Cookie: x=1\r\nX: \xd0\xb8\r\n\r\nbody"
    )
    found = fetch("http://a.example")
    assert found.exchanges[0].headers == [
        ("B", "1"),
        ("a", "2"),
        ("B", "3"),
        ("Set-Cookie", "x=1"),
        ("X", "\xd0\xb8"),
    ]
    assert found.exchanges[0].http_version == "HTTP/1.0"
    assert found.body == b"body"
    assert (found.media_type, found.charset) == (None, None)
    fetch("http://a.example")
    assert "cookie" not in internet.site.received[-1].headers


def test_sending_a_body(internet, fetch):
    internet.site["/hook"] = in_turn(page(status=204), redirect("/elsewhere", 307))
    given = {"Content-Type": "application/json", "user-agent": "Other/1", "X-Signature": "s"}
    sent = {"method": "POST", "headers": given, "body": b"{}", "redirects": 0}
    found = fetch("http://a.example/hook", **sent)
    assert found.status == 204
    received = internet.site.received[0]
    assert (received.method, received.body) == ("POST", b"{}")
    assert received.headers["x-signature"] == "s"
    assert received.headers["user-agent"] == "Other/1"
    assert received.headers["content-length"] == "2"
    assert found.exchanges[0].request_body == b"{}"
    assert found.exchanges[0].request_head.endswith(b"\r\n\r\n")
    again = fetch("http://a.example/hook", **sent)
    assert (again.status, again.header("Location"), again.body) == (307, "/elsewhere", b"this way")
    assert internet.site.paths() == ["/hook", "/hook"]


def test_statuses_are_answers(internet, fetch):
    internet.site["/late"] = in_turn(page(status=500, Retry_After="120"), page(b"now"))
    assert fetch("http://a.example/none").status == 404
    first = fetch("http://a.example/late")
    assert (first.status, first.retry_after) == (500, 120)
    assert fetch("http://a.example/late").body == b"now"


def test_answers_without_a_body(internet, fetch):
    internet.site["/"] = page(Content_Encoding="gzip", Content_Length=100)
    assert fetch("http://a.example/", method="HEAD").body == b""
    internet.site["/same"] = page(status=304, Content_Encoding="gzip", Content_Length=100)
    assert fetch("http://a.example/same", headers={"If-None-Match": '"1"'}).status == 304


def test_interim_answers_are_passed_over(internet, fetch):
    hints = b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n"
    internet.site["/"] = b"HTTP/1.1 100 Continue\r\n\r\n" + hints + hints + page(b"at last")
    found = fetch("http://a.example/")
    assert (found.status, found.body, found.header("Link")) == (200, b"at last", None)


def test_many_at_once(internet, fetch):
    paths = [f"/{number}" for number in range(40)]
    for path in paths:
        internet.site[path] = page(path.encode() * 50_000)
    with ThreadPoolExecutor(8) as pool:
        found = pool.map(lambda path: fetch(f"http://a.example{path}").body[-len(path) :], paths)
    assert list(found) == [path.encode() for path in paths]


@pytest.mark.parametrize(
    ("media_type", "body", "expected"),
    [
        (
            "text/html; charset=windows-1251",
            "Башня".encode("cp1251"),
            ("text/html", "windows-1251"),
        ),
        ('Text/HTML;charset="UTF-16"', "Башня".encode("utf-16"), ("text/html", "utf-16")),
        ("application/pdf", b"%PDF-1.7\n\x00\xff", ("application/pdf", None)),
        ("text/html; charset=\xff\xfe", b"x", ("text/html", None)),
        ("nonsense", b"x", (None, None)),
        (";;;charset=", b"x", (None, None)),
        (None, b"x", (None, None)),
    ],
)
def test_types_and_charsets(internet, fetch, media_type, body, expected):
    head = page(body, media_type=None)
    if media_type is not None:
        head = head.replace(
            b"\r\n\r\n", f"\r\nContent-Type: {media_type}\r\n\r\n".encode("latin-1")
        )
    internet.site["/"] = head
    found = fetch("http://a.example/")
    assert found.body == body
    assert (found.media_type, found.charset) == expected


def bare_deflate(data):
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize(
    ("coding", "pack"),
    [
        ("gzip", gzip.compress),
        ("X-GZIP", lambda data: gzip.compress(data[:9]) + gzip.compress(data[9:]) + b"\0\0junk"),
        ("deflate", zlib.compress),
        ("deflate", bare_deflate),
        ("br", brotli.compress),
        ("zstd", lambda data: zstd.compress(data[:9]) + zstd.compress(data[9:])),
        ("br, gzip", lambda data: gzip.compress(brotli.compress(data))),
        ("identity", bytes),
        ("utf-8", bytes),
    ],
)
def test_codings(internet, fetch, coding, pack, chunked):
    body = pack(TEXT.encode())
    sent = page(body, Content_Encoding=coding)
    if chunked:
        head = page(Content_Encoding=coding, Content_Length=None, Transfer_Encoding="chunked")
        pieces = [body[at : at + 97] for at in range(0, len(body), 97)] + [b""]
        sent = head + b"".join(b"%x;ext\r\n%s\r\n" % (len(piece), piece) for piece in pieces)
    internet.site["/"] = sent
    found = fetch("http://a.example/")
    assert found.body.decode() == TEXT
    assert found.exchanges[0].payload == body


@pytest.mark.parametrize(
    "url", [f"http://{PUBLIC}/", f"http://[{PUBLIC_6}]/", "http://ex\u00e4mple.de./", "http://EX\u00c4mple\u3002de"]
)  # fmt: skip
def test_spellings_of_hosts(internet, fetch, url):
    internet.names["xn--exmple-cua.de"] = [OTHER_PUBLIC]
    internet.site["/"] = page(b"here")
    found = fetch(url)
    assert found.body == b"here"
    host = found.url.removeprefix("http://").removesuffix("/")
    assert internet.site.received[0].host == host
    assert host in {PUBLIC, f"[{PUBLIC_6}]", "xn--exmple-cua.de"}
    assert internet.looked_up == ([] if host[-1] in "]4" else ["xn--exmple-cua.de"])


def test_what_urls_may_not_hold_raw_is_escaped(internet, fetch):
    internet.site["/caf%C3%A9"] = page(b"here")
    assert fetch("http://a.example/caf\u00e9?a=%20&b=\u00fc").status == 200
    assert internet.site.paths() == ["/caf%C3%A9?a=%20&b=%C3%BC"]


def test_the_next_address_when_one_does_not_answer(internet, fetch):
    internet.site["/"] = page(b"here")
    internet.names["a.example"] = ["93.184.216.99", PUBLIC_6, PUBLIC]
    found = fetch("http://a.example/")
    assert found.exchanges[0].address == PUBLIC_6
    assert internet.dialled == [("93.184.216.99", 80), (PUBLIC_6, 80)]


def test_names_that_lead_nowhere(internet, fetch):
    internet.names |= {"down.example": ["93.184.216.99"], "empty.example": []}
    for url, code in [
        ("http://none.example/", "name-not-found"),
        ("http://empty.example/", "name-not-found"),
        ("http://down.example/", "unreachable"),
    ]:
        with pytest.raises(FetchFailed) as failed:
            fetch(url)
        assert (failed.value.code, failed.value.may_pass) == (code, True)
        assert url[7:-1] in str(failed.value)


def fetched(**headers):
    given = [(name.replace("_", "-"), value) for name, value in headers.items()]
    now = datetime.now(UTC)
    return Fetched((Exchange("", "", now, b"", b"", 503, "", "HTTP/1.1", given, b""),), b"")


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("0", 0), (" 7 ", 7), ("Wed, 21 Oct 2015 07:28:00 GMT", 0), ("Wed, 21 Oct 2015 07:28:00 -0000", 0),
        ("", None), ("-1", None), ("soon", None), ("\u0663", None), ("9" * 400, None), ("Wed, 99 Oct", None),
        ("Wed, 21 Oct 99999999999999999999 07:28:00 GMT", None), ("Wed, 21 Oct 2015 07:28:00 +9999999999", None),
    ],
)  # fmt: skip
def test_retry_after(said, expected):
    assert fetched(Retry_After=said).retry_after == expected
