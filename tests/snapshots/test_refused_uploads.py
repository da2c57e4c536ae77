"""Copies that are not taken, from whom, and why; whatever is refused leaves no trace."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest

from tests.databases import contents
from tests.problems import check_problem
from tests.snapshots.files import PAGE, URL, raw_record, saved, sha1
from tests.snapshots.uploading import download, encoded, part, upload, url_of
from verifier.kit.clock import rfc3339
from verifier.snapshots.routes import LARGEST_UPLOAD

WARC = saved((URL, PAGE))


@pytest.fixture
def source(newsroom):
    return newsroom.source(url=URL)


SOON = rfc3339(datetime.now(UTC) + timedelta(hours=1))
SEVERAL = saved(("https://news.example/1", b"one"), ("https://news.example/2", b"two"))


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        ({"file": part(PAGE), "fetched_at": SOON}, ("/fetched_at", "future")),
        ({"file": part(PAGE), "fetched_at": "yesterday"}, ("/fetched_at", "time")),
        ({"file": part(PAGE), "url": "file:///etc/passwd"}, ("/url", "http")),
        ({"file": part(PAGE), "note": "x"}, ("/note", "Unknown")),
        ({"file": part(PAGE), "url": [URL, f"{URL}/amp"]}, ("/url", "more than once")),
        ({"file": part(PAGE), "text": part(b"x")}, ("/file", "one file")),
        ({"file": [part(PAGE), part(b"two")]}, ("/file", "one file")),
        ({"copy": part(PAGE)}, ("/file", "one file")),
        ({"file": "not as a file"}, ("/file", "")),
        ({"url": URL}, ("/file", "one file")),
        ({"file": part(b"")}, ("/file", "empty")),
        ({"file": part(b"WARC/1.1\r\n")}, ("/file", "WARC")),
        ({"file": part(b"WARC/1.1 was agreed on in 2017.")}, ("/file", "WARC")),
        ({"file": part(WARC[:-60])}, ("/file", "WARC")),
        ({"file": part(raw_record(b"HTTP/1.1 200 OK\r\n\r\nx", WARC_Block_Digest=sha1(b"else")))}, ("/file", "damaged")),
        ({"file": part(saved())}, ("/file", "no answer with a page")),
        ({"file": part(SEVERAL)}, ("/file", "several pages")),
    ],
)  # fmt: skip
def test_what_is_refused_leaves_no_trace(newsroom, database, settings, data, fault):
    source, (pointer, told) = newsroom.source(url=URL), fault
    before = contents(database)
    copied = {name: _again(value) for name, value in data.items()}
    answer = newsroom.call(
        "POST", url_of(source), "con", data=copied, content_type="multipart/form-data"
    )
    problem = check_problem(answer, 422, pointer)
    assert told in " ".join(each["detail"] for each in problem["errors"])
    assert contents(database) == before
    assert not Path(settings.archive_dir).exists()


def _again(value):
    """The test client closes what it has sent, and a parameter is used on both databases."""
    if isinstance(value, list):
        return [_again(each) for each in value]
    return (BytesIO(value[0].getvalue()), *value[1:]) if isinstance(value, tuple) else value


@pytest.mark.parametrize(
    ("who", "statuses"),
    [("con", (201, 200)), ("ann", (201, 200)), ("cas", (403, 200)), ("cas_con", (403, 200)),
     ("out", (404, 404)), (None, (401, 401))],
)  # fmt: skip
def test_who_may(newsroom, source, database, who, statuses):
    status, reads = statuses
    known = upload(newsroom, source, PAGE).json
    before = contents(database)
    upload(newsroom, source, WARC, who, status=status)
    assert (contents(database) == before) == (status != 201)
    newsroom.call("GET", url_of(source), who, status=reads)
    newsroom.call("GET", f"/v1/snapshots/{known['id']}", who, status=reads)
    download(newsroom, known, who, status=reads)


class Lazily:
    """A multipart body of any size that is made while it is read; how much was read."""

    def __init__(self, size):
        self.head, _ = encoded(b"")
        self.left = size
        self.taken = 0

    def read(self, size=-1):
        size = self.left if size < 0 else min(size, self.left)
        self.left -= size
        self.taken += size
        return b"x" * size

    def readline(self, size=-1):
        return self.read(size)


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
@pytest.mark.parametrize("announced", [True, False])
def test_a_body_that_is_too_large(newsroom, source, database, announced):
    body = Lazily(LARGEST_UPLOAD + 2 * 1024 * 1024)
    size = {"CONTENT_LENGTH": str(body.left)} if announced else {"wsgi.input_terminated": True}
    before = contents(database)
    answer = newsroom.call(
        "POST", url_of(source), "con", environ_overrides={"wsgi.input": body, **size},
        content_type="multipart/form-data; boundary=x",
    )  # fmt: skip
    check_problem(answer, 413)
    assert body.taken <= LARGEST_UPLOAD + 1024 * 1024
    assert contents(database) == before
