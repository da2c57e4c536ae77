"""What every refusal looks like, whatever was refused."""

from __future__ import annotations

from typing import Any

from verifier.kit.errors import all_kinds
from verifier.kit.problems import HTTP_PROBLEMS
from verifier.settings import LOCAL_URL


def check_problem(answer: Any, status: int, pointer: str | None = None) -> Any:
    """The problem document, once it is seen to be one, of that status, and about that member."""
    told = answer.get_data(as_text=True)
    if answer.request.path.startswith("/v1alpha1/"):
        return check_google_error(answer, 400 if status == 422 else status, pointer)
    assert answer.status_code == status, told
    assert answer.mimetype == "application/problem+json"
    problem = answer.json
    assert problem["status"] == status
    assert problem["instance"] == answer.request.path
    page, slug = problem["type"].rsplit("/", 1)
    assert page == f"{LOCAL_URL}/problems"
    assert slug in {kind.slug() for kind in all_kinds()} | {s for s, _ in HTTP_PROBLEMS.values()}
    assert problem["title"]
    assert problem["detail"]
    if status == 422:
        assert problem["errors"], told
    if pointer is not None:
        assert pointer in {fault["pointer"] for fault in problem["errors"]}, told
    return problem


def check_google_error(answer: Any, status: int, pointer: str | None = None) -> Any:
    """The same of an error as Google's APIs tell it; the message names the parameter."""
    told = answer.get_data(as_text=True)
    assert answer.status_code == status, told
    assert answer.mimetype == "application/json"
    assert answer.json.keys() == {"error"}
    error = answer.json["error"]
    assert error.keys() == {"code", "message", "status"}
    assert error["code"] == status
    assert error["status"].replace("_", "").isupper()
    assert error["message"]
    assert pointer is None or f"{pointer[1:]}: " in error["message"], told
    return error
