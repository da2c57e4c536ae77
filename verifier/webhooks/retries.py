"""When to try again, and when to give up: pure rules."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Final

HOUR: Final = 3600
PAUSES: Final = (5, 300, 1800, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 20 * HOUR)
"""Seconds before each further attempt, three days in all, much as Standard Webhooks suggests."""
MOST_ATTEMPTS: Final = len(PAUSES) + 1
JITTER: Final = 0.1
LONGEST_WAIT: Final = 24 * HOUR
"""The most that a receiver's `Retry-After` counts for."""
DISABLED_AFTER: Final = timedelta(days=5)
SHORTEST_REST: Final = timedelta(seconds=5)
LONGEST_REST: Final = timedelta(minutes=10)
GONE: Final = 410
ASKS_TO_WAIT: Final = frozenset({429, 503})


def is_success(status: int | None) -> bool:
    """2xx, and nothing else: no redirect is followed, so what it was sent for has not arrived."""
    return status is not None and 200 <= status < 300  # noqa: PLR2004  (RFC 9110, section 15.3)


def pause_after(attempts: int, retry_after: float | None) -> timedelta | None:
    """How long to wait after so many attempts; None to give up."""
    if attempts >= MOST_ATTEMPTS:
        return None
    spread = random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311  (no secret)
    asked = min(retry_after or 0, LONGEST_WAIT)
    return timedelta(seconds=max(PAUSES[attempts - 1] * spread, asked))


def rest_of(failing_for: timedelta, retry_after: float | None) -> timedelta:
    """How long to leave an endpoint alone that fails at everything, before it is tried again.

    It grows with the time for which it has failed, so that thousands of waiting events do not all
    knock on a door that nobody opens.
    """
    rest = min(max(failing_for / 2, SHORTEST_REST), LONGEST_REST)
    return max(rest, timedelta(seconds=min(retry_after or 0, LONGEST_WAIT)))
