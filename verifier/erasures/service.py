"""Erasing text of a claim, of what hangs on it, and of sources: an admin's right, with a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select, update

from verifier.accounts.permissions import ABSENT, Permission
from verifier.claims.loading import load_claim, touch
from verifier.claims.models import Appearance, Claim
from verifier.drift.models import QuoteCheck
from verifier.erasures.rules import COPIED, ERASABLE, Erasable
from verifier.events.erasure import ERASED_TEXT, erase, telling
from verifier.events.models import Event
from verifier.evidence.models import Evidence
from verifier.kit.clock import now
from verifier.kit.errors import Conflict, Invalid, NotFound
from verifier.kit.text import matching_key
from verifier.reviews.models import Recusal, Review, Verdict
from verifier.reviews.reactions import reconsider
from verifier.sources.service import load_source

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.orm import Session

    from verifier.accounts.actor import Actor
    from verifier.kit.answers import IfMatch
    from verifier.sources.models import Source

MODELS: Final[dict[str, Any]] = {
    model.__subject__: model for model in (Claim, Appearance, Evidence, Verdict, Review, Recusal)
}


class NothingToErase(Conflict):
    """Neither the record nor any event about it holds such a text: it never did, or it is gone."""


def erase_on_claim(
    session: Session,
    actor: Actor,
    claim_id: str,
    *,
    members: Sequence[str],
    reason: str,
    if_match: IfMatch,
    subject: dict[str, str] | None = None,
) -> Claim:
    """Erase members of the claim, or of the subject that hangs on it."""
    claim = load_claim(session, actor, claim_id, Permission.TEXT_ERASE)
    if_match.check(claim.version)
    kind = subject["type"] if subject else "claim"
    row: Any = claim if subject is None else _load(session, claim, kind, subject["id"])
    wanted = _erasable(kind, members)
    told = {"reason": reason, "desk_id": claim.desk_id, "thread_id": claim.id}
    # Before the event: what reacts to it makes its own keys of these.
    if kind == "claim" and "text" in members:
        claim.text_key, claim.is_original = matching_key(claim.id), False
    if kind == "claim" and "claimant" in members:
        claim.claimant_key = None
    if not _erase(session, actor, row, wanted, members=members, **told):
        raise NothingToErase("There is nothing of this left to erase.")
    if "comment" in members:
        _erase_check_comments(session, row)
    if kind == "verdict" and set(members) & set(COPIED):
        _erase_copies(session, actor, claim, row, **told)
    touch(claim)
    session.flush()
    reconsider(session, actor, claim.id)
    return claim


def erase_of_source(
    session: Session,
    actor: Actor,
    source_id: str,
    *,
    members: Sequence[str],
    reason: str,
    if_match: IfMatch,
) -> Source:
    """Erase what is known of a source; its text and its copies stay."""
    source = load_source(session, actor, source_id, Permission.TEXT_ERASE, for_update=True)
    if_match.check(source.version)
    told = {"reason": reason, "desk_id": source.desk_id}
    if not _erase(session, actor, source, _erasable("source", members), members=members, **told):
        raise NothingToErase("There is nothing of this left to erase.")
    source.updated_at = now()
    session.flush()
    return source


def _erasable(kind: str, members: Sequence[str]) -> Erasable:
    table = ERASABLE[kind]
    for number, name in enumerate(members):
        if name not in table:
            message = f"Of a {kind} this can be erased: {', '.join(table)}."
            raise Invalid.member(f"/members/{number}", message)
    return Erasable.all_of(table[name] for name in members)


def _erase(session: Session, actor: Actor, row: Any, wanted: Erasable, **told: Any) -> bool:
    tells = telling(wanted.columns, wanted.details)
    if hasattr(row, "updated_at"):
        row.updated_at = now()
    return erase(session, actor, row, wanted.columns, tells=tells, **told)


def _load(session: Session, claim: Claim, kind: str, row_id: str) -> Any:
    """What hangs on the claim; the claim's row, which is held, keeps others from changing it."""
    if kind == "claim":
        found: Any = claim if row_id == claim.id else None
    elif kind == "review":
        query = select(Review).join(Verdict, Verdict.id == Review.verdict_id)
        found = session.scalar(query.where(Review.id == row_id, Verdict.claim_id == claim.id))
    else:
        model = MODELS[kind]
        found = session.scalar(select(model).where(model.id == row_id, model.claim_id == claim.id))
    if found is None and kind == "appearance":
        found = _removed_appearance(session, claim, row_id)
    if found is None:
        raise NotFound(ABSENT)
    return found


def _removed_appearance(session: Session, claim: Claim, row_id: str) -> Appearance | None:
    """One that is there no more, while the trail still holds its quote."""
    told = select(Event.id).where(
        Event.subject_type == "appearance", Event.subject_id == row_id, Event.thread_id == claim.id
    )
    if session.scalar(told.limit(1)) is None:
        return None
    return Appearance(id=row_id, claim_id=claim.id)


def _erase_check_comments(session: Session, row: Any) -> None:
    """What was said on settling how a quote fared stands with the checks, too."""
    said = (QuoteCheck.subject_id == row.id, QuoteCheck.comment.is_not(None))
    session.execute(update(QuoteCheck).where(*said).values(comment=ERASED_TEXT))


def _erase_copies(
    session: Session, actor: Actor, claim: Claim, verdict: Verdict, **told: Any
) -> None:
    """Let the claim say of the verdict what that says itself now, and no event what it said."""
    copy = claim.verdict
    if copy is not None and copy["id"] == verdict.id:
        copy = {**copy, "title": verdict.title, "summary": verdict.summary}

    def tells(data: Mapping[str, Any]) -> bool:
        stated = (data.get("changes", {}), data.get("state", {}))
        copies = [each["verdict"] for each in stated if each.get("verdict")]
        return any(each["id"] == verdict.id for each in copies)

    erase(session, actor, claim, {"verdict": copy}, tells=tells, members=("verdict",), **told)
