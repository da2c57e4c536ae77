"""The service as an operator runs it: the console script's commands, each a process."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from typing import TYPE_CHECKING, Final

from verifier.demo.stage import HOST, Unexpected

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

COMMAND: Final = (sys.executable, "-m", "verifier.cli")
START_SECONDS: Final = 60
STOP_SECONDS: Final = 30


def environment(database_url: str, archive: Path) -> dict[str, str]:
    """This process's environment, with the demonstration's database and archive for settings."""
    rest = {name: value for name, value in os.environ.items() if not name.startswith("VERIFIER_")}
    settings = {"DATABASE_URL": database_url, "ARCHIVE_DIR": str(archive)}
    return rest | {f"VERIFIER_{name}": value for name, value in settings.items()}


def free_port(wanted: int) -> int:
    """The wanted port, or any where that is 0. Raises `Unexpected` where somebody listens on it."""
    try:
        with socket.create_server((HOST, wanted)) as probe:
            port: int = probe.getsockname()[1]
    except OSError as error:
        message = f"Port {wanted} cannot be used: {error.strerror}. Name another with --port."
        raise Unexpected(message) from None
    return port


@contextmanager
def serving(port: int, environ: Mapping[str, str], log: Path) -> Iterator[None]:
    """`verifier serve --with-worker` while the block runs. Raises `Unexpected` where it fails."""
    with log.open("wb") as output:
        server = subprocess.Popen(  # noqa: S603
            [*COMMAND, "serve", "--with-worker", "--port", str(port)],
            env=environ, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
        )  # fmt: skip
    try:
        _wait_until_ready(server, port, log)
        yield
    finally:
        _stop(server)


def run(environ: Mapping[str, str], *arguments: str) -> str:
    """A command's standard output. Raises `Unexpected` where it fails."""
    done = subprocess.run(  # noqa: S603
        [*COMMAND, *arguments], env=environ, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        message = f"verifier {' '.join(arguments)} ended with {done.returncode}: {done.stderr}"
        raise Unexpected(message)
    return done.stdout.strip()


def _wait_until_ready(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while not _is_ready(port):
        if server.poll() is not None or time.monotonic() > end:
            told = log.read_text("utf-8", "replace")[-2000:]
            message = f"The server did not start on port {port}. It says:\n{told}"
            raise Unexpected(message)
        time.sleep(0.05)


def _is_ready(port: int) -> bool:
    connection = HTTPConnection(HOST, port, timeout=START_SECONDS)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200  # noqa: PLR2004
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def _stop(server: subprocess.Popen[bytes]) -> None:
    server.terminate()
    try:
        server.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
