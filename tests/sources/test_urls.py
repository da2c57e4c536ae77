"""One spelling for each publication, and the domain that answers for it."""

from __future__ import annotations

import socket

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tld import utils as tld

from verifier.sources.urls import (
    LONGEST_URL,
    UrlNotAccepted,
    _BundledSuffixes,
    canonical_url,
    registrable_domain,
)

PAGE = "https://news.example/world/withdrawal?id=7"


@pytest.mark.parametrize(
    "same",
    [
        "https://news.example/world/withdrawal?id=7",
        "http://news.example/world/withdrawal?id=7",
        "HTTPS://News.EXAMPLE/world/withdrawal?id=7",
        "https://news.example:443/world/withdrawal?id=7",
        "http://news.example:80/world/withdrawal?id=7",
        "https://news.example:/world/withdrawal?id=7",
        "https://news.example./world/withdrawal?id=7",
        "https://news.example/world/withdrawal/?id=7",
        "https://news.example/world/withdrawal?id=7#comments",
        "https://news.example/world/withdrawal?id=7&utm_source=feed&UTM_Medium=rss",
        "https://news.example/world/withdrawal?fbclid=IwAR0&id=7&gclid=x",
        "https://news.example/world/withdrawal?utm%5Fsource=feed&id=7",
        "https://news.example/world/withdrawal?&id=7&",
        "https://news.example/world/%77ithdrawal?%69d=7",
        "https://news.example/./world/south/../withdrawal?id=7",
        "https://news.example/world/%2E/withdrawal?id=7",
        "https://ｎews.example/world/withdrawal?id=7",
    ],
)
def test_one_publication_has_one_spelling(same):
    assert canonical_url(same) == PAGE


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("https://news.example", "https://news.example/"),
        ("http://news.example?", "https://news.example/"),
        ("https://news.example//", "https://news.example/"),
        ("https://news.example/../..", "https://news.example/"),
        ("https://news.example/a//b/", "https://news.example/a//b"),
        ("http://news.example:8080/a", "http://news.example:8080/a"),
        ("http://news.example:443/a", "http://news.example:443/a"),
        ("https://news.example:80/a", "https://news.example:80/a"),
        ("https://xəbər.example/şuşa", "https://xn--xbr-dtbb.example/%C5%9Fu%C5%9Fa"),
        ("https://XN--XBR-DTBB.example/", "https://xn--xbr-dtbb.example/"),
        ("https://news.example/%c5%9fu%C5%9Fa", "https://news.example/%C5%9Fu%C5%9Fa"),
        ("https://news.example/?q=şuşa+a%2Bb", "https://news.example/?q=%C5%9Fu%C5%9Fa+a%2Bb"),
        ("https://news.example/100%/%zz", "https://news.example/100%25/%25zz"),
        ("https://news.example/?a[]=1&a[]=2", "https://news.example/?a%5B%5D=1&a%5B%5D=2"),
        ("http://127.0.0.1:5000/a", "http://127.0.0.1:5000/a"),
        ("http://[2001:DB8:0::1]/a", "https://[2001:db8::1]/a"),
        ("http://[::1]:8080", "http://[::1]:8080/"),
        ("https://my_desk.news.example/", "https://my_desk.news.example/"),
        ("https://xn--i-7iq.example/", "https://xn--i-7iq.example/"),
        (
            "https://archive.example/web/2024/https://news.example/a/",
            "https://archive.example/web/2024/https://news.example/a",
        ),
    ],
)
def test_canonical_spellings(url, canonical):
    assert canonical_url(url) == canonical
    assert canonical_url(canonical) == canonical


@pytest.mark.parametrize(
    "query",
    [
        "id=8", "eid=7", "gallery=7", "keyword=7", "source=7", "ref=7", "session=7", "uid=7", "p=7",
        "7", "page", "id=", "b=1&a=2", "a=2&b=1", "id=7&id=8", "utm=7", "ad_id=7", "q=utm_source=7",
    ],
)  # fmt: skip
def test_what_may_name_the_page_stays(query):
    url = f"https://news.example/story?{query}"
    assert canonical_url(url) == url


@pytest.mark.parametrize(
    "other",
    [
        "https://www.news.example/world/withdrawal?id=7",
        "https://news.example/World/withdrawal?id=7",
        "https://news.example/world/withdrawal?ID=7",
        "https://news.example/world/withdrawal%3Fid=7",
        "https://news.example/world%2Fwithdrawal?id=7",
        "https://news.example:8443/world/withdrawal?id=7",
        "https://news.example/world//withdrawal?id=7",
    ],
)
def test_what_may_be_another_page_stays_apart(other):
    assert canonical_url(other) != PAGE


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("", "begins with http"),
        ("news.example/a", "begins with http"),
        ("//news.example/a", "begins with http"),
        ("ftp://news.example/a", "begins with http"),
        ("javascript:alert(1)", "begins with http"),
        ("http:news.example", "no host"),
        ("http:///a", "no host"),
        ("http://:80/a", "no host"),
        ("https://desk@news.example/", "no user"),
        ("https://desk:secret@news.example/", "no user"),
        ("https://@news.example/", "no user"),
        ("https://news.example\\@other.example/", "no user"),
        ("https://news.example:99999/", "port"),
        ("https://news.example:0/", "Port 0"),
        ("https://news.example:x/", "port"),
        ("https://news.example:٣/", "port"),
        ("https://news example/", "white space"),
        (" https://news.example/", "white space"),
        ("https://news.example/a\u00a0b", "white space"),
        ("https://news.example/a\n", "U\\+000A at position 23"),
        ("https://news.example/\x00", "U\\+0000"),
        ("https://news.example/\ud800", "surrogate U\\+D800"),
        ("https://news.example/\u202egpj", "U\\+202E"),
        ("https://[::1", "cannot be read"),
        ("https://[::1]x/", "is not a host"),
        ("https://a[::1]/", "host"),
        ("https://[fe80::1%25eth0]/", "is not a host"),
        ("https://[v1.x]/", "host"),
        ("https://[127.0.0.1]/", "host"),
        ("https://0x7f.1/", "is not a host"),
        ("https://2130706433/", "is not a host"),
        ("https://127.1/", "is not a host"),
        ("https://010.0.0.1/", "is not a host"),
        ("https://256.0.0.1/", "is not a host"),
        ("https://news..example/", "is not a host"),
        ("https://-news.example/", "is not a host"),
        ("https://n%65ws.example/", "is not a host"),
        ("https://" + "a" * 64 + ".example/", "is not a host"),
        ("https://" + "a." * 127 + "example/", "is not a host"),
        ("https://\u2100.example/", "cannot be read"),
        ("https://i❤.example/", "is not a host"),
        (f"https://news.example/{'a' * LONGEST_URL}", "at most 2048"),
        (f"https://news.example/{'ş' * 400}", "at most 2048 characters, escapes counted"),
    ],
)
def test_refusals_give_their_reason(url, reason):
    with pytest.raises(UrlNotAccepted, match=reason):
        canonical_url(url)
    assert registrable_domain(url) is None


def test_the_longest_url_is_accepted():
    url = "https://news.example/".ljust(LONGEST_URL, "a")
    assert canonical_url(url) == url


MARKS = list("/.:@%?&=#[]\\-_ 1٣aşßİا。ﷺ\u0301\u200d\ud800")
PARTS = [
    "http://",
    "https://",
    "//",
    "..",
    "[::1]",
    ":80",
    "%2e",
    "%zz",
    "utm_source",
    "xn--",
    "0x7f",
]
URLISH = st.lists(st.sampled_from(MARKS + PARTS), max_size=12).map("".join)
HOSTS = st.text(max_size=30).map("https://{}/".format)


@given(st.text() | URLISH | URLISH.map("https://{}".format) | HOSTS)
@example("https://[]/")
@example("https://a.1/")
@example("https://xn--\u0660/")
def test_any_text_is_a_stable_url_or_is_refused(url):
    try:
        canonical = canonical_url(url)
    except UrlNotAccepted as refusal:
        assert str(refusal).endswith(".")  # noqa: PT017  (either outcome is right, not any)
        return
    assert canonical_url(canonical) == canonical
    assert canonical.isascii()
    assert len(canonical) <= LONGEST_URL
    assert registrable_domain(canonical) == registrable_domain(url)


@pytest.mark.parametrize(
    ("url", "domain"),
    [
        ("https://www.bbc.co.uk/news", "bbc.co.uk"),
        ("https://a.github.io/", "a.github.io"),
        ("https://b.github.io/", "b.github.io"),
        ("https://x.a.github.io/", "a.github.io"),
        ("https://news.gov.az/", "news.gov.az"),
        ("https://m.news.az:8443/", "news.az"),
        ("https://city.kawasaki.jp/", "city.kawasaki.jp"),  # an exception to *.kawasaki.jp
        ("https://www.city.kawasaki.jp/", "city.kawasaki.jp"),
        ("https://a.b.c.kawasaki.jp/", "b.c.kawasaki.jp"),
        ("https://www.münchen.de/", "xn--mnchen-3ya.de"),
        ("https://a.b.公司.cn/", "b.xn--55qx5d.cn"),
        ("https://www.пример.рф/", "xn--e1afmkfd.xn--p1ai"),
        ("https://desk.news.example/", "news.example"),  # no rule: the last label is the suffix
        ("http://127.0.0.1:5000/", "127.0.0.1"),
        ("http://[2001:db8::1]/", "2001:db8::1"),
    ],
)
def test_registrable_domains(url, domain):
    assert registrable_domain(url) == domain


@pytest.mark.parametrize(
    "url",
    [
        "https://co.uk/",
        "https://github.io/",
        "https://com/",
        "https://公司.cn/",
        "https://localhost/",
    ],
)
def test_what_nobody_registered_has_no_domain(url):
    assert registrable_domain(url) is None


def test_the_suffix_list_is_read_without_a_network(monkeypatch):
    def no_network(*_args, **_kwargs):
        message = "a connection was attempted"
        raise AssertionError(message)

    monkeypatch.setattr(socket, "socket", no_network)
    monkeypatch.setattr(socket, "getaddrinfo", no_network)
    monkeypatch.setitem(tld.get_tld_names_container(), _BundledSuffixes.local_path, None)
    assert registrable_domain("https://www.bbc.co.uk/") == "bbc.co.uk"
    assert not _BundledSuffixes.update_tld_names()
