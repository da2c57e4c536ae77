"""The demonstration runs from end to end, and its closing words work as they stand."""

import json
import re
import socket
import subprocess
import sys
from contextlib import closing, contextmanager
from threading import Thread

import pytest
from rich.console import Console

from tests import shell
from verifier.demo import run, stage
from verifier.kit import migrations, sqlite

REFUSALS = (
    "409 source-exists", "422 quote-not-found", "422 quote-ambiguous", "409 claim-exists",
    "403 not-allowed", "412 stale", "404 not-found", "403 reviewer-is-author",
    "409 evidence-policy-unmet", "409 not-in-this-state",
)  # fmt: skip


@pytest.mark.timeout(600)  # seven processes that each import the whole service
def test_it_does_the_whole_job_and_says_how_to_go_on(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "verifier.cli", "demo"], cwd=tmp_path,
        env=shell.clean_environment(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "\x1b" not in done.stdout
    for outcome in (*REFUSALS, "(replayed)", "rated_differently", "200 retracted", "superseded: "):
        assert outcome in done.stdout, outcome
    assert "The trail is whole" in done.stdout
    assert "The archive is whole: 2 snapshots" in done.stdout
    assert re.search(r"fuzzy, \d\d% alike: “The prime minister did not sign", done.stdout)

    (printed,) = re.findall(r"^\{.*?^\}", done.stdout, re.DOTALL | re.MULTILINE)
    review = json.loads(printed)
    assert review["reviewRating"]["alternateName"] == "Mostly true"
    assert review["correction"]["text"].startswith("An earlier version said")
    for name in ("claims.csv", "claims.ndjson"):
        assert (tmp_path / "var" / "demo" / name).read_bytes()
    for name in ("claims.claimreview.jsonld", "claims.datafeed.jsonld"):
        assert json.loads((tmp_path / "var" / "demo" / name).read_bytes())

    said = shell.run(going_on(done.stdout), tmp_path)
    for expected in (
        '"task":"review"', '"status":"submitted"', '"state":"proposed"', '"@type":"ClaimReview"',
    ):  # fmt: skip
        assert expected in said, said
    assert "/problems/" not in said


def going_on(output):
    """The closing words' commands, in order."""
    serve, export, *curls = re.findall(r"^(?:VERIFIER_|export |curl ).*", output, re.MULTILINE)
    ready = "until curl -sf http://127.0.0.1:8000/readyz; do sleep 0.2; done"
    return "\n".join([f"{serve} &", ready, export, *curls])


def test_it_stops_with_a_clear_message_where_its_port_is_taken(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SystemExit) as ended:
            run.run_demo(port)
    assert ended.value.code == 1
    assert f"Port {port} cannot be used" in capsys.readouterr().err


def test_it_leaves_a_database_alone_that_is_in_use(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    database = tmp_path / run.FOLDER / run.DATABASE
    migrations.upgrade(f"sqlite:///{database}")
    with closing(sqlite.driver().connect(database)) as connection:
        connection.execute("SELECT version_num FROM alembic_version").fetchone()
        with pytest.raises(SystemExit) as ended:
            run.run_demo(0)
    assert ended.value.code == 1
    assert "A server still uses" in capsys.readouterr().err
    assert database.exists()


def test_an_unexpected_answer_ends_it():
    with answering(b"HTTP/1.1 500 Oh\r\nContent-Length: 3\r\n\r\nno!") as port:
        scene = stage.Stage(Console(quiet=True), port, {})
        complaint = "GET /v1/claims was answered 500, not 200.\nno!"
        with pytest.raises(stage.Unexpected, match=complaint):
            scene.call(stage.NOBODY, "GET /v1/claims")


@contextmanager
def answering(answer):
    """The port of a server that gives one answer, whatever it is asked."""

    def serve():
        connection, _ = server.accept()
        with connection:
            connection.recv(65536)
            connection.sendall(answer)

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = Thread(target=serve)
        thread.start()
        yield server.getsockname()[1]
        thread.join()


def test_no_answer_ends_it():
    scene = stage.Stage(Console(quiet=True), shell.free_port(), {})
    with pytest.raises(stage.Unexpected, match="GET /v1/claims got no answer"):
        scene.call(stage.NOBODY, "GET /v1/claims")
