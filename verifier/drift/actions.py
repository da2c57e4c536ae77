"""What a person makes of a quote that a source no longer bears out, and what settles it unasked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update

from verifier.accounts.permissions import ABSENT, Permission
from verifier.claims.appearances import anchored, source_in_desk
from verifier.claims.loading import load_claim
from verifier.claims.models import Appearance
from verifier.claims.trail import record_on_claim
from verifier.drift.models import QuoteCheck
from verifier.drift.service import OPEN, mark_drifted, settle, show_standings, shown
from verifier.events.erasure import ERASED_TEXT
from verifier.events.service import on
from verifier.evidence.models import Evidence
from verifier.evidence.service import load_evidence, update_evidence
from verifier.kit.answers import IfMatch
from verifier.kit.clock import now
from verifier.kit.errors import Conflict, Invalid, NotFound

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from verifier.accounts.actor import Actor
    from verifier.claims.models import Claim
    from verifier.sources.models import Source


class NothingToSettle(Conflict):
    """This check is not open: the quote stood, or somebody or a later snapshot has settled it."""


def act_on_check(
    session: Session,
    actor: Actor,
    check_id: str,
    *,
    action: str,
    if_match: IfMatch,
    comment: str | None = None,
    quote: dict[str, Any] | None = None,
) -> None:
    """Keep the quote as it was archived, or give it its place in the source's present text."""
    of = session.scalar(select(QuoteCheck.claim_id).where(QuoteCheck.id == check_id))
    if of is None:
        raise NotFound(ABSENT)
    claim = load_claim(session, actor, of, Permission.CLAIM_TRIAGE)
    check = session.scalars(select(QuoteCheck).where(QuoteCheck.id == check_id)).one()
    subject = _subject(session, actor, check)
    if_match.check(check.version)
    if check.state != "open":
        message = "This check is not open; there is nothing to settle."
        raise NothingToSettle(message, current="settled", allowed=[])
    if action == "reanchor":
        _reanchor(session, actor, claim, check, subject, quote)
    settled = "kept" if action == "keep" else "reanchored"
    who = {"settled_by": actor.account_id, "comment": comment}
    settle(session, [check.subject_id], settled, **who)
    mark_drifted(session, [claim.id])
    told = {"check": check.id, "how": settled, "comment": comment}
    if action == "reanchor":
        place = {"outcome": "exact", "score": 1.0, "start": subject.start, "end": subject.end}
        show_standings(session, [(subject, shown(check) | place)])
    record_on_claim(session, actor, claim, f"{check.subject_type}.drift_settled", subject, **told)


@on("evidence.edited")
def settle_changed(session: Session, _actor: Actor, evidence: Evidence) -> None:
    """A quote that was taken anew, from the snapshot in question, is settled."""
    opened = select(QuoteCheck).where(QuoteCheck.subject_id == evidence.id, OPEN)
    check = session.scalar(opened)
    if check is not None and check.snapshot_id == evidence.snapshot_id:
        _forget(session, evidence, "changed")


@on("evidence.withdrawn")
def settle_withdrawn(session: Session, _actor: Actor, evidence: Evidence) -> None:
    """What does not count any more needs no checking."""
    _forget(session, evidence, "removed")


@on("appearance.removed")
def settle_removed(session: Session, _actor: Actor, appearance: Appearance) -> None:
    """What is gone needs no checking."""
    _forget(session, appearance, "removed")


@on("evidence.erased", "appearance.erased")
def forget_erased(session: Session, _actor: Actor, row: Evidence | Appearance) -> None:
    """Where a quote was erased, what was found of it in newer copies is erased, too."""
    if row.exact is None:
        _forget(session, row, "removed")
        checks = update(QuoteCheck).where(QuoteCheck.subject_id == row.id)
        session.execute(checks.values(exact=ERASED_TEXT, found=None))
        row.standing = None


def _forget(session: Session, row: Evidence | Appearance, how: str) -> None:
    settle(session, [row.id], how)
    mark_drifted(session, [row.claim_id])


def _reanchor(  # noqa: PLR0917  (the quote, and all that it hangs on)
    session: Session,
    actor: Actor,
    claim: Claim,
    check: QuoteCheck,
    subject: Appearance | Evidence,
    quote: dict[str, Any] | None,
) -> None:
    source = source_in_desk(session, claim.desk_id, subject.source_id, "/source")
    found = quote or _passage(source, check)
    if isinstance(subject, Evidence):
        update_evidence(session, actor, subject.id, if_match=IfMatch(None), quote=found)
        return
    for name, value in anchored(source, found, "/quote").items():
        setattr(subject, name, value)
    subject.updated_at = now()
    record_on_claim(session, actor, claim, "appearance.reanchored", subject)


def _passage(source: Source, check: QuoteCheck) -> dict[str, Any]:
    """What is most like the quote, in the snapshot that is the source's text."""
    if source.text_snapshot_id != check.snapshot_id:
        message = "The source's text is not from this snapshot; send the quote to anchor it by."
        raise Invalid.member("/quote", message)
    if check.start is None or source.text is None:
        message = "Nothing like it was found in this snapshot; send the quote to anchor it by."
        raise Invalid.member("/quote", message)
    return {"exact": source.text[check.start : check.end], "start": check.start}


def _subject(session: Session, actor: Actor, check: QuoteCheck) -> Appearance | Evidence:
    if check.subject_type == "evidence":
        return load_evidence(session, actor, check.subject_id)[1]
    return session.get_one(Appearance, check.subject_id)
