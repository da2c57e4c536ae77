"""Reading verdicts: one query for a detail, one for a page, masked where the desk rates blind."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any, Final

import orjson
from sqlalchemy import and_, bindparam, case, func, or_, select
from sqlalchemy.orm import aliased

from verifier.accounts.models import Account, Desk, RatingScale
from verifier.accounts.permissions import rights_in
from verifier.accounts.scales import shown_rating
from verifier.claims.models import Claim
from verifier.evidence.models import Evidence
from verifier.evidence.queries import SHARED
from verifier.kit.columns import json_list, json_object, json_text
from verifier.kit.errors import NotFound
from verifier.kit.pagination import Order, fetch_page
from verifier.reviews.models import Citation, Recusal, Review, Verdict
from verifier.reviews.policy import Policy, Tally
from verifier.reviews.workflow import PUBLIC_STATES, VERDICT_WORKFLOW, VerdictFacts
from verifier.sources.models import Source

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sqlalchemy.orm import Session

    from verifier.accounts.actor import Actor
    from verifier.kit.pagination import PageRequest
    from verifier.kit.rows import AnyRow

ORDER: Final = Order(None, Verdict.id)
MASKED: Final = (
    "rating",
    "label",
    "value",
    "normalised",
    "title",
    "summary",
    "explanation",
    "correction",
    "digest",
)
"""What a reviewer of a blind desk does not see before they have given their own rating."""

_author = aliased(Account)
_reviewer = aliased(Account)
_review_desk = aliased(Desk)
OWN: Final = Verdict.desk_id.in_(bindparam("own", expanding=True))
READABLE: Final = Verdict.desk_id.in_(bindparam("readable", expanding=True))
PUBLIC: Final = Verdict.state.in_(PUBLIC_STATES)
_CITATION: Final = json_object(
    **SHARED,
    confidential=Evidence.confidential,
    withdrawn=case(
        (Evidence.withdrawn_at.is_(None), None),
        else_=json_object(at=Evidence.withdrawn_at, reason=Evidence.withdrawn_reason),
    ),
)
CITATIONS: Final = (
    select(json_list(_CITATION, order_by=Evidence.id))
    .join(Citation, Citation.evidence_id == Evidence.id)
    .join(Source, Source.id == Evidence.source_id)
    .where(Citation.verdict_id == Verdict.id, or_(OWN, Evidence.confidential.is_(False)))
    .correlate(Verdict)
    .scalar_subquery()
)
_IS_RECUSED: Final = (
    select(Recusal.id)
    .where(Recusal.claim_id == Verdict.claim_id, Recusal.account_id == Review.reviewer_id)
    .correlate(Verdict, Review)
    .exists()
)
_COUNTS: Final = and_(
    Review.decision == "approved",
    Review.round == Verdict.round,
    Review.digest == Verdict.digest,
    ~_IS_RECUSED,
)
_APPROVALS: Final = (
    select(
        json_object(
            people=func.count(Review.reviewer_id.distinct()),
            desks=func.count(Review.desk_id.distinct()),
        )
    )
    .where(Review.verdict_id == Verdict.id, _COUNTS)
    .correlate(Verdict)
    .scalar_subquery()
)
_TALLY: Final = (
    select(
        json_object(
            standing=func.count(),
            domains=func.count(Source.domain.distinct()),
            unarchived=func.count() - func.count(Evidence.snapshot_sha256),
        )
    )
    .select_from(Citation)
    .join(Evidence, Evidence.id == Citation.evidence_id)
    .join(Source, Source.id == Evidence.source_id)
    .where(Citation.verdict_id == Verdict.id, Evidence.withdrawn_at.is_(None))
    .correlate(Verdict)
    .scalar_subquery()
)
_REVIEW: Final = json_object(
    id=Review.id,
    reviewer=json_object(id=_reviewer.id, name=_reviewer.name),
    desk=_review_desk.slug,
    decision=Review.decision,
    comment=Review.comment,
    rating=Review.rating,
    digest=Review.digest,
    counts=_COUNTS,
    created_at=Review.created_at,
)
_REVIEWS: Final = (
    select(json_list(_REVIEW, order_by=Review.id))
    .join(_reviewer, _reviewer.id == Review.reviewer_id)
    .join(_review_desk, _review_desk.id == Review.desk_id)
    .where(Review.verdict_id == Verdict.id)
    .correlate(Verdict)
    .scalar_subquery()
)
CORRECTION: Final = case(
    (Verdict.correction_kind.is_(None), None),
    else_=json_object(
        kind=Verdict.correction_kind,
        note=Verdict.correction_note,
        of=func.coalesce(Verdict.correction_of_id, Verdict.corrects_elsewhere),
    ),
)
"""What a correction corrects; of an imported one, the verdict may not be here."""
_public: dict[str, Any] = {
    "id": Verdict.id,
    "claim": Verdict.claim_id,
    "desk": Desk.slug,
    "rating": Verdict.rating,
    "title": Verdict.title,
    "summary": Verdict.summary,
    "explanation": Verdict.explanation,
    "language": Verdict.language,
    "citations": CITATIONS,
    "state": Verdict.state,
    "origin": Verdict.origin,
    "publisher": Verdict.publisher,
    "publisher_url": Verdict.publisher_url,
    "correction": CORRECTION,
    "retracted_reason": Verdict.retracted_reason,
    "digest": Verdict.digest,
    "published_at": Verdict.published_at,
    "url": Verdict.url,
    "version": Verdict.version,
    "created_at": Verdict.created_at,
    "updated_at": Verdict.updated_at,
}
_whole: dict[str, Any] = {
    **_public,
    "author": json_object(id=_author.id, name=_author.name),
    "reviews": _REVIEWS,
}
_MINE: Final = select(Review.id).where(
    Review.verdict_id == Verdict.id,
    Review.round == Verdict.round,
    Review.digest == Verdict.digest,
    Review.reviewer_id == bindparam("me"),
)
HAS_REVIEWED: Final = _MINE.correlate(Verdict).exists()
HAS_RATED: Final = _MINE.where(Review.rating.is_not(None)).correlate(Verdict).exists()
AM_RECUSED: Final = (
    select(Recusal.id)
    .where(Recusal.claim_id == Verdict.claim_id, Recusal.account_id == bindparam("me"))
    .correlate(Verdict)
    .exists()
)
_force = aliased(Verdict)
IN_FORCE_ID: Final = (
    select(_force.id)
    .where(_force.claim_id == Verdict.claim_id, _force.state == "published")
    .correlate(Verdict)
    .scalar_subquery()
)
VERDICT_COLUMNS: Final = ("id", "version", "desk_id", "author_id", "correction_of_id")
HIDDEN: Final = and_(
    Desk.blind_second_rating,
    Verdict.state.in_(("draft", "proposed")),
    or_(Verdict.author_id.is_(None), Verdict.author_id != bindparam("me")),
    ~HAS_RATED,
)
"""Whether the verdict's rating must not be shown to the asking account yet."""
_SELECT: Final = (
    select(
        case(
            (READABLE, json_text(json_object(**_whole))),
            else_=json_text(json_object(**_public)),
        ).label("document"),
        RatingScale.ratings,
        Verdict.given_rating,
        HIDDEN.label("hidden"),
        HAS_REVIEWED.label("has_reviewed"),
        AM_RECUSED.label("is_recused"),
        json_text(_TALLY).label("tally"),
        json_text(_APPROVALS).label("approvals"),
        Claim.status.label("claim_status"),
        IN_FORCE_ID.label("in_force_id"),
        *(getattr(Desk, field.name) for field in fields(Policy)),
        *(getattr(Verdict, name) for name in VERDICT_COLUMNS),
    )
    .join(Claim, Claim.id == Verdict.claim_id)
    .join(Desk, Desk.id == Verdict.desk_id)
    .join(
        RatingScale,
        and_(RatingScale.desk_id == Verdict.desk_id, RatingScale.version == Verdict.scale_version),
    )
    .outerjoin(_author, _author.id == Verdict.author_id)
)


def asking(actor: Actor) -> dict[str, Any]:
    """The parameters that say who asks."""
    return {
        "own": sorted(actor.roles),
        "readable": sorted(actor.readable_desks),
        "me": actor.account_id or "00000000-0000-0000-0000-000000000000",
    }


def verdict_document(session: Session, actor: Actor, verdict_id: str) -> tuple[Any, int]:
    """A verdict as the actor may see it, and its version."""
    query = _SELECT.where(Verdict.id == verdict_id, or_(READABLE, PUBLIC))
    row = session.execute(query, asking(actor)).one_or_none()
    if row is None:
        message = "There is no such verdict, or you may not see it."
        raise NotFound(message)
    return completed(actor, row), row.version


def verdict_documents(
    session: Session, actor: Actor, verdict_ids: Collection[str]
) -> dict[str, dict[str, Any]]:
    """Those of the verdicts that the actor may see, by id."""
    query = _SELECT.where(Verdict.id.in_(verdict_ids), or_(READABLE, PUBLIC))
    return {row.id: completed(actor, row) for row in session.execute(query, asking(actor))}


def verdicts_page(
    session: Session, actor: Actor, claim_id: str, page: PageRequest
) -> Sequence[AnyRow]:
    """A claim's verdicts in the order they were begun, and one more than the page holds."""
    query = _SELECT.where(Verdict.claim_id == claim_id, or_(READABLE, PUBLIC))
    return fetch_page(session, query.params(asking(actor)), ORDER, page)


def completed(actor: Actor, row: AnyRow) -> dict[str, Any]:
    """The row's document with what the rating means and what the actor may do now.

    Where the rating is hidden from the actor, so is what would give it away.
    """
    document: dict[str, Any] = orjson.loads(row.document)
    allowed = VERDICT_WORKFLOW.allowed(document["state"], _facts(actor, row, document["rating"]))
    rating, language = document["rating"], document["language"]
    document |= {
        **shown_rating(row.ratings, rating, language, row.given_rating),
        "evidence": [citation["id"] for citation in document["citations"]],
        "hidden": bool(row.hidden),
        "actions": allowed if row.desk_id in actor.readable_desks else [],
    }
    if row.hidden:
        document |= dict.fromkeys(MASKED)
        for review in document.get("reviews", []):
            review |= {"rating": None, "comment": None}
    return document


def _facts(actor: Actor, row: AnyRow, rating: str) -> VerdictFacts:
    policy = Policy.of(row)
    return VerdictFacts(
        rights=rights_in(actor, row.desk_id),
        is_author=actor.account_id is not None and row.author_id == actor.account_id,
        is_recused=bool(row.is_recused),
        has_reviewed=bool(row.has_reviewed),
        claim_status=row.claim_status,
        unmet=policy.unmet(rating, Tally(**orjson.loads(row.tally))),
        has_quorum=policy.quorum_reached(**orjson.loads(row.approvals)),
        replaces_in_force=row.in_force_id in (None, row.correction_of_id),
    )
