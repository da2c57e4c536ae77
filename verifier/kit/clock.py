"""Time and time-ordered identifiers: everything is UTC, and an id sorts by when it was made."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

import uuid_utils

FIRST_ID: Final = "00000000-0000-0000-0000-000000000000"


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return datetime.now(UTC)


def new_id() -> str:
    """A UUIDv7 (RFC 9562, section 5.7) in its canonical 36 characters."""
    return str(uuid_utils.uuid7())


def lowest_id(instant: datetime) -> str:
    """The lowest UUIDv7 of the given instant's millisecond: a bound for ranges over ids."""
    milliseconds = max(0, int(instant.timestamp() * 1000))
    return str(UUID(int=(milliseconds << 80) | (7 << 76) | (2 << 62)))


def rfc3339(instant: datetime) -> str:
    """`2026-11-22T09:30:00.000000Z`: always UTC and microseconds, so that text sorts by time."""
    utc = instant.astimezone(UTC).replace(tzinfo=None)
    return f"{utc.isoformat(timespec='microseconds')}Z"
