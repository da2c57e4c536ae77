"""The verdicts in force by what the world looks them up by: publisher's site, language, age.

A row a claim, kept in the transaction that changes the claim. What inserts published claims in bulk
calls `put_in_force` with them.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import idna
from sqlalchemy import ForeignKey, Index, String, delete, insert, select, update
from sqlalchemy.orm import Mapped, mapped_column

from verifier.claims.models import Claim
from verifier.events.service import on
from verifier.fulltext.models import Number
from verifier.fulltext.terms import language_family
from verifier.kit.columns import Id, Moment
from verifier.kit.db import Base

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date

    from sqlalchemy.orm import Session

    from verifier.accounts.actor import Actor

OWN_SITE: Final = ""
"""The site of verdicts that have no address but this service's own page."""
LONGEST_SITE: Final = 253
AT_ONCE: Final = 1000
_NEEDED: Final = ("id", "text_key", "claimant_key", "claimed_on", "verdict")


class VerdictInForce(Base):
    """A claim's verdict in force.

    `statement_key` is the same wherever the same was said by the same claimant; `dated_at` is the
    newer of the days of claim and review. The number is the row's own for as long as it is there.
    """

    __tablename__ = "verdicts_in_force"
    __table_args__ = (
        Index("ix_verdicts_in_force_site", "site", "dated_at", "number"),
        Index("ix_verdicts_in_force_site_language", "site", "language", "dated_at", "number"),
        Index("ix_verdicts_in_force_statement", "statement_key", "dated_at", "number"),
    )

    number: Mapped[int] = mapped_column(Number, primary_key=True)
    claim_id: Mapped[str] = mapped_column(Id, ForeignKey("claims.id"), unique=True)
    statement_key: Mapped[str] = mapped_column(String(64))
    site: Mapped[str | None] = mapped_column(String(LONGEST_SITE))
    language: Mapped[str] = mapped_column(String(8))
    dated_at: Mapped[datetime] = mapped_column(Moment)


def site_of(url: str) -> str | None:
    """The host of an address without `www.`, in A-labels; None where it names none."""
    try:
        host = (urlsplit(url).hostname or "").rstrip(".")
        if not host.isascii():
            host = idna.encode(host, uts46=True).decode()
    except ValueError:
        return None
    return host.removeprefix("www.")[:LONGEST_SITE] or None


@on("claim.verified", "claim.back_in_review", "claim.erased")
def keep_in_force(session: Session, _actor: Actor, claim: Claim) -> None:
    """While a verdict is in force, what the claim says cannot change; it can be erased."""
    this = VerdictInForce.claim_id == claim.id
    if claim.verdict is None:
        session.execute(delete(VerdictInForce).where(this))
        return
    row = _row({name: getattr(claim, name) for name in _NEEDED})
    known = session.scalar(select(VerdictInForce.number).where(this))
    if known is None:
        session.execute(insert(VerdictInForce).values(row))
    else:
        session.execute(update(VerdictInForce).where(this).values(row))


def put_in_force(session: Session, claims: Iterable[Mapping[Any, Any]]) -> None:
    """Add what is in force of claims that have no row yet, by one statement.

    Of each it takes `id`, `text_key`, `claimant_key`, `claimed_on` and `verdict`.
    """
    if rows := [_row(claim) for claim in claims if claim["verdict"]]:
        session.execute(insert(VerdictInForce), rows)


def put_anew(session: Session) -> Iterator[int]:
    """Make all rows from the claims, oldest first; how many claims were looked at, as it goes."""
    session.execute(delete(VerdictInForce))
    columns = (getattr(Claim, name) for name in _NEEDED)
    query = select(*columns).where(Claim.published_at.is_not(None)).order_by(Claim.id)
    query = query.limit(AT_ONCE)
    rows = session.execute(query).mappings().all()
    while rows:
        put_in_force(session, rows)
        yield len(rows)
        rows = session.execute(query.where(Claim.id > rows[-1]["id"])).mappings().all()


def _row(claim: Mapping[Any, Any]) -> dict[str, Any]:
    verdict: dict[str, Any] = claim["verdict"]
    url = verdict.get("url")
    said = f"{claim['text_key']} {claim['claimant_key'] or ''}"
    return {
        "claim_id": claim["id"],
        "statement_key": hashlib.sha256(said.encode()).hexdigest(),
        "site": site_of(url) if url else OWN_SITE,
        "language": language_family(verdict.get("language") or ""),
        "dated_at": _newer(claim["claimed_on"], datetime.fromisoformat(verdict["published_at"])),
    }


def _newer(claimed_on: date | None, reviewed_at: datetime) -> datetime:
    if claimed_on is None:
        return reviewed_at
    return max(reviewed_at, datetime.combine(claimed_on, time(), UTC))
