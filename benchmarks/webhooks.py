"""`python -m benchmarks.webhooks`: events to several endpoints by workers that may be killed.

The receiver is a process of its own, which checks every signature with the standard's own library
and notes what came. At the end each event has reached each endpoint, those of a claim in order.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from contextlib import ExitStack, contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select
from standardwebhooks import Webhook as Verifier

from benchmarks.newsroom import CALLER, open_newsroom
from benchmarks.served import HOST, free_port
from tests.postgres import start
from verifier.accounts.actor import ALL_SCOPES, SERVICE, Actor, Role
from verifier.claims.service import submit_claim
from verifier.claims.trail import record_on_claim
from verifier.kit import migrations
from verifier.kit.db import Database
from verifier.webhooks.models import Webhook, WebhookDelivery
from verifier.webhooks.outbox import chains_behind
from verifier.webhooks.service import create_webhook

if TYPE_CHECKING:
    from collections.abc import Iterator

PORT, NOTES, SECRETS = "RECEIVER_PORT", "RECEIVER_NOTES", "RECEIVER_SECRETS"


def main() -> None:
    """Print a table, a line for each database."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.webhooks", description=__doc__)
    parser.add_argument("--backend", nargs="+", default=["sqlite", "postgresql"])
    parser.add_argument("--events", type=int, default=10_000)
    parser.add_argument("--claims", type=int, default=500, help="that the events are of")
    parser.add_argument("--endpoints", type=int, default=3)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--kills", type=int, default=0, help="how often a worker is killed")
    options = parser.parse_args()
    print("| database | events a second handed on | deliveries a second | sent twice | kills |")
    print("|---|---:|---:|---:|---:|")
    for backend in options.backend:
        with tempfile.TemporaryDirectory() as folder:
            url = f"sqlite:///{folder}/claims.db" if backend == "sqlite" else start(durable=True)
            _measure(backend, url, Path(folder), options)


def _measure(backend: str, url: str, folder: Path, options: argparse.Namespace) -> None:
    migrations.upgrade(url)
    database = Database(url)
    port = free_port()
    secrets = _prepare(database, port, options)
    notes = folder / "notes"
    settings = {"database_url": url, "allow_private_fetch": "1", "log_level": "error"}
    wanted = options.events * options.endpoints
    with _receiver(port, notes, secrets), ExitStack() as stack:
        begun = time.perf_counter()
        workers = [stack.enter_context(_worker(settings)) for _ in range(options.workers)]
        handed_on, kills, done = 0.0, 0, 0
        while done < wanted:
            time.sleep(0.2)
            with database.reading() as session:
                behind = chains_behind(session)
                is_delivered = WebhookDelivery.state == "delivered"
                counting = select(func.count()).select_from(WebhookDelivery).where(is_delivered)
                done = session.scalar(counting) or 0
            if not behind and not handed_on:
                handed_on = time.perf_counter() - begun
            if kills < options.kills and done > wanted * (kills + 1) / (options.kills + 1):
                workers[kills % len(workers)].send_signal(signal.SIGKILL)
                workers[kills % len(workers)] = stack.enter_context(_worker(settings))
                kills += 1
        seconds = time.perf_counter() - begun
    twice = _check(notes, options)
    print(
        f"| {backend} | {options.events / handed_on:,.0f} | {wanted / seconds:,.0f} "
        f"| {twice:,} | {kills} |"
    )
    database.dispose()


def _prepare(database: Database, port: int, options: argparse.Namespace) -> dict[str, str]:
    """Webhooks, and then claims with events; the secrets by path."""
    with database.transaction() as session:
        room = open_newsroom(session)
    desk = room.desks[CALLER]
    admin = Actor(room.accounts[CALLER][-1], scopes=ALL_SCOPES, roles={desk: Role.admin})
    with database.transaction() as session:
        for n in range(options.endpoints):
            create_webhook(
                session, admin, url=f"http://{HOST}:{port}/{n}", allow_private=True,
                types=["claim.edited"], format="standard", description="",
            )  # fmt: skip
        hooks = session.scalars(select(Webhook)).all()
        secrets = {hook.url.rpartition(":")[2].partition("/")[2]: hook.secret for hook in hooks}
        claims = [submit_claim(session, admin, text=f"Claim {n}.") for n in range(options.claims)]
        for n in range(options.events):
            claim = claims[n % len(claims)]
            record_on_claim(session, SERVICE, claim, "claim.edited", claim)
    return secrets


def _check(notes: Path, options: argparse.Namespace) -> int:
    """Stop unless all has arrived, signed and in order; how many were sent more than once."""
    ids: dict[str, set[str]] = defaultdict(set)
    lines: dict[tuple[str, str], list[int]] = defaultdict(list)
    arrived = 0
    for note in notes.read_text().splitlines():
        path, message_id, claim, seq = note.split()
        arrived += 1
        if message_id not in ids[path]:
            ids[path].add(message_id)
            lines[path, claim].append(int(seq))
    assert len(ids) == options.endpoints
    assert all(len(each) == options.events for each in ids.values())
    assert all(line == sorted(line) for line in lines.values())
    return arrived - options.events * options.endpoints


@contextmanager
def _receiver(port: int, notes: Path, secrets: dict[str, str]) -> Iterator[None]:
    environ = {
        **os.environ, PORT: str(port), NOTES: str(notes), SECRETS: json.dumps(secrets),
    }  # fmt: skip
    command = [sys.executable, "-m", "benchmarks.webhooks", "receive"]
    process = subprocess.Popen(command, env=environ, stderr=subprocess.DEVNULL)
    time.sleep(3)
    try:
        yield
    finally:
        process.terminate()
        process.wait()


@contextmanager
def _worker(settings: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("VERIFIER")}
    environ |= {f"VERIFIER_{name.upper()}": value for name, value in settings.items()}
    command = [sys.executable, "-m", "verifier.cli", "worker", "--lease", "15"]
    process = subprocess.Popen(command, env=environ, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            process.terminate()
        process.wait()


def _receive() -> None:
    """Note what comes with a sound signature; what has none is answered 400."""
    verifiers = {name: Verifier(secret) for name, secret in json.loads(os.environ[SECRETS]).items()}
    with Path(os.environ[NOTES]).open("a", buffering=1) as notes:

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                name = self.path.strip("/")
                data: Any = verifiers[name].verify(body, dict(self.headers))["data"]
                message_id, seq = self.headers["webhook-id"], data["event"]["seq"]
                notes.write(f"{name} {message_id} {data['claim']['id']} {seq}\n")
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Say nothing of it."""

        class Server(ThreadingHTTPServer):
            request_queue_size = 128

        Server((HOST, int(os.environ[PORT])), Handler).serve_forever()


if __name__ == "__main__":
    if sys.argv[1:] == ["receive"]:
        _receive()
    else:
        main()
