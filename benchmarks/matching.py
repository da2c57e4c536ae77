"""`python -m benchmarks.matching`: are claims found again that were checked before, and how fast.

With a folder of questions and answers, what is found beside what other rankings find; with
`--growth`, how cost grows with the number of claims; with `--adding`, what the index costs a claim.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from benchmarks.checkthat import LONG, Answer, heading, line, read
from benchmarks.growth import Growth, measure_growth
from benchmarks.matching_adding import measure_adding
from benchmarks.matching_calibration import calibrate
from benchmarks.matching_calls import calling
from benchmarks.matching_filling import Stated, fill, index_of
from benchmarks.newsroom import CALLER, open_newsroom
from benchmarks.rankers import rankers
from tests.postgres import start
from verifier.app import create_app_from_env
from verifier.claims.indexing import index_claim
from verifier.events.service import HANDLERS
from verifier.kit import migrations
from verifier.kit.db import Database
from verifier.search.embedding import embed_all
from verifier.search.semantic import open_semantic
from verifier.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from flask import Flask

    from benchmarks.checkthat import Collection, Question
    from benchmarks.newsroom import Newsroom
    from benchmarks.rankers import Ranker

WARMING: Final = 20
"""Questions that are asked before the clock runs."""


def main() -> None:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.matching", description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", help="of questions and their answers")
    parser.add_argument("--language", default="en", help="of the folder's claims")
    parser.add_argument("--calibrate", action="store_true", help="how far scores are to be trusted")
    parser.add_argument("--model", help="as VERIFIER_EMBEDDING_MODEL: match by meaning, too")
    parser.add_argument("--growth", type=int, nargs="+", metavar="CLAIMS", default=[])
    parser.add_argument("--adding", action="store_true")
    parser.add_argument("--backend", nargs="+", default=["sqlite", "postgresql"])
    options = parser.parse_args()
    if options.folder:
        measure_quality(read(options.folder), options)
    for number in options.growth:
        growth = Growth(number)
        for backend in options.backend:
            with opened(backend) as (url, room):
                measure_growth(url, room, backend, growth)
    if options.adding:
        for backend in options.backend:
            with opened(backend) as (url, room):
                measure_adding(url, room, backend)


@contextmanager
def opened(backend: str) -> Iterator[tuple[str, Newsroom]]:
    """A database with desks and people, and no claims."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/claims.db" if backend == "sqlite" else start(durable=True)
        migrations.upgrade(url)
        database = Database(url)
        with database.transaction() as session:
            room = open_newsroom(session)
        database.dispose()
        yield url, room


def measure_quality(collection: Collection, options: argparse.Namespace) -> None:
    """Print one table: what the service and others find, and how long it takes them."""
    print(f"{len(collection.claims):,} claims\n\n{heading()}")
    peers = rankers(collection.claims, options.language, start(durable=True))
    for backend in options.backend:
        with opened(backend) as (url, room):
            ids = _fill(url, room, collection, options.language)
            settings = {"embedding_model": options.model} if options.model else {}
            if options.model:
                _embed(url, options.model)
            with calling(url, room.tokens[CALLER], **settings) as caller:
                for split, questions in collection.splits.items():
                    for question in questions[:WARMING]:
                        caller.matches(question.text, LONG)
                    answers = []
                    for question in questions:
                        found, seconds = caller.matches(question.text, LONG)
                        answers.append(Answer(question, [ids[each] for each in found], seconds))
                    print(line(split, f"POST /v1/matches on {backend}", answers))
            if options.calibrate and backend == options.backend[-1]:
                calibrate(url, room, collection, ids)
    for name, rank in peers.items():
        for split, questions in collection.splits.items():
            print(line(split, name, _ranked(rank, questions)))


def _embed(url: str, model: str) -> None:
    """Give every claim its vector, as `verifier search embed` does."""
    settings = Settings.from_env({"VERIFIER_DATABASE_URL": url, "VERIFIER_EMBEDDING_MODEL": model})
    semantic = open_semantic(settings, threads=0)
    assert semantic is not None
    database = Database(url)
    with database.transaction() as session:
        semantic.vectors.set_up(session)
    for done, _, total in embed_all(database, semantic):
        print(f"{done:,} of {total:,} encoded", file=sys.stderr, end="\r")
    database.dispose()


def _fill(url: str, room: Newsroom, collection: Collection, language: str) -> dict[str, str]:
    """The collection's ids by those of the claims that it became."""
    stated = [Stated(CALLER, each.text, each.title, language) for each in collection.claims]
    ids = fill(url, room, stated, index_of(stated)).ids
    return {each: known.id for each, known in zip(ids, collection.claims, strict=True)}


def _ranked(rank: Ranker, questions: Sequence[Question]) -> list[Answer]:
    answers = []
    for question in questions:
        begun = time.perf_counter()
        found = rank(question.text)
        answers.append(Answer(question, found, time.perf_counter() - begun))
    return answers


def without_index() -> Flask:
    """The service as it would be if claims were not indexed."""
    for handlers in HANDLERS.values():
        if index_claim in handlers:
            handlers.remove(index_claim)
    return create_app_from_env()


if __name__ == "__main__":
    # Where the tables go can be read while it runs.
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    main()
