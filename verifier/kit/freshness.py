"""Answers that are the same for all and may be kept, told by a state that costs little to find.

The state is found before the answer is written, so that a reader who holds it already costs no
more than that. Its tag is weak: it names what was stored, not the bytes that were made of it.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import orjson
from flask import Response, request
from werkzeug.http import quote_etag
from werkzeug.sansio.http import is_resource_modified

from verifier.kit.clock import now

if TYPE_CHECKING:
    from collections.abc import Sequence

SECONDS: Final = 60
"""For how long a cache need not ask again: the longest that a retraction takes to be seen."""


class State(NamedTuple):
    """`tag` differs wherever the answer may; `changed` is when it last came to differ, if ever."""

    tag: str
    changed: datetime | None

    @classmethod
    def of(cls, changed: datetime | None, parts: Sequence[Any]) -> State:
        """Of all that the answer depends on."""
        tag = hashlib.blake2b(orjson.dumps(parts), digest_size=8).hexdigest()
        if changed is not None and now() - changed.replace(microsecond=0) <= timedelta(seconds=1):
            # HTTP tells seconds, and this one is not over: there may be another change in it.
            return cls(tag, None)
        return cls(tag, changed)


def held(state: State, media_type: str) -> Response | None:
    """304 where the caller holds the answer of this state, which is in this media type."""
    is_changed = is_resource_modified(
        http_if_none_match=request.headers.get("If-None-Match"),
        http_if_modified_since=request.headers.get("If-Modified-Since"),
        etag=quote_etag(state.tag, weak=True),
        last_modified=state.changed,
    )
    if is_changed:
        return None
    return kept_by_all(Response(status=304, mimetype=media_type), state)


def kept_by_all(answer: Response, state: State) -> Response:
    """The answer, for any cache to keep."""
    answer.set_etag(state.tag, weak=True)
    if state.changed is not None:
        answer.last_modified = state.changed
    answer.cache_control.public = True
    answer.cache_control.max_age = SECONDS
    return answer
