"""From the request's bearer token to an actor; the decorator that enforces also documents."""

from __future__ import annotations

from contextlib import suppress
from functools import wraps
from typing import TYPE_CHECKING, Any

from flask import current_app, g, request
from sqlalchemy.exc import OperationalError

from verifier.accounts import tokens
from verifier.accounts.actor import ANONYMOUS, Actor
from verifier.accounts.permissions import RULES
from verifier.kit.errors import NotAllowed, NotAuthenticated
from verifier.kit.rest import Blueprint, refuses
from verifier.kit.transactions import database, looking_up

if TYPE_CHECKING:
    from collections.abc import Callable

    from verifier.accounts.permissions import Permission

MALFORMED = 'Bearer realm="verifier", error="invalid_token"'


def requires(permission: Permission) -> Callable[[Any], Any]:
    """The endpoint needs this permission's scope; its service checks the role in the desk at hand.

    Adds 401, 403, 404, 429 and the security scheme to the endpoint's document, and the permission
    as `x-permission`. Where the permission is public, one comes without a token as nobody.
    """
    rule = RULES[permission]

    def decorator(view: Any) -> Any:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            g.actor = _authenticate(public=rule.public)
            if g.actor is not ANONYMOUS and rule.scope not in g.actor.scopes:
                message = f"This token lacks the scope {rule.scope.value!r}."
                raise NotAllowed(message, permission=permission.value)
            return view(*args, **kwargs)

        security: list[dict[str, list[str]]] = [{"bearer": []}, *([{}] if rule.public else [])]
        guarded = Blueprint.doc(security=security, **{"x-permission": permission.value})(guarded)
        return refuses(401, 403, 404, 429, 503)(guarded)

    return decorator


def actor() -> Actor:
    """Who makes the present request."""
    who: Actor = g.actor
    return who


def actor_still() -> Actor:
    """Who makes the present request, looked up once more: rights may end while it waits."""
    _, secret = g.principal
    who = g.actor = _bearer(secret).actor
    return who


def _authenticate(*, public: bool) -> Actor:
    header = request.headers.get("Authorization")
    if header is None:
        if public:
            return ANONYMOUS
        message = "Send your token: Authorization: Bearer fcv_…"
        raise NotAuthenticated(message)
    scheme, _, secret = header.partition(" ")
    secret = secret.strip()
    if scheme.lower() != "bearer":
        raise NotAuthenticated("Only bearer tokens are taken: Authorization: Bearer fcv_…")
    bearer = _bearer(secret)
    current_app.extensions["verifier.rate_limit"].spend(bearer.token_id)
    g.principal = (bearer.actor.account_id, secret)
    if bearer.use_is_due:
        # A note that is not worth failing a request for: a busy database is left alone.
        with suppress(OperationalError), database().transaction() as session:
            tokens.note_use(session, bearer.token_id)
    return bearer.actor


def _bearer(secret: str) -> tokens.Bearer:
    with looking_up() as connection:
        bearer = tokens.identify(connection, secret)
    if bearer is None or bearer.actor.account_id is None:
        message = "This token is unknown, expired or revoked."
        raise NotAuthenticated(message, headers={"WWW-Authenticate": MALFORMED})
    return bearer
