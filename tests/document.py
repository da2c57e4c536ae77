"""The API's document as the tests walk it: every operation, and what its answers must look like."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from flask.testing import FlaskClient
from jsonschema import Draft202012Validator, FormatChecker

from verifier.app import create_app
from verifier.settings import Settings

DOCUMENT: dict[str, Any] = create_app(Settings(database_url="sqlite:///unused")).extensions[
    "verifier.document"
]
METHODS = ("get", "post", "put", "patch", "delete")
FORMATS = FormatChecker(("uuid", "date"))
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")


@FORMATS.checks("date-time")
def is_moment(value):
    """RFC 3339 in UTC with microseconds, the one spelling that this API uses."""
    return not isinstance(value, str) or MOMENT.fullmatch(value) is not None


@dataclass(frozen=True)
class Operation:
    """One method of one path."""

    id: str
    method: str
    path: str
    spec: dict[str, Any]

    def answers(self, status: int) -> bool:
        return str(status) in self.spec["responses"]

    @property
    def body(self) -> dict[str, Any] | None:
        """The schema of the JSON body it takes."""
        content = self.spec.get("requestBody", {}).get("content", {})
        found = content.get("application/json", {}).get("schema")
        return None if found is None else resolved(found)

    @property
    def is_keyed(self) -> bool:
        return any(each["name"] == "Idempotency-Key" for each in self.spec.get("parameters", ()))


def resolved(part: dict[str, Any]) -> dict[str, Any]:
    """The part itself, or what its `$ref` points to."""
    while "$ref" in part:
        found: Any = DOCUMENT
        for name in part["$ref"].removeprefix("#/").split("/"):
            found = found[name]
        part = found
    return part


OPERATIONS = {
    spec["operationId"]: Operation(spec["operationId"], method.upper(), path, spec)
    for path, item in DOCUMENT["paths"].items()
    for method, spec in item.items()
    if method in METHODS
}
_PATHS = [
    (re.compile(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(path))), item)
    for path, item in DOCUMENT["paths"].items()
]


def operation_at(method: str, path: str) -> Operation | None:
    """The operation that a request was for."""
    for pattern, item in _PATHS:
        if pattern.fullmatch(path):
            spec = item.get("get" if method == "HEAD" else method.lower())
            return OPERATIONS[spec["operationId"]] if spec else None
    return None


def check_answer(operation: Operation, answer: Any) -> None:
    """The status is documented, and so are the media type and every member of the answer."""
    what = f"{operation.id} answered {answer.status_code}"
    assert operation.answers(answer.status_code), f"{what}, which is not documented"
    content = resolved(operation.spec["responses"][str(answer.status_code)]).get("content", {})
    if answer.status_code in (204, 304):
        return
    assert answer.mimetype in content, f"{what} as {answer.mimetype}, which is not documented"
    if answer.mimetype in ("application/json", "application/problem+json"):
        faults = list(_validator(operation.id, answer.status_code).iter_errors(answer.json))
        assert not faults, f"{what}: {[(fault.json_path, fault.message) for fault in faults]}"


@cache
def _validator(operation_id: str, status: int) -> Draft202012Validator:
    response = resolved(OPERATIONS[operation_id].spec["responses"][str(status)])
    content = next(each for kind, each in response["content"].items() if kind.endswith("json"))
    schema = {**content["schema"], "components": DOCUMENT["components"]}
    return Draft202012Validator(schema, format_checker=FORMATS)


class DocumentedClient(FlaskClient):
    """A test client that holds every answer it gets to the document."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        answer = super().open(*args, **kwargs)
        operation = operation_at(answer.request.method, answer.request.path)
        # What is malformed as HTTP is answered before it reaches an operation.
        malformed = answer.status_code == 400 and b"/problems/bad-request" in answer.data
        if operation is not None and answer.request.method != "HEAD" and not malformed:
            check_answer(operation, answer)
        return answer
