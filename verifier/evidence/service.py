"""Attaching evidence to claims, correcting it, and taking it back with a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func, select

from verifier.accounts.permissions import ABSENT, Permission, demand, holds
from verifier.claims.appearances import anchored, source_in_desk
from verifier.claims.loading import load_claim, touch
from verifier.claims.service import NO_EVIDENCE
from verifier.claims.trail import record_on_claim
from verifier.claims.workflow import allowed_on
from verifier.evidence.models import Evidence
from verifier.kit.clock import new_id, now
from verifier.kit.errors import Conflict, NotFound
from verifier.snapshots.models import Snapshot
from verifier.snapshots.service import newest_copy

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from verifier.accounts.actor import Actor
    from verifier.claims.models import Claim
    from verifier.kit.answers import IfMatch
    from verifier.sources.models import Source

STANCES: Final = ("supports", "refutes", "context")
CLOSED: Final = ("rejected", "duplicate")


class ClaimIsClosed(Conflict):
    """The claim was rejected or marked a duplicate; an editor can reopen it."""


class EvidenceIsWithdrawn(Conflict):
    """This piece of evidence was withdrawn and stays as it was. Attach it anew if it holds."""


class EvidenceIsPublished(Conflict):
    """A verdict that was published cites this piece, so it stands as it is.

    Withdraw it with a reason, attach the better one, and publish a correction.
    """


def attach_evidence(
    session: Session,
    actor: Actor,
    claim_id: str,
    *,
    source: str,
    stance: str,
    note: str = "",
    quote: dict[str, Any] | None = None,
    confidential: bool = False,
) -> Evidence:
    """Attach a passage of one of the desk's sources, or the source as a whole."""
    claim = load_claim(session, actor, claim_id, Permission.EVIDENCE_ATTACH)
    if claim.status in CLOSED:
        message = f"This claim is {claim.status}; reopen it first."
        told = {"current": claim.status, "allowed": allowed_on(actor, claim)}
        raise ClaimIsClosed(message, **told)
    publication = source_in_desk(session, claim.desk_id, source, "/source")
    selector = anchored(publication, quote, "/quote")
    moment = now()
    evidence = Evidence(
        id=new_id(), claim_id=claim.id, source_id=publication.id, stance=stance, note=note,
        confidential=confidential, added_by=actor.account_id, created_at=moment,
        updated_at=moment, **selector, **pin(session, publication, selector),
    )  # fmt: skip
    session.add(evidence)
    record_on_claim(session, actor, claim, "evidence.attached", evidence)
    _recount(session, claim)
    return evidence


def update_evidence(
    session: Session, actor: Actor, evidence_id: str, *, if_match: IfMatch, **members: Any
) -> Evidence:
    """Correct stance, quote, note or confidentiality; who attached it may, and reviewers."""
    claim, evidence = load_evidence(session, actor, evidence_id)
    _demand_own_or_reviewer(actor, claim, evidence)
    if_match.check(evidence.version)
    _refuse_withdrawn(evidence)
    if evidence.published_at is not None:
        message = "A published verdict cites this piece of evidence; withdraw it instead."
        raise EvidenceIsPublished(message, current="published", allowed=["withdraw"])
    if "quote" in members:
        publication = source_in_desk(session, claim.desk_id, evidence.source_id, "/source")
        selector = anchored(publication, members.pop("quote"), "/quote")
        members |= selector | pin(session, publication, selector)
    for name, value in members.items():
        setattr(evidence, name, value)
    evidence.updated_at = now()
    record_on_claim(session, actor, claim, "evidence.edited", evidence)
    _recount(session, claim)
    return evidence


def withdraw_evidence(
    session: Session, actor: Actor, evidence_id: str, *, reason: str, if_match: IfMatch
) -> Evidence:
    """Say that this piece should not have counted, and why. It stays readable."""
    claim, evidence = load_evidence(session, actor, evidence_id)
    _demand_own_or_reviewer(actor, claim, evidence)
    if_match.check(evidence.version)
    _refuse_withdrawn(evidence)
    evidence.withdrawn_by, evidence.withdrawn_reason = actor.account_id, reason
    evidence.withdrawn_at = evidence.updated_at = now()
    record_on_claim(session, actor, claim, "evidence.withdrawn", evidence)
    _recount(session, claim)
    return evidence


def pin(session: Session, source: Source, selector: dict[str, Any]) -> dict[str, str | None]:
    """The copy of the source that the quote rests on, by its hash; nulls where there is none yet.

    That is the snapshot that the text is from. Where a person entered the text, it is the newest
    copy, if the quoted words stand in it.
    """
    copy = (
        session.get(Snapshot, source.text_snapshot_id)
        if source.text_snapshot_id is not None
        else newest_copy(session, source.id, holding=selector["exact"])
    )
    return {
        "snapshot_id": copy.id if copy else None,
        "snapshot_sha256": copy.sha256 if copy else None,
    }


def load_evidence(session: Session, actor: Actor, evidence_id: str) -> tuple[Claim, Evidence]:
    """The evidence with its claim, both held until the transaction ends."""
    found = session.get(Evidence, evidence_id)
    if found is None:
        raise NotFound(ABSENT)
    claim = load_claim(session, actor, found.claim_id, None)
    session.refresh(found)
    confidential, shared = Permission.EVIDENCE_CONFIDENTIAL, Permission.EVIDENCE_READ
    if not holds(actor, confidential if found.confidential else shared, claim.desk_id):
        raise NotFound(ABSENT)
    return claim, found


def _demand_own_or_reviewer(actor: Actor, claim: Claim, evidence: Evidence) -> None:
    demand(actor, Permission.EVIDENCE_ATTACH, claim.desk_id)
    if evidence.added_by != actor.account_id:
        demand(actor, Permission.CLAIM_TRIAGE, claim.desk_id)


def _refuse_withdrawn(evidence: Evidence) -> None:
    if evidence.withdrawn_at is not None:
        message = "This piece of evidence was withdrawn; attach it anew if it holds."
        raise EvidenceIsWithdrawn(message, current="withdrawn", allowed=[])


def _recount(session: Session, claim: Claim) -> None:
    """Bring the claim's counts up to date: for its desk, and without what is confidential."""
    counted = (
        select(Evidence.stance, Evidence.confidential, func.count())
        .where(Evidence.claim_id == claim.id, Evidence.withdrawn_at.is_(None))
        .group_by(Evidence.stance, Evidence.confidential)
    )
    counts = {kind: dict(stances) for kind, stances in NO_EVIDENCE.items()}
    for stance, confidential, number in session.execute(counted):
        counts["all"][stance] += number
        counts["shared"][stance] += 0 if confidential else number
    claim.evidence = counts
    touch(claim)
    session.flush()
