"""Requests in rounds that take turns, and beside those of a view that says hello."""

from __future__ import annotations

import itertools
from collections import defaultdict
from statistics import median
from typing import TYPE_CHECKING, Final, NamedTuple

from benchmarks.client import drive

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.served import Server

ROUNDS: Final = 5
CONNECTIONS: Final = 8
WORKERS: Final = 2
UNIT: Final = "hello-world"


class Kind(NamedTuple):
    """Requests without end, and the status that is right."""

    requests: Iterator[bytes]
    status: int = 200


def print_rates(
    server: Server, hello: Server, kinds: dict[str, Kind], *, title: str, seconds: float
) -> None:
    """One table."""
    found = _rates(server, hello, kinds, seconds)
    print(f"\n{title}, {WORKERS} workers, {CONNECTIONS} connections\n")
    print("| request | a second | ms (median) | of hello-world |\n|---|---:|---:|---:|")
    for name, (rate, latency) in found.items():
        share = rate / found[UNIT][0]
        print(f"| {name} | {rate:,.0f} | {latency * 1000:.2f} | {share:.2f} |")


def _rates(
    server: Server, hello: Server, kinds: dict[str, Kind], seconds: float
) -> dict[str, tuple[float, float]]:
    """By kind of request: answers a second and the median time of one, medians of all rounds."""
    kinds = {UNIT: Kind(itertools.repeat(get("/"))), **kinds}
    rounds: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for _ in range(ROUNDS):
        for name, (requests, status) in kinds.items():
            port = (hello if name == UNIT else server).port
            times = drive(port, requests, expect=status, connections=CONNECTIONS, seconds=seconds)
            rounds[name].append((len(times) / seconds, median(times)))
    return {
        name: (median(rate for rate, _ in each), median(latency for _, latency in each))
        for name, each in rounds.items()
    }


def get(path: str, token: str | None = None, **headers: str) -> bytes:
    """A request without a body; `if_none_match` is the header If-None-Match."""
    return head("GET", path, token, **headers) + b"\r\n"


def head(method: str, path: str, token: str | None = None, **headers: str) -> bytes:
    """The beginning of a request, to which headers may be added."""
    sent = {"Host": "127.0.0.1", **({"Authorization": f"Bearer {token}"} if token else {})}
    sent |= {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in sent.items())]
    return "".join(f"{line}\r\n" for line in lines).encode()
