"""Real records in, in again and out again: what is repaired, and whether what leaves is valid."""

from __future__ import annotations

import io
import json
import tempfile
from collections import Counter
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from tests.exports.claimreview_rules import problems
from verifier.accounts.actor import OPERATOR
from verifier.desks.service import create_desk, load_desk
from verifier.events.audit import findings
from verifier.exports.queries import records
from verifier.exports.service import export
from verifier.imports.models import Import, ImportRow
from verifier.imports.running import begin, read_on
from verifier.imports.service import finish, open_import
from verifier.kit import migrations
from verifier.kit.db import Database

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DESK: Final = "south"
COLUMNS: Final = {
    "URL": "review_url", "Author": "publisher", "datePublished": "published_at",
    "claimReviewed": "text", "reviewBody": "summary", "ratingValue": "rating_value",
    "bestRating": "best_rating", "alternativeName": "rating",
}  # fmt: skip
"""Of FACTCK.BR's table; `title` is called so here, too."""


def show_round_trip(folder: Path) -> None:
    """Print what became of the rows, twice, and of the export."""
    with tempfile.TemporaryDirectory() as place:
        url = f"sqlite:///{place}/trip.db"
        migrations.upgrade(url)
        database = Database(url)
        try:
            _trip(database, folder)
        finally:
            database.dispose()


def _trip(database: Database, folder: Path) -> None:
    with database.transaction() as session:
        create_desk(session, OPERATOR, slug=DESK, name="South", url="https://s.example")
    for name in ("first", "again"):
        counts: Counter[str] = Counter()
        for content, mapping in _files(folder):
            done = _bring(database, content, mapping)
            kinds = ("taken", "already_there", "repaired", "refused")
            counts.update({kind: getattr(done, kind) for kind in kinds})
        print(f"\nimported {name}: {dict(counts)}")
    with database.snapshot() as session:
        told = session.scalars(select(ImportRow.remarks).where(ImportRow.outcome == "taken")).all()
        repairs = Counter(each["pointer"] for row in told for each in row["repairs"])
        print("repairs, by where:", dict(repairs.most_common()))
        texts = list(records(session, OPERATOR, {}))
        chunks = export(iter(texts), export_format="claimreview", public_url="https://s.example")
        documents = json.loads(b"".join(chunks))["@graph"]
        faults = [fault for document in documents for fault in problems(document)]
        rated = sum(json.loads(text)["verdict"] is not None for text in texts)
        print(f"{len(texts)} claims, {rated} with a verdict, {len(documents)} exported;"
              f" the independent rules find {len(faults)} faults: {faults[:5]}")  # fmt: skip
        assert list(findings(session)) == []


def _files(folder: Path) -> Iterator[tuple[bytes, dict[str, str]]]:
    yield (folder / "factck-br" / "FACTCKBR.tsv").read_bytes(), COLUMNS
    for line in (folder / "claimreview" / "real.ndjson").read_bytes().splitlines():
        yield json.loads(line)["raw"].encode("utf-8", "surrogatepass"), {}


def _bring(database: Database, content: bytes, mapping: dict[str, str]) -> Import:
    with database.transaction() as session:
        desk = load_desk(session, OPERATOR, DESK)
        asked = open_import(
            session, OPERATOR, desk, name=None, format=None, mapping=mapping, dry_run=False,
            sha256="0" * 64, bytes=len(content), restores=True,
        )  # fmt: skip
    error = read_on(database, begin(database, asked.id), io.BytesIO(content))
    with database.transaction() as session:
        return finish(session, OPERATOR, asked.id, error)
