"""`python -m benchmarks.trail`: what the trail costs a write, and checking it as it grows.

A write is a claim with its event, its place in the index and its commit, made with the trail and
without it in turns. The rest is measured on databases with so many events or some more.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from statistics import median, quantiles
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from benchmarks.newsroom import CALLER
from benchmarks.seeding import fill
from tests.postgres import start
from verifier.accounts.actor import Actor, Role, Scope
from verifier.app import create_app
from verifier.claims import service as claims
from verifier.claims import trail
from verifier.claims.models import Claim
from verifier.events.audit import findings
from verifier.events.audit_checkpoints import Kept
from verifier.events.checkpoints import newest_checkpoint
from verifier.events.models import Event
from verifier.events.notes import SigningKey
from verifier.events.service import HANDLERS
from verifier.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from verifier.kit.db import Database

KEY = SigningKey.generate("trail.example")
ROUNDS = 7
WRITES = 60
READS = 100
THINKING = 0.02
EVENTS_OF_A_CLAIM = 5.12


def main() -> None:
    """Print a table for each database."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.trail", description=__doc__)
    parser.add_argument("--backend", nargs="+", default=["sqlite", "postgresql"])
    parser.add_argument("--events", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    options = parser.parse_args()
    for backend in options.backend:
        for events in options.events:
            with tempfile.TemporaryDirectory() as folder:
                url = f"sqlite:///{folder}/v.db" if backend == "sqlite" else start(durable=True)
                measure(url, backend, round(events / EVENTS_OF_A_CLAIM))


def measure(url: str, backend: str, number: int) -> None:
    """Fill a database with so many claims, and print what things take."""
    room = fill(url, number)
    app = create_app(Settings(database_url=url, rate_limit=0, log_level="error"))
    database: Database = app.extensions["verifier.database"]
    # A tenth of the claims are the caller's desk's, which is open to them.
    caller = Actor(None, "benchmark", False, frozenset(Scope), {room.desks[CALLER]: Role.admin})  # noqa: FBT003
    with database.snapshot() as session:
        events = session.scalar(select(func.count()).select_from(Event)) or 0
        some = session.scalars(
            select(Claim.id).where(Claim.published_at.is_not(None)).order_by(Claim.id).limit(READS)
        ).all()
    print(f"\n{backend}, {events:,} events")
    _tell_writes(database, caller)
    alone = _write_times(database, caller, lambda: False)
    begun = time.perf_counter()
    with _gathering(url) as gathering:
        beside = _write_times(database, caller, lambda: gathering.poll() is None)
    spent = time.perf_counter() - begun
    print(
        f"  gathered and signed in            {spent:10.1f} s   {spent / events * 1e6:.0f} µs each"
    )
    print(f"  a write meanwhile / alone, median {_ms(median(beside))} / {_ms(median(alone))}")
    print(f"  the same, 95th of 100             {_ms(_high(beside))} / {_ms(_high(alone))}")
    client = app.test_client()
    paths = {
        "a claim's proof": [f"/v1/claims/{claim}/proof" for claim in some],
        "consistency": [f"/v1/audit/consistency?from={events * n // READS}" for n in range(READS)],
        "the checkpoint": ["/v1/audit/checkpoint"] * READS,
    }
    for name, each in paths.items():
        times = [_timed(lambda path=path: client.get(path)) for path in each]
        print(f"  {name:33} {_ms(median(times))}")
    with database.snapshot() as session:
        note = newest_checkpoint(session)
    assert note is not None
    kept = Kept(note.note, "kept", [KEY.verifier])
    _write_times(database, caller, lambda: False)
    for name, how in (
        ("verify --against", {"kept": kept}),
        ("verify --fast --against", {"kept": kept, "fast": True}),
    ):  # fmt: skip
        print(f"  {name:33} {_timed(lambda how=how: _verify(database, **how)):10.2f} s")
    database.dispose()


@contextmanager
def _gathering(url: str) -> Iterator[subprocess.Popen[bytes]]:
    """In a process of its own, as a worker does it."""
    with tempfile.NamedTemporaryFile("w", suffix=".key") as file:
        file.write(str(KEY))
        file.flush()
        settings = {"VERIFIER_DATABASE_URL": url, "VERIFIER_AUDIT_KEY": file.name}
        command = [sys.executable, "-m", "verifier.cli", "audit", "checkpoint"]
        with subprocess.Popen(command, env=os.environ | settings, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL) as process:  # fmt: skip
            yield process
        assert process.returncode == 0


def _tell_writes(database: Database, caller: Actor) -> None:
    times: dict[bool, list[float]] = {True: [], False: []}
    for _ in range(ROUNDS):
        for is_on in (True, False):
            with _trail(is_on=is_on):
                times[is_on] += _write_times(database, caller, lambda: False)
    with_trail, without = median(times[True]), median(times[False])
    ratio = with_trail / without
    print(f"  a write with / without the trail  {_ms(with_trail)} / {_ms(without)}   {ratio:.2f}")


@contextmanager
def _trail(*, is_on: bool) -> Iterator[None]:
    """Have changes of claims recorded, or only made."""
    kept = trail.record, claims.lock_chain

    def only_made(session: Any, actor: Actor, event_type: str, row: Any, **_: Any) -> None:
        session.flush()
        for handler in HANDLERS[event_type]:
            handler(session, actor, row)

    if not is_on:
        trail.record, claims.lock_chain = only_made, lambda *_: None
    try:
        yield
    finally:
        trail.record, claims.lock_chain = kept


def _write_times(database: Database, caller: Actor, goes_on: Callable[[], bool]) -> list[float]:
    """Of some claims, each in a transaction of its own, and of more while something goes on."""
    times: list[float] = []
    while len(times) < WRITES or goes_on():
        text = f"The {time.time_ns()}th claim of this benchmark."
        times.append(_timed(lambda text=text: _write(database, caller, text)))
        time.sleep(THINKING)
    return times


def _write(database: Database, caller: Actor, text: str) -> None:
    with database.transaction() as session:
        claims.submit_claim(session, caller, text=text)


def _verify(database: Database, **how: Any) -> None:
    with database.snapshot() as session:
        found = list(findings(session, **how))
    rows = [each for each in found if each.detail != "no event tells of it"]
    assert not rows, rows[:3]  # those that were written without the trail are told, rightly


def _timed(action: Callable[[], object]) -> float:
    begun = time.perf_counter()
    action()
    return time.perf_counter() - begun


def _high(times: list[float]) -> float:
    return quantiles(times, n=20)[-1]


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:8.2f} ms"


if __name__ == "__main__":
    main()
