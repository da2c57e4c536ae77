"""A server under measurement: `verifier.kit.serving.serve` in a process of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

HOST: Final = "127.0.0.1"
HELLO: Final = "benchmarks.hello:create_app"
VERIFIER: Final = "verifier.app:create_app_from_env"
SECONDS_TO_START: Final = 60
SECONDS_BETWEEN_LOOKS: Final = 0.02


@contextmanager
def served(target: str, *, workers: int, **settings: str) -> Iterator[Server]:
    """The application behind the production server, on a port of its own."""
    port = free_port()
    environ = {
        name: value for name, value in os.environ.items() if not name.startswith("VERIFIER_")
    }
    environ |= {f"VERIFIER_{name.upper()}": value for name, value in settings.items()}
    command = [sys.executable, "-m", "benchmarks.served", target, str(port), str(workers)]
    process = subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL)
    try:
        _wait_for(port, process)
        yield Server(port, process.pid)
    finally:
        process.terminate()
        process.wait()


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.create_server((HOST, 0)) as probe:
        port: int = probe.getsockname()[1]
    return port


class Server:
    """Where it listens, and what its workers take."""

    def __init__(self, port: int, pid: int) -> None:
        self.port = port
        self._pid = pid

    @contextmanager
    def watched(self) -> Iterator[list[int]]:
        """A list that afterwards holds the most that a worker had of memory of its own, in bytes.

        Pages of the database's file that are mapped into it are the system's, and not counted.
        """
        peak, over = [0], Event()

        def watch() -> None:
            while not over.wait(SECONDS_BETWEEN_LOOKS):
                peak[0] = max(peak[0], *(_status(pid, "RssAnon") for pid in self._workers()))

        watcher = Thread(target=watch)
        watcher.start()
        try:
            yield peak
        finally:
            over.set()
            watcher.join()

    def _workers(self) -> list[str]:
        return Path(f"/proc/{self._pid}/task/{self._pid}/children").read_text().split()


def _status(pid: str, name: str) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{name}:"))


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection((HOST, port)).close()
        except ConnectionRefusedError:
            time.sleep(0.05)
        else:
            return
    message = "The server did not start."
    raise RuntimeError(message)


if __name__ == "__main__":
    from verifier.kit.serving import serve

    serve(sys.argv[1], host=HOST, port=int(sys.argv[2]), workers=int(sys.argv[3]))
