"""The shape of every endpoint: a blueprint whose decorators enforce and document in one stroke."""

from __future__ import annotations

from contextlib import contextmanager
from functools import wraps
from typing import TYPE_CHECKING, Any, Final

import flask_smorest
from flask import Response, current_app, g, request
from marshmallow import RAISE
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm.exc import StaleDataError
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import UnsupportedMediaType
from werkzeug.routing import BaseConverter

from verifier.kit import idempotency
from verifier.kit.db import is_retryable
from verifier.kit.errors import DomainError, InputFault, Invalid
from verifier.kit.strict_json import pointer_part, read_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from marshmallow import Schema, ValidationError
    from sqlalchemy.orm import Session
    from werkzeug.datastructures import MultiDict

    from verifier.kit.db import Database

TRIES: Final = 4
JSON_TYPES: Final = ("application/json", "application/merge-patch+json")
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
IDEMPOTENCY_KEY: Final = {
    "in": "header",
    "name": "Idempotency-Key",
    "description": "Any value of your own, such as a UUID. A retry with the same key and body "
    "gets the first answer again, marked `Idempotency-Replayed: true`. Kept for 24 hours.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255},
}


_DOCUMENTS: Final = flask_smorest.Blueprint("documents", __name__)


class Replayed(DomainError):
    """Carries the answer that this request got before out of the transaction."""

    def __init__(self, answer: idempotency.Answer) -> None:
        super().__init__("answered before")
        self.answer = answer


class IdConverter(BaseConverter):
    """A UUID in a path; anything else matches no route and is a 404."""

    regex = "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
    part_isolating = True

    def to_python(self, value: str) -> str:
        return value.lower()


class SlugConverter(BaseConverter):
    """A desk's slug in a path."""

    regex = "[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?"
    part_isolating = True


class StrictParser(FlaskParser):
    """Webargs that reads JSON strictly, refuses the unknown, and says where each fault is."""

    DEFAULT_UNKNOWN_BY_LOCATION = {"json": RAISE, "query": RAISE}  # noqa: RUF012

    def load_json(self, req: Any, schema: Schema) -> Any:  # noqa: ARG002
        if req.mimetype not in JSON_TYPES:
            raise UnsupportedMediaType
        return read_json(req.get_data(cache=True))

    def load_querystring(self, req: Any, schema: Schema) -> Any:
        refuse_repeated(req.args)
        return super().load_querystring(req, schema)

    def handle_error(
        self,
        error: ValidationError,
        req: Any,  # noqa: ARG002
        schema: Schema,  # noqa: ARG002
        *,
        error_status_code: int | None,  # noqa: ARG002
        error_headers: Mapping[str, str] | None,  # noqa: ARG002
    ) -> Any:
        # Webargs puts the place (json, query) above marshmallow's own messages.
        messages: dict[str, Any] = error.messages  # type: ignore[assignment]
        faults = [fault for part in messages.values() for fault in _faults(part, "")]
        raise Invalid(faults)


class Blueprint(flask_smorest.Blueprint):
    """A capability's endpoints, in the order that its reader wants to meet them."""

    ARGUMENTS_PARSER = StrictParser()

    def route(self, rule: str, **options: Any) -> Callable[[Any], Any]:
        """Register an endpoint; one that declares no query parameters takes none."""
        register = super().route(rule, **options)

        def decorator(view: Any) -> Any:
            declared = getattr(view, "_apidoc", {}).get("arguments", {}).get("parameters", [])
            if not any(parameter["in"] == "query" for parameter in declared):
                view = _without_query(view)
            return register(_tried_again(view))

        return decorator

    def takes(self, schema: type[Schema] | Schema, *, example: Any) -> Callable[[Any], Any]:
        """A JSON body, handed to the view as keyword-free dict."""
        reads = self.arguments(schema, location="json", example=example)
        return lambda view: refuses(*WRITE_PROBLEMS)(reads(view))

    def filters(self, schema: type[Schema] | Schema) -> Callable[[Any], Any]:
        """Query parameters; unknown and repeated ones are refused."""
        reads = self.arguments(schema, location="query")
        return lambda view: refuses(422)(reads(view))

    def shows(self, schema: type[Schema], *, example: Any, **more: Any) -> Callable[[Any], Any]:
        """One resource, which `If-None-Match` can make a 304."""

        def decorator(view: Any) -> Any:
            view = self.response(200, schema, headers=ETAG_HEADER, example=example, **more)(view)
            view = self.alt_response(304, "NotModified")(view)
            return self.doc(parameters=[IF_NONE_MATCH])(view)

        return decorator

    def lists(self, schema: type[Schema]) -> Callable[[Any], Any]:
        """A page of a list; a bad cursor is a 400."""

        def decorator(view: Any) -> Any:
            view = self.response(200, schema, headers=LIST_HEADERS)(view)
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
            documented = {"201": {"links": links}} if links else {}
            return self.doc(parameters=[IDEMPOTENCY_KEY], responses=documented)(view)

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


def refuses(*statuses: int) -> Callable[[Any], Any]:
    """Document that an endpoint answers these statuses with problem documents."""

    def decorator(view: Any) -> Any:
        for status in statuses:
            view = _DOCUMENTS.alt_response(status, f"Problem{status}")(view)
        return view

    return decorator


def database() -> Database:
    """The running application's database."""
    found: Database = current_app.extensions["verifier.database"]
    return found


@contextmanager
def transaction() -> Iterator[Session]:
    """The request's one writing transaction; a keyed request's answer is kept in it."""
    attempt = _attempt()
    with database().transaction() as session:
        if attempt and (earlier := idempotency.earlier_answer(session, attempt)):
            raise Replayed(earlier)
        yield session
        if attempt:
            answer: Response = g.answer
            headers = {
                n: answer.headers[n] for n in idempotency.REPLAYED_HEADERS if n in answer.headers
            }
            kept = idempotency.Answer(answer.status_code, headers, answer.get_data())
            idempotency.keep_answer(session, attempt, kept)


@contextmanager
def reading() -> Iterator[Session]:
    """For a request that only reads."""
    with database().reading() as session:
        yield session


def _attempt() -> idempotency.Attempt | None:
    key = request.headers.get("Idempotency-Key")
    if key is None or request.method != "POST":
        return None
    account_id, token = g.principal
    same = (request.method.encode(), request.full_path.encode(), request.get_data())
    return idempotency.Attempt.of(account_id=account_id, token=token, key=key, request=same)


def answer_replayed(error: Replayed) -> Response:
    """The first answer, once more."""
    answer = Response(error.answer.body, error.answer.status, error.answer.headers)
    answer.headers["Idempotency-Replayed"] = "true"
    return answer


def refuse_repeated(parameters: MultiDict[str, str]) -> None:
    """A query parameter given twice is a mistake worth telling, not one to resolve by luck."""
    repeated = [name for name, values in parameters.lists() if len(values) > 1]
    if repeated:
        detail = "This query parameter is given more than once."
        raise Invalid([InputFault(f"/{pointer_part(name)}", detail) for name in repeated])


def _tried_again(view: Any) -> Any:
    """Run the view once more where the database asks for its transaction again."""

    @wraps(view)
    def patient(*args: Any, **kwargs: Any) -> Any:
        for _ in range(TRIES - 1):
            try:
                return view(*args, **kwargs)
            except (DBAPIError, StaleDataError) as error:
                if not is_retryable(error):
                    raise
        return view(*args, **kwargs)

    return patient


def _without_query(view: Any) -> Any:
    @wraps(view)
    def strict(*args: Any, **kwargs: Any) -> Any:
        if request.args:
            detail = "This address takes no such query parameter."
            raise Invalid([InputFault(f"/{pointer_part(name)}", detail) for name in request.args])
        return view(*args, **kwargs)

    return strict


def _faults(messages: Any, pointer: str) -> Iterator[InputFault]:
    """Marshmallow's nested messages as a flat list of pointers."""
    if isinstance(messages, dict):
        for name, below in messages.items():
            step = "" if name == "_schema" else f"/{pointer_part(name)}"
            yield from _faults(below, pointer + step)
    elif isinstance(messages, list):
        for message in messages:
            yield from _faults(message, pointer)
    else:
        yield InputFault(pointer, str(messages))
