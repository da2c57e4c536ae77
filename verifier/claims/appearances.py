"""Where a claim was made: a quote anchored in a source's text."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select
from sqlalchemy.orm import undefer

from verifier.accounts.permissions import ABSENT, Permission, demand
from verifier.claims.anchoring import QuoteAmbiguous, QuoteNotFound, anchor
from verifier.claims.loading import load_claim, touch
from verifier.claims.models import Appearance, Claim
from verifier.claims.trail import record_on_claim
from verifier.kit.clock import new_id, now
from verifier.kit.errors import InputFault, Invalid, NotFound
from verifier.sources.models import Source

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from verifier.accounts.actor import Actor
    from verifier.kit.answers import IfMatch


class QuoteNotFoundInSource(Invalid):
    """The quote does not stand in the source's text as it was given.

    `candidates` lists the places where `exact` stands with another prefix, suffix or start;
    `nearest` is a passage that differs only in white space, quotation marks, dashes or case.
    Quotes are compared character by character: nothing is anchored to a lookalike.
    """

    title = "The quote was not found"

    @classmethod
    def slug(cls) -> str:
        return "quote-not-found"


class QuoteAmbiguousInSource(Invalid):
    """The quote stands in the source more than once; `candidates` lists the places.

    Send one of them back as it is, or add `prefix`, `suffix` or `start`.
    """

    title = "The quote is ambiguous"

    @classmethod
    def slug(cls) -> str:
        return "quote-ambiguous"


def add_appearance(
    session: Session,
    actor: Actor,
    claim: Claim,
    *,
    source: str,
    quote: dict[str, Any] | None = None,
    first: bool = False,
    pointer: str = "",
) -> Appearance:
    """Say that the claim was made there. `first` marks the earliest place known; there is one."""
    publication = source_in_desk(session, claim.desk_id, source, f"{pointer}/source")
    selector = anchored(publication, quote, f"{pointer}/quote")
    moment = now()
    if first:
        _unmark_first(session, actor, claim)
    appearance = Appearance(
        id=new_id(), claim_id=claim.id, source_id=publication.id, first=first,
        created_by=actor.account_id, created_at=moment, updated_at=moment, **selector,
    )  # fmt: skip
    session.add(appearance)
    record_on_claim(session, actor, claim, "appearance.added", appearance)
    return appearance


def remove_appearance(
    session: Session, actor: Actor, appearance_id: str, *, if_match: IfMatch
) -> None:
    """Take back that a claim was made there; the trail keeps that it had been said.

    Who added it may, and any reviewer of the desk.
    """
    of = session.scalar(select(Appearance.claim_id).where(Appearance.id == appearance_id))
    if of is None:
        raise NotFound(ABSENT)
    claim = load_claim(session, actor, of, Permission.CLAIM_SUBMIT)
    appearance = session.get(Appearance, appearance_id)
    if appearance is None:
        raise NotFound(ABSENT)
    if_match.check(appearance.version)
    if appearance.created_by != actor.account_id:
        demand(actor, Permission.CLAIM_TRIAGE, claim.desk_id)
    record_on_claim(session, actor, claim, "appearance.removed", appearance, removed=True)
    session.execute(delete(Appearance).where(Appearance.id == appearance.id))
    touch(claim)
    session.flush()


def source_in_desk(session: Session, desk_id: str, source_id: str, pointer: str) -> Source:
    """The desk's source with its text, which stays as it is until the transaction ends."""
    query = select(Source).where(Source.id == source_id, Source.desk_id == desk_id)
    source = session.scalar(query.options(undefer(Source.text)).with_for_update(read=True))
    if source is None:
        message = "This is not the id of a source of this desk."
        raise Invalid.member(pointer, message)
    return source


def anchored(source: Source, quote: dict[str, Any] | None, pointer: str) -> dict[str, Any]:
    """The quote's selector members for a row.

    A source that has no text yet gives the quote no offsets. Raises `QuoteNotFoundInSource` or
    `QuoteAmbiguousInSource` with the candidates.
    """
    if quote is None:
        return dict.fromkeys(("exact", "prefix", "suffix", "start", "end"))
    if source.text is None:
        given = {name: quote.get(name) for name in ("exact", "prefix", "suffix")}
        return {**given, "start": None, "end": None}
    context = {name: quote.get(name) for name in ("prefix", "suffix", "start")}
    try:
        return asdict(anchor(source.text, quote["exact"], **context))
    except QuoteNotFound as error:
        message = "This quote does not stand in the source's text as given."
        raise QuoteNotFoundInSource(
            [InputFault(pointer, message)],
            candidates=_shown(error.candidates),
            nearest=asdict(error.nearest) if error.nearest else None,
        ) from None
    except QuoteAmbiguous as error:
        more = "" if error.total_is_exact else "at least "
        message = f"This quote stands in the source's text {more}{error.total} times."
        raise QuoteAmbiguousInSource(
            [InputFault(pointer, message)],
            candidates=_shown(error.candidates),
            total=error.total,
        ) from None


def _unmark_first(session: Session, actor: Actor, claim: Claim) -> None:
    marked = select(Appearance).where(Appearance.claim_id == claim.id, Appearance.first)
    for appearance in session.scalars(marked).all():
        appearance.first, appearance.updated_at = False, now()
        record_on_claim(session, actor, claim, "appearance.changed", appearance)


def _shown(quotes: Any) -> list[dict[str, Any]]:
    return [asdict(quote) for quote in quotes]
