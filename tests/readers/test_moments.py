"""Days and times: what has one reading is read, what has two is not guessed."""

from contextlib import suppress
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.readers.files import one, told
from verifier.readers.moments import NoMoment, read_moment

SPRING = datetime(2026, 3, 4, tzinfo=UTC)
NOON = datetime(2026, 3, 4, 12, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "instant", "is_plain"),
    [
        ("2026-03-04", SPRING, True),
        ("2026-03-04T12:30:00Z", NOON, True),
        ("2026-03-04T12:30:00.000+00:00", NOON, True),
        ("2026-03-04T16:30:00+04:00", NOON, True),
        ("2026-03-04T16:30+0400", NOON, True),
        ("2026-03-04t12:30:00z", NOON, True),
        ("2026-03-04 12:30:00 UTC", NOON, False),
        ("2026-03-04 12:30", NOON, False),  # no zone: read as UTC, and told
        ("2026-03-04T12:30:00", NOON, False),
        ("20260304", SPRING, False),
        ("2026/3/4", SPRING, False),
        ("4.3.2026", SPRING, False),  # dots stand between day and month
        ("04.03.2026 12:30", NOON, False),
        ("31/12/2025", datetime(2025, 12, 31, tzinfo=UTC), False),
        ("12/31/2025", datetime(2025, 12, 31, tzinfo=UTC), False),
        ("3/3/2026", datetime(2026, 3, 3, tzinfo=UTC), False),
        ("4 March 2026", SPRING, False),
        ("4th of Mar 2026", SPRING, False),
        ("March 4, 2026", SPRING, False),
        ("Mar. 4 2026 at 12:30 pm UTC", NOON, False),
        ("4-Mar-2026", SPRING, False),
        ("Wed, 04 Mar 2026 12:30:00 GMT", NOON, False),  # RFC 822
        ("Wed, 04 Mar 2026 07:30:00 EST", NOON, False),
        ("Wed Mar 04 2026 16:30:00 GMT+0400 (Gulf Standard Time)", NOON, False),  # JavaScript
        ("1772627400", NOON, False),
        ("1772627400000", NOON, False),
    ],
)
def test_what_has_one_reading_is_read(text, instant, is_plain):
    read = read_moment(text)
    assert read.instant == instant
    assert (read.assumed is None) == is_plain


@pytest.mark.parametrize(
    "text",
    [
        "3/4/2026", "03-04-2026", "04.13.2026", "2026", "2026-03", "March 2026", "4/3/26", "", "soon",
        "2026-02-30", "2026-13-01", "2026-03-04T25:00:00Z", "2026-03-04T12:30 XYZ",
        "2026-03-04T13:00pm", "2026-03-04T12:30:00+99:00", "٢٠٢٦-٠٣-٠٤", "12345678",
    ],
)  # fmt: skip
def test_what_has_none_or_two_is_not(text):
    with pytest.raises(NoMoment, match=r"\.$"):
        read_moment(text)


def test_the_day_is_the_one_that_is_written():
    assert read_moment("2026-03-04T01:00:00+05:30").day == date(2026, 3, 4)


def test_a_publication_is_of_a_year_that_can_be_kept():
    """Claims may be older: Cicero made some."""
    row = one(
        {"text": "x", "rating": "y", "claimed_on": "0063-11-08", "published_at": "0063-11-08"}
    )
    assert row.given.claimed_on == date(63, 11, 8)
    assert row.given.verdict.published_at is None
    assert "/published_at" in told(row)


@given(st.datetimes(datetime(1000, 1, 2), datetime(9998, 1, 1), timezones=st.timezones()))  # noqa: DTZ001
def test_every_time_of_rfc_3339_is_read(moment):
    utc = moment.astimezone(UTC)
    assert read_moment(utc.isoformat()).instant == utc


@given(st.text(st.sampled_from("0123456789-/.:TZ +,apmJanGMT()"), max_size=30))
def test_any_text_is_read_or_not(text):
    with suppress(NoMoment):
        assert read_moment(text).instant.tzinfo is UTC
