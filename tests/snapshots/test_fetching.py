"""A source known by its address: fetched by the worker, archived, read, and told of."""

import gzip
import hashlib
import re
from dataclasses import replace
from io import BytesIO

import pytest
from warcio.archiveiterator import ArchiveIterator

from tests.site import drip, in_turn, page, redirect
from tests.work import ADDRESS, article
from verifier.kit.fetch import Limits

PARAGRAPH = "The peacekeepers are leaving, and people in the villages along the road watch them go."
CYRILLIC = "Миротворцы уходят, и люди в деревнях вдоль дороги смотрят им вслед, говорят очевидцы."
HTML = "<html><head><meta charset={charset}><title>Страница</title></head><body><article><p>{text}</p><p>{text}</p></article></body></html>"
HEAD = (
    '<meta name="author" content="Jo Bloggs"><meta property="og:site_name" content="News Example">'
    '<meta property="article:published_time" content="2024-04-17T10:00:00+04:00">'
)


def encoded(charset, declared=None, header="text/html"):
    text = HTML.format(charset=declared or charset, text=CYRILLIC)
    return page(text.encode(charset), media_type=header)


@pytest.fixture
def desk(desk_at_work):
    return desk_at_work


def failure(desk, url=ADDRESS):
    fetch = desk.source(url)["fetch"]
    return fetch["state"], fetch["error"]


def test_a_page_is_fetched_archived_and_read(desk):
    desk.serve(PARAGRAPH, PARAGRAPH, head=HEAD)
    source = desk.source()
    assert source["fetch"]["state"] == "done"
    assert PARAGRAPH in source["text"]
    known = {
        name: source[name] for name in ("title", "author", "publisher", "published_at", "language")
    }
    assert known == {
        "title": "Convoys head north",
        "author": "Jo Bloggs",
        "publisher": "News Example",
        "published_at": "2024-04-17T06:00:00.000000Z",
        "language": "en",
    }
    (brief,) = source["snapshots"]
    assert source["text_snapshot"] == brief["id"]
    assert (brief["http_status"], brief["supplied"]) == (200, False)
    snapshot = desk.room.call("GET", f"/v1/snapshots/{brief['id']}", "con", status=200).json
    assert snapshot["url"] == ADDRESS
    assert snapshot["supplied_by"] is None
    body = desk.internet.site.table["/withdrawal"].partition(b"\r\n\r\n")[2]
    assert snapshot["payload_sha256"] == hashlib.sha256(body).hexdigest()
    file = desk.room.call("GET", snapshot["warc"], "con", status=200).data
    assert (hashlib.sha256(file).hexdigest(), len(file)) == (snapshot["sha256"], snapshot["bytes"])


def test_what_somebody_entered_is_never_overwritten(desk):
    desk.serve(PARAGRAPH, PARAGRAPH, head=HEAD)
    entered = {"title": "Our own title", "language": "ru", "author": "A. N. Other"}
    source = desk.source(**entered)
    assert {name: source[name] for name in entered} == entered
    assert source["publisher"] == "News Example"
    desk.serve(PARAGRAPH, PARAGRAPH, head=HEAD.replace("News Example", "Another Name"))
    assert desk.fetch(source)["publisher"] == "News Example"


def test_the_site_is_told_who_asks(desk):
    desk.serve(PARAGRAPH)
    desk.source()
    asked = desk.internet.site.received[-1].headers
    assert asked["user-agent"].startswith("Verifier/")
    assert "cookie" not in asked
    assert "referer" not in asked


@pytest.mark.parametrize(
    "answer",
    [
        encoded("windows-1251"),
        encoded("windows-1251", declared="utf-8", header="text/html; charset=windows-1251"),
        encoded("utf-16"),
        encoded("utf-16-le", header="text/html; charset=utf-16"),
        encoded("utf-8"),
        page(gzip.compress(HTML.format(charset="utf-8", text=CYRILLIC).encode()), media_type="text/html", Content_Encoding="gzip"),
        page(CYRILLIC.encode("utf-8"), media_type="text/plain; charset=utf-8"),
    ],
    ids=["windows-1251", "by its header", "UTF-16", "UTF-16 without a mark", "UTF-8", "gzip", "plain text"],
)  # fmt: skip
def test_pages_of_all_encodings(desk, answer):
    desk.internet.site["/withdrawal"] = answer
    assert CYRILLIC in desk.source()["text"]


def test_every_hop_is_archived(desk):
    desk.internet.site["/withdrawal"] = redirect("http://b.example/moved")
    desk.internet.site["/moved"] = article(PARAGRAPH)
    source = desk.source()
    (brief,) = source["snapshots"]
    snapshot = desk.room.call("GET", f"/v1/snapshots/{brief['id']}", "con").json
    assert snapshot["url"] == "http://b.example/moved"
    file = desk.room.call("GET", snapshot["warc"], "con").data
    records = [
        (record.rec_type, record.rec_headers.get_header("WARC-Target-URI"))
        for record in ArchiveIterator(BytesIO(file))
    ]
    assert records == [
        ("warcinfo", None),
        ("response", ADDRESS),
        ("request", ADDRESS),
        ("response", "http://b.example/moved"),
        ("request", "http://b.example/moved"),
    ]


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (page(b"no", 403), "The site answered 403"),
        (page(b"pay", 402), "The site answered 402"),
        (page(b"gone for law", 451), "The site answered 451"),
        (redirect("http://127.0.0.1/admin"), "public"),
        (redirect("http://169.254.169.254/latest/meta-data"), "public"),
        (redirect("http://twofaced.example/"), "public"),
        (redirect("http://a.example:8080/"), "port"),
        (redirect("/withdrawal"), "redirect"),
        (redirect("file:///etc/passwd"), "http"),
    ],
)
def test_what_cannot_pass_fails_at_once_and_says_why(desk, answer, told):
    desk.internet.names["twofaced.example"] = ["93.184.216.34", "10.0.0.1"]
    desk.internet.site["/withdrawal"] = answer
    state, error = failure(desk)
    assert state == "failed"
    assert re.search(told, error), error
    assert desk.work() == 0


def test_a_name_that_changes_between_two_look_ups_leads_nowhere(desk):
    desk.internet.names["rebinding.example"] = lambda times: (
        ["93.184.216.34"] if times < 3 else ["127.0.0.1"]
    )
    desk.internet.site["/"] = redirect("http://rebinding.example/again")
    desk.internet.site["/again"] = redirect("http://rebinding.example/inside")
    desk.internet.site["/inside"] = article(PARAGRAPH)
    state, error = failure(desk, "http://rebinding.example/")
    assert (state, "public" in error) == ("failed", True), error


@pytest.mark.parametrize(
    "answer",
    [
        page(b"oops", 500),
        page(b"slow down", 429),
        page(b"short", Content_Length=500),
        b"this is not HTTP\r\n\r\n",
        b"",
    ],
    ids=["500", "429", "a wrong length", "no HTTP", "nothing"],
)
def test_what_may_pass_is_tried_again(desk, answer):
    desk.internet.site["/withdrawal"] = in_turn(answer, article(PARAGRAPH))
    desk.internet.site["/robots.txt"] = page(b"", 404)
    source = desk.source()
    fetch = source["fetch"]
    assert (fetch["state"], fetch["attempts"]) == ("queued", 1)
    assert fetch["next_attempt_at"] > fetch["updated_at"]
    assert fetch["error"]
    assert desk.work() == 0
    desk.pass_time(seconds=31)
    desk.work()
    fetch = desk.shown(source)["fetch"]
    assert (fetch["state"], fetch["attempts"], fetch["error"]) == ("done", 2, None)
    assert PARAGRAPH in desk.shown(source)["text"]


@pytest.mark.parametrize("status", [404, 410])
def test_that_a_page_is_not_there_is_archived_as_such(desk, status):
    desk.internet.site["/withdrawal"] = page(b"<p>There is no such page here, dear reader.", status)
    source = desk.source()
    assert source["fetch"]["state"] == "done"
    assert [each["http_status"] for each in source["snapshots"]] == [status]
    assert source["text"] is None
    claim = desk.room.claim(accepted=True)
    assert desk.room.evidence(claim, source)["snapshot"] is None


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (drip(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"), "queued"),
        (page(gzip.compress(b"0" * 10**7, mtime=0), Content_Encoding="gzip"), "failed"),
        (page(b"x" * 4 * 10**6), "failed"),
    ],
    ids=["an endless drip", "a bomb", "a large page"],
)
def test_time_and_bytes_have_an_end(desk, answer, code):
    """The service's own limits are larger; they are tested with the fetcher."""
    desk.internet.site["/withdrawal"] = answer
    limits = Limits(total_seconds=5, wire_bytes=3 * 10**6, decoded_bytes=3 * 10**6)
    handler = desk.worker.handlers["source.fetch"]
    desk.worker.handlers["source.fetch"] = replace(
        handler, fetcher=desk.internet.fetcher(limits=limits)
    )
    state, error = failure(desk)
    assert state == code
    assert error


class TestRobots:
    @pytest.fixture(autouse=True)
    def forbidden(self, desk):
        desk.serve(PARAGRAPH)
        desk.internet.site["/robots.txt"] = page(
            b"User-agent: *\nDisallow: /withdrawal\n", media_type="text/plain"
        )

    def test_is_respected(self, desk):
        state, error = failure(desk)
        assert (state, "robots.txt" in error) == ("failed", True)
        assert "/withdrawal" not in desk.internet.site.paths()

    def test_unless_the_desk_says_otherwise(self, desk):
        desk.room.set_policy(respect_robots=False)
        assert failure(desk) == ("done", None)
        assert "/robots.txt" not in desk.internet.site.paths()


def test_asking_again_while_it_is_under_way_is_one_job(desk):
    desk.serve(PARAGRAPH)
    source = desk.source()
    path = f"/v1/sources/{source['id']}/snapshots"
    first, again = (desk.room.call("POST", path, "con", json={}, status=202) for _ in range(2))
    assert first.headers["Location"] == again.headers["Location"]
    job = desk.room.call("GET", first.headers["Location"], "con", status=200).json
    assert (job["state"], job["subject"]) == ("queued", source["id"])
    desk.work()
    job = desk.room.call("GET", first.headers["Location"], "con", status=200).json
    assert (job["state"], job["result"]["snapshot"]) == (
        "done",
        desk.shown(source)["snapshots"][0]["id"],
    )


def test_a_source_without_an_address_is_not_fetched(desk):
    source = desk.room.source(url=None)
    answer = desk.room.call(
        "POST", f"/v1/sources/{source['id']}/snapshots", "con", json={}, status=409
    )
    assert answer.json["type"].endswith("/source-has-no-address")


def test_a_page_without_text_is_kept_all_the_same(desk):
    desk.internet.site["/withdrawal"] = page(
        b"\x89PNG\r\n\x1a\n" + b"\0" * 100, media_type="image/png"
    )
    source = desk.source()
    (brief,) = source["snapshots"]
    snapshot = desk.room.call("GET", f"/v1/snapshots/{brief['id']}", "con").json
    assert (snapshot["media_type"], snapshot["text_sha256"]) == ("image/png", None)
    assert snapshot["read_at"]
    desk.room.call("GET", f"/v1/snapshots/{brief['id']}/text", "con", status=404)
    sent = {"text": PARAGRAPH}
    path = f"/v1/sources/{source['id']}"
    entered = desk.room.call("PATCH", path, "con", etag="*", json=sent, status=200).json
    assert (entered["text"], entered["text_snapshot"]) == (PARAGRAPH, None)
