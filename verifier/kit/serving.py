"""The production server: granian's worker processes, and in each a gate before the WSGI app."""

from __future__ import annotations

import gc
import logging
import multiprocessing
import os
import pkgutil
import resource
import signal
import socket
import threading
import time
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.server import MPServer

from verifier.kit import waiting
from verifier.kit.gate import BLOCK, Gate, Limits

if TYPE_CHECKING:
    from multiprocessing.synchronize import Event

CONNECTIONS: Final = 4096  # a worker's: silent ones must run out of time before these run out
OTHER_FILES: Final = 256


class _Server(MPServer):
    """Granian's; it sets `stopping` as soon as it stops, so that requests that wait end at once."""

    stopping: Event

    def shutdown(self, *args: Any, **kwargs: Any) -> None:
        self.stopping.set()
        super().shutdown(*args, **kwargs)  # type: ignore[no-untyped-call]


def serve(
    app_target: str,
    *,
    host: str = "127.0.0.1",
    port: int = 8000,
    workers: int = 2,
    limits: Limits | None = None,
    header_seconds: float = 30,
    drain_seconds: int = 25,
    access_log: bool = False,
) -> None:
    """Serve until SIGTERM or SIGINT. Raises `OSError` where the address is taken.

    `app_target` is `package.module:factory`; each worker calls the factory, without arguments, for
    its WSGI app, so no database engine is shared. Workers start by importing the main module: only
    call this below `if __name__ == "__main__"`. `header_seconds` also ends idle connections.
    """
    # The workers share the port by SO_REUSEPORT; another server would silently share it, too.
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, port), family=family) as probe:
        address, port = probe.getsockname()[:2]
    # A fresh interpreter each, on every system: no lock, thread or connection comes along.
    multiprocessing.set_start_method("spawn", force=True)
    server = _Server(
        app_target,
        address=address,
        port=port,
        interface=Interfaces.ASGINL,
        workers=workers,
        http=HTTPModes.http1,
        websockets=False,
        backpressure=_open_files(CONNECTIONS + OTHER_FILES) - OTHER_FILES,
        http1_settings=HTTP1Settings(
            header_read_timeout=int(header_seconds * 1000), max_buffer_size=BLOCK
        ),
        log_access=access_log,
        respawn_failed_workers=True,
        workers_kill_timeout=drain_seconds,
    )
    server.stopping = multiprocessing.Event()
    loader = partial(_start_worker, app_target, limits or Limits(), server.stopping)
    server.serve(target_loader=loader, wrap_loader=False)


def _open_files(wanted: int) -> int:
    """Let this process and its workers open as many files as wanted, or as the system allows."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY:
        wanted = min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return wanted


def _start_worker(app_target: str, limits: Limits, stopping: Event) -> Gate:
    waiting.end_when(stopping.is_set)
    threading.Thread(target=end_with_parent, args=(os.getppid(),), daemon=True).start()
    # Each client that leaves during an answer is worth a line to granian, but not to an operator.
    logging.getLogger("_granian.asgi").setLevel(logging.WARNING)
    app = pkgutil.resolve_name(app_target)()
    gc.collect()
    gc.freeze()  # what is loaded stays: no request waits while it is all looked through
    return Gate(app, limits)


def end_with_parent(parent: int) -> None:
    """End this process when its parent was killed: it would go on alone, and hold the port."""
    while os.getppid() == parent:
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)
