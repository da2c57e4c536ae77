"""Reading what is in force: from the newest on, or by claim, and the reviews of what is shown."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from sqlalchemy import bindparam, func, select, tuple_
from sqlalchemy.orm import aliased

from verifier.accounts.models import Desk
from verifier.claims.models import Claim
from verifier.claimsearch.filters import conditions_on
from verifier.claimsearch.tokens import Place
from verifier.kit.columns import Moment
from verifier.reviews.models import Verdict
from verifier.reviews.standing import VerdictInForce

if TYPE_CHECKING:
    from collections.abc import Sequence

    from verifier.claimsearch.filters import Filters
    from verifier.kit.rows import AnyRow, AnySelect, Reader

MOST_REVIEWS: Final = 20
"""Reviews that are shown of one claim: the newest."""


def newest(reader: Reader, filters: Filters, after: Place | None, most: int) -> list[Place]:
    """What counts, newest first, each statement at its newest review: a walk along a site."""
    query = _newest(filters.names, is_first=after is None)
    values = {**filters.values(), "most": most}
    if after is not None:
        values |= {"dated_at": after.dated_at, "number": after.number}
    found = [
        Place(row.dated_at, row.number)
        for site in filters.sites
        for row in reader.execute(query, {**values, "here": site})
    ]
    return sorted(found, reverse=True)[:most]


@cache
def _newest(names: tuple[str, ...], *, is_first: bool) -> AnySelect:
    row, newer = VerdictInForce, aliased(VerdictInForce)
    newest_of_statement = (
        select(newer.number)
        .where(newer.statement_key == row.statement_key, *conditions_on(newer, names))
        .order_by(newer.dated_at.desc(), newer.number.desc())
        .limit(1)
        .correlate(row)
        .scalar_subquery()
    )
    others = tuple(name for name in names if name != "site")
    here = [row.site == bindparam("here"), *conditions_on(row, others)]
    if not is_first:
        place = tuple_(bindparam("dated_at", type_=Moment()), bindparam("number"))
        here.append(tuple_(row.dated_at, row.number) < place)
    query = select(row.dated_at, row.number).where(*here, row.number == newest_of_statement)
    return query.order_by(row.dated_at.desc(), row.number.desc()).limit(bindparam("most"))


def first_of_each(reader: Reader, claim_ids: Sequence[str], filters: Filters) -> list[int]:
    """Of those claims that count, in their order, the first of each statement, by its number."""
    query = select(
        VerdictInForce.claim_id, VerdictInForce.number, VerdictInForce.statement_key
    ).where(VerdictInForce.claim_id.in_(claim_ids), *conditions_on(VerdictInForce, filters.names))
    known = {row.claim_id: row for row in reader.execute(query, filters.values())}
    firsts: dict[str, int] = {}
    for claim_id in claim_ids:
        if claim_id in known:
            firsts.setdefault(known[claim_id].statement_key, known[claim_id].number)
    return list(firsts.values())


def reviews_of(reader: Reader, numbers: Sequence[int], filters: Filters) -> Sequence[AnyRow]:
    """The newest reviews that count of what each of these says, and the rows of these themselves.

    `shown` is the number of the one it belongs to, `is_shown` whether it is that one.
    """
    values = {**filters.values(), "numbers": list(numbers)}
    return reader.execute(_reviews(filters.names), values).all()


@cache
def _reviews(names: tuple[str, ...]) -> AnySelect:
    shown, each = aliased(VerdictInForce), aliased(VerdictInForce)
    nth = func.row_number().over(
        partition_by=shown.number, order_by=(each.dated_at.desc(), each.number.desc())
    )
    found = (
        select(shown.number.label("shown"), (each.number == shown.number).label("is_shown"),
               nth.label("nth"),
               each.claim_id, each.dated_at, each.number)
        .join(each, each.statement_key == shown.statement_key)
        .where(shown.number.in_(bindparam("numbers", expanding=True)), *conditions_on(each, names))
        .subquery()
    )  # fmt: skip
    return (
        select(found.c.shown, found.c.is_shown, Claim.id, Claim.text, Claim.claimant_name,
               Claim.claimed_on, Claim.verdict, Verdict.origin, Verdict.publisher, Desk.name)
        .join(Claim, Claim.id == found.c.claim_id)
        .join(Verdict, (Verdict.claim_id == Claim.id) & (Verdict.state == "published"))
        .join(Desk, Desk.id == Claim.desk_id)
        .where(found.c.nth <= MOST_REVIEWS)
        .order_by(found.c.shown, found.c.dated_at.desc(), found.c.number.desc())
    )  # fmt: skip
