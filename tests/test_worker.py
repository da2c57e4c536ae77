"""The worker as a process of its own: killed, stopped, several at once, beside the server."""

import hashlib
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from tests.served import Served
from tests.site import Site
from tests.work import article
from verifier.events.audit import findings
from verifier.events.models import Event
from verifier.kit.clock import new_id, now
from verifier.kit.jobs import Job, enqueue, enqueue_many
from verifier.matches.comparing import COMPARE
from verifier.snapshots.archive import damaged_files, open_archive
from verifier.snapshots.models import Snapshot
from verifier.sources.service import FETCH
from verifier.worker import Worker

SOURCES = 200
KILLS = 6
PATIENCE = 100  # seconds


@pytest.fixture
def site():
    with Site() as site:
        yield site


@pytest.fixture
def environment(settings):
    rest = {name: value for name, value in os.environ.items() if not name.startswith("VERIFIER_")}
    return {
        **rest,
        "VERIFIER_DATABASE_URL": settings.database_url,
        "VERIFIER_ARCHIVE_DIR": settings.archive_dir,
        "VERIFIER_ALLOW_PRIVATE_FETCH": "1",
        "VERIFIER_LOG_FORMAT": "json",
    }


@contextmanager
def working(environment, *options):
    """`verifier worker`, killed at the end if it still runs."""
    command = [sys.executable, "-m", "verifier.cli", "worker", *options]
    process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def submit(newsroom, site, number):
    for n in range(number):
        site[f"/{n}"] = article(
            f"Page {n} says that {n} convoys went north on that day in spring.", f"And {n} more."
        )
        url = f"http://127.0.0.1:{site.port}/{n}"
        newsroom.call("POST", "/v1/sources", "con", json={"url": url}, status=201)


def count(database, *conditions):
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(Job).where(*conditions))


def wait_until(condition):
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.1)


def is_done(database):
    return lambda: count(database, Job.due_at.is_not(None)) == 0


def has_moved(database):
    """One job more than now is done, or all are."""
    before = count(database, Job.state == "done")
    return lambda: count(database, Job.state == "done") > before or is_done(database)()


@pytest.mark.timeout(300)
def test_workers_killed_at_any_moment_do_every_job_once(
    newsroom, site, environment, database, settings
):
    submit(newsroom, site, SOURCES)
    dice = random.Random(7)  # noqa: S311  (no secret)
    killed = 0
    while count(database, Job.due_at.is_not(None)):
        with (
            working(environment, "--lease", "2") as first,
            working(environment, "--lease", "2") as second,
        ):
            wait_until(has_moved(database))
            time.sleep(dice.uniform(0, 0.8))
            if killed < KILLS:
                for process in (first, second):
                    process.send_signal(signal.SIGKILL)
                killed += 1
            else:
                wait_until(is_done(database))
    assert killed == KILLS
    with database.snapshot() as session:
        assert session.execute(select(Job.state, func.count()).group_by(Job.state)).all() == [
            ("done", 2 * SOURCES)
        ]
        snapshots = session.scalars(select(Snapshot)).all()
        taken = select(func.count()).select_from(Event).where(Event.type == "snapshot.taken")
        read = select(func.count()).select_from(Event).where(Event.type == "snapshot.read")
        assert (session.scalar(taken), session.scalar(read)) == (SOURCES, SOURCES)
        assert list(findings(session)) == []
    assert len({each.source_id for each in snapshots}) == len(snapshots) == SOURCES
    assert all(each.text_sha256 for each in snapshots)
    known = [each.sha256 for each in snapshots]
    assert list(damaged_files(open_archive(settings.archive_dir), known)) == []
    # An attempt that was cut off may have left a file, too: a whole one.
    files = sorted(Path(settings.archive_dir).rglob("*.warc.gz"))
    assert {hashlib.sha256(file.read_bytes()).hexdigest() for file in files} >= set(known)
    assert all(
        file.name.startswith(hashlib.sha256(file.read_bytes()).hexdigest()) for file in files
    )
    checked = subprocess.run(
        [sys.executable, "-m", "warcio.cli", "check", *files[:50]], check=False
    )
    assert checked.returncode == 0


def test_a_worker_told_to_stop_finishes_what_it_does(newsroom, site, environment, database):
    submit(newsroom, site, 20)
    with working(environment) as process:
        wait_until(lambda: count(database, Job.state == "done") > 0)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0
    assert count(database, Job.state == "running") == 0
    assert count(database, Job.attempts > 1) == 0


def test_a_worker_does_not_wait_for_a_site_that_drips(newsroom, site, environment, database):
    def silent(connection, _received):
        time.sleep(60)
        connection.close()

    site["/slow"] = silent
    url = f"http://127.0.0.1:{site.port}/slow"
    newsroom.call("POST", "/v1/sources", "con", json={"url": url}, status=201)
    with working(environment, "--drain", "1") as process:
        wait_until(lambda: "/slow" in site.paths())
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=40) == 0
    with database.reading() as session:
        job = session.scalars(select(Job)).one()
    assert (job.state, job.attempts) == ("queued", 0)


def test_the_server_runs_a_worker_beside_it(newsroom, site, environment, database, tmp_path):
    """One that dies is started again, and none outlives the server."""
    log = tmp_path / "log"

    def workers():
        return [int(pid) for pid in re.findall(r"Working as (\d+)", log.read_text())]

    with log.open("wb") as output:
        served = Served(environment, log=output).start(workers=1, options=["--with-worker"])
        try:
            submit(newsroom, site, 1)
            wait_until(is_done(database))
            os.kill(workers()[0], signal.SIGKILL)
            url = f"http://127.0.0.1:{site.port}/0?again"
            newsroom.call("POST", "/v1/sources", "con", json={"url": url}, status=201)
            wait_until(is_done(database))
        finally:
            served.stop()
    (_, successor) = workers()
    wait_until(lambda: not is_alive(successor))


def is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_metrics_tell_how_the_jobs_stand(newsroom, desk_at_work):
    for url in ("http://nowhere.example/", "http://a.example:8080/"):
        newsroom.call("POST", "/v1/sources", "con", json={"url": url}, status=201)
    desk_at_work.work()
    told = newsroom.call("GET", "/metrics").text
    assert 'verifier_jobs{kind="source.fetch",state="queued"} 1.0' in told
    assert 'verifier_jobs{kind="source.fetch",state="failed"} 1.0' in told
    assert "verifier_jobs_waiting_seconds 0.0" in told


def test_a_workers_only_thread_does_everything(database):
    done = threading.Event()

    def compare(_job):
        done.set()
        return lambda _session: {}

    with database.transaction() as session:
        enqueue(session, COMPARE, new_id())
    stop = threading.Event()
    worker = Worker(database, {COMPARE: compare}, threads=1, poll_seconds=0.01)
    running = threading.Thread(target=worker.run, args=(stop,))
    running.start()
    try:
        assert done.wait(PATIENCE)
    finally:
        stop.set()
        running.join()


def test_what_somebody_waits_for_passes_by_a_backlog(database):
    asked, done = threading.Event(), threading.Event()

    def compare(_job):
        done.wait(PATIENCE)
        return lambda _session: {}

    def fetch(_job):
        asked.set()
        return lambda _session: {}

    with database.transaction() as session:
        overdue = now() - timedelta(hours=1)
        enqueue_many(session, COMPARE, [new_id() for _ in range(9)], begin=overdue)
        enqueue(session, FETCH, new_id())
    stop = threading.Event()
    worker = Worker(database, {COMPARE: compare, FETCH: fetch}, poll_seconds=0.01)
    running = threading.Thread(target=worker.run, args=(stop,))
    running.start()
    try:
        assert asked.wait(PATIENCE)
        assert not done.is_set()
    finally:
        stop.set()
        done.set()
        running.join()
