"""Reading for the public pages: a fact-check is one query, with everything that hangs below it.

What is read here is what was published, whoever asks: confidential evidence, drafts and the words
that colleagues exchange are in none of these statements.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import and_, bindparam, case, func, select
from sqlalchemy.orm import aliased

from verifier.accounts.models import Account, Desk, RatingScale
from verifier.claims.models import Appearance, Claim
from verifier.claims.queries import CLAIMANT, PUBLISHED, QUOTE
from verifier.evidence.models import Evidence
from verifier.evidence.queries import SHARED
from verifier.kit.clock import FIRST_ID
from verifier.kit.columns import is_among, json_list, json_object, json_text
from verifier.reviews.models import Citation, Recusal, Review, Verdict
from verifier.reviews.queries import PUBLIC
from verifier.snapshots.models import Snapshot
from verifier.sources.models import Source
from verifier.sources.queries import CITED

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy.orm import Session

    from verifier.kit.rows import AnyRow, Reader

SITEMAP_LENGTH: Final = 45_000
"""A sitemap may name 50,000 pages; the rest is room for what is published meanwhile."""
ROWS_AT_ONCE: Final = 1000
MOST_DESKS: Final = 200

_author = aliased(Account)
_reviewer = aliased(Account)
_review_desk = aliased(Desk)
_SOURCE: Final = json_object(**CITED, language=Source.language, archive_urls=Source.archive_urls)
_COPY: Final = case(
    (Snapshot.id.is_(None), None),
    else_=json_object(at=Snapshot.fetched_at, sha256=Snapshot.sha256),
)
_APPEARANCES: Final = (
    select(
        json_list(
            json_object(
                source=_SOURCE,
                quote=case((Appearance.exact.is_(None), None), else_=json_object(**QUOTE)),
                first=Appearance.first,
                archived=_COPY,
            ),
            order_by=Appearance.id,
        )
    )
    .join(Source, Source.id == Appearance.source_id)
    .outerjoin(Snapshot, Snapshot.id == Source.text_snapshot_id)
    .where(Appearance.claim_id == Claim.id)
    .correlate(Claim)
    .scalar_subquery()
)
_EVIDENCE: Final = (
    select(
        json_list(
            json_object(
                **{**SHARED, "source": _SOURCE},
                archived=_COPY,
                withdrawn=case(
                    (Evidence.withdrawn_at.is_(None), None),
                    else_=json_object(at=Evidence.withdrawn_at, reason=Evidence.withdrawn_reason),
                ),
            ),
            order_by=Evidence.id,
        )
    )
    .join(Citation, Citation.evidence_id == Evidence.id)
    .join(Source, Source.id == Evidence.source_id)
    .outerjoin(
        Snapshot,
        and_(Snapshot.id == Evidence.snapshot_id, Snapshot.source_id == Evidence.source_id),
    )
    .where(Citation.verdict_id == Verdict.id, Evidence.confidential.is_(False))
    .correlate(Verdict)
    .scalar_subquery()
)
_WAS_RECUSED: Final = (
    select(Recusal.id)
    .where(
        Recusal.claim_id == Verdict.claim_id,
        Recusal.account_id == Review.reviewer_id,
        Recusal.created_at <= Verdict.published_at,
    )
    .correlate(Verdict, Review)
    .exists()
)
_APPROVALS: Final = (
    select(json_list(json_object(name=_reviewer.name, desk=_review_desk.name), order_by=Review.id))
    .join(_reviewer, _reviewer.id == Review.reviewer_id)
    .join(_review_desk, _review_desk.id == Review.desk_id)
    .where(
        Review.verdict_id == Verdict.id,
        Review.decision == "approved",
        Review.round == Verdict.round,
        Review.digest == Verdict.digest,
        ~_WAS_RECUSED,
    )
    .correlate(Verdict)
    .scalar_subquery()
)
_VERDICTS: Final = (
    select(
        json_list(
            json_object(
                id=Verdict.id,
                rating=Verdict.rating,
                ratings=RatingScale.ratings,
                given_rating=Verdict.given_rating,
                title=Verdict.title,
                summary=Verdict.summary,
                explanation=Verdict.explanation,
                language=Verdict.language,
                state=Verdict.state,
                origin=Verdict.origin,
                publisher=Verdict.publisher,
                author=_author.name,
                approvals=_APPROVALS,
                evidence=_EVIDENCE,
                correction=case(
                    (Verdict.correction_kind.is_(None), None),
                    else_=json_object(
                        kind=Verdict.correction_kind,
                        note=Verdict.correction_note,
                        of=Verdict.correction_of_id,
                    ),
                ),
                retracted_reason=Verdict.retracted_reason,
                published_at=Verdict.published_at,
                updated_at=Verdict.updated_at,
                url=Verdict.url,
                version=Verdict.version,
            ),
            order_by=Verdict.published_at,
        )
    )
    .join(
        RatingScale,
        and_(RatingScale.desk_id == Verdict.desk_id, RatingScale.version == Verdict.scale_version),
    )
    .outerjoin(_author, _author.id == Verdict.author_id)
    .where(Verdict.claim_id == Claim.id, PUBLIC)
    .correlate(Claim)
    .scalar_subquery()
)
_FACTCHECK: Final = (
    select(
        json_text(
            json_object(
                id=Claim.id,
                desk=json_object(
                    slug=Desk.slug, name=Desk.name, url=Desk.url, language=Desk.language
                ),
                text=Claim.text,
                claimant=CLAIMANT,
                claimed_on=Claim.claimed_on,
                language=Claim.language,
                topics=Claim.topics,
                appearances=_APPEARANCES,
                verdicts=_VERDICTS,
            )
        )
    )
    .join(Desk, Desk.id == Claim.desk_id)
    .where(Claim.id == bindparam("claim"), PUBLISHED)
)
_HAS_PUBLISHED: Final = (
    select(Claim.id).where(Claim.desk_id == Desk.id, PUBLISHED).correlate(Desk).exists()
)
_DESKS: Final = (
    select(Desk.slug, Desk.name).where(_HAS_PUBLISHED).order_by(Desk.name).limit(MOST_DESKS)
)
_SIGNATURES: Final = (
    select(
        Verdict.id,
        Desk.name.label("desk"),
        Verdict.origin,
        Verdict.publisher,
        Verdict.correction_kind,
    )
    .join(Desk, Desk.id == Verdict.desk_id)
    .where(is_among(Verdict.id, "these"))
)
_ORDINAL: Final = (
    select(Claim.id, func.row_number().over(order_by=Claim.id).label("ordinal"))
    .where(PUBLISHED)
    .subquery()
)
_STARTS: Final = (
    select(_ORDINAL.c.id)
    .where(_ORDINAL.c.ordinal > 1, _ORDINAL.c.ordinal % bindparam("length") == 1)
    .order_by(_ORDINAL.c.id)
)
_LISTED: Final = (
    select(Claim.id, Claim.verdict["published_at"].as_string().label("modified"))
    .where(PUBLISHED, Claim.id >= bindparam("start"))
    .order_by(Claim.id)
)


def factcheck_document(reader: Reader, claim_id: str) -> str | None:
    """All that is public of a claim on which a verdict was ever published, as JSON."""
    found: str | None = reader.scalar(_FACTCHECK, {"claim": claim_id})
    return found


def publishing_desks(reader: Reader) -> Sequence[AnyRow]:
    """`slug` and `name` of the desks that have published something, by name."""
    return reader.execute(_DESKS).all()


def signatures(reader: Reader, verdict_ids: list[str]) -> dict[str, AnyRow]:
    """By verdict: who answers for it, and whether it corrects another one."""
    return {row.id: row for row in reader.execute(_SIGNATURES, {"these": verdict_ids})}


def sitemap_starts(reader: Reader) -> list[str]:
    """The id that each sitemap begins with; together they have every published claim."""
    return [FIRST_ID, *reader.scalars(_STARTS, {"length": SITEMAP_LENGTH})]


def sitemap_rows(session: Session, start: str) -> Iterator[AnyRow]:
    """`id` and `modified` of the published claims from that id on; none that was retracted."""
    query = _LISTED.limit(SITEMAP_LENGTH)
    options = {"yield_per": ROWS_AT_ONCE}
    rows = session.execute(query, {"start": start}, execution_options=options)
    return (row for row in rows if row.modified is not None)
