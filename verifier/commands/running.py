"""`verifier serve` and `verifier worker`: the programs that run all the time."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import click

from verifier import logs
from verifier.claimsearch.errors import BELOW, refusal_as_google
from verifier.commands.opened import check_migrated
from verifier.imports.service import LARGEST_FILE
from verifier.kit.gate import Limits
from verifier.kit.serving import end_with_parent
from verifier.kit.serving import serve as serve_app
from verifier.settings import Settings
from verifier.snapshots.routes import LARGEST_UPLOAD
from verifier.worker import open_worker

if TYPE_CHECKING:
    from collections.abc import Iterator

LARGER_BODIES: Final = {
    "/v1/sources/*/snapshots": LARGEST_UPLOAD,
    "/v1/imports": LARGEST_FILE,
}
RESTART_SECONDS: Final = 2.0
YIELDING: Final = 10  # on one machine, requests come first
STOP_SECONDS: Final = 30.0


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535))
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64))
@click.option("--access-log", is_flag=True, help="Log every request.")
@click.option("--with-worker", is_flag=True, help="Also run `verifier worker`, on this machine.")
def serve(host: str, port: int, workers: int, *, access_log: bool, with_worker: bool) -> None:
    """Run the production server until SIGTERM or Ctrl-C."""
    check_migrated(Settings.from_env())
    click.echo(f"Serving on http://{host}:{port} with {workers} workers; Ctrl-C stops.", err=True)
    with ExitStack() as beside:
        if with_worker:
            beside.enter_context(_worker_beside())
        serve_app(
            "verifier.app:create_app_from_env",
            host=host, port=port, workers=workers, access_log=access_log,
            limits=Limits(larger_bodies=LARGER_BODIES, dialects={f"{BELOW}*": refusal_as_google}),
        )  # fmt: skip


@click.command()
@click.option("--threads", default=4, show_default=True, type=click.IntRange(1, 64))
@click.option("--lease", default=30.0, hidden=True, help="Seconds until a lost job is taken up.")
@click.option("--drain", default=20.0, hidden=True, help="Seconds to finish in, once stopped.")
@click.option("--end-with-parent", "tied", is_flag=True, hidden=True)
def worker(threads: int, lease: float, drain: float, *, tied: bool) -> None:
    """Do the background work, such as fetching sources, until SIGTERM or Ctrl-C."""
    settings = Settings.from_env()
    check_migrated(settings)
    logs.configure(settings.log_format, settings.log_level)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    if tied:
        os.nice(YIELDING)
        threading.Thread(target=end_with_parent, args=(os.getppid(),), daemon=True).start()
    click.echo(f"Working as {os.getpid()} with {threads} threads; Ctrl-C stops.", err=True)
    pace = {"lease": timedelta(seconds=lease), "drain_seconds": drain}
    with open_worker(settings, threads=threads, **pace) as working:
        working.run(stop)


@contextmanager
def _worker_beside() -> Iterator[None]:
    """A worker process of its own, so that requests share no interpreter with it."""
    done = threading.Event()
    current: list[subprocess.Popen[bytes]] = []
    command = [sys.executable, "-m", "verifier.cli", "worker", "--end-with-parent"]

    def keep_running() -> None:
        while not done.is_set():
            current[:] = [subprocess.Popen(command)]  # noqa: S603  (our own program)
            current[0].wait()
            done.wait(RESTART_SECONDS)

    keeper = threading.Thread(target=keep_running, daemon=True)
    keeper.start()
    try:
        yield
    finally:
        done.set()
        for process in current:
            process.terminate()
        keeper.join(STOP_SECONDS)
