"""What robots.txt allows, and what is done where it cannot be had (RFC 9309)."""

from __future__ import annotations

from functools import partial

import pytest

from tests.site import Internet, in_turn, page, redirect
from verifier.kit.fetch import FetchFailed, Limits
from verifier.kit.robots import Robots, product_token
from verifier.kit.targets import parse_target

AGENT = "Verifier/0.1 (+https://verifier.example)"
RULES = b"""
User-agent: *
Disallow: /

User-agent: OtherBot
Disallow: /public

User-agent: verifier.example
Disallow: /public

User-agent: verifier
Disallow: /private
Allow: /private/open$
Disallow: /*.pdf
"""
DAY = 24 * 60 * 60


@pytest.fixture
def internet():
    with Internet() as internet:
        for path in ("/", "/public", "/private/a", "/private/open", "/a.pdf"):
            internet.site[path] = page(b"here")
        yield internet
        assert internet.internal_hits == []


@pytest.fixture
def fetch(internet):
    limits = Limits(read_seconds=3)
    fetcher = internet.fetcher(user_agent=AGENT, limits=limits)
    return partial(fetcher.fetch, respect_robots=True)


def check_refused(fetch, url, *, may_pass=False, retry_after=None):
    with pytest.raises(FetchFailed) as failed:
        fetch(url)
    assert failed.value.code == "not-allowed-by-robots"
    assert (failed.value.may_pass, failed.value.retry_after) == (may_pass, retry_after)


def test_the_rules_for_us(internet, fetch):
    internet.site["/robots.txt"] = page(RULES, media_type="text/plain")
    assert fetch("http://a.example/public").status == 200
    assert fetch("http://a.example/private/open").status == 200
    check_refused(fetch, "http://a.example/private/a")
    check_refused(fetch, "http://a.example/a.pdf?x=1")
    assert internet.site.paths() == ["/robots.txt", "/public", "/private/open"]
    assert internet.site.received[0].headers["user-agent"] == AGENT


def test_only_where_it_is_asked_for(internet, fetch):
    internet.site["/robots.txt"] = page(b"User-agent: *\nDisallow: /")
    assert fetch("http://a.example/", respect_robots=False).status == 200
    assert internet.site.paths() == ["/"]


def test_every_hop_is_asked_about(internet, fetch):
    internet.site["a.example/robots.txt"] = page(b"User-agent: *\nDisallow: /no")
    internet.site["b.example/robots.txt"] = page(b"User-agent: *\nDisallow: /private")
    internet.site["a.example/"] = redirect("http://b.example/private/a")
    check_refused(fetch, "http://a.example/")
    internet.site["a.example/"] = redirect("/no")
    check_refused(fetch, "http://a.example/")
    internet.site["a.example/"] = redirect("http://b.example/public")
    assert fetch("http://a.example/").body == b"here"
    assert internet.site.paths().count("/robots.txt") == 2


@pytest.mark.parametrize(
    "answer",
    [
        page(status=404),
        page(status=401),
        page(status=403),
        page(status=410),
        page(status=429),
        page(b""),
        page(b"<html>Oh no"),
        page(b"\xff\xfe\x00Disallow"),
        page(status=304),
        redirect("/robots.txt"),
    ],
    ids=str,
)
def test_where_there_is_none_all_is_allowed(internet, fetch, answer):
    internet.site["/robots.txt"] = answer
    assert fetch("http://a.example/private/a").status == 200


@pytest.mark.parametrize(
    ("answer", "retry_after"),
    [
        (page(status=500), None),
        (page(status=503, Retry_After="60"), 60),
        (b"nonsense", None),
        (redirect("http://127.0.0.1/robots.txt"), None),
        (redirect("http://none.example/robots.txt"), None),
        (lambda connection, _: connection.recv(1), None),
    ],
    ids=["500", "503", "nonsense", "inside", "nowhere", "silence"],
)
def test_where_it_cannot_be_had_nothing_is_allowed_for_now(internet, fetch, answer, retry_after):
    internet.site["/robots.txt"] = answer
    check_refused(fetch, "http://a.example/", may_pass=True, retry_after=retry_after)
    assert "/" not in internet.site.paths()


def test_redirects_of_robots_txt(internet, fetch):
    internet.site["a.example/robots.txt"] = redirect("http://b.example/elsewhere.txt")
    internet.site["/elsewhere.txt"] = page(RULES)
    check_refused(fetch, "http://a.example/private/a")
    # They are followed whatever the page itself may do.
    internet.names["c.example"] = internet.names["a.example"]
    internet.site["c.example/robots.txt"] = redirect("http://b.example/elsewhere.txt")
    check_refused(partial(fetch, redirects=0), "http://c.example/private/a")


def test_an_address_inside_is_refused_before_its_robots_txt(internet, fetch):
    with pytest.raises(FetchFailed) as failed:
        fetch("http://10.0.0.1/")
    assert failed.value.code == "address-refused"
    assert internet.dialled == []


def test_only_the_first_500_kib_count(internet, fetch):
    rules = b"User-agent: *\nDisallow: /private\n#"
    cut = b"\nDisallow: /"
    filling = b"x" * (500 * 1024 - len(rules) - len(cut))
    # The rule that the limit cuts through is none: not one that disallows everything.
    internet.site["/robots.txt"] = page(rules + filling + cut + b"long\nDisallow: /public\n")
    assert fetch("http://a.example/public").status == 200
    check_refused(fetch, "http://a.example/private/a")


class Clock:
    seconds = 0.0

    def __call__(self):
        return self.seconds


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def robots(internet, clock):
    return Robots(internet.fetcher().fetch, AGENT, clock=clock)


def test_what_is_known_is_kept_for_a_day(internet, robots, clock):
    internet.site["/robots.txt"] = in_turn(page(b""), page(b"User-agent: *\nDisallow: /"))
    target = parse_target("http://a.example/")
    robots.check(target)
    clock.seconds = DAY - 1
    robots.check(target)
    clock.seconds = DAY
    with pytest.raises(FetchFailed):
        robots.check(target)
    assert len(internet.site.received) == 2


def test_what_is_not_known_is_asked_again_soon(internet, robots, clock):
    internet.site["/robots.txt"] = in_turn(page(status=500), page(b""))
    target = parse_target("http://a.example/")
    for clock.seconds in (0, 299):
        with pytest.raises(FetchFailed):
            robots.check(target)
    clock.seconds = 300
    robots.check(target)
    assert len(internet.site.received) == 2


def test_origins_have_rules_of_their_own(internet, robots):
    internet.site["/robots.txt"] = page(b"")
    robots.check(parse_target("http://a.example/"))
    robots.check(parse_target("http://b.example/"))
    with pytest.raises(FetchFailed):
        robots.check(parse_target("https://a.example/"))


def test_not_more_than_so_many_are_kept(internet, robots):
    internet.site["/robots.txt"] = page(b"")
    internet.names |= {f"{number}.a.example": internet.names["a.example"] for number in range(70)}
    for number in [*range(70), 69, 0]:
        robots.check(parse_target(f"http://{number}.a.example/"))
    assert len(internet.site.received) == 71
    assert len(robots._kept) == 64


@pytest.mark.parametrize(
    ("agent", "token"),
    [(AGENT, "Verifier"), ("Fact-Bot", "Fact-Bot"), ("Fact-Bot (+https://x.example)", "Fact-Bot")],
)
def test_the_name_we_are_called_by(agent, token):
    assert product_token(agent) == token
