"""A search of what is published, as Google's Fact Check Tools API answers it."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from verifier.accounts.actor import ANONYMOUS
from verifier.claimsearch.queries import first_of_each, newest, reviews_of
from verifier.exports.claimreview import page_of
from verifier.fulltext.lookup import dialect_of
from verifier.fulltext.reach import reach_of
from verifier.reviews.standing import site_of
from verifier.search.matching import find_matches

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from verifier.claimsearch.filters import Filters
    from verifier.claimsearch.tokens import PageTokens
    from verifier.kit.rows import AnyRow, Reader
    from verifier.search.semantic import Semantic

DEPTH: Final = 200
"""How many claims are ranked for a question; paging ends with them."""
LEAST_SCORE: Final = 0.15
"""Below this a claim has hardly a word of what was asked."""


class Page(NamedTuple):
    """Where in which search: `offset` counts where there is no token."""

    tokens: PageTokens
    size: int
    token: str | None
    offset: int


class Found(NamedTuple):
    """Numbers of what a page shows, and the token of the page that follows."""

    numbers: Sequence[int]
    next_token: str | None


def search(
    reader: Reader,
    query: str,
    filters: Filters,
    page: Page,
    *,
    public_url: str,
    semantic: Semantic | None = None,
) -> dict[str, Any]:
    """A page of claims with their reviews; without a query those of a site, newest first."""
    if query:
        found = _ranked(reader, query, filters, page, semantic)
    else:
        found = _newest(reader, filters, page)
    rows = reviews_of(reader, found.numbers, filters) if found.numbers else ()
    return _given(claims=_claims(found.numbers, rows, public_url), nextPageToken=found.next_token)


def _ranked(
    reader: Reader, query: str, filters: Filters, page: Page, semantic: Semantic | None
) -> Found:
    if page.token is not None:
        numbers = page.tokens.rest(page.token)
    else:
        reach = reach_of(reader, ANONYMOUS, query, language=filters.language)
        reach = reach._replace(only=filters.only(dialect_of(reader)))
        ranked = find_matches(reader, reach, query, semantic, most=DEPTH)
        likely = [each.claim_id for each in ranked[:DEPTH] if each.score >= LEAST_SCORE]
        numbers = first_of_each(reader, likely, filters)[page.offset :]
    rest = numbers[page.size :]
    return Found(numbers[: page.size], page.tokens.of_rest(rest) if rest else None)


def _newest(reader: Reader, filters: Filters, page: Page) -> Found:
    after = page.tokens.place(page.token) if page.token is not None else None
    offset = page.offset if after is None else 0
    places = newest(reader, filters, after, offset + page.size + 1)[offset:]
    shown = places[: page.size]
    more = len(places) > page.size
    return Found([each.number for each in shown], page.tokens.of_place(shown[-1]) if more else None)


def _claims(
    numbers: Iterable[int], rows: Iterable[AnyRow], public_url: str
) -> list[dict[str, Any]]:
    """In the order of the numbers; what has been retracted meanwhile is not among the rows."""
    reviews: dict[int, list[AnyRow]] = defaultdict(list)
    for row in rows:
        reviews[row.shown].append(row)
    return [_claim(reviews[number], public_url) for number in numbers if number in reviews]


def _claim(reviews: Sequence[AnyRow], public_url: str) -> dict[str, Any]:
    shown = next((row for row in reviews if row.is_shown), reviews[0])
    days = [row.claimed_on for row in (shown, *reviews) if row.claimed_on]
    return _given(
        text=shown.text,
        claimant=shown.claimant_name,
        claimDate=f"{days[0].isoformat()}T00:00:00Z" if days else None,
        claimReview=[_review(row, public_url) for row in reviews],
    )


def _review(row: AnyRow, public_url: str) -> dict[str, Any]:
    verdict = row.verdict
    url = verdict.get("url") or page_of(row.id, public_url)
    publisher = row.publisher if row.origin == "imported" else row.name
    return _given(
        publisher=_given(name=publisher, site=site_of(url)),
        url=url,
        title=verdict.get("title"),
        reviewDate=_second(verdict["published_at"]),
        textualRating=verdict.get("label"),
        languageCode=verdict.get("language"),
    )


def _given(**members: Any) -> dict[str, Any]:
    """Members that are empty are left out."""
    return {name: value for name, value in members.items() if value}


def _second(moment: str) -> str:
    """To the second, as the readers of such dates expect it."""
    return datetime.fromisoformat(moment).strftime("%Y-%m-%dT%H:%M:%SZ")
