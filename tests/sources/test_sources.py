"""Sources: what becomes of what is sent, and what stays as it is once quotes rest on it."""

from __future__ import annotations

import hashlib

import pytest

from tests.newsroom import QUOTE, TEXT
from tests.operations import MARK
from tests.problems import check_problem

SOURCES = "/v1/sources"
PAGE = f"""<html lang=en><head><title>Convoys head north</title>
<meta property=og:site_name content="News Example"><meta name=author content="Ann Reporter">
<meta property=article:published_time content="2024-04-17T08:00:00+04:00"></head>
<body><nav>Home</nav><article><h1>Convoys head north</h1><p>{TEXT}</p><p>{TEXT[::-1]}</p></article>
<script>alert(1)</script></body></html>"""


def submit(room, who="con", *, status=201, **sent):
    return room.call("POST", SOURCES, who, json=sent, status=status)


def test_a_text_is_kept_as_evidence(newsroom):
    """Controls go, line ends become one, bidirectional marks and overrides stay; the hash is of that."""
    raw = "One\r\ntwo\rthree\x07\x0c \u202eabc\u202c \u2067x\u2069 e\u0301"
    made = submit(newsroom, text=raw).json
    assert made["text"] == "One\ntwo\nthree \u202eabc\u202c \u2067x\u2069 é"
    assert made["text_sha256"] == hashlib.sha256(made["text"].encode()).hexdigest()
    plain = newsroom.call("GET", f"{SOURCES}/{made['id']}/text", "con", status=200)
    assert plain.mimetype == "text/plain"
    assert plain.text == made["text"]


def test_a_page_gives_its_particulars(newsroom):
    made = submit(newsroom, html=PAGE, url="https://news.example/a").json
    assert made["title"] == "Convoys head north"
    assert made["publisher"] == "News Example"
    assert made["author"] == "Ann Reporter"
    assert made["published_at"] == "2024-04-17T04:00:00.000000Z"
    assert made["language"] == "en"
    assert TEXT in made["text"]
    assert "alert" not in made["text"]
    said = submit(newsroom, html=PAGE, title="Ours", language="az", author=None).json
    assert (said["title"], said["language"], said["author"]) == ("Ours", "az", "Ann Reporter")


def test_an_address_alone_has_no_text_yet(newsroom):
    made = submit(newsroom, url="https://news.example/later").json
    assert (made["text"], made["text_sha256"]) == (None, None)
    where = f"{SOURCES}/{made['id']}"
    check_problem(newsroom.call("GET", f"{where}/text", "con"), 404)
    sent = {"text": TEXT, "title": "Later"}
    done = newsroom.call("PATCH", where, "con", etag="*", json=sent, status=200).json
    assert (done["text"], done["title"]) == (TEXT, "Later")
    again = newsroom.call("PATCH", where, "con", etag="*", json={"text": "Other."})
    problem = check_problem(again, 409)
    assert problem["type"].endswith("/text-is-fixed")
    assert newsroom.call("GET", where, "con").json["text"] == TEXT


@pytest.mark.parametrize(
    ("sent", "pointer"),
    [({}, ""), ({"title": "A"}, ""), ({"url": None}, ""), ({"text": ""}, "/text"),
     ({"text": " \n\x07"}, "/text"), ({"text": "a", "html": "<p>a</p>"}, "/text"),
     ({"html": ""}, "/html"), ({"html": "<html><body></body></html>"}, "/html"),
     ({"html": "<div>" * 100_000}, "/html"), ({"html": "\x01\x02"}, "/html"),
     ({"url": "file:///etc/passwd"}, "/url"), ({"url": "http://"}, "/url"), ({"url": "//a.example"}, "/url"),
     ({"url": "http://u@a.example"}, "/url"), ({"url": "http://a.example:0"}, "/url"),
     ({"url": "http://1.2.3"}, "/url"),
     ({"url": "http://a..example"}, "/url"), ({"url": "http://a.example/\u202e"}, "/url"),
     ({"url": "http://[v1.a]"}, "/url"), ({"url": "http://" + "a" * 64 + ".example"}, "/url"),
     ({"text": "a", "desk": "Border"}, "/desk"), ({"text": "a", "published_at": "2024"}, "/published_at")],
)  # fmt: skip
def test_what_is_no_source(stage, sent, pointer):
    check_problem(submit(stage.room, status=None, **sent), 422, pointer)


def test_the_same_address_is_the_same_source_in_one_desk(newsroom):
    made = newsroom.source(url="https://news.example/Seite?id=7")
    for spelling in ("https://NEWS.example:443/Seite?id=7#top", "https://news.example/./Seite?id=7&utm_source=x",
                     "HTTPS://news.example/%53eite?id=7&fbclid=y"):  # fmt: skip
        problem = check_problem(submit(newsroom, status=None, url=spelling, text="Other."), 409)
        assert problem["existing"] == f"{SOURCES}/{made['id']}"
    submit(newsroom, url="https://news.example/Seite?id=8")
    submit(newsroom, "cas", url="https://news.example/Seite?id=7", desk="caspian-check")
    submit(newsroom, text=TEXT)
    submit(newsroom, text=TEXT)


def test_a_desk_need_not_be_named_by_who_has_one(newsroom):
    assert submit(newsroom, text="a").json["desk"] == "border-desk"
    sent = {"email": "con@border-desk.example", "role": "contributor"}
    newsroom.call("POST", "/v1/desks/far-desk/members", "out", json=sent, status=201)
    check_problem(submit(newsroom, status=None, text="a"), 422, "/desk")
    assert submit(newsroom, text="a", desk="far-desk").json["desk"] == "far-desk"
    check_problem(submit(newsroom, "op", status=None, text="a"), 422, "/desk")


def test_a_list_leaves_the_texts_out(newsroom):
    made = newsroom.source(title=MARK)
    listed = newsroom.call("GET", SOURCES, "con", status=200).json["items"]
    assert listed == [{name: made[name] for name in made if name != "text"}]


def test_particulars_are_corrected_and_cleared(newsroom):
    made = submit(newsroom, text=TEXT, title="Wrng", author="A").json
    where = f"{SOURCES}/{made['id']}"
    sent = {"title": "Wrong", "author": None, "published_at": "2024-04-17T08:00:00+04:00"}
    done = newsroom.call("PATCH", where, "rev", etag="*", json=sent, status=200).json
    assert (done["title"], done["author"], done["version"]) == ("Wrong", None, 2)
    assert done["published_at"] == "2024-04-17T04:00:00.000000Z"
    assert done["updated_at"] > made["updated_at"]
    claim = newsroom.claim(appearances=[{"source": made["id"], "quote": {"exact": QUOTE}}])
    cited = newsroom.call("GET", claim, "con").json["appearances"][0]["source"]
    assert cited["title"] == "Wrong"


@pytest.mark.parametrize("member", ["url", "desk", "html", "text_sha256", "id", "created_by"])
def test_what_identifies_a_source_does_not_change(stage, member):
    where = stage.requests["update_source"].path
    answer = stage.room.call("PATCH", where, "con", etag="*", json={member: "a"})
    check_problem(answer, 422, f"/{member}")
