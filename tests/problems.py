"""What every refusal looks like, whatever was refused."""

from __future__ import annotations

from typing import Any

from verifier.kit.errors import all_kinds
from verifier.kit.problems import HTTP_PROBLEMS
from verifier.settings import LOCAL_URL


def check_problem(answer: Any, status: int, pointer: str | None = None) -> Any:
    """The problem document, once it is seen to be one, of that status, and about that member."""
    told = answer.get_data(as_text=True)
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
