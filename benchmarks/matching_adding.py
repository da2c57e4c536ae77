"""What it costs a new claim that it is indexed: the service with and without, in turns."""

from __future__ import annotations

import json
from statistics import median
from typing import TYPE_CHECKING, Final

from benchmarks.client import drive
from benchmarks.growth import Growth, report
from benchmarks.matching_filling import fill
from benchmarks.newsroom import CALLER
from benchmarks.served import VERIFIER, served

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.growth import Language
    from benchmarks.newsroom import Newsroom

WITHOUT: Final = "benchmarks.matching:without_index"
CLAIMS: Final = 20_000
ROUNDS: Final = 7
SECONDS: Final = 2.0


def measure_adding(url: str, room: Newsroom, backend: str) -> None:
    """Print how long a claim takes to be added, and how many are in bulk."""
    growth = Growth(CLAIMS)
    filling = fill(url, room, growth.stated, growth.index)
    print(f"\n{backend}, adding to {CLAIMS:,} claims\n")
    report(filling, CLAIMS)
    posts = _posts(growth.language, room.tokens[CALLER])
    settings = {"database_url": url, "rate_limit": "0", "log_level": "error"}
    indexing = served(VERIFIER, workers=1, **settings)
    with indexing as with_index, served(WITHOUT, workers=1, **settings) as without_index:
        rounds = [
            [
                median(drive(server.port, posts, expect=201, connections=1, seconds=SECONDS))
                for server in (without_index, with_index)
            ]
            for _ in range(ROUNDS)
        ]
    bare, indexed = (median(each) for each in zip(*rounds, strict=True))
    ratio = median(after / before for before, after in rounds)
    print(
        f"\nPOST a claim: {bare * 1000:.2f} ms without the index, {indexed * 1000:.2f} ms with it, "
        f"ratio {ratio:.2f} (medians of {ROUNDS} rounds)"
    )


def _posts(language: Language, token: str) -> Iterator[bytes]:
    while True:
        text = " ".join(language.statement())
        claim = {"text": text, "desk": CALLER, "language": "en", "allow_duplicate": True}
        body = json.dumps(claim).encode()
        head = (
            "POST /v1/claims HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            f"Authorization: Bearer {token}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        yield head.encode() + body
