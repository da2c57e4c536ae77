"""The records that leave: one streaming query, whatever hangs below each claim.

Confidential evidence is in none of them. Who is not of the claim's desk gets what is published.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import orjson
from sqlalchemy import and_, bindparam, case, null, or_, select

from verifier.accounts.models import Desk, RatingScale
from verifier.accounts.scales import shown_rating
from verifier.claims.filters import conditions_for, values_for
from verifier.claims.listing import INSIDE, KEYS
from verifier.claims.models import Claim
from verifier.claims.queries import APPEARANCES, CLAIMANT, PRIORITY, PUBLISHED, READABLE
from verifier.claims.searching import searched
from verifier.evidence.models import Evidence
from verifier.evidence.queries import SHARED
from verifier.kit.columns import is_among, json_list, json_object, json_text
from verifier.kit.pagination import Order
from verifier.reviews.models import Citation, Verdict
from verifier.reviews.queries import CORRECTION
from verifier.reviews.workflow import PUBLIC_STATES
from verifier.sources.models import Source
from verifier.sources.queries import CITED

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from sqlalchemy.orm import Session

    from verifier.accounts.actor import Actor
    from verifier.kit.rows import AnyRow, AnySelect

ROWS_AT_ONCE: Final = 500
STREAMED: Final = {"yield_per": ROWS_AT_ONCE}
_is_cited: Final = (
    select(Citation.evidence_id)
    .where(Citation.evidence_id == Evidence.id, Citation.verdict_id == Verdict.id)
    .correlate(Evidence, Verdict)
    .exists()
)
_EVIDENCE: Final = (
    select(
        json_list(
            json_object(
                **SHARED,
                withdrawn=case(
                    (Evidence.withdrawn_at.is_(None), None),
                    else_=json_object(at=Evidence.withdrawn_at, reason=Evidence.withdrawn_reason),
                ),
            ),
            order_by=Evidence.id,
        )
    )
    .join(Source, Source.id == Evidence.source_id)
    .where(
        Evidence.claim_id == Claim.id,
        Evidence.confidential.is_(False),
        or_(READABLE, _is_cited),
    )
    .correlate(Claim, Verdict)
    .scalar_subquery()
)
_CITED: Final = (
    select(json_list(Citation.evidence_id, order_by=Citation.evidence_id))
    .join(Evidence, Evidence.id == Citation.evidence_id)
    .where(Citation.verdict_id == Verdict.id, Evidence.confidential.is_(False))
    .correlate(Verdict)
    .scalar_subquery()
)
_CITATIONS: Final = (
    select(json_list(json_object(**CITED), order_by=Evidence.id))
    .select_from(Citation)
    .join(Evidence, Evidence.id == Citation.evidence_id)
    .join(Source, Source.id == Evidence.source_id)
    .where(Citation.verdict_id == Verdict.id, Evidence.confidential.is_(False))
    .correlate(Verdict)
    .scalar_subquery()
)
_VERDICT: Final = case(
    (Verdict.id.is_(None), null()),
    else_=json_object(
        id=Verdict.id,
        rating=Verdict.rating,
        rating_label=Claim.verdict["label"],
        value=Claim.verdict["value"],
        best=Claim.verdict["best"],
        worst=Claim.verdict["worst"],
        normalised=Claim.verdict["normalised"],
        title=Verdict.title,
        summary=Verdict.summary,
        explanation=Verdict.explanation,
        language=Verdict.language,
        evidence=_CITED,
        state=Verdict.state,
        origin=Verdict.origin,
        publisher=Verdict.publisher,
        publisher_url=Verdict.publisher_url,
        correction=CORRECTION,
        digest=Verdict.digest,
        published_at=Verdict.published_at,
        first_published_at=Claim.published_at,
        url=Verdict.url,
        version=Verdict.version,
    ),
)
_RECORD: Final = json_object(
    id=Claim.id,
    desk=json_object(slug=Desk.slug, name=Desk.name, url=Desk.url, language=Desk.language),
    text=Claim.text,
    claimant=CLAIMANT,
    claimed_on=Claim.claimed_on,
    language=Claim.language,
    topics=Claim.topics,
    priority=case((READABLE, PRIORITY), else_=None),
    status=Claim.status,
    duplicate_of=case((READABLE, Claim.duplicate_of_id), else_=None),
    created_at=Claim.created_at,
    updated_at=Claim.updated_at,
    appearances=APPEARANCES,
    evidence=_EVIDENCE,
    verdict=_VERDICT,
)
RECORDS: Final = (
    select(json_text(_RECORD).label("document"), Claim.version)
    .select_from(Claim)
    .join(Desk, Desk.id == Claim.desk_id)
    .outerjoin(Verdict, and_(Verdict.claim_id == Claim.id, Verdict.state == "published"))
)
_THESE: Final = RECORDS.add_columns(Claim.id).where(is_among(Claim.id, "these"))
_REVIEW: Final = json_object(
    id=Verdict.id,
    rating=Verdict.rating,
    state=Verdict.state,
    origin=Verdict.origin,
    publisher=Verdict.publisher,
    title=Verdict.title,
    summary=Verdict.summary,
    language=Verdict.language,
    published_at=Verdict.published_at,
    url=Verdict.url,
    corrects=Verdict.correction_of_id,
    correction_note=Verdict.correction_note,
    retracted_reason=Verdict.retracted_reason,
    retracted_at=case((Verdict.state == "retracted", Verdict.updated_at), else_=None),
    citations=_CITATIONS,
)
_REVIEWS: Final = (
    select(json_text(_REVIEW).label("document"), RatingScale.ratings, Verdict.given_rating)
    .join(
        RatingScale,
        and_(RatingScale.desk_id == Verdict.desk_id, RatingScale.version == Verdict.scale_version),
    )
    .where(Verdict.claim_id == bindparam("claim"), Verdict.state.in_(PUBLIC_STATES))
    .order_by(Verdict.published_at, Verdict.id)
)


def records(
    session: Session,
    actor: Actor,
    filters: dict[str, Any],
    *,
    in_force_only: bool = False,
) -> Iterable[str]:
    """The records as JSON text, sorted as a list is but the oldest first, in bounded memory."""
    filters = searched(session, actor, filters)
    sort = filters.get("sort", "created_at")
    name = sort.removeprefix("-")
    wanted = [*conditions_for(filters), *([Verdict.id.is_not(None)] if in_force_only else [])]
    # The command line's operator has no desk and may export them all.
    everything = actor.is_operator and actor.account_id is None
    visible = READABLE if name in INSIDE else or_(READABLE, PUBLISHED)
    query = RECORDS.where(*([] if everything else [visible]), *wanted)
    desks = session.scalars(select(Desk.id)) if everything else actor.readable_desks
    values = {"readable": sorted(desks), **values_for(actor, filters)}
    key, _ = KEYS[name]
    order = Order(key, Claim.id, descending=sort.startswith("-"), nullable=name == "due_at")
    if key is None:
        yield from session.scalars(query.order_by(*order.by()), values, execution_options=STREAMED)
    else:
        yield from _sorted(session, query, order, values)


def _sorted(
    session: Session, query: AnySelect, order: Order, values: dict[str, Any]
) -> Iterator[str]:
    """The database sorts only ids by their keys; the records are then read a batch at a time."""
    ids = query.with_only_columns(Claim.id, maintain_column_froms=True).order_by(*order.by())
    for these in session.scalars(ids, values, execution_options=STREAMED).partitions():
        rows = session.execute(_THESE, {"readable": values["readable"], "these": these})
        found = {row.id: row.document for row in rows}
        yield from (found[claim] for claim in these)


def record(session: Session, actor: Actor, claim_id: str) -> AnyRow | None:
    """One claim's record (`document`) and version, if the actor may see it."""
    query = RECORDS.where(Claim.id == claim_id, or_(READABLE, PUBLISHED))
    readable = {"readable": sorted(actor.readable_desks)}
    return session.execute(query, readable).one_or_none()


def published_records(session: Session, claim_ids: Collection[str]) -> list[Any]:
    """The records of those of the claims that everybody may see."""
    query = RECORDS.where(Claim.id.in_(claim_ids), PUBLISHED)
    return [orjson.loads(document) for document in session.scalars(query, {"readable": []})]


def reviews(session: Session, claim_id: str) -> list[Any]:
    """Every verdict on the claim that was ever published, in that order, with what it means."""
    rows = session.execute(_REVIEWS, {"claim": claim_id})
    return [_with_meaning(orjson.loads(row.document), row) for row in rows]


def _with_meaning(review: dict[str, Any], row: AnyRow) -> dict[str, Any]:
    rating, language = review["rating"], review["language"]
    return review | shown_rating(row.ratings, rating, language, row.given_rating)
