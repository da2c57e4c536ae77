"""`python -m benchmarks.transfer`: imports and exports beside the bare driver, and a round trip.

The import runs in a process of its own, whose peak memory is taken. The bare driver then writes the
very rows that it wrote, by `COPY` or `executemany`, once into the same tables with their keys and
indexes and once into tables without any; and reads what the export reads.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any, Final

import psycopg

from benchmarks.roundtrip import show_round_trip
from tests.postgres import start
from verifier.accounts.actor import OPERATOR
from verifier.desks.service import create_desk
from verifier.exports.queries import records
from verifier.exports.service import export
from verifier.imports.running import begin, read_on
from verifier.imports.service import finish, open_import
from verifier.kit import migrations
from verifier.kit.db import Database

if TYPE_CHECKING:
    from collections.abc import Iterator

MIB: Final = 1 << 20
DESK: Final = "north"
TABLES: Final = (
    "sources", "claims", "appearances", "verdicts", "events", "search_scopes",
    "search_documents", "search_postings", "import_rows",
)  # fmt: skip
FIRST: Final = ("desks", "rating_scales", "event_chains", "imports")
"""What the others refer to; not measured."""
BEGINNINGS: Final = ("bor", "tan", "mel", "kir", "sud", "ver", "lan", "pol")
ENDINGS: Final = ("der", "ism", "ora", "uck", "ent", "ish", "aly", "ume", "ost", "ing")
WORDS: Final = [f"{first}{then}" for first in BEGINNINGS for then in ENDINGS]


def main() -> None:
    """Measure on the databases that were asked for, and the round trip where there is a folder."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.transfer", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, help="public data, see README.md")
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--backend", nargs="*", default=["sqlite", "postgresql"])
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        print(json.dumps(_in_a_process(*options.child)))
        return
    for backend in options.backend:
        with tempfile.TemporaryDirectory() as folder:
            _measure(backend, Path(folder), options.rows, options.rounds)
    if options.folder:
        show_round_trip(options.folder)


def _measure(backend: str, folder: Path, rows: int, rounds: int) -> None:
    file = folder / "rows.ndjson"
    with file.open("w") as out:
        out.writelines(_lines(rows))
    found: dict[str, list[float]] = {}
    peaks: dict[str, float] = {}
    for number in range(rounds):
        url = _fresh(backend, folder, f"{number}")
        for what in ("import", "export"):
            told = _child(url, what, file)
            found.setdefault(what, []).append(told["seconds"])
            peaks[what] = max(peaks.get(what, 0), told["peak"])
        for bare in (False, True):
            name = "the bare driver, " + ("no keys or indexes" if bare else "same tables")
            seconds = _write_raw(backend, url, _fresh(backend, folder, f"raw{number}{bare}"), bare)
            found.setdefault(name, []).append(seconds)
    print(f"\n{backend}, {rows:,} rows of {file.stat().st_size / MIB:.0f} MiB, {rounds} rounds\n")
    print(
        "| | rows a second (median) | peak memory | time, of the bare driver's |\n"
        "|---|---:|---:|---:|"
    )
    driver = found["the bare driver, same tables"]
    for name, times in found.items():
        ratio = median(a / b for a, b in zip(times, driver, strict=True))
        peak = f"{peaks[name]:.0f} MiB" if name in peaks else ""
        print(f"| {name} | {rows / median(times):,.0f} | {peak} | {ratio:.1f} |")


def _lines(rows: int) -> Iterator[str]:
    """Reviews by five publishers of statements of a dozen words, each page quoted by five."""
    chance = random.Random(7)
    for n in range(rows):
        text = " ".join(chance.choices(WORDS, k=11)).capitalize()
        yield json.dumps(
            {
                "text": f"{text} {n}.", "claimant": f"Speaker {n % 500}", "rating": "False",
                "publisher": f"Desk {n % 5}", "review_url": f"https://desk{n % 5}.example/{n}",
                "title": " ".join(chance.choices(WORDS, k=6)), "published_at": "2024-05-02",
                "summary": " ".join(chance.choices(WORDS, k=15)), "language": "en",
                "source_url": f"https://news.example/{n // 5}",
            }
        ) + "\n"  # fmt: skip


def _fresh(backend: str, folder: Path, name: str) -> str:
    url = f"sqlite:///{folder}/{name}.db" if backend == "sqlite" else start(durable=True)
    migrations.upgrade(url)
    return url


def _child(url: str, what: str, file: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.transfer", "--child", url, f"{what}:{file}"]
    done = subprocess.run(command, check=True, capture_output=True)
    told: dict[str, float] = json.loads(done.stdout)
    return told


def _in_a_process(url: str, task: str) -> dict[str, float]:
    what, _, file = task.partition(":")
    with closing(_Opened(url)) as opened:
        begun = time.perf_counter()
        opened.bring(Path(file)) if what == "import" else opened.write_out()
        seconds = time.perf_counter() - begun
    status = Path("/proc/self/status").read_text()
    found = re.search(r"VmHWM:\s+(\d+)", status)
    return {"seconds": seconds, "peak": int(found[1]) / 1024 if found else 0}


class _Opened:
    def __init__(self, url: str) -> None:
        self._database = Database(url)

    def bring(self, file: Path) -> None:
        members: dict[str, Any] = {
            "name": file.name, "format": None, "mapping": {}, "dry_run": False, "sha256": "0" * 64,
            "bytes": file.stat().st_size, "restores": True,
        }  # fmt: skip
        with self._database.transaction() as session:
            desk = create_desk(session, OPERATOR, slug=DESK, name="North", url="https://n.example")
            asked = open_import(session, OPERATOR, desk, **members)
        with file.open("rb") as stream:
            error = read_on(self._database, begin(self._database, asked.id), stream)
        with self._database.transaction() as session:
            done = finish(session, OPERATOR, asked.id, error)
        assert (done.state, done.refused, done.already_there) == ("done", 0, 0), done.error

    def write_out(self) -> None:
        with self._database.snapshot() as session:
            texts = records(session, OPERATOR, {})
            chunks = export(texts, export_format="ndjson", public_url="https://n.example")
            assert sum(map(len, chunks)) > 0

    def close(self) -> None:
        self._database.dispose()


def _write_raw(backend: str, filled: str, empty: str, bare: bool) -> float:  # noqa: FBT001
    write = _write_sqlite if backend == "sqlite" else _write_postgresql
    return write(filled, empty, bare=bare)


def _write_sqlite(filled: str, empty: str, *, bare: bool) -> float:
    with (
        closing(sqlite3.connect(filled.removeprefix("sqlite:///"))) as source,
        closing(sqlite3.connect(empty.removeprefix("sqlite:///"), isolation_level=None)) as target,
    ):
        target.execute("PRAGMA foreign_keys = " + ("OFF" if bare else "ON"))
        seconds = 0.0
        for table in (*FIRST, *TABLES):
            rows = source.execute(f"SELECT * FROM {table}").fetchall()  # noqa: S608  (our own names)
            if not rows:
                continue
            into = table
            if bare:
                into = f"bare_{table}"
                target.execute(f"CREATE TABLE {into} AS SELECT * FROM {table} WHERE false")  # noqa: S608
            marks = ", ".join("?" * len(rows[0]))
            begun = time.perf_counter()
            target.execute("BEGIN IMMEDIATE")
            target.executemany(f"INSERT INTO {into} VALUES ({marks})", rows)  # noqa: S608
            target.execute("COMMIT")
            seconds += time.perf_counter() - begun if table in TABLES else 0
        return seconds


def _write_postgresql(filled: str, empty: str, *, bare: bool) -> float:
    with psycopg.connect(filled) as source, psycopg.connect(empty, autocommit=True) as target:
        seconds = 0.0
        for table in (*FIRST, *TABLES):
            into = table
            if bare:
                into = f"bare_{table}"
                target.execute(f"CREATE TABLE {into} (LIKE {table})")
            with tempfile.TemporaryFile() as kept:
                with source.cursor().copy(f"COPY {table} TO STDOUT") as out:
                    for block in out:
                        kept.write(block)
                kept.seek(0)
                begun = time.perf_counter()
                with target.cursor().copy(f"COPY {into} FROM STDIN") as inward:
                    while block := kept.read(MIB):
                        inward.write(block)
                seconds += time.perf_counter() - begun if table in TABLES else 0
        return seconds


if __name__ == "__main__":
    main()
