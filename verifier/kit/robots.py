"""What a site's robots.txt says to us (RFC 9309), asked for once and kept for a day."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from protego import Protego

from verifier.kit.fetched import FetchFailed

if TYPE_CHECKING:
    from collections.abc import Callable

    from verifier.kit.fetched import Fetched
    from verifier.kit.targets import Target

_KEPT_SECONDS: Final = 24 * 60 * 60
# A site that is down is asked again before the day is over.
_UNKNOWN_SECONDS: Final = 5 * 60
_PARSED_BYTES: Final = 500 * 1024
_SITES: Final = 64


@dataclass(frozen=True, slots=True)
class _Rules:
    """The text, which takes less room than its rules; None where it could not be had."""

    text: str | None
    expires_at: float
    retry_after: float | None = None


class Robots:
    """A cache by origin, for several threads; `fetch` takes the URL of a robots.txt."""

    def __init__(
        self,
        fetch: Callable[[str], Fetched],
        user_agent: str,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._fetch = fetch
        self._token = product_token(user_agent)
        self._clock = clock
        self._kept: dict[str, _Rules] = {}
        self._lock = threading.Lock()

    def check(self, target: Target) -> None:
        """Raise FetchFailed (not-allowed-by-robots) unless we may fetch this."""
        rules = self._rules_of(target.origin)
        if rules.text is None:
            raise FetchFailed(
                "not-allowed-by-robots",
                f"What {target.host} allows to robots cannot be found out now.",
                may_pass=True,
                retry_after=rules.retry_after,
            )
        if not Protego.parse(rules.text).can_fetch(target.url, self._token):
            raise FetchFailed(
                "not-allowed-by-robots", f"The robots.txt of {target.host} does not allow this."
            )

    def _rules_of(self, origin: str) -> _Rules:
        with self._lock:
            known = self._kept.get(origin)
        if known is not None and self._clock() < known.expires_at:
            return known
        rules = self._asked(origin)
        with self._lock:
            self._kept.pop(origin, None)
            while len(self._kept) >= _SITES:
                del self._kept[next(iter(self._kept))]
            self._kept[origin] = rules
        return rules

    def _asked(self, origin: str) -> _Rules:
        try:
            answer = self._fetch(f"{origin}/robots.txt")
        except FetchFailed as failure:
            # Who redirects on and on has none (RFC 9309, section 2.3.1.2).
            text = "" if failure.code == "too-many-redirects" else None
            return self._remembered(text, failure.retry_after)
        if answer.status < 300:  # noqa: PLR2004 (2xx: there is one)
            return self._remembered(_text(answer.body))
        if answer.status < 500:  # noqa: PLR2004 (a redirect to nowhere, or 4xx: there is none)
            return self._remembered("")
        return self._remembered(None, answer.retry_after)

    def _remembered(self, text: str | None, retry_after: float | None = None) -> _Rules:
        seconds = _UNKNOWN_SECONDS if text is None else _KEPT_SECONDS
        return _Rules(text, self._clock() + seconds, retry_after)


def product_token(user_agent: str) -> str:
    """What a robots.txt calls us by: `Verifier`, of `Verifier/1.0 (+https://example.org)`."""
    return user_agent.partition("/")[0].split()[0]


def _text(body: bytes) -> str:
    """The first 500 KiB, in whole lines."""
    if len(body) > _PARSED_BYTES:
        body = body[:_PARSED_BYTES].rpartition(b"\n")[0]
    return body.decode("utf-8-sig", "replace")
