"""Errors below `/v1alpha1/`: the service's problem documents, told as Google's APIs tell them."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from flask import Response, request

from verifier.claimsearch.schemas import GoogleError
from verifier.kit.answers import dump
from verifier.kit.rest import Blueprint

if TYPE_CHECKING:
    from collections.abc import Callable

BELOW: Final = "/v1alpha1/"
PROBLEM: Final = "application/problem+json"
STATUSES: Final = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    405: "UNIMPLEMENTED",
    408: "DEADLINE_EXCEEDED",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    503: "UNAVAILABLE",
}
"""https://github.com/googleapis/googleapis/blob/master/google/rpc/code.proto"""
HEADERS: Final = {
    "Content-Type": "application/json",
    "Cache-Control": "no-store",
    "Access-Control-Allow-Origin": "*",
}
_HEADERS: Final = {401: "WWW-Authenticate", 429: "Retry-After", 503: "Retry-After"}


def told_as_google(answer: Response) -> Response:
    """The same answer, unless it is a problem below the address."""
    if not request.path.startswith(BELOW) or answer.mimetype != PROBLEM:
        return answer
    problem: Any = answer.get_json()
    code = 400 if answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY else answer.status_code
    message = problem["detail"]
    if faults := problem.get("errors"):
        message = " ".join(f"{each['pointer'][1:]}: {each['detail']}" for each in faults)
    answer.status_code = code
    answer.mimetype = "application/json"
    answer.set_data(dump({"error": _error(code, message)}))
    return answer


def refusal_as_google(problem: dict[str, Any]) -> tuple[dict[str, str], dict[str, Any]]:
    """A refusal of the server before the application, as a `Dialect` of its gate."""
    return HEADERS, {"error": _error(problem["status"], problem["detail"])}


def _error(code: int, message: str) -> dict[str, Any]:
    usual = "INVALID_ARGUMENT" if code < HTTPStatus.INTERNAL_SERVER_ERROR else "INTERNAL"
    return {"code": code, "message": message, "status": STATUSES.get(code, usual)}


def refuses_as_google(*codes: int) -> Callable[[Any], Any]:
    """Document these refusals in the place of the problem documents that were documented."""

    def decorator(view: Any) -> Any:
        for part in view._apidoc.values():  # noqa: SLF001  (flask-smorest's own)
            documented = part.get("responses", {}) if isinstance(part, dict) else {}
            for code in [each for each in documented if int(each) >= HTTPStatus.BAD_REQUEST]:
                del documented[code]
        for code in codes:
            title = HTTPStatus(code).phrase
            header = _HEADERS.get(code)
            view = Blueprint("errors", __name__).alt_response(
                code,
                schema=GoogleError,
                description=title,
                example={"error": _error(code, f"{title}.")},
                headers={header: {"schema": {"type": "string"}}} if header else None,
            )(view)
        return view

    return decorator
