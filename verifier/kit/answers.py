"""Answers: bytes with a strong ETag, and what `If-Match` and `If-None-Match` ask of them.

An ETag is `"<version>.<digest>"`. The digest makes it strong: it differs wherever the bytes do,
also between what two callers see of one resource. `If-Match` compares the version: what matters
for a change is whether the resource itself has changed since it was read (RFC 9110, section 13).
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import date, datetime
from functools import wraps
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

import orjson
from flask import Response, g, request

from verifier.kit.clock import rfc3339
from verifier.kit.errors import PreconditionMissing, Stale

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from verifier.kit.pagination import PageRequest

BYTES: Final = "application/octet-stream"
# RFC 9110, section 8.8.3. Whatever else stands in the header matches nothing.
_STRONG_TAG: Final = re.compile(r'(?:^|,)\s*"([!#-~]+)"\s*(?=,|$)')


@dataclass(frozen=True, slots=True)
class IfMatch:
    """The version that the caller believes to be current; `None` stands for `*`, any."""

    versions: frozenset[str] | None

    def check(self, version: int) -> None:
        """Raise `Stale` unless the resource still is as the caller saw it."""
        if self.versions is not None and str(version) not in self.versions:
            message = f"This has changed since you read it; it is at version {version} now."
            raise Stale(message, version=version)


def if_match() -> IfMatch:
    """The request's `If-Match`. Raises `PreconditionMissing`."""
    header = request.headers.get("If-Match", "").strip()
    if not header:
        message = "Send If-Match with the ETag that you last read of this resource."
        raise PreconditionMissing(message)
    if header == "*":
        return IfMatch(None)
    return IfMatch(frozenset(tag.partition(".")[0] for tag in _STRONG_TAG.findall(header)))


def dump(value: Any) -> bytes:
    """JSON; moments as RFC 3339 in UTC with microseconds."""
    return orjson.dumps(value, default=_plain, option=orjson.OPT_PASSTHROUGH_DATETIME)


def resource(document: Any, version: int, *, media_type: str = "application/json") -> Response:
    """One resource in its present state, or 304 where the caller has it already.

    A document that is text is sent as it is: JSON that the database has built, or plain text.
    """
    body = document.encode() if isinstance(document, str) else dump(document)
    answer = Response(body, mimetype=media_type)
    tag = f"{version}.{hashlib.blake2b(body, digest_size=8).hexdigest()}"
    answer.set_etag(tag)
    if request.method in ("GET", "HEAD") and request.if_none_match.contains_weak(tag):
        answer.status_code = 304
        answer.set_data(b"")
    return _remembered(answer)


def created(document: Any, version: int, *, location: str) -> Response:
    """201 with the new resource and where it lives."""
    answer = resource(document, version)
    answer.status_code = 201
    answer.headers["Location"] = location
    return answer


def accepted(document: Any, *, location: str) -> Response:
    """202: it will be done; `location` tells how it stands."""
    answer = json_answer(document)
    answer.status_code = 202
    answer.headers["Location"] = location
    return _remembered(answer)


def is_readable(media_type: str) -> bool:
    """Whether any program can make something of it: text and JSON, or bytes as they are."""
    return media_type.startswith("text/") or media_type.endswith(("json", BYTES))


def as_bytes_if_asked(view: Callable[..., Response]) -> Callable[..., Response]:
    """What not every program can read, each may ask for as bytes."""

    @wraps(view)
    def with_choice(*args: Any, **kwargs: Any) -> Response:
        answer = view(*args, **kwargs)
        own = answer.mimetype or BYTES
        if not is_readable(own):
            answer.vary.add("Accept")
            answer.mimetype = request.accept_mimetypes.best_match((own, BYTES), default=own)
        return answer

    return with_choice


def nothing() -> Response:
    """204: done, and there is nothing more to say."""
    return _remembered(Response(status=204))


def json_answer(document: Any) -> Response:
    """A document that is no versioned resource."""
    return Response(dump(document), mimetype="application/json")


def listing(
    rows: Sequence[Any],
    page: PageRequest,
    *,
    show: Callable[[Any], Any] = attrgetter("document"),
    key: Callable[[Any], Any] = lambda _: None,
    around: Mapping[str, Any] | None = None,
) -> Response:
    """A page out of one row more than it holds: `show` makes an item, `key` is the sort key.

    `around` is what else the page says, beside its items.
    """
    shown, more = page.cut(rows)
    cursor = page.cursor_after(key(shown[-1]), shown[-1].id) if more else None
    items = [_fragment(show(row)) for row in shown]
    document = {**(around or {}), "items": items, "next": cursor}
    answer = Response(dump(document), mimetype="application/json")
    if cursor:
        following = urlencode({**request.args.to_dict(), "cursor": cursor})
        answer.headers["Link"] = f'<{request.path}?{following}>; rel="next"'
    return answer


def news(items: Sequence[Any], *, following: str, more: bool) -> Response:
    """What has come since the last time; `following` is the cursor that it goes on with."""
    answer = json_answer({"items": items, "next": following, "more": more})
    onward = urlencode({**request.args.to_dict(), "cursor": following})
    answer.headers["Link"] = f'<{request.path}?{onward}>; rel="next"'
    return answer


def _fragment(item: Any) -> Any:
    return orjson.Fragment(item) if isinstance(item, str) else item


def _remembered(answer: Response) -> Response:
    """The transaction that is open keeps this answer for a retry of a keyed request."""
    g.answer = answer
    return answer


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return rfc3339(value)
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError
