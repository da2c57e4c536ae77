"""Killed in the middle, several at once: every row whole, every row once, the trail whole."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest
from sqlalchemy import func, select, update

from tests.imports.files import lines, worker_of
from verifier.claims.models import Claim
from verifier.events.audit import findings
from verifier.imports.models import Import, ImportRow
from verifier.kit.clock import now
from verifier.kit.jobs import Job

ROWS = 1300
PATIENCE = 90  # seconds
VOLATILE = ("id", "created_at", "updated_at", "digest", "published_at", "first_published_at")


def reviews(number):
    return lines(
        *(
            {
                "text": f"Statement number {n} of many, said in town {n % 7}.",
                "claimant": f"Speaker {n % 50}", "rating": "False", "publisher": f"Desk {n % 3}",
                "review_url": f"https://desk{n % 3}.example/{n}",
                "published_at": "2024-05-02", "source_url": f"https://news.example/{n % 400}",
            }
            for n in range(number)
        )
    )  # fmt: skip


@pytest.fixture
def environment(settings):
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("VERIFIER_")},
        "VERIFIER_DATABASE_URL": settings.database_url,
        "VERIFIER_ARCHIVE_DIR": settings.archive_dir,
    }


def importing(environment, file, *options):
    command = [sys.executable, "-m", "verifier.cli", "import", str(file), "--desk", "border-desk"]
    return subprocess.Popen(
        [*command, *options], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )


def position(database):
    with database.reading() as session:
        return session.scalar(select(func.max(Import.position))) or 0


def counted(database, model, *conditions):
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(model).where(*conditions))


def stated(room):
    """What was brought, without what differs from one run to the next."""
    found = room.call("GET", "/v1/exports/ndjson", "ed", status=200).data
    return sorted(
        json.dumps(_bare(json.loads(line)), sort_keys=True) for line in found.splitlines()
    )


def _bare(value):
    if isinstance(value, dict):
        return {name: _bare(each) for name, each in value.items() if name not in VOLATILE}
    return [_bare(each) for each in value] if isinstance(value, list) else value


@pytest.mark.timeout(400)
def test_killed_in_the_middle_and_gone_on(newsroom, database, environment, tmp_path):
    file = tmp_path / "reviews.ndjson"
    file.write_bytes(reviews(ROWS))
    killed_at = []
    for least in (1, 501):
        process = importing(environment, file)
        deadline = time.monotonic() + PATIENCE
        while position(database) < least:
            assert process.poll() is None, process.stdout.read()
            assert time.monotonic() < deadline
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        time.sleep(0.5)  # PostgreSQL may still be committing what it was told to
        with database.snapshot() as session:
            reached, rows, claims = (
                session.scalar(select(what))
                for what in (
                    func.max(Import.position),
                    select(func.count()).select_from(ImportRow).scalar_subquery(),
                    select(func.count()).select_from(Claim).scalar_subquery(),
                )
            )
        killed_at.append(reached)
        assert 0 < reached == rows == claims < ROWS

    process = importing(environment, file)
    said, _ = process.communicate(timeout=PATIENCE)

    assert process.returncode == 0, said
    assert f"Going on after row {killed_at[-1]}." in said.decode()
    assert f"{ROWS} taken" in said.decode()
    assert counted(database, Import) == 1
    with database.reading() as session:
        raws = session.scalars(select(ImportRow.raw).order_by(ImportRow.number)).all()
    assert "\n".join(raws).encode() + b"\n" == file.read_bytes()
    undisturbed = {
        json.dumps({"text": json.loads(raw)["text"], "publisher": json.loads(raw)["publisher"]})
        for raw in raws
    }
    found = [json.loads(each) for each in stated(newsroom)]
    assert len(found) == len(undisturbed) == ROWS
    assert undisturbed == {
        json.dumps({"text": each["text"], "publisher": each["verdict"]["publisher"]})
        for each in found
    }
    assert all(len(each["appearances"]) == 1 for each in found)


def test_a_worker_that_is_lost_and_one_that_goes_on(newsroom, app, settings, database):
    """The second worker takes the job up while the first, believed dead, still reads."""
    newsroom.call(
        "POST", "/v1/imports", "ed", data=reviews(600), content_type="application/x-ndjson",
        status=201,
    )  # fmt: skip
    slow, quick = worker_of(app, settings), worker_of(app, settings)
    claimed = slow._claim(slow.handlers)
    with database.transaction() as session:
        session.execute(update(Job).where(Job.id == claimed.id).values(due_at=now()))

    quick.run_until_idle()
    slow._attempt(claimed)

    assert counted(database, Claim) == counted(database, ImportRow) == 600
    with database.reading() as session:
        done = session.scalars(select(Import)).one()
    assert (done.state, done.taken) == ("done", 600)
    with database.snapshot() as session:
        assert list(findings(session)) == []


@pytest.mark.timeout(400)
def test_two_commands_at_once(newsroom, database, environment, tmp_path):
    file = tmp_path / "reviews.ndjson"
    file.write_bytes(reviews(600))

    both = [importing(environment, file) for _ in range(2)]
    said = [process.communicate(timeout=PATIENCE)[0].decode() for process in both]

    assert min(process.returncode for process in both) == 0, said
    assert counted(database, Claim) == 600
    newsroom.call("GET", "/v1/me", "ed", status=200)
