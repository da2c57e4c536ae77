"""So many requests a minute for each token, told in the headers of the IETF RateLimit draft."""

from __future__ import annotations

import threading
import time
from collections import Counter
from typing import TYPE_CHECKING, Final

from flask import g
from limits import RateLimitItemPerMinute
from limits.storage import storage_from_string
from limits.strategies import FixedWindowRateLimiter

from verifier.kit.errors import TooManyRequests

if TYPE_CHECKING:
    from flask import Response

MINUTE: Final = 60
IN_MEMORY: Final = "memory://"


class RateLimit:
    """A limit of `per_minute` requests a token; 0 means none. `storage` is a `limits` URI."""

    def __init__(self, per_minute: int, storage: str) -> None:
        self.per_minute = per_minute
        self._counts = OwnCounts() if storage == IN_MEMORY else SharedCounts(per_minute, storage)

    def spend(self, token_id: str) -> None:
        """Count one request. Raises `TooManyRequests` when the minute's share is used up."""
        if not self.per_minute:
            return
        used, resets = self._counts.add(token_id)
        seconds = max(1, round(resets - time.time()))
        g.rate_limit = {
            "RateLimit-Policy": f'"token";q={self.per_minute};w={MINUTE}',
            "RateLimit": f'"token";r={max(0, self.per_minute - used)};t={seconds}',
        }
        if used > self.per_minute:
            message = (
                f"This token may make {self.per_minute} requests a minute; go on in {seconds} s."
            )
            raise TooManyRequests(message, headers={"Retry-After": str(seconds)})

    @staticmethod
    def tell(answer: Response) -> Response:
        """Put what is left of the minute's share into the answer's headers."""
        answer.headers.update(g.get("rate_limit", {}))
        return answer


class OwnCounts:
    """This process's own. The storage in memory that `limits` has keeps starting threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._minute = 0
        self._used: Counter[str] = Counter()

    def add(self, token_id: str) -> tuple[int, float]:
        """(requests counted in this minute with this one, when the minute ends)."""
        minute = int(time.time() // MINUTE)
        with self._lock:
            if minute != self._minute:
                self._minute, self._used = minute, Counter()
            self._used[token_id] += 1
            return self._used[token_id], (minute + 1) * MINUTE


class SharedCounts:
    """Those of all processes together, in a storage such as Redis."""

    def __init__(self, per_minute: int, storage: str) -> None:
        self._limit = RateLimitItemPerMinute(max(1, per_minute))
        self._limiter = FixedWindowRateLimiter(storage_from_string(storage))

    def add(self, token_id: str) -> tuple[int, float]:
        """As `OwnCounts.add`."""
        within = self._limiter.hit(self._limit, token_id)
        window = self._limiter.get_window_stats(self._limit, token_id)
        return self._limit.amount - window.remaining + (not within), window.reset_time
