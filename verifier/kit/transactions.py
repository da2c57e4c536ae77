"""The request's one transaction, and the answer that a keyed request keeps in it."""

from __future__ import annotations

from contextlib import contextmanager
from functools import wraps
from typing import TYPE_CHECKING, Any, Final

from flask import Response, current_app, g, request
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm.exc import StaleDataError

from verifier.kit import idempotency
from verifier.kit.db import is_retryable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection
    from sqlalchemy.orm import Session

    from verifier.kit.db import Database

TRIES: Final = 4


class Replayed(Exception):
    """Carries the answer that this request got before out of the transaction."""

    def __init__(self, answer: idempotency.Answer) -> None:
        super().__init__()
        self.answer = answer


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


@contextmanager
def asking() -> Iterator[Connection]:
    """For a POST that only reads columns: its key is checked, and a retry is answered anew."""
    _attempt()
    with database().looking_up() as connection:
        yield connection


@contextmanager
def looking_up() -> Iterator[Connection]:
    """For a request that only reads, by one statement."""
    with database().looking_up() as connection:
        yield connection


def _attempt() -> idempotency.Attempt | None:
    key = request.headers.get("Idempotency-Key")
    if key is None or request.method != "POST":
        return None
    account_id, token = g.get("principal", ("", ""))
    same = (request.method.encode(), request.full_path.encode(), request.get_data())
    return idempotency.Attempt.of(account_id=account_id, token=token, key=key, request=same)


def answer_replayed(error: Replayed) -> Response:
    """The first answer, once more."""
    answer = Response(error.answer.body, error.answer.status, error.answer.headers)
    answer.headers["Idempotency-Replayed"] = "true"
    return answer


def tried_again(view: Any) -> Any:
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
