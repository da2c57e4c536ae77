"""Copies that people bring: kept as they are, marked as supplied, or refused without a trace."""

from __future__ import annotations

import gzip
import hashlib
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest

from tests.databases import contents
from tests.problems import check_problem
from tests.snapshots.files import PAGE, URL, saved
from tests.snapshots.uploading import download, encoded, upload, url_of
from tests.sources.pdfs import pdf
from verifier.kit.clock import rfc3339
from verifier.snapshots.warc import read_payload

WARC = saved((URL, PAGE))
MOMENT = "2024-04-18T12:00:00.000000Z"


@pytest.fixture
def source(newsroom):
    return newsroom.source(url=URL)


HTML = ("copy.html", "text/html")
UNSAID = ("copy", "application/octet-stream")


@pytest.mark.parametrize(
    ("content", "named", "media_type"),
    [
        (PAGE, HTML, "text/html"),
        (PAGE, UNSAID, "text/html"),
        (pdf(["The peacekeepers are leaving."]), ("a.pdf", "application/pdf"), "application/pdf"),
        (pdf(["The peacekeepers are leaving."]), UNSAID, "application/pdf"),
        (b"The peacekeepers are leaving.", ("a.txt", "text/plain; charset=utf-8"), "text/plain"),
        (b"The peacekeepers are leaving.", UNSAID, "text/plain"),
        (b"\x89PNG\r\n\x1a\n\0\0", ("a.png", "image/png"), "image/png"),
        (b"\x89PNG\r\n\x1a\n\0\0", ("a.png", "no type"), "application/octet-stream"),
        (b"\x1f\x8b no gzip", UNSAID, "application/octet-stream"),
        (gzip.compress(b"no WARC", mtime=0), ("a.gz", "application/gzip"), "application/gzip"),
    ],
)  # fmt: skip
def test_a_copy_of_any_kind_is_kept_in_a_warc_file(newsroom, source, content, named, media_type):
    answer = upload(newsroom, source, content, named=named, fetched_at="2024-04-18T14:00:00+02:00")
    made = answer.json
    assert made["source"] == source["id"]
    assert (made["url"], made["http_status"], made["media_type"]) == (URL, None, media_type)
    assert made["fetched_at"] == MOMENT
    assert made["payload_sha256"] == hashlib.sha256(content).hexdigest()
    assert made["supplied_by"] == {"id": newsroom.ids["con"], "name": "con"}
    assert (made["text_sha256"], made["read_at"], made["version"]) == (None, None, 1)
    assert answer.headers["Location"] == f"/v1/snapshots/{made['id']}"
    shown = newsroom.call("GET", answer.headers["Location"], "cas", status=200)
    assert (shown.json, shown.headers["ETag"]) == (made, answer.headers["ETag"])
    file = download(newsroom, made).data
    assert (made["bytes"], made["sha256"]) == (len(file), hashlib.sha256(file).hexdigest())
    kept = read_payload(file, URL)
    assert (kept.body, kept.media_type, rfc3339(kept.captured_at)) == (content, media_type, MOMENT)


@pytest.mark.parametrize("gzipped", [True, False])
def test_a_warc_file_is_kept_and_given_back_byte_for_byte(newsroom, source, gzipped):
    content = saved((URL, PAGE, "404 Not Found", [("Content-Type", "text/html")]), gzipped=gzipped)
    made = upload(newsroom, source, content, named=("a.warc", "application/warc")).json
    assert made["sha256"] == hashlib.sha256(content).hexdigest()
    assert (made["bytes"], made["http_status"]) == (len(content), 404)
    assert (made["url"], made["media_type"]) == (URL, "text/html")
    assert made["fetched_at"] == "2024-04-17T09:30:00.000000Z"  # as the file says
    answer = download(newsroom, made, "cas", status=200)
    assert answer.data == content
    assert answer.mimetype == "application/warc"
    name = f"{made['sha256']}.warc.gz"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    again = download(newsroom, made, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    other = download(newsroom, made, headers={"If-None-Match": '"other"'}, status=200)
    assert other.data == content


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        (None, "application/warc"),
        ("*/*", "application/warc"),
        ("application/octet-stream", "application/octet-stream"),
        ("application/octet-stream, application/warc", "application/warc"),
        ("application/warc;q=0.5, application/octet-stream", "application/octet-stream"),
        ("text/html", "application/warc"),  # what there is, rather than nothing
        (";;q=,", "application/warc"),
    ],
)
def test_a_file_is_handed_out_as_bytes_to_those_who_ask_for_bytes(
    newsroom, source, accept, media_type
):
    made = upload(newsroom, source, PAGE, named=HTML).json
    answer = download(newsroom, made, headers={"Accept": accept} if accept else {}, status=200)
    assert answer.mimetype == media_type
    assert {"Accept", "Authorization"} <= set(answer.vary)


def test_when_and_where_from_are_the_callers_to_say(newsroom, source):
    said = {"fetched_at": MOMENT, "url": f"{URL}/amp"}
    file = saved((f"{URL}/amp", PAGE), (URL, b"<p>The other one.</p>"))
    made = upload(newsroom, source, file, **said).json
    assert (made["url"], made["fetched_at"]) == (said["url"], MOMENT)
    assert made["payload_sha256"] == hashlib.sha256(PAGE).hexdigest()
    page = upload(newsroom, source, PAGE, **said).json
    assert (page["url"], page["fetched_at"]) == (said["url"], MOMENT)
    now = datetime.fromisoformat(upload(newsroom, source, b"<p>Today.</p>").json["fetched_at"])
    assert abs(datetime.now(UTC) - now) < timedelta(minutes=1)


def test_the_same_page_is_another_copy_only_on_another_day(newsroom, source):
    first = upload(newsroom, source, PAGE, fetched_at=MOMENT).json
    path = f"/v1/sources/{source['id']}/snapshots"
    for form in ({"fetched_at": MOMENT}, {}):
        sent = {**form, "file": (BytesIO(PAGE), "page.html", "text/html")}
        known = newsroom.call("POST", path, "con", data=sent, status=409).json
        assert known["existing"] == f"/v1/snapshots/{first['id']}"
    later = upload(newsroom, source, PAGE, fetched_at="2026-01-02T00:00:00Z").json
    assert later["payload_sha256"] == first["payload_sha256"]


def test_a_copy_of_what_has_no_address(newsroom):
    source = newsroom.source(url=None)
    assert upload(newsroom, source, b"A leaflet.", named=UNSAID).json["url"] is None
    assert upload(newsroom, source, WARC).json["url"] == URL


def test_an_address_may_be_in_any_script(newsroom):
    url = "https://news.example/новость"
    source = newsroom.source(url=url)
    assert upload(newsroom, source, PAGE).json["url"] == url


def test_the_same_file_again_is_a_conflict_that_names_the_first(newsroom, source, database):
    first = upload(newsroom, source, WARC).json
    before = contents(database)
    for who in ("con", "rev"):
        problem = check_problem(upload(newsroom, source, WARC, who, status=409), 409)
        assert problem["existing"] == f"/v1/snapshots/{first['id']}"
    assert contents(database) == before
    other = newsroom.source(url="https://news.example/other")
    assert upload(newsroom, other, WARC).json["sha256"] == first["sha256"]


def test_a_source_that_is_not_there(newsroom):
    absent = {"id": "01931c8e-7a4b-7c3d-9e2f-5a6b7c8d9e0f"}
    upload(newsroom, absent, PAGE, status=404)
    newsroom.call("GET", url_of(absent), "con", status=404)
    newsroom.call("GET", f"/v1/snapshots/{absent['id']}/warc", "con", status=404)


def test_a_retry_with_its_key_is_answered_as_the_first_time(newsroom, source, database):
    body, content_type = encoded(PAGE)
    key = {"Idempotency-Key": "one upload", "Content-Type": content_type}
    first = newsroom.call("POST", url_of(source), "con", data=body, headers=key, status=201)
    before = contents(database)
    again = newsroom.call("POST", url_of(source), "con", data=body, headers=key, status=201)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert (again.json, again.headers["Location"]) == (first.json, first.headers["Location"])
    other, _ = encoded(PAGE + b" ")
    check_problem(newsroom.call("POST", url_of(source), "con", data=other, headers=key), 422, "")
    assert contents(database) == before


def test_a_file_that_is_gone_from_the_archive_is_told_of(newsroom, source, settings):
    made = upload(newsroom, source, PAGE).json
    (path,) = Path(settings.archive_dir).rglob("*.warc.gz")
    path.unlink()
    check_problem(download(newsroom, made), 404)
    newsroom.call("GET", f"/v1/snapshots/{made['id']}", "con", status=200)


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_a_body_above_what_other_addresses_take(newsroom, source):
    content = b"<p>" + b"0123456789abcdef" * 200_000
    data, content_type = encoded(content)  # the test client's own encoder leaves a file open
    kind = {"Content-Type": content_type}
    made = newsroom.call("POST", url_of(source), "con", data=data, headers=kind, status=201).json
    assert made["payload_sha256"] == hashlib.sha256(content).hexdigest()


def test_a_list_of_snapshots_in_pages(newsroom, source, count_queries):
    made = [upload(newsroom, source, b"Copy %d." % n, named=UNSAID).json for n in range(5)]
    other = newsroom.source(url="https://news.example/other")
    upload(newsroom, other, PAGE)
    with count_queries() as queries:
        whole = newsroom.call("GET", url_of(source), "con", status=200).json
    assert len(queries) <= 4
    assert whole == {"items": made[::-1], "next": None}
    seen, where = [], f"{url_of(source)}?limit=2"
    while where:
        page = newsroom.call("GET", where, "con", status=200)
        seen += page.json["items"]
        cursor = page.json["next"]
        where = cursor and f"{url_of(source)}?limit=2&cursor={cursor}"
    assert seen == made[::-1]
    cursor = newsroom.call("GET", f"{url_of(source)}?limit=1", "con").json["next"]
    check_problem(newsroom.call("GET", f"{url_of(other)}?cursor={cursor}", "con"), 400)
    assert newsroom.call("GET", url_of(newsroom.source(url=None)), "con").json["items"] == []


def test_a_source_shows_its_ten_newest_snapshots(newsroom, source):
    where = f"/v1/sources/{source['id']}"
    assert newsroom.call("GET", where, "con").json["snapshots"] == []
    days = [3, 1, 12, 7, 5, 2, 11, 4, 9, 10, 8, 6]
    for day in days:
        at = f"2024-04-{day:02}T00:00:00.000000Z"
        made = upload(newsroom, source, b"Copy %d." % day, named=UNSAID, fetched_at=at).json
        if day == 12:
            newest = made
    shown = newsroom.call("GET", where, "con").json["snapshots"]
    assert [int(each["fetched_at"][8:10]) for each in shown] == [*range(12, 2, -1)]
    brief = {name: newest[name] for name in ("id", "fetched_at", "http_status", "sha256")}
    assert shown[0] == {**brief, "supplied": True}
    assert newsroom.call("GET", "/v1/sources", "con").json["items"][0]["snapshots"] == shown
