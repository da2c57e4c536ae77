"""Waiting inside a request for something to come, without taking all threads for it."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_WAITING: Final = 4
"""Of a server process's sixteen threads; whoever comes when as many wait is answered at once."""
LOOK_SECONDS: Final = 0.5
_slots: Final = threading.BoundedSemaphore(MOST_WAITING)
_ends: list[Callable[[], bool]] = []


def end_when(is_over: Callable[[], bool]) -> None:
    """From now on nobody waits once this is true, as when the server stops."""
    _ends.append(is_over)


def wait_for(is_there: Callable[[], bool], *, seconds: float) -> bool:
    """Look again and again until it is there or time is over; whether it is worth another look."""
    end = time.monotonic() + seconds
    if seconds <= 0 or not _slots.acquire(blocking=False):
        return False
    try:
        while (left := end - time.monotonic()) > 0 and not any(is_over() for is_over in _ends):
            time.sleep(min(LOOK_SECONDS, left))
            if is_there():
                return True
        return False
    finally:
        _slots.release()
