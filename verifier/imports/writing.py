"""What a batch brings, as rows of the tables, and putting them there by few statements."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import bindparam, select, update

from verifier.claims.models import Appearance, Claim, ClaimTopic
from verifier.events.bulk import record_many
from verifier.evidence.models import Evidence
from verifier.fulltext.index import index_many
from verifier.kit.bulk import put_rows
from verifier.kit.db import table_of
from verifier.kit.jobs import enqueue_many
from verifier.matches.comparing import COMPARE
from verifier.matches.models import MatchSubscription
from verifier.matches.notifying import NOTIFY
from verifier.reviews.models import Citation, Verdict
from verifier.reviews.standing import put_in_force
from verifier.search.embedding import EMBED, is_followed
from verifier.sources.models import Source

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from verifier.events.bulk import Happening
    from verifier.fulltext.index import Known as Indexed
    from verifier.imports.running import Run

PACE: Final = timedelta(milliseconds=100)
"""Between two jobs about imported claims: what people ask for meanwhile comes in between."""
IN_ORDER: Final[tuple[Any, ...]] = (
    Source, Claim, ClaimTopic, Appearance, Evidence, Verdict, Citation,
)  # fmt: skip
"""What others refer to comes first."""

Rows = list[dict[str, Any]]


@dataclass(slots=True)
class Writes:
    """Rows by model, and what is to be told, indexed and done of them."""

    rows: dict[Any, Rows] = field(default_factory=lambda: {model: [] for model in IN_ORDER})
    archived: Rows = field(default_factory=list)
    """Copies for sources that are there: `of` (id), `was` (version) and the columns."""
    told: list[Happening] = field(default_factory=list)
    indexed: list[Indexed] = field(default_factory=list)
    to_compare: list[str] = field(default_factory=list)
    published: list[str] = field(default_factory=list)


def write(session: Session, run: Run, writes: Writes) -> None:
    """All of it, in the transaction that is open; the desk's chain is held."""
    for model in IN_ORDER:
        put_rows(session, model, writes.rows[model])
    put_in_force(session, writes.rows[Claim])
    if writes.archived:
        _archive(session, writes.archived)
    record_many(session, run.actor, run.desk_id, writes.told)
    index_many(session, writes.indexed)
    _ask_for_work(session, run, writes)


def _archive(session: Session, rows: Rows) -> None:
    table = table_of(Source)
    changed = update(table).where(table.c.id == bindparam("of"))
    names = ("archive_urls", "archive_hashes", "updated_at")
    session.connection().execute(
        changed.values(version=table.c.version + 1, **{name: bindparam(name) for name in names}),
        rows,
    )


def _ask_for_work(session: Session, run: Run, writes: Writes) -> None:
    """What follows a new claim one at a time, follows imported ones at a pace.

    A verified claim is compared with nothing, so it asks for no comparison; nobody is told of a
    published one where nobody has asked.
    """

    def later(kind: str, subjects: list[str]) -> None:
        begin = run.moment + run.asked_for * PACE
        enqueue_many(session, kind, subjects, begin=begin, pace=PACE)

    later(COMPARE, writes.to_compare)
    if writes.published and session.scalar(select(MatchSubscription.id).limit(1)):
        later(NOTIFY, writes.published)
    if is_followed(session):
        later(EMBED, [known.claim_id for known in writes.indexed])
