"""The real server with several worker processes, for tests of what only they can get wrong."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

import urllib3

STARTING_SECONDS = 120


@dataclass
class Served:
    """`verifier serve` on a port of its own; `call` gives (status, headers, body)."""

    environment: dict[str, str]
    port: int = 0
    log: Any = subprocess.DEVNULL
    process: Any = None
    pool: urllib3.PoolManager = field(default_factory=lambda: urllib3.PoolManager(maxsize=50))

    def start(self, workers=2, options=()):
        with closing(socket.create_server(("127.0.0.1", 0))) as free:
            self.port = free.getsockname()[1]
        command = [sys.executable, "-m", "verifier.cli", "serve", "--port", str(self.port)]
        self.process = subprocess.Popen(
            [*command, "--workers", str(workers), *options],
            env={**os.environ, **self.environment},
            start_new_session=True,
            stderr=self.log,
        )
        deadline = time.monotonic() + STARTING_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                if self.call("GET", "/readyz")[0] == 200:
                    return self
            except urllib3.exceptions.HTTPError:
                time.sleep(0.05)
        message = "the server did not start"
        raise RuntimeError(message)

    def stop(self, how=signal.SIGTERM):
        """With SIGKILL the whole process group dies at once, as in a power cut."""
        if how == signal.SIGKILL:
            os.killpg(self.process.pid, how)
        else:
            self.process.send_signal(how)
        return self.process.wait(timeout=30)

    def call(self, method, path, token=None, *, headers=(), body=None):
        sent = dict(headers)
        if token is not None:
            sent["Authorization"] = f"Bearer {token}"
        if body is not None:
            sent["Content-Type"] = "application/json"
            body = json.dumps(body)
        url = f"http://127.0.0.1:{self.port}{path}"
        answer = self.pool.request(method, url, headers=sent, body=body, retries=False, timeout=30)
        return answer.status, answer.headers, answer.data
