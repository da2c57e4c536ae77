"""The real server with real sockets: half-sent, oversized, abandoned and slow requests."""

import contextlib
import http.client
import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from verifier.kit.waiting import wait_for

ROOT = Path(__file__).parents[2]
PATIENCE = 30
"""Seconds for what has to happen at some time; nothing here measures how fast."""
KIB = 1024
PATIENT = {
    "threads": 2, "streams": 2,
    "body": 100 * KIB, "larger_bodies": {"/large*": 400 * KIB}, "room": 500 * KIB,
}  # fmt: skip
STRICT = {**PATIENT, "body_seconds": 1, "send_seconds": 1}
HALF_HEAD = b"GET / HTTP/1.1\r\nHo"
HALF_BODY = b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n0123456789"


def tiny_app():
    """A WSGI app for the server under test; it leaves notes in a folder for the tests to read."""
    notes = Path(os.environ["TINY_NOTES"])

    def stream(name, pieces, piece):
        try:
            for _ in range(pieces):
                yield piece
            if name == "broken":
                raise RuntimeError(name)
        finally:
            (notes / name).write_text("closed")

    def app(environ, start_response):
        match environ["PATH_INFO"]:
            case "/echo" | "/large":
                answer = environ["wsgi.input"].read()
                (notes / f"echo-{len(answer)}").touch()
            case "/variables":
                texts = {name: text for name, text in environ.items() if isinstance(text, str)}
                answer = json.dumps(texts).encode()
            case "/slow" | "/waiting" as path:
                (notes / path[1:]).touch()
                answer = take_time(path)
            case "/failing":
                raise RuntimeError
            case "/stream" | "/endless" | "/broken" as path:
                start_response("200 OK", [("Content-Type", "text/plain")])
                pieces = 10**9 if path == "/endless" else 40
                return stream(path[1:], pieces, b"x" * 10_000)
            case _:
                answer = str(os.getpid()).encode()
        start_response("200 OK", [("Content-Length", str(len(answer)))])
        return [answer]

    return app


def take_time(path):
    if path == "/waiting":
        return str(wait_for(lambda: False, seconds=10 * PATIENCE)).encode()
    time.sleep(2)
    return b"done"


@dataclass
class Running:
    port: int
    process: subprocess.Popen[bytes]
    notes: Path
    log: Path

    def connect(self, sent=b""):
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)
        connection.sendall(sent)
        return connection

    def exchange(self, sent):
        """Send these bytes and read until the server closes the connection."""
        with self.connect(sent) as connection:
            return read_to_end(connection)

    def call(self, method="GET", path="/", body=None, headers=()):
        client = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        with contextlib.closing(client):
            client.request(method, path, body, dict(headers))
            answer = client.getresponse()
            return answer.status, answer.headers, answer.read()

    def wait_for(self, note):
        return eventually((self.notes / note).exists)

    def refuses_connections(self):
        try:
            self.connect().close()
        except ConnectionRefusedError:
            return True
        return False


def read_to_end(connection):
    received = b""
    with contextlib.suppress(ConnectionResetError):  # it closes without reading what it refuses
        while piece := connection.recv(65536):
            received += piece
    return received


def eventually(fact):
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if fact():
            return True
        time.sleep(0.05)
    return False


def problem(answer):
    """Status and document of a whole HTTP answer as it came over the wire."""
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"content-type: application/problem+json" in head.lower()
    document = json.loads(body)
    assert document["status"] == int(head.split()[1])
    assert {"type", "title", "detail"} < document.keys()
    return document["status"], document["type"]


@contextlib.contextmanager
def running(folder, limits, workers=1, **options):
    with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    options = {"port": port, "workers": workers, **options}
    script = (
        "from verifier.kit.serving import Limits, serve\n"
        f"serve('tests.kit.test_serving:tiny_app', limits=Limits(**{limits}), **{options})"
    )
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-c", script],
            cwd=ROOT, env={**os.environ, "TINY_NOTES": str(folder)},
            stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
    server = Running(port, process, folder, folder / "log")
    try:
        started = f"Started worker-{workers}"
        assert eventually(lambda: started in server.log.read_text() or process.poll() is not None)
        assert process.poll() is None, server.log.read_text()
        yield server
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@pytest.fixture(scope="module")
def strict(tmp_path_factory):
    with running(tmp_path_factory.mktemp("strict"), STRICT) as server:
        yield server


@pytest.fixture(scope="module")
def patient(tmp_path_factory):
    with running(tmp_path_factory.mktemp("patient"), PATIENT) as server:
        yield server


@pytest.fixture
def pair(tmp_path):
    with running(tmp_path, PATIENT, workers=2) as server:
        assert eventually(lambda: "Started worker-1" in server.log.read_text())
        yield server


@pytest.mark.parametrize("half", [HALF_HEAD, HALF_BODY], ids=["heads", "bodies"])
def test_half_sent_requests_do_not_silence_it(patient, half):
    with contextlib.ExitStack() as held:
        silent = [held.enter_context(patient.connect(half)) for _ in range(200)]
        for _ in range(5):
            assert patient.call()[0] == 200
            assert patient.call("POST", "/echo", b"whole")[2] == b"whole"
        for connection in silent:
            connection.setblocking(False)
            with pytest.raises(BlockingIOError):  # still waiting: nobody was thrown out for this
                connection.recv(1)


def test_a_body_that_stays_away_is_answered_with_408(strict):
    assert problem(strict.exchange(HALF_BODY)) == (408, "/problems/request-too-slow")


@pytest.mark.parametrize(
    "sent",
    [
        b"Content-Length: 102401\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n" + b"10000\r\n%b\r\n" % (b"x" * 65536) * 2,
    ],
    ids=["declared", "chunked"],
)
def test_a_body_over_the_cap_is_answered_with_413_before_it_is_complete(strict, sent):
    answer = strict.exchange(b"POST /echo HTTP/1.1\r\nHost: x\r\n" + sent)
    assert problem(answer) == (413, "/problems/body-too-large")


def test_a_path_may_have_a_larger_cap(strict):
    body = b"x" * 300 * KIB
    assert strict.call("POST", "/large", body)[2] == body
    assert strict.call("POST", "/large/sub", body)[0] == 200


def test_bodies_that_arrive_together_have_limited_room(patient):
    head = b"POST /large HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % (400 * KIB)
    with patient.connect(head) as one, patient.connect(head) as other:
        one.sendall(b"x" * 260 * KIB)
        other.sendall(b"x" * 260 * KIB)
        refused, _, _ = select.select([one, other], [], [], PATIENCE)
        assert problem(read_to_end(refused[0])) == (503, "/problems/busy")
        assert patient.call("POST", "/large", b"small")[2] == b"small"


def test_a_chunked_body_arrives_whole_and_with_its_length(strict):
    pieces = iter([b"one", b"two"])
    assert strict.call("POST", "/echo", pieces)[2] == b"onetwo"
    variables = json.loads(strict.call("POST", "/variables", iter([b"one"]))[2])
    assert variables["CONTENT_LENGTH"] == "3"
    assert "HTTP_TRANSFER_ENCODING" not in variables


def test_a_body_cut_off_never_reaches_the_app(strict):
    head = b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 77\r\n\r\n"
    strict.connect(head + b"x" * 33).close()
    with strict.connect(head + b"x" * 33) as connection:
        connection.shutdown(socket.SHUT_WR)
        assert problem(read_to_end(connection)) == (400, "/problems/bad-request")
    assert strict.call("POST", "/echo", b"x" * 77)[0] == 200
    assert (strict.notes / "echo-77").exists()
    assert not (strict.notes / "echo-33").exists()


def test_a_stream_arrives_whole(strict):
    assert strict.call(path="/stream")[2] == b"x" * 400_000


def test_a_stream_is_closed_when_its_client_leaves(patient):
    with patient.connect(b"GET /endless HTTP/1.1\r\nHost: x\r\n\r\n") as connection:
        assert connection.recv(10)
        assert not (patient.notes / "endless").exists()
    assert patient.wait_for("endless")


def test_a_stream_is_closed_when_its_client_does_not_read(strict):
    with strict.connect(b"GET /endless HTTP/1.1\r\nHost: x\r\n\r\n"):
        assert strict.wait_for("endless")


def test_a_stream_that_breaks_does_not_look_complete(strict):
    with pytest.raises(http.client.IncompleteRead):
        strict.call(path="/broken")
    assert strict.wait_for("broken")


def test_slow_clients_of_streams_leave_threads_for_others(patient):
    with contextlib.ExitStack() as held:
        for _ in range(2):
            slow = held.enter_context(patient.connect(b"GET /endless HTTP/1.1\r\nHost: x\r\n\r\n"))
            assert slow.recv(10)
        status, headers, body = patient.call(path="/stream")
        assert (status, headers["Retry-After"]) == (503, "1")
        assert json.loads(body)["type"] == "/problems/busy"
        assert patient.call()[0] == 200


def test_an_app_that_fails_is_a_problem_document(strict):
    status, headers, body = strict.call(path="/failing")
    assert (status, headers["Content-Type"]) == (500, "application/problem+json")
    assert json.loads(body)["type"] == "/problems/internal-error"


def test_requests_on_one_connection_are_answered_in_order(strict):
    one = b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n%b"
    last = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    answers = strict.exchange(one % b"first" + one % b"later" + last)
    assert answers.count(b"HTTP/1.1 200 OK") == 3
    assert answers.index(b"first") < answers.index(b"later")


def test_expect_continue_is_answered_before_the_body(strict):
    head = b"POST /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\nExpect: 100-continue\r\n"
    with strict.connect(head + b"Content-Length: 4\r\n\r\n") as connection:
        assert connection.recv(100).startswith(b"HTTP/1.1 100 ")
        connection.sendall(b"body")
        assert read_to_end(connection).endswith(b"\r\n\r\nbody")
    refused = strict.exchange(head + b"Content-Length: 999999\r\n\r\n")
    assert problem(refused) == (413, "/problems/body-too-large")


@pytest.mark.parametrize(
    "sent",
    [
        b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X: y\r\n" * 500 + b"\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nX: %b\r\n\r\n" % (b"y" * 400_000),
        b"GET /%b HTTP/1.1\r\nHost: x\r\n\r\n" % (b"y" * 400_000),
        b"GET / HTTP/1.1\r\nHost: x\r\nX: a\0b\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
    ],
    ids=["many headers", "long header", "long path", "NUL", "two lengths"],
)
def test_hostile_heads_are_refused(strict, sent):
    with contextlib.suppress(ConnectionError):  # it may close before it has read all of this
        assert strict.exchange(sent).split()[1] in (b"400", b"414", b"431")
    assert strict.call()[0] == 200


def test_headers_become_variables_without_impostors(strict):
    sent = (
        b"GET /variables?a=%C3%BC HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX_Role: admin\r\n"
        b"X-Role: reader\r\nAccept: a\r\nAccept: b\r\nCookie: c=1\r\nCookie: d=2\r\n\r\n"
    )
    variables = json.loads(strict.exchange(sent).partition(b"\r\n\r\n")[2])
    assert variables["HTTP_X_ROLE"] == "reader"
    assert variables["HTTP_ACCEPT"] == "a,b"
    assert variables["HTTP_COOKIE"] == "c=1; d=2"
    assert variables["QUERY_STRING"] == "a=%C3%BC"
    assert variables["REMOTE_ADDR"] == "127.0.0.1"


def test_the_access_log_is_kept_only_when_asked_for(strict, tmp_path):
    strict.call()
    with running(tmp_path, {}, access_log=True) as server:
        server.call()
        assert eventually(lambda: "GET / HTTP/1.1" in server.log.read_text())
    assert "GET /" not in strict.log.read_text()


def test_a_port_that_is_taken_is_refused(strict):
    with running(strict.notes, {}) as server:
        taken = server.port
        script = f"from verifier.kit.serving import serve; serve('os:getpid', port={taken})"
        second = subprocess.run(
            [sys.executable, "-c", script],
            cwd=ROOT, capture_output=True, check=False, timeout=PATIENCE,
        )  # fmt: skip
        assert b"Address already in use" in second.stderr


def test_sigterm_lets_requests_finish_and_leaves_nobody_behind(pair):
    with pair.connect(b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n") as connection:
        assert pair.wait_for("slow")
        pair.process.send_signal(signal.SIGTERM)
        assert read_to_end(connection).endswith(b"\r\n\r\ndone")
    assert pair.process.wait(PATIENCE) == 0
    assert pair.refuses_connections()


def test_whoever_waits_is_answered_when_the_server_stops(pair):
    with pair.connect(b"GET /waiting HTTP/1.1\r\nHost: x\r\n\r\n") as connection:
        assert pair.wait_for("waiting")
        pair.process.send_signal(signal.SIGTERM)
        assert read_to_end(connection).endswith(b"\r\n\r\nFalse")
    assert pair.process.wait(PATIENCE) == 0


def test_the_drain_has_an_end(tmp_path):
    with running(tmp_path, PATIENT, drain_seconds=1) as server, server.connect(HALF_BODY):
        assert server.call()[0] == 200
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(PATIENCE) == 0
        assert server.refuses_connections()


def test_a_killed_worker_is_replaced_and_a_killed_parent_takes_its_workers_along(pair):
    killed = int(pair.call()[2])
    os.kill(killed, signal.SIGKILL)
    pids = set()

    def two_others():
        with contextlib.suppress(OSError, http.client.HTTPException):
            pids.add(pair.call()[2])
        return len(pids - {b"%d" % killed}) == 2

    assert eventually(two_others)
    pair.process.kill()
    assert eventually(pair.refuses_connections)
