"""The application, put together step by step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import Flask, Response, request

from verifier import api, health, logs
from verifier.claimsearch.overriding import MethodOverride
from verifier.elsewhere.asking import open_remotes
from verifier.kit import problems
from verifier.kit.db import Database
from verifier.kit.parsing import IdConverter, SlugConverter
from verifier.kit.rate_limit import RateLimit
from verifier.kit.transactions import Replayed, answer_replayed
from verifier.search.embedding import follow
from verifier.search.semantic import open_semantic
from verifier.settings import Settings
from verifier.snapshots.archive import open_archive

if TYPE_CHECKING:
    from collections.abc import Callable

LARGEST_BODY: Final = 2 * 1024 * 1024


def create_app(settings: Settings) -> Flask:
    """The WSGI application. It opens no connection until the first request."""
    app = build_app()
    furnish(app, settings)
    return app


def build_app() -> Flask:
    """What is the same whatever the settings: the endpoints, and how they answer."""
    app = Flask("verifier", static_folder=None)
    for step in BUILDING:
        step(app)
    return app


def furnish(app: Flask, settings: Settings) -> None:
    """Give it what the settings name; where it has been furnished before, instead of that."""
    for step in FURNISHING:
        step(app, settings)


def create_app_from_env() -> Flask:
    """As `create_app`, with the environment's settings: what a server's worker process calls."""
    return create_app(Settings.from_env())


def _configure(app: Flask) -> None:
    app.config |= {"SOFTWARE": f"verifier/{api.VERSION}", "MAX_CONTENT_LENGTH": LARGEST_BODY}
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.url_map.converters |= {"id": IdConverter, "slug": SlugConverter}
    app.url_map.strict_slashes = True
    app.url_map.merge_slashes = False


def _answer_errors(app: Flask) -> None:
    problems.register(app)
    app.register_error_handler(Replayed, answer_replayed)


def _add_endpoints(app: Flask) -> None:
    health.measure(app)
    api.register(app)
    app.register_blueprint(health.blp)


def _take_long_questions(app: Flask) -> None:
    app.wsgi_app = MethodOverride(app.wsgi_app)  # type: ignore[assignment,method-assign]


def _guard_answers(app: Flask) -> None:
    app.after_request(RateLimit.tell)

    @app.after_request
    def guard(answer: Response) -> Response:
        if request.path.startswith("/v1/"):
            answer.vary.add("Authorization")
            answer.headers["Cache-Control"] = "private, no-cache"
        answer.headers["X-Content-Type-Options"] = "nosniff"
        answer.headers.setdefault("Referrer-Policy", "no-referrer")
        return answer


def _log(_app: Flask, settings: Settings) -> None:
    logs.configure(settings.log_format, settings.log_level)


def _tell_of_itself(app: Flask, settings: Settings) -> None:
    app.config |= {
        "PUBLIC_URL": settings.public_url,
        "ALLOW_PRIVATE_FETCH": settings.allow_private_fetch,
    }


def _connect(app: Flask, settings: Settings) -> None:
    app.extensions["verifier.database"] = Database(
        settings.database_url, read_url=settings.read_database_url, pgbouncer=settings.pgbouncer
    )


def _archive(app: Flask, settings: Settings) -> None:
    app.extensions["verifier.archive"] = open_archive(settings.archive_dir)


def _understand(app: Flask, settings: Settings) -> None:
    app.extensions["verifier.semantic"] = semantic = open_semantic(settings)
    if semantic is not None:
        follow(app.extensions["verifier.database"])


def _look_elsewhere(app: Flask, settings: Settings) -> None:
    database = app.extensions["verifier.database"]
    remotes = open_remotes(settings, database, software=app.config["SOFTWARE"])
    app.extensions["verifier.elsewhere"] = remotes


def _limit_rates(app: Flask, settings: Settings) -> None:
    limit = RateLimit(settings.rate_limit, settings.rate_limit_storage)
    app.extensions["verifier.rate_limit"] = limit


BUILDING: Final[tuple[Callable[[Flask], None], ...]] = (
    _configure,
    _answer_errors,
    _add_endpoints,
    _take_long_questions,
    _guard_answers,
)
FURNISHING: Final[tuple[Callable[[Flask, Settings], None], ...]] = (
    _log,
    _tell_of_itself,
    _connect,
    _archive,
    _understand,
    _look_elsewhere,
    _limit_rates,
)
