"""The API's document: problem answers that every endpoint shares, and the stock of components."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

import flask_smorest
from werkzeug.routing import AnyConverter

from verifier.kit.parsing import IdConverter, SlugConverter
from verifier.kit.problems import HTTP_PROBLEMS, MEDIA_TYPE, STATUS
from verifier.kit.schemas import Problem

SHARED_STATUSES: Final = sorted({*HTTP_PROBLEMS, *(int(status) for status in STATUS.values())})


class Api(flask_smorest.Api):
    """flask-smorest's document with problem documents instead of its own error bodies."""

    DEFAULT_ERROR_RESPONSE_NAME = None
    ERROR_SCHEMA = Problem

    def _register_responses(self) -> None:
        self.spec.components.response("NotModified", {"description": "You hold it already."})
        for status in SHARED_STATUSES:
            self.spec.components.response(f"Problem{status}", _problem_response(status), lazy=True)

    def _register_pagination_header(self) -> None:
        """Lists are keyset pages (`kit.pagination`), which need none."""

    def _register_error_handlers(self) -> None:
        """Errors are answered by `kit.problems`."""


def _problem_response(status: int) -> dict[str, Any]:
    kinds = [kind for kind, answered in STATUS.items() if answered == status]
    title = kinds[0].heading() if kinds else HTTPStatus(status).phrase
    explanation = kinds[0].__doc__ if kinds else HTTP_PROBLEMS[status][1]
    slug = kinds[0].slug() if kinds else HTTP_PROBLEMS[status][0]
    response: dict[str, Any] = {
        "description": f"{title}. {' '.join((explanation or '').split())}",
        "content": {
            MEDIA_TYPE: {
                "schema": Problem,
                "example": {
                    "type": f"https://checks.example.org/problems/{slug}",
                    "title": title,
                    "status": status,
                    "detail": " ".join((explanation or title).split()),
                    "instance": "/v1/…",
                },
            }
        },
    }
    if status == HTTPStatus.UNAUTHORIZED:
        response["headers"] = {"WWW-Authenticate": {"schema": {"type": "string"}}}
    if status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE):
        response["headers"] = {"Retry-After": {"schema": {"type": "integer"}}}
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        response["headers"] = {"Allow": {"schema": {"type": "string"}}}
    return response


def describe_paths(api: Api) -> None:
    """Tell the document how path parameters look."""
    uuid = {"type": "string", "format": "uuid"}
    api.register_converter(IdConverter, lambda _: uuid)
    slug = {"type": "string", "pattern": f"^{SlugConverter.regex}$"}
    api.register_converter(SlugConverter, lambda _: slug)
    api.register_converter(
        AnyConverter, lambda choices: {"type": "string", "enum": sorted(choices.items)}
    )
