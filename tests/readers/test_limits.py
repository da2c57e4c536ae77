"""Limits are those of the API, and memory is bounded in files of any length."""

import io
import json
import tracemalloc

import pytest

from tests.readers.files import review
from verifier.claims.quotes import LONGEST_QUOTE
from verifier.claims.schemas import LONGEST_CLAIM, MOST_TOPICS, Claimant, NewClaim
from verifier.kit.fields import EARLIEST, LATEST
from verifier.readers import limits
from verifier.readers.reading import rows
from verifier.reviews.schemas import VerdictMembers
from verifier.sources.payloads import LONGEST_TEXT
from verifier.sources.schemas import MOST_ARCHIVE_URLS, SourceMembers


def test_limits_are_those_of_the_api():
    verdict, source, claim = (
        schema().fields for schema in (VerdictMembers, SourceMembers, NewClaim)
    )
    assert limits.LONGEST_CLAIM == LONGEST_CLAIM == claim["text"].longest
    assert Claimant().fields["name"].longest == limits.LONGEST_NAME
    assert claim["topics"].inner.longest == limits.LONGEST_TOPIC
    assert limits.MOST_TOPICS == MOST_TOPICS
    assert claim["appearances"].validate.max == limits.MOST_APPEARANCES
    assert limits.LONGEST_QUOTE == LONGEST_QUOTE
    assert (
        limits.LONGEST_TITLE
        == verdict["title"].longest
        == source["title"].longest
        == source["author"].longest
    )
    assert verdict["summary"].longest == limits.LONGEST_SUMMARY
    assert verdict["explanation"].longest == limits.LONGEST_EXPLANATION
    assert source["publisher"].longest == limits.LONGEST_PUBLISHER
    assert limits.LONGEST_SOURCE_TEXT == LONGEST_TEXT
    assert limits.MOST_COPIES == MOST_ARCHIVE_URLS
    assert (limits.EARLIEST, limits.LATEST) == (EARLIEST, LATEST)


class Endless(io.RawIOBase):
    """A file of so many equal parts, made while it is read."""

    def __init__(self, start, part, count, end):
        self.parts = iter([start, *[part] * count, end])
        self.left = b""

    def readable(self):
        return True

    def read(self, size=-1):
        while len(self.left) < size and (part := next(self.parts, None)) is not None:
            self.left += part
        taken, self.left = self.left[:size], self.left[size:]
        return taken


SOUND = json.dumps(review(padding="x" * 5000)).encode()
FILES = {
    "ndjson": (b"", SOUND + b"\n", b""),
    "csv": (
        b"text,title,rating\n",
        b'"The dam is safe.","A dam",false,' + b"x" * 5000 + b"\n",
        b"",
    ),
    "claimreview": (b"[", SOUND + b",\n", b"{}]"),
    "datafeed": (b'{"dataFeedElement":[', b'{"item":[' + SOUND + b"]},\n", b"null]}"),
    "auto-archiver": (
        b"Link,Archive status\n",
        b"https://posts.example/7,done," + b"x" * 5000 + b"\n",
        b"",
    ),
}


@pytest.mark.parametrize(("import_format", "parts"), FILES.items(), ids=FILES)
def test_memory_does_not_grow_with_the_file(import_format, parts):
    def peak(count):
        start, part, end = parts
        tracemalloc.start()
        read = sum(1 for _ in rows(Endless(start, part, count, end), import_format=import_format))
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert read >= count
        return most

    peak(20)  # what is cached for good
    assert peak(200) < peak(50) + 300_000
