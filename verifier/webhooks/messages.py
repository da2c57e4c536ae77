"""What endpoints are told of an event: made once, and then the same bytes for everybody.

Of what is published, all that the public sees; of everything else the ids, by which who has a
token reads on, and the claim. Never confidential evidence, drafts' texts, reviews, or notes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import orjson
from sqlalchemy import select

from verifier.accounts.actor import ANONYMOUS
from verifier.accounts.models import Desk
from verifier.claims.models import Claim
from verifier.claims.queries import CLAIMANT
from verifier.events.checkpoints import checkpoint_document, newest_checkpoint
from verifier.events.models import Event
from verifier.evidence.models import Evidence
from verifier.exports.claimreview import review
from verifier.exports.queries import published_records
from verifier.kit.clock import rfc3339
from verifier.kit.columns import json_object, json_text
from verifier.reviews.models import Correction
from verifier.reviews.queries import verdict_documents
from verifier.webhooks.types import MATCHED, PUBLIC

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sqlalchemy.orm import Session

    from verifier.kit.rows import AnyRow

COLUMNS: Final = (
    Event.id, Event.seq, Event.at, Event.type, Event.subject_type, Event.subject_id,
    Event.thread_id, Event.hash, Event.data,
)  # fmt: skip
VERDICT: Final = (
    "id", "rating", "label", "value", "best", "worst", "normalised", "title", "summary",
    "explanation", "language", "state", "origin", "publisher", "correction", "retracted_reason",
    "published_at", "url",
)  # fmt: skip
PATHS: Final = {
    "claim": "claims", "evidence": "evidence", "source": "sources", "snapshot": "snapshots",
    "verdict": "verdicts", "webhook": "webhooks", "import": "imports",
    "subscription": "match-subscriptions",
}  # fmt: skip
"""Where subjects of a kind are read."""
_CLAIM: Final = json_object(
    id=Claim.id,
    desk=Desk.slug,
    text=Claim.text,
    claimant=CLAIMANT,
    language=Claim.language,
    topics=Claim.topics,
    status=Claim.status,
    rating=Claim.rating,
    published_at=Claim.published_at,
)


def bodies(session: Session, events: Sequence[AnyRow], *, public_url: str) -> dict[str, str]:
    """The body for each of a desk's events, by its id; none for what is confidential."""
    kept_back = _confidential(session, events)
    told = [event for event in events if event.subject_id not in kept_back]
    about = {event.id: _about(event) for event in told}
    claims = _claims(session, {claim for claim, _ in about.values() if claim})
    published = _published(session, {each for _, each in about.values() if each}, public_url)
    newest = newest_checkpoint(session)
    checkpoint = newest and checkpoint_document(newest) | {"at": rfc3339(newest.at)}
    found = {}
    for event in told:
        claim, verdict = about[event.id]
        data = _told(event, claims.get(claim), public_url)
        if verdict is not None:
            data |= published[verdict]
        found[event.id] = _dump(event, data | {"checkpoint": checkpoint})
    return found


def _about(event: AnyRow) -> tuple[str | None, str | None]:
    """The claim that it is about, and the verdict that everybody may see."""
    if event.type == MATCHED:
        match = orjson.loads(event.data)
        return match["claim"], match["verdict"]
    return event.thread_id, event.subject_id if event.type in PUBLIC else None


def _dump(event: AnyRow, data: dict[str, Any]) -> str:
    body = {"type": event.type, "timestamp": rfc3339(event.at), "data": data}
    return orjson.dumps(body).decode()


def _told(event: AnyRow, claim: dict[str, Any] | None, public_url: str) -> dict[str, Any]:
    kind, subject = event.subject_type, event.subject_id
    where = f"{public_url}/v1/{PATHS[kind]}/{subject}" if kind in PATHS else None
    if claim is not None:
        is_public = claim["published_at"] is not None
        page = f"{public_url}/factchecks/{claim['id']}" if is_public else None
        claim = {**claim, "api": f"{public_url}/v1/claims/{claim['id']}", "page": page}
    return {
        "event": {"id": event.id, "seq": event.seq, "hash": event.hash},
        "subject": {"type": kind, "id": subject, "api": where},
        "claim": claim,
    }


def _published(
    session: Session, verdict_ids: Collection[str], public_url: str
) -> dict[str, dict[str, Any]]:
    """Of each verdict how everybody sees it now, and the ClaimReview if it is the one in force."""
    if not verdict_ids:
        return {}
    documents = verdict_documents(session, ANONYMOUS, verdict_ids)
    records = published_records(session, {each["claim"] for each in documents.values()})
    reviews = {
        record["verdict"]["id"]: review(record, public_url=public_url).document
        for record in records
        if record["verdict"] is not None
    }
    successors = _successors(session, verdict_ids)
    told = {}
    for verdict_id in verdict_ids:
        document = documents.get(verdict_id)
        told[verdict_id] = {
            "verdict": document and {name: document[name] for name in VERDICT},
            "replaced_by": successors.get(verdict_id),
            "claimreview": reviews.get(verdict_id),
        }
    return told


def _successors(session: Session, verdict_ids: Collection[str]) -> dict[str, str | None]:
    replaced = Correction.verdict_id.in_(verdict_ids)
    query = select(Correction.verdict_id, Correction.replaced_by_id).where(replaced)
    return {row.verdict_id: row.replaced_by_id for row in session.execute(query)}


def _claims(session: Session, ids: set[str]) -> dict[str | None, dict[str, Any]]:
    query = (
        select(Claim.id, json_text(_CLAIM).label("document"))
        .join(Desk, Desk.id == Claim.desk_id)
        .where(Claim.id.in_(ids))
    )
    return {row.id: orjson.loads(row.document) for row in session.execute(query)}


def _confidential(session: Session, events: Sequence[AnyRow]) -> set[str]:
    pieces = {event.subject_id for event in events if event.subject_type == "evidence"}
    query = select(Evidence.id).where(Evidence.id.in_(pieces), Evidence.confidential)
    return set(session.scalars(query)) if pieces else set()
