"""So many requests a minute for each token, told in the headers of the IETF RateLimit draft."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from flask import g
from limits import RateLimitItemPerMinute
from limits.storage import storage_from_string
from limits.strategies import FixedWindowRateLimiter

from verifier.kit.errors import TooManyRequests

if TYPE_CHECKING:
    from flask import Response

MINUTE: Final = 60


class RateLimit:
    """A limit of `per_minute` requests a token; 0 means none. `storage` is a `limits` URI."""

    def __init__(self, per_minute: int, storage: str) -> None:
        self.per_minute = per_minute
        self._limit = RateLimitItemPerMinute(max(1, per_minute))
        self._limiter = FixedWindowRateLimiter(storage_from_string(storage))

    def spend(self, token_id: str) -> None:
        """Count one request. Raises `TooManyRequests` when the minute's share is used up."""
        if not self.per_minute:
            return
        within = self._limiter.hit(self._limit, token_id)
        window = self._limiter.get_window_stats(self._limit, token_id)
        seconds = max(1, round(window.reset_time - time.time()))
        g.rate_limit = {
            "RateLimit-Policy": f'"token";q={self.per_minute};w={MINUTE}',
            "RateLimit": f'"token";r={max(0, window.remaining)};t={seconds}',
        }
        if not within:
            message = (
                f"This token may make {self.per_minute} requests a minute; go on in {seconds} s."
            )
            raise TooManyRequests(message, headers={"Retry-After": str(seconds)})

    @staticmethod
    def tell(answer: Response) -> Response:
        """Put what is left of the minute's share into the answer's headers."""
        answer.headers.update(g.get("rate_limit", {}))
        return answer
