"""Problem documents (RFC 9457): the one place where what went wrong becomes an HTTP answer."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

import orjson
import structlog
from flask import Response, current_app, request
from werkzeug.exceptions import HTTPException

from verifier.kit import errors
from verifier.kit.db import is_busy

if TYPE_CHECKING:
    from flask import Flask

STATUS: Final[dict[type[errors.DomainError], HTTPStatus]] = {
    errors.Unreadable: HTTPStatus.BAD_REQUEST,
    errors.NotAuthenticated: HTTPStatus.UNAUTHORIZED,
    errors.NotAllowed: HTTPStatus.FORBIDDEN,
    errors.NotFound: HTTPStatus.NOT_FOUND,
    errors.Conflict: HTTPStatus.CONFLICT,
    errors.Stale: HTTPStatus.PRECONDITION_FAILED,
    errors.Invalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.PreconditionMissing: HTTPStatus.PRECONDITION_REQUIRED,
    errors.TooManyRequests: HTTPStatus.TOO_MANY_REQUESTS,
    errors.NotOffered: HTTPStatus.NOT_IMPLEMENTED,
    errors.Busy: HTTPStatus.SERVICE_UNAVAILABLE,
}
MEDIA_TYPE: Final = "application/problem+json"
MOST_FAULTS_TOLD: Final = 100
"""A body of 2 MiB can hold so many faults that the answer would be ten times as long."""
HTTP_PROBLEMS: Final[dict[int, tuple[str, str]]] = {
    400: ("bad-request", "The request is not well-formed HTTP."),
    404: ("not-found", "There is nothing at this address."),
    405: (
        "method-not-allowed",
        "This address does not take this method; `Allow` lists those it takes.",
    ),
    408: ("request-too-slow", "The body did not arrive in time. Send the request again."),
    413: (
        "body-too-large",
        "The body is larger than this address takes (2 MiB; imports and snapshots 64 MiB).",
    ),
    415: (
        "unsupported-media-type",
        "Send JSON as `application/json`; to an import, a file also as `application/octet-stream`.",
    ),
    416: ("range-not-satisfiable", "The file ends before the range that `Range` asks for."),
    500: ("internal-error", "Something went wrong here. Nothing was changed; it has been logged."),
}
"""Problems that HTTP itself raises: status → (slug, explanation)."""

log = structlog.get_logger(__name__)


def status_of(kind: type[errors.DomainError]) -> HTTPStatus:
    """The status that this kind, or the nearest kind it derives from, is answered with."""
    return next(STATUS[base] for base in kind.__mro__ if base in STATUS)


def problem(slug: str, title: str, status: int, detail: str, **members: Any) -> Response:
    """The answer itself; `members` become extension members of the document."""
    base = current_app.config["PUBLIC_URL"]
    document = {
        "type": f"{base}/problems/{slug}",
        "title": title,
        "status": int(status),
        "detail": detail,
        "instance": request.path,
        **members,
    }
    return Response(orjson.dumps(document, default=str), int(status), mimetype=MEDIA_TYPE)


def answer_domain_error(error: errors.DomainError) -> Response:
    """A fact raised by a service."""
    status = status_of(type(error))
    members = dict(error.members)
    headers = members.pop("headers", {})
    if isinstance(error, errors.Invalid):
        members["errors"] = [
            {"detail": fault.detail, "pointer": fault.pointer}
            for fault in error.faults[:MOST_FAULTS_TOLD]
        ]
    answer = problem(error.slug(), error.heading(), status, error.detail, **members)
    answer.headers.update(headers)
    if status == HTTPStatus.UNAUTHORIZED:
        answer.headers.setdefault("WWW-Authenticate", 'Bearer realm="verifier"')
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        answer.headers["Retry-After"] = "1"
    return answer


def answer_http_error(error: HTTPException) -> Response:
    """A refusal by Flask or Werkzeug; its own headers (such as `Allow`) are kept."""
    status = error.code or 500
    if status < HTTPStatus.BAD_REQUEST and error.response is not None:
        return error.response  # type: ignore[return-value]
    slug, detail = HTTP_PROBLEMS.get(status, (None, error.description or ""))
    title = HTTPStatus(status).phrase
    answer = problem(slug or title.lower().replace(" ", "-"), title, status, detail)
    for name, value in error.get_headers():
        if name.lower() not in ("content-type", "content-length"):
            answer.headers[name] = value
    return answer


def answer_unexpected(error: Exception) -> Response:
    """Anything else: a busy database is a 503, the rest is ours to mend and is logged."""
    if is_busy(error):
        return answer_domain_error(
            errors.Busy("The database is busy. Nothing was changed; try again in a second.")
        )
    log.error("unexpected error", path=request.path, method=request.method, exc_info=error)
    slug, detail = HTTP_PROBLEMS[500]
    return problem(slug, "Internal Server Error", 500, detail)


def register(app: Flask) -> None:
    """Make every error of the application a problem document."""
    app.register_error_handler(errors.DomainError, answer_domain_error)
    app.register_error_handler(HTTPException, answer_http_error)
    app.register_error_handler(Exception, answer_unexpected)
