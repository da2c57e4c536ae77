"""The API's document: problem answers that every endpoint shares, and the stock of components.

Programs are generated from it, so its names become theirs: a component is called what it is
(`Claim`, not `ClaimDocument`), and a list of words that occurs in many places is one component.
"""

from __future__ import annotations

import re
from http import HTTPStatus
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

import flask_smorest
from apispec.ext.marshmallow import MarshmallowPlugin, resolver
from werkzeug.routing import AnyConverter

from verifier.kit.answers import BYTES, is_readable
from verifier.kit.parsing import IdConverter, SlugConverter
from verifier.kit.problems import HTTP_PROBLEMS, MEDIA_TYPE, STATUS
from verifier.kit.schemas import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from marshmallow import Schema

SHARED_STATUSES: Final = sorted({*HTTP_PROBLEMS, *(int(status) for status in STATUS.values())})


_ITS_OWN: Final = ("type", "title", "enum", "x-enum-varnames")
_SHAPE: Final = re.compile("(?:Document|Shown)(?=$|(?:Page|Poll)$)")


def component_name(schema: type[Schema]) -> str:
    """What a reader of the document calls it: `ClaimDocumentPage` is a `ClaimPage`."""
    return _SHAPE.sub("", resolver(schema))


class Api(flask_smorest.Api):
    """flask-smorest's document with problem documents instead of its own error bodies."""

    DEFAULT_ERROR_RESPONSE_NAME = None
    ERROR_SCHEMA = Problem

    def __init__(self) -> None:
        plugin = MarshmallowPlugin(schema_name_resolver=component_name)
        super().__init__(spec_kwargs={"marshmallow_plugin": plugin})
        self._blueprints: list[flask_smorest.Blueprint] = []
        self._describing = Lock()

    def register_blueprint(self, blp: flask_smorest.Blueprint) -> None:
        """Register its endpoints. To describe them takes longer, and waits until somebody asks."""
        self._app.extensions["flask-smorest"]["blp_name_to_api"][blp.name] = self
        self._app.register_blueprint(blp)
        self._blueprints.append(blp)

    def document(self) -> dict[str, Any]:
        """The whole document, made once."""
        with self._describing:
            if self._blueprints:
                self._document = self._described()
                self._blueprints.clear()
        return self._document

    def _described(self) -> dict[str, Any]:
        for blp in self._blueprints:
            blp.register_views_in_doc(self, self._app, self.spec, name=blp.name, parameters=None)
            self.spec.tag({"name": blp.name, "description": blp.description})
        document: dict[str, Any] = self.spec.to_dict()
        name_words(document)
        offer_bytes(document)
        return document

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


def offer_bytes(document: dict[str, Any]) -> None:
    """Say where bytes are answered to those who ask for them (`answers.as_bytes_if_asked`)."""
    for item in document["paths"].values():
        for operation in item.values():
            for response in _responses(operation):
                content = response.get("content", {})
                if content and not any(map(is_readable, content)):
                    content[BYTES] = {"schema": {"type": "string", "format": "binary"}}


def _responses(operation: Any) -> Iterable[dict[str, Any]]:
    return operation["responses"].values() if isinstance(operation, dict) else ()


def name_words(document: dict[str, Any]) -> None:
    """Make each list of words with a title one component, and point to it wherever it stands."""
    lists = [*_lists_of_words(document)]
    named = {_words(schema): schema["title"] for schema in lists if "title" in schema}
    components = document["components"]["schemas"]
    for schema in lists:
        if title := named.get(_words(schema)):
            words = _words(schema)
            own = {key: schema.pop(key) for key in _ITS_OWN if key in schema}
            components[title] = own | {"type": "string", "title": title, "enum": [*words]}
            nullable = None in own["enum"]
            schema.update(_pointing(f"#/components/schemas/{title}", schema, nullable=nullable))


def _words(schema: dict[str, Any]) -> tuple[str, ...]:
    return tuple(word for word in schema["enum"] if word is not None)


def _pointing(target: str, rest: dict[str, Any], *, nullable: bool) -> dict[str, Any]:
    """A reference; what stands right beside a `$ref`, many readers overlook."""
    reference = {"$ref": target}
    if nullable:
        return {"anyOf": [reference, {"type": "null"}]}
    return {"allOf": [reference]} if rest else reference


def _lists_of_words(part: Any) -> Iterator[dict[str, Any]]:
    if isinstance(part, dict):
        if part.get("type") in ("string", ["string", "null"]) and "enum" in part:
            yield part
        for below in part.values():
            yield from _lists_of_words(below)
    elif isinstance(part, list):
        for below in part:
            yield from _lists_of_words(below)
