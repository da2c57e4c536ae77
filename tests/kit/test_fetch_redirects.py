"""Redirects and names that try to lead inside: nothing but public addresses is ever dialled."""

from __future__ import annotations

import pytest

from tests.site import OTHER_PUBLIC, PUBLIC, Internet, in_turn, page, redirect
from verifier.kit.fetch import FetchFailed, Limits


@pytest.fixture
def internet():
    with Internet() as internet:
        # What must not be reached is there, and would answer.
        for address in ("127.0.0.1", "169.254.169.254", "10.0.0.1", "::1"):
            internet.ports |= {(address, port): internet.site.port for port in (80, 443, 8080)}
        internet.site["/secret"] = page(b"secret")
        yield internet


@pytest.fixture
def fetch(internet):
    return internet.fetcher().fetch


def check_refused(fetch, url, code, **options):
    with pytest.raises(FetchFailed) as failed:
        fetch(url, **options)
    assert (failed.value.code, failed.value.may_pass) == (code, False)
    assert str(failed.value).endswith(".")
    return str(failed.value)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ("end", "http://a.example/dir/end"),
        ("../end?x=1#part", "http://a.example/end?x=1"),
        ("/end", "http://a.example/end"),
        ("//b.example/end", "http://b.example/end"),
        ("http://b.example/end", "http://b.example/end"),
        ("HTTP://B.example:80/end", "http://b.example/end"),
        ("?again", "http://a.example/dir/start?again"),
        ("/a b", "http://a.example/a%20b"),
        ("/\u0431".encode().decode("latin-1"), "http://a.example/%D0%B1"),
        ("/\xe9", "http://a.example/%E9"),
    ],
)
def test_redirects(internet, fetch, status, location, expected):
    first = redirect("", status).replace(b"Location: ", b"Location: " + location.encode("latin-1"))
    internet.site["/dir/start"] = in_turn(first, page(b"there"))
    for path in ("/dir/end", "/end", "/a%20b", "/%D0%B1", "/%E9"):
        internet.site[path] = page(b"there")
    found = fetch("http://a.example/dir/start")
    assert (found.url, found.body) == (expected, b"there")
    assert [hop.status for hop in found.exchanges] == [status, 200]
    assert found.exchanges[0].payload == b"this way"


def test_the_body_of_a_redirect_need_not_be_readable(internet, fetch):
    internet.site["/"] = page(b"no gzip", 302, Location="/end", Content_Encoding="gzip")
    internet.site["/end"] = page(b"there")
    found = fetch("http://a.example/")
    assert (found.exchanges[0].payload, found.body) == (b"no gzip", b"there")


@pytest.mark.parametrize("status", [300, 304, 305, 306, 200, 404])
def test_other_statuses_lead_nowhere(internet, fetch, status):
    internet.site["/"] = page(status=status, Location="/secret")
    assert fetch("http://a.example/").status == status


def test_a_redirect_that_does_not_say_where(internet, fetch):
    internet.site["/"] = redirect(" ")
    assert fetch("http://a.example/").status == 302


@pytest.mark.parametrize(
    ("location", "code"),
    [
        ("http://127.0.0.1/secret", "address-refused"),
        ("http://169.254.169.254/secret", "address-refused"),
        ("http://[::1]/secret", "address-refused"),
        ("http://[::ffff:169.254.169.254]/secret", "address-refused"),
        ("http://[64:ff9b::a9fe:a9fe]/secret", "address-refused"),
        ("http://localhost/secret", "address-refused"),
        ("http://inside.example/secret", "address-refused"),
        ("http://half.example/secret", "address-refused"),
        ("http://linked.example/secret", "address-refused"),
        ("http://127.0.0.1:8080/secret", "port-refused"),
        ("http://a.example:8080/secret", "port-refused"),
        ("http://a.example:0/secret", "port-refused"),
        ("http://a.example:99999/secret", "url-refused"),
        ("http://a.example:x/secret", "url-refused"),
        ("ftp://a.example/secret", "url-refused"),
        ("file:///etc/passwd", "url-refused"),
        ("gopher://127.0.0.1:80/", "url-refused"),
        ("data:text/html,x", "url-refused"),
        ("javascript:alert(1)", "url-refused"),
        ("http://user:password@a.example/secret", "url-refused"),
        ("http://a.example@127.0.0.1/secret", "url-refused"),
        ("http://@127.0.0.1/secret", "url-refused"),
        ("http://a.example\\@127.0.0.1/secret", "url-refused"),
        ("http://127.0.0.1\\.a.example/secret", "url-refused"),
        ("http://0x7f.1/secret", "url-refused"),
        ("http://2130706433/secret", "url-refused"),
        ("http://0177.0.0.1/secret", "url-refused"),
        ("http://127.1/secret", "url-refused"),
        ("http://127.0.0.1./secret", "address-refused"),
        ("http://\uff11\uff12\uff17.0.0.1/secret", "address-refused"),
        ("http://127\u30020.0.1/secret", "address-refused"),
        ("http://%31%32%37.0.0.1/secret", "url-refused"),
        ("http://a.0x7f/secret", "url-refused"),
        ("http://[fe80::1%25eth0]/secret", "url-refused"),
        ("http://[::1/secret", "url-refused"),
        ("http://[::1]x/secret", "url-refused"),
        ("http://[127.0.0.1]/secret", "url-refused"),
        ("http://./secret", "url-refused"),
        ("http://a..example/secret", "url-refused"),
        ("http://" + "a" * 64 + ".example/secret", "url-refused"),
        ("http://" + "a." * 127 + "example/secret", "url-refused"),
        ("http://a.example/" + "x" * 8192, "url-refused"),
    ],
)
def test_what_is_never_gone_to(internet, fetch, location, code):
    internet.names |= {
        "localhost": ["127.0.0.1", "::1"],
        "inside.example": ["10.0.0.1"],
        "half.example": [PUBLIC, "10.0.0.1"],
        "linked.example": ["fe80::1%eth0"],
    }
    check_refused(fetch, location, code)
    assert internet.dialled == []
    internet.site["/"] = page(status=302, Location="").replace(
        b"Location: ", b"Location: " + location.encode()
    )
    sentence = check_refused(fetch, "http://b.example/", code)
    assert sentence.startswith("b.example redirects") or code == "address-refused"
    assert "10.0.0.1" not in sentence
    assert internet.dialled == [(OTHER_PUBLIC, 80)]
    assert internet.internal_hits == []


@pytest.mark.parametrize(
    "url",
    ["", "/secret", "a.example", "//a.example/", "http:///secret", "http://", "http:a.example", "http://a.example\tx/", " http://a.example/", "http://a.example/a b"],
)  # fmt: skip
def test_what_is_no_url_to_begin_with(internet, fetch, url):
    check_refused(fetch, url, "url-refused")
    assert internet.dialled == []


def test_a_name_that_changes_between_two_look_ups(internet, fetch):
    internet.names["rebound.example"] = lambda count: [PUBLIC] if count % 2 else ["127.0.0.1"]
    internet.site["/"] = page(b"outside")
    # One look-up, one dial: the second answer is never asked for.
    assert fetch("http://rebound.example/").body == b"outside"
    assert internet.looked_up == ["rebound.example"]
    assert internet.dialled == [(PUBLIC, 80)]
    check_refused(fetch, "http://rebound.example/", "address-refused")
    internet.site["/"] = redirect("/secret")
    check_refused(fetch, "http://rebound.example/", "address-refused")
    assert internet.internal_hits == []


def test_redirects_without_end(internet, fetch):
    internet.site["/loop"] = redirect("/loop")
    assert "5 times" in check_refused(fetch, "http://a.example/loop", "too-many-redirects")
    assert len(internet.dialled) == 6
    for step in range(5):
        internet.site[f"/{step}"] = redirect(f"/{step + 1}")
    internet.site["/5"] = page(b"five")
    assert fetch("http://a.example/0").body == b"five"
    check_refused(fetch, "http://a.example/0", "too-many-redirects", redirects=4)
    assert fetch("http://a.example/0", redirects=0).status == 302


def test_what_goes_along_with_a_redirect(internet, fetch):
    secret = {"Authorization": "Bearer secret", "If-None-Match": '"1"'}
    internet.site["a.example/1"] = redirect("/2")
    internet.site["a.example/2"] = redirect("http://b.example/3")
    internet.site["b.example/3"] = redirect("http://a.example/4")
    internet.site["/4"] = page()
    fetch("http://a.example/1", headers=secret)
    assert ["authorization" in one.headers for one in internet.site.received] == [
        True,
        True,
        False,
        False,
    ]
    assert ["if-none-match" in one.headers for one in internet.site.received] == [
        True,
        True,
        False,
        False,
    ]


@pytest.mark.parametrize(
    ("status", "method", "body"),
    [
        (301, "GET", b""),
        (302, "GET", b""),
        (303, "GET", b""),
        (307, "POST", b"x"),
        (308, "POST", b"x"),
    ],
)
def test_a_body_and_a_redirect(internet, fetch, status, method, body):
    internet.site["/1"] = redirect("/2", status)
    internet.site["/2"] = page()
    fetch("http://a.example/1", method="POST", body=b"x", headers={"Content-Type": "text/plain"})
    last = internet.site.received[-1]
    assert (last.path, last.method, last.body) == ("/2", method, body)
    assert ("content-type" in last.headers) == bool(body)
    # A body is for the first origin only.
    internet.site["/1"] = redirect("http://b.example/2", status)
    found = fetch("http://a.example/1", method="POST", body=b"x")
    assert found.status == (status if body else 200)


def test_private_addresses_on_request(internet):
    internet.names["dev.example"] = ["127.0.0.1"]
    fetch = internet.fetcher(allow_private=True, limits=Limits(redirects=1)).fetch
    assert fetch("http://127.0.0.1:8080/secret").body == b"secret"
    assert internet.site.received[-1].host == "127.0.0.1:8080"
    assert fetch("http://dev.example/secret").body == b"secret"
    internet.site["/"] = redirect("http://169.254.169.254/secret")
    check_refused(fetch, "http://[::1]/", "address-refused")
    assert ("169.254.169.254", 80) not in internet.dialled
