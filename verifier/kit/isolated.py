"""Work on strangers' material, in a process of its own that may be stopped or run out of memory.

Parsers of pages and PDFs meet whatever the web holds. What hangs or crashes there ends with that
process, and the next piece of work gets a new one.
"""

from __future__ import annotations

import multiprocessing
import resource
from concurrent.futures import TimeoutError as TimedOut
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, TypeVar

from pebble import ProcessExpired, ProcessPool

if TYPE_CHECKING:
    from collections.abc import Callable

    Result = TypeVar("Result")

SECONDS: Final = 60.0
MEMORY: Final = 2 * 1024**3  # bytes of address space
TASKS_EACH: Final = 200  # a parser that leaks is given up in time


class Stopped(Exception):
    """The work took too long, or its process died of it."""


class Isolated:
    """A few processes that are started when they are first needed; safe to use from threads."""

    def __init__(self, *, processes: int = 1, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._pool = ProcessPool(
            max_workers=processes,
            max_tasks=TASKS_EACH,
            initializer=_confine,
            context=multiprocessing.get_context("spawn"),
        )

    def call(self, function: Callable[..., Result], *arguments: Any) -> Result:
        """What the function returns there; its own exceptions come through.

        Function and arguments are pickled. Raises `Stopped`.
        """
        future = self._pool.schedule(function, args=arguments, timeout=self._seconds)
        try:
            result: Result = future.result()
        except TimedOut:
            message = f"It could not be read within {self._seconds:g} seconds."
            raise Stopped(message) from None
        except (ProcessExpired, MemoryError):
            message = "It could not be read: the reader ran out of memory or crashed."
            raise Stopped(message) from None
        return result

    def close(self) -> None:
        """End the processes, whatever they are doing."""
        self._pool.stop()  # type: ignore[no-untyped-call]
        self._pool.join()


def _confine() -> None:
    # Where the system does not know this limit (macOS), the time limit alone holds.
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
