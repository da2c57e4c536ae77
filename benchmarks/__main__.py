"""`python -m benchmarks`: the API's requests beside a hello-world view on the same server.

Each line is measured in rounds that take turns with hello-world, so that a noisy machine disturbs
both; what is printed are medians of rounds, and ratios to hello-world in the same run.
"""

from __future__ import annotations

import argparse
import itertools
import json
import sys
import tempfile
import time
import urllib.request
from contextlib import closing
from statistics import median
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from benchmarks.newsroom import CALLER, EVERYWHERE, TOPICS
from benchmarks.rounds import WORKERS, Kind, get, head, print_rates
from benchmarks.seeding import fill
from benchmarks.served import HELLO, VERIFIER, Server, served
from tests.postgres import start
from verifier.claims.models import Claim
from verifier.kit.db import Database
from verifier.sources.models import Source

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.newsroom import Newsroom

MIB = 1 << 20


def main() -> None:
    """Measure on the databases and at the sizes that were asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--claims", type=int, nargs="+", default=[100_000])
    parser.add_argument("--backend", nargs="+", default=["sqlite", "postgresql"])
    parser.add_argument("--seconds", type=float, default=2, help="for each round")
    options = parser.parse_args()
    for backend, number in itertools.product(options.backend, options.claims):
        with tempfile.TemporaryDirectory() as folder:
            url = f"sqlite:///{folder}/claims.db" if backend == "sqlite" else start(durable=True)
            print(f"\n{backend}, {number:,} claims: filling", file=sys.stderr)
            measure(url, fill(url, number), backend, number, options.seconds)


def measure(url: str, room: Newsroom, backend: str, number: int, seconds: float) -> None:
    """Print one table."""
    database = Database(url)
    settings = {"database_url": url, "rate_limit": "0", "log_level": "error"}
    hellos = served(HELLO, workers=WORKERS)
    with hellos as hello, served(VERIFIER, workers=WORKERS, **settings) as server:
        title = f"{backend}, {number:,} claims"
        print_rates(server, hello, requests_of(database, room), title=title, seconds=seconds)
        _measure_export(server, database, room)
    database.dispose()


def requests_of(database: Database, room: Newsroom) -> dict[str, Kind]:
    """By kind, the requests that are measured, without end, and the status that is right."""
    token = room.tokens[CALLER]
    mine = Claim.desk_id == room.desks[CALLER]
    with database.reading() as session:
        ids = list(session.scalars(select(Claim.id).where(mine).limit(1000)))
        source, text = session.execute(
            select(Source.id, Source.text).where(Source.desk_id == room.desks[CALLER]).limit(1)
        ).one()
    details = itertools.cycle([get(f"/v1/claims/{claim}", token) for claim in ids])
    filtered = f"/v1/claims?desk={CALLER}&status=verified&topic={TOPICS[3]}"
    return {
        "GET a claim": Kind(details),
        "GET a list of 50": Kind(itertools.repeat(get("/v1/claims", token))),
        "GET a filtered list": Kind(itertools.repeat(get(filtered, token))),
        "POST a claim": Kind(_posts(token, source, text), 201),
    }


def _posts(token: str, source: str, text: str) -> Iterator[bytes]:
    quote = {"exact": text[:60], "start": 0}
    for n in itertools.count():
        claim = {
            "text": f"Benchmark claim {n} of {time.time_ns()}.",
            "topics": [TOPICS[0]],
            "desk": CALLER,
            "appearances": [{"source": source, "quote": quote}],
        }
        body = json.dumps(claim).encode()
        begun = head("POST", "/v1/claims", token)
        yield (
            b"%sContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % (begun, len(body))
        ) + body


def _measure_export(server: Server, database: Database, room: Newsroom) -> None:
    """The NDJSON export beside the same rows through the bare driver, in turns."""
    exports, raws, size = [], [], 0
    peaks = []
    for _ in range(3):
        begun = time.perf_counter()
        with server.watched() as peak:
            size = _download(server, room.tokens[EVERYWHERE])
        peaks += peak
        exports.append(time.perf_counter() - begun)
        begun = time.perf_counter()
        _read_raw(database)
        raws.append(time.perf_counter() - begun)
    export, raw = median(exports), median(raws)
    way = "COPY of the tables" if database.dialect == "postgresql" else "raw cursor over the tables"
    print(
        f"\nNDJSON export: {size / MIB:,.0f} MiB in {export:.1f} s; {way}: {raw:.1f} s "
        f"(ratio {export / raw:.1f}); peak memory of a worker's own {max(peaks) / MIB:,.0f} MiB"
    )


def _download(server: Server, token: str) -> int:
    request = urllib.request.Request(
        f"http://127.0.0.1:{server.port}/v1/exports/ndjson",
        headers={"Authorization": f"Bearer {token}"},
    )
    with urllib.request.urlopen(request) as answer:  # noqa: S310
        return sum(len(chunk) for chunk in iter(lambda: answer.read(MIB), b""))


TABLES = ("claims", "appearances", "evidence", "verdicts", "citations")


def _read_raw(database: Database) -> None:
    """Every row that the export is made of, without making anything of it."""
    with closing(database.engine.raw_connection()) as connection:
        driver: Any = connection.driver_connection
        for table in TABLES:
            if database.dialect == "postgresql":
                with driver.cursor().copy(f"COPY {table} TO STDOUT") as copy:
                    for _ in copy:
                        pass
            else:
                for _ in driver.execute(f"SELECT * FROM {table}"):  # noqa: S608
                    pass
        connection.rollback()


if __name__ == "__main__":
    # Where the tables go can be read while it runs.
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    main()
