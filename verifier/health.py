"""Probes and metrics for whoever runs the service."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from flask import Blueprint, Response, g, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import generate_latest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from verifier.kit import jobs
from verifier.kit.clock import now
from verifier.kit.errors import Busy
from verifier.kit.migrations import older_revisions
from verifier.kit.transactions import reading
from verifier.webhooks.queries import standing

if TYPE_CHECKING:
    from flask import Flask

blp = Blueprint("health", __name__)
METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
REGISTRY: Final = CollectorRegistry()
REQUESTS: Final = Counter(
    "verifier_requests_total", "Requests answered.", ["method", "route", "status"],
    registry=REGISTRY,
)  # fmt: skip
SECONDS: Final = Histogram(
    "verifier_request_seconds", "Time to answer.", ["method", "route"], registry=REGISTRY,
)  # fmt: skip


@blp.get("/healthz")
def healthz() -> Response:
    """The process is alive."""
    return Response("ok\n", mimetype="text/plain")


@blp.get("/readyz")
def readyz() -> Response:
    """The database answers and is migrated."""
    try:
        with reading() as session:
            revision = session.scalar(text("SELECT version_num FROM alembic_version"))
    except Exception as error:
        message = "The database does not answer, or is not migrated: run `verifier db upgrade`."
        raise Busy(message) from error
    if revision is None or revision in older_revisions():
        message = f"The database is at revision {revision}: run `verifier db upgrade`."
        raise Busy(message)
    return Response("ready\n", mimetype="text/plain")


@blp.get("/metrics")
def metrics() -> Response:
    """Figures of this worker process, and of the jobs in the database, for Prometheus."""
    figures = generate_latest(REGISTRY)
    with suppress(SQLAlchemyError):  # these are wanted most when the database is away
        figures += generate_latest(_jobs()) + generate_latest(_webhooks())
    return Response(figures, content_type=CONTENT_TYPE_LATEST)


def _jobs() -> CollectorRegistry:
    registry = CollectorRegistry()
    number = Gauge(
        "verifier_jobs", "Jobs that are open or have failed.", ["kind", "state"], registry=registry
    )
    waiting = Gauge(
        "verifier_jobs_waiting_seconds", "How long the job that waits longest has been due.",
        registry=registry,
    )  # fmt: skip
    with reading() as session:
        counted, oldest = jobs.standing(session)
    for kind, state, jobs_there in counted:
        number.labels(kind, state).set(jobs_there)
    if oldest is not None:
        waiting.set(max(0.0, (now() - oldest).total_seconds()))
    return registry


def _webhooks() -> CollectorRegistry:
    registry = CollectorRegistry()

    def gauge(name: str, told: str) -> Gauge:
        return Gauge(f"verifier_webhook_{name}", told, registry=registry)

    with reading() as session:
        found = standing(session)
    waited = (now() - found.oldest).total_seconds() if found.oldest else 0.0
    gauge("events_waiting", "Events not handed on to webhooks yet.").set(found.events)
    gauge("events_waiting_seconds", "How long the oldest of them has waited.").set(max(0, waited))
    gauge("deliveries_waiting", "Deliveries that are to be made.").set(found.waiting)
    gauge("deliveries_failed", "Deliveries that were given up.").set(found.failed)
    gauge("disabled", "Webhooks that were disabled since they failed.").set(found.disabled)
    return registry


def measure(app: Flask) -> None:
    """Count and time every request by its route."""

    @app.before_request
    def start() -> None:
        g.started = time.perf_counter()

    @app.after_request
    def finish(answer: Response) -> Response:
        # Neither may be of the client's choice: every new one is kept for good.
        route = request.url_rule.rule if request.url_rule else "unknown"
        method = request.method if request.method in METHODS else "other"
        REQUESTS.labels(method, route, answer.status_code).inc()
        SECONDS.labels(method, route).observe(time.perf_counter() - g.started)
        return answer
