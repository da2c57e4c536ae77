"""`python -m benchmarks.busy`: the API's answers while the worker rests, and while it fetches.

The worker is a process of its own, as beside `verifier serve --with-worker`; its jobs are postponed
and due again in turns, so that both are measured in one run. Its site is a third process here.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from statistics import median, quantiles
from typing import TYPE_CHECKING

from sqlalchemy import func, select, update

from benchmarks.__main__ import requests_of
from benchmarks.client import drive
from benchmarks.newsroom import CALLER
from benchmarks.rounds import WORKERS
from benchmarks.seeding import fill
from benchmarks.served import HOST, VERIFIER, free_port, served
from tests.postgres import start
from verifier.kit.clock import new_id, now
from verifier.kit.db import Database
from verifier.kit.jobs import Job, enqueue
from verifier.sources.models import Source
from verifier.sources.service import FETCH

if TYPE_CHECKING:
    from collections.abc import Iterator

ROUNDS = 7
SOURCES = 4000
KINDS = ("GET a claim", "POST a claim")
PARAGRAPH = "<p>Officials said that the pull-out may be finished before the end of 2025.</p>"
PAGE = f"<html lang=en><title>Convoys</title><article>{PARAGRAPH * 60}</article></html>"


def main() -> None:
    """Print a table for each database."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.busy", description=__doc__)
    parser.add_argument("--backend", nargs="+", default=["sqlite", "postgresql"])
    parser.add_argument("--connections", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=1, help="for each round")
    options = parser.parse_args()
    for backend in options.backend:
        with tempfile.TemporaryDirectory() as folder:
            url = f"sqlite:///{folder}/claims.db" if backend == "sqlite" else start(durable=True)
            _measure(url, Path(folder), backend, options.connections, options.seconds)


def _measure(url: str, folder: Path, backend: str, connections: int, seconds: float) -> None:
    room = fill(url, 2000)
    database = Database(url)
    settings = {
        "database_url": url, "rate_limit": "0", "log_level": "error",
        "archive_dir": str(folder / "archive"), "allow_private_fetch": "1",
    }  # fmt: skip
    times: dict[tuple[str, str], list[float]] = defaultdict(list)
    jobs, spent = 0, 0.0
    kinds = requests_of(database, room)
    with _site(folder) as port, served(VERIFIER, workers=WORKERS, **settings) as server:
        _queue(database, room.desks[CALLER], port)
        with _worker(settings):
            for _ in range(ROUNDS):
                for state in ("resting", "busy"):
                    _let_work(database, is_on=state == "busy")
                    done, begun = _number(database, "done"), time.perf_counter()
                    for name in KINDS:
                        requests, status = kinds[name]
                        times[name, state] += drive(
                            server.port, requests, expect=status, connections=connections,
                            seconds=seconds,
                        )  # fmt: skip
                jobs += _number(database, "done") - done
                spent += time.perf_counter() - begun
    print(f"\n{backend}, {connections} connections; busy: {jobs / spent:,.0f} jobs a second\n")
    print("| request | resting, ms (median, p95) | busy, ms (median, p95) | ratio of medians |")
    print("|---|---:|---:|---:|")
    for name in KINDS:
        resting, busy = times[name, "resting"], times[name, "busy"]
        ratio = median(busy) / median(resting)
        print(f"| {name} | {_told(resting)} | {_told(busy)} | {ratio:.2f} |")
    database.dispose()


def _told(times: list[float]) -> str:
    return f"{median(times) * 1e3:.2f}, {quantiles(times, n=20)[-1] * 1e3:.2f}"


@contextmanager
def _site(folder: Path) -> Iterator[int]:
    (folder / "page.html").write_text(PAGE)
    port = free_port()
    command = [sys.executable, "-m", "http.server", str(port), "--bind", HOST]
    site = subprocess.Popen(
        command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield port
    finally:
        site.terminate()
        site.wait()


@contextmanager
def _worker(settings: dict[str, str]) -> Iterator[None]:
    environ = dict(os.environ)
    environ |= {f"VERIFIER_{name.upper()}": value for name, value in settings.items()}
    command = [sys.executable, "-m", "verifier.cli", "worker", "--end-with-parent"]
    worker = subprocess.Popen(command, env=environ, stderr=subprocess.DEVNULL)
    time.sleep(5)
    try:
        yield
    finally:
        worker.terminate()
        worker.wait()


def _queue(database: Database, desk: str, port: int) -> None:
    """Sources to be fetched, without their events: the worker does not look at those."""
    with database.transaction() as session:
        moment = now()
        for n in range(SOURCES):
            source = Source(
                id=new_id(), desk_id=desk, url=f"http://{HOST}:{port}/page.html?{n}",
                archive_urls=[], snapshots=[], created_at=moment, updated_at=moment,
            )  # fmt: skip
            session.add(source)
            session.flush()
            enqueue(session, FETCH, source.id, desk_id=desk)


def _let_work(database: Database, *, is_on: bool) -> None:
    """Have all jobs due now, or in a day; then wait for what has begun."""
    due_at = now() if is_on else now() + timedelta(days=1)
    while True:
        with database.transaction() as session:
            session.execute(update(Job).where(Job.state == "queued").values(due_at=due_at))
        if is_on or not _number(database, "running"):
            return
        time.sleep(0.05)


def _number(database: Database, state: str) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(Job).where(Job.state == state)) or 0


if __name__ == "__main__":
    main()
