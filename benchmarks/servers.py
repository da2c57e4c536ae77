"""Servers side by side, undisturbed and disturbed: `python benchmarks/servers.py --seconds 5`.

Needs wrk (`apt-get install wrk`, `brew install wrk`). Everything runs on 127.0.0.1 and is stopped
afterwards; each figure is the median of several rounds in which the servers take turns.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from flask import Flask, Response, request

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT: Final = Path(__file__).parent.parent
BIN: Final = Path(sys.executable).parent
APP: Final = "benchmarks.servers"
WORKERS: Final = 2
THREADS: Final = 16
CONNECTIONS: Final = 32
DISTURBERS: Final = 200
READERS: Final = 8
STREAM: Final = 50 * 1024 * 1024
HALF_HEAD: Final = b"GET / HTTP/1.1\r\nHo"
HALF_BODY: Final = (
    b"POST /claims HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    b"Content-Length: 1000\r\n\r\n0123456789"
)
LEGEND: Final = f"""
ratio: to the first server, alone. growth: MiB beside {READERS} downloads of 50 MiB nobody reads.
closed: their generators are, once their clients have left. broken: how a download whose generator
fails looks to its client. cut off: what becomes of a request whose body breaks off. exit: status
after SIGTERM."""
LUA: Final = """
if os.getenv("BENCH_POST") then
  wrk.method = "POST"
  wrk.body = '{"text": "' .. string.rep("a", 900) .. '"}'
  wrk.headers["Content-Type"] = "application/json"
end
done = function(summary, latency)
  io.write(string.format("RESULT %d %d %d %d %d\\n", summary.requests, summary.errors.status,
    summary.duration, latency:percentile(50), latency:percentile(99)))
end
"""
GATE: Final = (
    "from verifier.kit.serving import Limits, serve; "
    f"serve('{APP}:create_app', port={{port}}, workers={WORKERS}, "
    f"limits=Limits(threads={THREADS}, streams={THREADS}))"
)
GRANIAN: Final = [
    *(str(BIN / "granian"), "--http", "1", "--no-ws", "--factory", "--port", "{port}"),
    *("--workers", str(WORKERS)),
]
GUNICORN: Final = [
    *(str(BIN / "gunicorn"), "--no-control-socket", "--bind", "127.0.0.1:{port}"),
    *("--workers", str(WORKERS)),
]
SERVERS: Final = {
    "granian WSGI": [
        *(*GRANIAN, "--interface", "wsgi", "--blocking-threads", str(THREADS)),
        f"{APP}:create_app",
    ],
    "granian WSGI, 256 threads": [
        *(*GRANIAN, "--interface", "wsgi", "--blocking-threads", "256"),
        f"{APP}:create_app",
    ],
    "gunicorn gthread": [
        *(*GUNICORN, "--worker-class", "gthread", "--threads", str(THREADS)),
        f"{APP}:create_app()",
    ],
    "gunicorn ASGI + gate": [
        *(*GUNICORN, "--worker-class", "asgi", "--asgi-lifespan", "off"),
        f"{APP}:create_gate()",
    ],
    "granian ASGI + gate": [sys.executable, "-c", GATE],
}


def create_app() -> Flask:
    """Hello, a body that is read, and a download of 50 MiB that notes its beginning and end."""
    app = Flask("servers", static_folder=None)
    notes = Path(os.environ["BENCH_NOTES"])

    def pieces() -> Iterator[bytes]:
        try:
            _note(notes, "o")
            for _ in range(STREAM // 65536):
                yield b"x" * 65536
        finally:
            _note(notes, "c")

    def broken() -> Iterator[bytes]:
        yield b"x" * 100_000
        raise RuntimeError

    app.add_url_rule("/", "hello", lambda: {"hello": "world"})
    app.add_url_rule("/export", "export", lambda: Response(pieces()))
    app.add_url_rule("/broken", "broken", lambda: Response(broken()))

    @app.post("/claims")
    def claims() -> tuple[dict[str, int], int]:
        return {"length": len(request.get_json()["text"])}, 201

    @app.post("/bytes")
    def size() -> dict[str, int]:
        return {"length": len(request.get_data())}

    return app


def create_gate() -> Any:
    """The product's gate, for another ASGI server."""
    from verifier.kit.serving import Gate, Limits  # noqa: PLC0415

    return Gate(create_app(), Limits(threads=THREADS, streams=THREADS))


def _note(path: Path, letter: str) -> None:
    with path.open("a") as notes:
        notes.write(letter)


class Server:
    """One of the servers, running."""

    def __init__(self, command: list[str], notes: Path) -> None:
        with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as free:
            self.port = free.getsockname()[1]
        self.notes = notes
        notes.write_text("")
        path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
        self.process = subprocess.Popen(
            [part.replace("{port}", str(self.port)) for part in command],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": path, "BENCH_NOTES": str(notes)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        while self.process.poll() is None and not self.answers():
            time.sleep(0.1)
        time.sleep(1)  # the other workers

    def answers(self) -> bool:
        with contextlib.suppress(OSError, http.client.HTTPException):
            return self.call("/").status == 200  # noqa: PLR2004
        return False

    def call(self, path: str) -> http.client.HTTPResponse:
        client = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
        client.request("GET", path)
        return client.getresponse()

    def connect(self, sent: bytes) -> socket.socket:
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=2)
        connection.sendall(sent)
        return connection

    def memory(self) -> float:
        """MiB of the whole process group."""
        listing = subprocess.run(
            ["ps", "-axo", "pgid=,rss="], capture_output=True, text=True, check=True
        ).stdout
        lines = [line.split() for line in listing.splitlines()]
        return sum(int(rss) for group, rss in lines if int(group) == self.process.pid) / 1024

    def stop(self) -> int | None:
        self.process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout=40)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        return self.process.wait()


def load(server: Server, seconds: int, lua: Path, *, post: bool) -> dict[str, float]:
    """Requests a second and latencies in ms, by wrk."""
    url = f"http://127.0.0.1:{server.port}/" + ("claims" if post else "")
    done = subprocess.run(
        ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", str(lua), url],
        env={**os.environ, **({"BENCH_POST": "1"} if post else {})},
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    numbers = next(line for line in done.splitlines() if line.startswith("RESULT")).split()[1:]
    requests, refused, micros, median, late = map(int, numbers)
    rate = (requests - refused) / micros * 1e6
    return {"rate": rate, "p50": median / 1000, "p99": late / 1000}


@contextlib.contextmanager
def disturbed(server: Server, sent: bytes) -> Iterator[None]:
    """Beside connections that have sent this and then fall silent."""
    with contextlib.ExitStack() as held:
        if sent:
            for _ in range(DISTURBERS):
                held.enter_context(server.connect(sent))
        yield


def stream_facts(server: Server) -> dict[str, float]:
    """How downloads fare: a fast one, ones that are not read, one that breaks off."""
    started = time.perf_counter()
    assert len(server.call("/export").read()) == STREAM
    facts: dict[str, float] = {"stream": STREAM / 2**20 / (time.perf_counter() - started)}
    before = server.memory()
    readers = [server.connect(b"GET /export HTTP/1.1\r\nHost: x\r\n\r\n") for _ in range(READERS)]
    time.sleep(2)
    facts["growth"] = server.memory() - before
    for reader in readers:
        reader.close()
    time.sleep(1)
    notes = server.notes.read_text()
    facts["closed"] = float(notes.count("o") == notes.count("c"))
    facts["broken"] = 0
    with contextlib.suppress(http.client.IncompleteRead, OSError):
        server.call("/broken").read()
        facts["broken"] = 1
    with server.connect(HALF_BODY.replace(b"/claims", b"/bytes")) as connection:
        connection.shutdown(socket.SHUT_WR)
        facts["cut"] = float(b" 200 " in connection.recv(1000)[:20])
    return facts


def measure(name: str, seconds: int, folder: Path) -> dict[str, dict[str, float]]:
    """One server once, in every situation."""
    lua = folder / "load.lua"
    lua.write_text(LUA)
    server = Server(SERVERS[name], folder / "notes")
    results = {}
    try:
        for situation, sent in (("alone", b""), ("heads", HALF_HEAD), ("bodies", HALF_BODY)):
            with disturbed(server, sent):
                results[f"hello {situation}"] = load(server, seconds, lua, post=False)
                results[f"post {situation}"] = load(server, seconds, lua, post=True)
            time.sleep(1)
        results["streams"] = stream_facts(server)
    finally:
        results["stop"] = {"status": float(server.stop() or 0)}
    return results


def report(rounds: dict[str, list[dict[str, dict[str, float]]]]) -> None:
    def middle(name: str, situation: str, figure: str) -> float:
        return statistics.median(one[situation][figure] for one in rounds[name])

    first = next(iter(rounds))
    for situation in [key for key in rounds[first][0] if key.split()[0] in ("hello", "post")]:
        print(f"\n{situation:<28}{'req/s':>8}{'ratio':>8}{'p50 ms':>9}{'p99 ms':>9}")
        unit = middle(first, situation.split()[0] + " alone", "rate")
        for name in rounds:
            rate, p50, p99 = (middle(name, situation, it) for it in ("rate", "p50", "p99"))
            print(f"{name:<28}{rate:>8.0f}{rate / unit:>8.2f}{p50:>9.1f}{p99:>9.1f}")
    columns = ("growth", "closed", "broken", "cut off", "exit")
    print(f"\n{'streams':<28}{'MiB/s':>8}" + "".join(f"{column:>10}" for column in columns))
    for name in rounds:
        speed, growth, closed, broken, cut = (
            middle(name, "streams", it) for it in ("stream", "growth", "closed", "broken", "cut")
        )
        print(
            f"{name:<28}{speed:>8.0f}{growth:>10.0f}{'yes' if closed else 'NO':>10}"
            f"{'COMPLETE' if broken else 'cut':>10}{'TAKEN' if cut else 'refused':>10}"
            f"{middle(name, 'stop', 'status'):>10.0f}"
        )
    print(LEGEND)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=3, help="for each load")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", nargs="*", choices=SERVERS, default=list(SERVERS))
    options = parser.parse_args()
    if shutil.which("wrk") is None:
        parser.error("wrk is not installed")
    rounds: dict[str, list[dict[str, dict[str, float]]]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as folder:
        for turn in range(options.rounds):
            for name in options.only:
                print(f"round {turn + 1}: {name}", file=sys.stderr)
                rounds[name].append(measure(name, options.seconds, Path(folder)))
    report(rounds)


if __name__ == "__main__":
    main()
