"""What feeds read: when anything that shows has changed, and the newest moments of verdicts.

A moment is a publication or a retraction. Each kind of them has an index in order of time, so that
a page is read from where it begins, however much is stored; one statement reads it whole.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, literal_column, select, text, union_all
from sqlalchemy.orm import aliased

from verifier.accounts.models import Desk, RatingScale
from verifier.claims.models import Claim, ClaimTopic
from verifier.events.models import Event
from verifier.exports.queries import RECORDS, ROWS_AT_ONCE
from verifier.feeds.models import CORRECTING, IN_FORCE, RETRACTED, SHOWING
from verifier.kit.columns import json_text
from verifier.kit.pagination import Order
from verifier.reviews.models import Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection
    from sqlalchemy.orm import Session

    from verifier.kit.pagination import PageRequest
    from verifier.kit.rows import AnyRow, AnySelect, Reader

PUBLISHED, GONE, CORRECTION, RETRACTION = "published", "gone", "correction", "retraction"
BY_PUBLICATION: Final = Order(Verdict.published_at, Verdict.id, descending=True)
BY_RETRACTION: Final = Order(Verdict.updated_at, Verdict.id, descending=True)
_force = aliased(Verdict)
_is_replaced: Final = (
    select(_force.id)
    .where(_force.claim_id == Verdict.claim_id, _force.state == "published")
    .correlate(Verdict)
    .exists()
)
MOMENTS: Final = {
    PUBLISHED: (BY_PUBLICATION, (text(IN_FORCE),)),
    CORRECTION: (BY_PUBLICATION, (text(CORRECTING),)),
    # What is said again has been published again: nothing is gone then.
    GONE: (BY_RETRACTION, (text(RETRACTED), ~_is_replaced)),
    RETRACTION: (BY_RETRACTION, (text(RETRACTED),)),
}
"""By kind: in which order, and which verdicts, in the words of the index."""
_before = aliased(Verdict)
_scale_before = aliased(RatingScale)
_ENTRIES: Final = (
    select(
        Verdict.id,
        Verdict.claim_id,
        Verdict.rating,
        Verdict.title,
        Verdict.summary,
        Verdict.explanation,
        Verdict.language,
        Verdict.origin,
        Verdict.publisher,
        Verdict.publisher_url,
        Verdict.published_at,
        Verdict.updated_at,
        Verdict.url,
        Verdict.correction_kind,
        Verdict.correction_note,
        Verdict.retracted_reason,
        Verdict.given_rating,
        json_text(RatingScale.ratings).label("ratings"),
        Claim.text,
        Claim.language.label("claim_language"),
        Claim.topics,
        Claim.published_at.label("first_published_at"),
        Desk.slug.label("desk"),
        Desk.name.label("desk_name"),
        Desk.url.label("desk_url"),
        _before.rating.label("rating_before"),
        _before.published_at.label("published_before"),
        _before.given_rating.label("given_before"),
        json_text(_scale_before.ratings).label("ratings_before"),
    )
    .join(Claim, Claim.id == Verdict.claim_id)
    .join(Desk, Desk.id == Verdict.desk_id)
    .join(
        RatingScale,
        and_(RatingScale.desk_id == Verdict.desk_id, RatingScale.version == Verdict.scale_version),
    )
    .outerjoin(_before, _before.id == Verdict.correction_of_id)
    .outerjoin(
        _scale_before,
        and_(
            _scale_before.desk_id == _before.desk_id,
            _scale_before.version == _before.scale_version,
        ),
    )
)
_SHOWING: Final = (
    select(Event.id)
    .where(Event.chain_id == Desk.id, text(SHOWING))
    .order_by(Event.seq.desc())
    .limit(1)
    .correlate(Desk)
)
_LAST_SHOWING: Final = select(
    _SHOWING.scalar_subquery().label("id"),
    _SHOWING.with_only_columns(Event.at).scalar_subquery().label("at"),
).order_by(Desk.id)


def last_changes(connection: Connection, desk: str | None) -> Sequence[AnyRow]:
    """`id` and `at` of each desk's newest event after which a feed may read otherwise.

    An indexed look-up for each desk. A desk's events are written one after the other, so a change
    that is committed later has a later event: no two states look alike.
    """
    query = _LAST_SHOWING.select_from(Desk)
    if desk is not None:
        query = query.where(Desk.slug == desk)
    return [row for row in connection.execute(query) if row.id is not None]


def moments_page(
    reader: Reader, kinds: Sequence[str], filters: Mapping[str, Any], page: PageRequest
) -> Sequence[AnyRow]:
    """The page's entries, the newest first, and one more: `kind`, `at`, and what they tell."""
    newest = union_all(*(_newest_of(kind, filters, page) for kind in kinds)).subquery("newest")
    query = (
        _ENTRIES.add_columns(newest.c.kind, newest.c.at)
        .join(newest, newest.c.id == Verdict.id)
        .order_by(newest.c.at.desc(), newest.c.id.desc())
        .limit(page.limit + 1)
    )
    return reader.execute(query).all()


def _newest_of(kind: str, filters: Mapping[str, Any], page: PageRequest) -> AnySelect:
    order, rows = MOMENTS[kind]
    query = select(
        literal_column(f"'{kind}'").label("kind"), Verdict.id.label("id"), order.key.label("at")
    ).where(*rows, *_conditions(filters))
    if page.position is not None:
        query = query.where(order.after(page.position))
    # SQLite takes ORDER BY and LIMIT for a part of a union only inside a query of its own.
    return select(query.order_by(*order.by()).limit(page.limit + 1).subquery())


def last_moment(session: Session, filters: Mapping[str, Any]) -> datetime | None:
    """When a verdict was last published or retracted, by the clock; None where none ever was."""
    found = [
        session.scalar(
            select(order.key).where(*rows, *_conditions(filters)).order_by(*order.by()).limit(1)
        )
        for order, rows in (MOMENTS[PUBLISHED], MOMENTS[RETRACTION])
    ]
    return max((moment for moment in found if moment is not None), default=None)


def records_in_force(session: Session, filters: Mapping[str, Any]) -> Iterable[str]:
    """As JSON text, all that have a verdict in force, in the order of their claims' creation."""
    query = RECORDS.where(text(IN_FORCE), *_conditions(filters)).order_by(Claim.id)
    options = {"yield_per": ROWS_AT_ONCE}
    yield from session.scalars(query, {"readable": []}, execution_options=options)


def _conditions(filters: Mapping[str, Any]) -> list[Any]:
    known: dict[str, Callable[[str], Any]] = {
        "desk": lambda slug: (
            Verdict.desk_id == select(Desk.id).where(Desk.slug == slug).scalar_subquery()
        ),
        "topic": lambda topic: Verdict.claim_id.in_(
            select(ClaimTopic.claim_id).where(ClaimTopic.topic == topic)
        ),
        "rating": lambda rating: Verdict.rating == rating,
        "language": lambda language: Verdict.language == language,
    }
    return [known[name](value) for name, value in filters.items() if name in known]
