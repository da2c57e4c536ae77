"""The shape of every endpoint: a blueprint whose decorators enforce and document in one stroke."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import flask_smorest

from verifier.kit.answers import as_bytes_if_asked
from verifier.kit.parsing import StrictParser, without_query
from verifier.kit.transactions import tried_again

if TYPE_CHECKING:
    from collections.abc import Callable

    from marshmallow import Schema

WRITE_PROBLEMS: Final = (400, 413, 415, 422)
LIST_HEADERS: Final = {
    "Link": {
        "description": 'The next page, as `<…>; rel="next"`, where there is one (RFC 8288).',
        "schema": {"type": "string"},
    }
}
ETAG_HEADER: Final = {
    "ETag": {
        "description": "Strong validator; send it back as `If-Match` to change the resource.",
        "schema": {"type": "string"},
        "example": '"3.b1946ac92492d234"',
    }
}
LOCATION_HEADER: Final = {
    "Location": {"description": "Where the new resource lives.", "schema": {"type": "string"}}
}
IF_MATCH: Final = {
    "in": "header",
    "name": "If-Match",
    "required": True,
    "description": "The `ETag` that you last read of this resource, or `*` for any.",
    "schema": {"type": "string"},
    "example": '"3.b1946ac92492d234"',
}
IF_NONE_MATCH: Final = {
    "in": "header",
    "name": "If-None-Match",
    "description": "An `ETag` you hold; 304 if it is still current.",
    "schema": {"type": "string"},
}
SHARED_HEADERS: Final = {
    "ETag": {
        "description": "Weak validator; send it back as `If-None-Match`.",
        "schema": {"type": "string"},
        "example": 'W/"b1946ac92492d234"',
    },
    "Last-Modified": {
        "description": "When it last changed; send it back as `If-Modified-Since`. "
        "Left out while that second lasts.",
        "schema": {"type": "string"},
    },
    "Cache-Control": {
        "description": "Any cache may keep it, for so many seconds.",
        "schema": {"type": "string"},
    },
}
IDEMPOTENCY_KEY: Final = {
    "in": "header",
    "name": "Idempotency-Key",
    "description": "Any value of your own, such as a UUID. A retry with the same key and body "
    "gets the first answer again, marked `Idempotency-Replayed: true`. Kept for 24 hours.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255},
}


_DOCUMENTS: Final = flask_smorest.Blueprint("documents", __name__)


class Blueprint(flask_smorest.Blueprint):
    """A capability's endpoints, in the order that its reader wants to meet them."""

    ARGUMENTS_PARSER = StrictParser()

    def route(self, rule: str, **options: Any) -> Callable[[Any], Any]:
        """Register an endpoint; one that declares no query parameters takes none."""
        register = super().route(rule, **options)

        def decorator(view: Any) -> Any:
            declared = getattr(view, "_apidoc", {}).get("arguments", {}).get("parameters", [])
            if not any(parameter["in"] == "query" for parameter in declared):
                view = refuses(422)(without_query(view))
            view = self.doc(operationId=view.__name__)(view)
            return register(as_bytes_if_asked(tried_again(view)))

        return decorator

    def takes(self, schema: type[Schema] | Schema, *, example: Any) -> Callable[[Any], Any]:
        """A JSON body, handed to the view as keyword-free dict."""
        reads = self.arguments(_made(schema), location="json", example=example)
        return lambda view: refuses(*WRITE_PROBLEMS)(reads(view))

    def filters(self, schema: type[Schema] | Schema) -> Callable[[Any], Any]:
        """Query parameters; unknown and repeated ones are refused."""
        reads = self.arguments(_made(schema), location="query")
        return lambda view: refuses(422)(reads(view))

    def shows(
        self, schema: type[Schema] | dict[str, str], *, example: Any, **more: Any
    ) -> Callable[[Any], Any]:
        """One resource, which `If-None-Match` can make a 304."""

        def decorator(view: Any) -> Any:
            view = self.response(200, schema, headers=ETAG_HEADER, example=example, **more)(view)
            view = self.alt_response(304, "NotModified")(view)
            return self.doc(parameters=[IF_NONE_MATCH])(view)

        return decorator

    def shares(
        self, schema: dict[str, str], *, content_type: str, headers: dict[str, Any] | None = None
    ) -> Callable[[Any], Any]:
        """What is the same for everybody, may be kept by caches, and is a 304 to who holds it."""

        def decorator(view: Any) -> Any:
            told = {**SHARED_HEADERS, **(headers or {})}
            view = self.response(200, schema, content_type=content_type, headers=told)(view)
            return self.alt_response(304, "NotModified")(view)

        return decorator

    def lists(self, schema: type[Schema], *, example: Any) -> Callable[[Any], Any]:
        """A page of a list, with an example of an item; a bad cursor is a 400."""
        page = {"items": [example], "next": None}

        def decorator(view: Any) -> Any:
            view = self.response(200, schema, headers=LIST_HEADERS, example=page)(view)
            return refuses(400)(view)

        return decorator

    def follows(self, schema: type[Schema], *, example: Any) -> Callable[[Any], Any]:
        """What has come since the last time, with an example of an item; a bad cursor is a 400."""
        news = {"items": [example], "next": "WyI…", "more": False}

        def decorator(view: Any) -> Any:
            view = self.response(200, schema, headers=LIST_HEADERS, example=news)(view)
            return refuses(400)(view)

        return decorator

    def creates(
        self, schema: type[Schema], *, example: Any, links: Any = None
    ) -> Callable[[Any], Any]:
        """A POST that makes a resource and may be repeated with its key."""

        def decorator(view: Any) -> Any:
            headers = {**ETAG_HEADER, **LOCATION_HEADER}
            view = self.response(201, schema, headers=headers, example=example)(view)
            view = refuses(409)(view)
            documented = {201: {"links": links}} if links else {}
            return self.doc(parameters=[IDEMPOTENCY_KEY], responses=documented)(view)

        return decorator

    def begins(self, schema: type[Schema], *, example: Any) -> Callable[[Any], Any]:
        """A POST that asks for something to be done later; `Location` tells how that goes."""

        def decorator(view: Any) -> Any:
            told = {"headers": LOCATION_HEADER, "description": "It will be done."}
            view = self.response(202, schema, example=example, **told)(view)
            return refuses(409)(self.doc(parameters=[IDEMPOTENCY_KEY])(view))

        return decorator

    def answers(self, schema: type[Schema], *, example: Any) -> Callable[[Any], Any]:
        """A POST that asks something and changes nothing."""

        def decorator(view: Any) -> Any:
            view = self.response(200, schema, example=example)(view)
            return self.doc(parameters=[IDEMPOTENCY_KEY])(view)

        return decorator

    def changes(
        self, schema: type[Schema] | None, *, example: Any = None, keyed: bool = False
    ) -> Callable[[Any], Any]:
        """A change of something that exists: needs `If-Match`; `keyed` where it is a POST."""

        def decorator(view: Any) -> Any:
            if schema is None:
                view = self.response(204)(view)
            else:
                view = self.response(200, schema, headers=ETAG_HEADER, example=example)(view)
            view = refuses(409, 412, 428)(view)
            return self.doc(parameters=[IF_MATCH, *([IDEMPOTENCY_KEY] if keyed else [])])(view)

        return decorator


def leads_to(**parameters: str) -> dict[str, Any]:
    """OpenAPI Links to operations, each by its id, that take the new resource's id as parameter."""
    return {
        operation: {"operationId": operation, "parameters": {name: "$response.body#/id"}}
        for operation, name in parameters.items()
    }


def _made(schema: type[Schema] | Schema) -> Schema:
    """The schema itself: of a class, webargs would make another one for each request."""
    return schema() if isinstance(schema, type) else schema


def refuses(*statuses: int) -> Callable[[Any], Any]:
    """Document that an endpoint answers these statuses with problem documents."""

    def decorator(view: Any) -> Any:
        for status in statuses:
            view = _DOCUMENTS.alt_response(status, f"Problem{status}")(view)
        return view

    return decorator
