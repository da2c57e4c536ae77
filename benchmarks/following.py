"""`python -m benchmarks.following`: what it costs to follow what is published, and to read it.

Feeds as their readers fetch them, most of them in vain (304), and the pages that people come to.
"""

from __future__ import annotations

import argparse
import http.client
import itertools
import sys
import tempfile
from typing import Final
from urllib.parse import urlencode

from sqlalchemy import select

from benchmarks.rounds import WORKERS, Kind, get, print_rates
from benchmarks.seeding import fill
from benchmarks.served import HELLO, HOST, VERIFIER, Server, served
from tests.postgres import start
from verifier.claims.models import Claim
from verifier.claims.queries import PUBLISHED
from verifier.kit.db import Database

ATOM: Final = "/feeds/verdicts.atom"
DATAFEED: Final = "/feeds/claimreview.jsonld"
PUBLIC_URL: Final = "http://checks.example"
PAGES: Final = 1000
"""More than a worker remembers."""


def main() -> None:
    """Measure on the databases that were asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.following", description=__doc__)
    parser.add_argument("--claims", type=int, default=10_000)
    parser.add_argument("--backend", nargs="+", default=["sqlite", "postgresql"])
    parser.add_argument("--seconds", type=float, default=2, help="for each round")
    options = parser.parse_args()
    for backend in options.backend:
        with tempfile.TemporaryDirectory() as folder:
            url = f"sqlite:///{folder}/claims.db" if backend == "sqlite" else start(durable=True)
            print(f"\n{backend}, {options.claims:,} claims: filling", file=sys.stderr)
            fill(url, options.claims)
            measure(url, f"{backend}, {options.claims:,} claims", options.seconds)


def measure(url: str, title: str, seconds: float) -> None:
    """Print one table."""
    settings = {
        "database_url": url, "rate_limit": "0", "log_level": "error", "public_url": PUBLIC_URL,
    }  # fmt: skip
    hellos = served(HELLO, workers=WORKERS)
    with hellos as hello, served(VERIFIER, workers=WORKERS, **settings) as server:
        print_rates(server, hello, requests_of(url, server), title=title, seconds=seconds)


def requests_of(url: str, server: Server) -> dict[str, Kind]:
    """By kind, the requests that are measured."""
    database = Database(url)
    with database.reading() as session:
        ids = list(session.scalars(select(Claim.id).where(PUBLISHED).limit(PAGES)))
    database.dispose()
    pages = [f"/factchecks/{claim}" for claim in ids]
    embeds = [f"/oembed?{urlencode({'url': f'{PUBLIC_URL}{page}'})}" for page in pages]
    return {
        "Atom feed of 50": _each([ATOM]),
        "Atom feed, unchanged": _unchanged(server, ATOM),
        "DataFeed, unchanged": _unchanged(server, DATAFEED),
        "page of a fact-check": _each(pages),
        "card": _each([f"{page}/card" for page in pages]),
        "oEmbed": _each(embeds),
    }


def _each(paths: list[str]) -> Kind:
    return Kind(itertools.cycle([get(path) for path in paths]))


def _unchanged(server: Server, path: str) -> Kind:
    connection = http.client.HTTPConnection(HOST, server.port)
    connection.request("GET", path)
    answer = connection.getresponse()
    tag = answer.headers["ETag"]
    connection.close()
    return Kind(itertools.repeat(get(path, If_None_Match=tag)), 304)


if __name__ == "__main__":
    # Where the tables go can be read while it runs.
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    main()
