"""Reading requests: path parameters, query parameters and bodies, strictly."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any, Final

from flask import request
from marshmallow import RAISE, fields
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import UnsupportedMediaType
from werkzeug.routing import BaseConverter

from verifier.kit.errors import InputFault, Invalid
from verifier.kit.strict_json import pointer_part, read_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from marshmallow import Schema, ValidationError
    from werkzeug.datastructures import MultiDict

JSON_TYPES: Final = ("application/json", "application/merge-patch+json")


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
        once = req.args.copy()
        for name, field in schema.fields.items():
            if isinstance(field, fields.List):
                once.poplist(name)
        refuse_repeated(once)
        return super().load_querystring(req, schema)

    def load_form(self, req: Any, schema: Schema) -> Any:
        refuse_repeated(req.form)
        return super().load_form(req, schema)

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
        faults = [fault for part in messages.values() for fault in faults_in(part)]
        raise Invalid(faults)


def refuse_repeated(parameters: MultiDict[str, str]) -> None:
    """A parameter or field given twice is a mistake worth telling, not one to resolve by luck."""
    repeated = [name for name, values in parameters.lists() if len(values) > 1]
    if repeated:
        detail = "This is given more than once."
        raise Invalid([InputFault(f"/{pointer_part(name)}", detail) for name in repeated])


def without_query(view: Any) -> Any:
    @wraps(view)
    def strict(*args: Any, **kwargs: Any) -> Any:
        if request.args:
            detail = "This address takes no such query parameter."
            raise Invalid([InputFault(f"/{pointer_part(name)}", detail) for name in request.args])
        return view(*args, **kwargs)

    return strict


def faults_in(messages: Any, pointer: str = "") -> Iterator[InputFault]:
    """Marshmallow's nested messages as a flat list of pointers."""
    if isinstance(messages, dict):
        for name, below in messages.items():
            step = "" if name == "_schema" else f"/{pointer_part(name)}"
            yield from faults_in(below, pointer + step)
    elif isinstance(messages, list):
        for message in messages:
            yield from faults_in(message, pointer)
    else:
        yield InputFault(pointer, str(messages))
