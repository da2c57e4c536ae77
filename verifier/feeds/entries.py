"""A verdict's moment as an entry: published, corrected, retracted.

A fact-check is one entry for good, named by its claim: a correction moves its `updated`. Each
correction and each retraction is an entry of its own among the corrections.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID, uuid5

import orjson
from markupsafe import Markup

from verifier.accounts.scales import find_rating, shown_rating
from verifier.exports.validity import is_language_tag
from verifier.feeds.atom import Category, DeletedEntry, Entry, Link
from verifier.feeds.queries import CORRECTION, GONE, PUBLISHED, RETRACTION
from verifier.kit.clock import rfc3339
from verifier.kit.languages import tongue
from verifier.kit.markdown import rendered
from verifier.kit.weblinks import is_web_address

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from verifier.kit.rows import AnyRow

JSON_LD: Final = "application/ld+json"
MOST_REMEMBERED: Final = 100
_ABOUT: Final = Markup("<div%s><blockquote%s>%s</blockquote>%s</div>")
_VERDICT: Final = Markup("<p><strong>%s</strong></p>%s")
_CORRECTED: Final = Markup('<p><del datetime="%s">%s</del> <ins datetime="%s">%s</ins></p>')
_RETRACTED: Final = Markup('<p><del datetime="%s">%s</del></p>')
_NOTE: Final = Markup("<p>%s</p>")


def entry(row: AnyRow, public_url: str) -> Entry | DeletedEntry:
    """The row of `queries.moments_page` as what its kind of feed shows."""
    return _KINDS[row.kind](row, public_url)


def _published(row: AnyRow, public_url: str) -> Entry:
    told = _VERDICT % (_label(row), rendered(row.explanation))
    return _entry(
        row,
        public_url,
        id=_urn(row.claim_id),
        published=_first_published(row),
        summary=row.summary,
        content=_content(row, told),
        categories=[_rating(row, public_url), *(Category(topic) for topic in row.topics)],
    )


def _gone(row: AnyRow, _public_url: str) -> DeletedEntry:
    return DeletedEntry(
        ref=_urn(row.claim_id),
        when=row.updated_at,
        comment=row.retracted_reason or "",
        language=_language(row),
    )


def _corrected(row: AnyRow, public_url: str) -> Entry:
    before, after = rfc3339(row.published_before), rfc3339(row.at)
    moved = _CORRECTED % (before, _label_before(row), after, _label(row))
    return _entry(
        row,
        public_url,
        id=_urn(row.id),
        published=row.at,
        summary=row.correction_note,
        content=_content(row, _NOTE % row.correction_note + moved),
        categories=[
            _kind(row.correction_kind, public_url),
            _rating(row, public_url),
            Category(row.rating_before, f"{_corrections(public_url)}#before", _label_before(row)),
        ],
    )


def _retracted(row: AnyRow, public_url: str) -> Entry:
    reason = row.retracted_reason or ""
    taken_back = _RETRACTED % (rfc3339(row.at), _label(row))
    return _entry(
        row,
        public_url,
        # The retracted verdict may have been a correction, which has its own id as its entry's.
        id=_urn(str(uuid5(UUID(row.id), RETRACTION))),
        published=row.at,
        summary=reason,
        content=_content(row, _NOTE % reason + taken_back),
        categories=[
            _kind(RETRACTION, public_url),
            Category(row.rating, f"{_corrections(public_url)}#before", _label(row)),
        ],
    )


_KINDS: Final[dict[str, Callable[[AnyRow, str], Entry | DeletedEntry]]] = {
    PUBLISHED: _published,
    GONE: _gone,
    CORRECTION: _corrected,
    RETRACTION: _retracted,
}


def _entry(row: AnyRow, public_url: str, **members: Any) -> Entry:
    is_ours = row.origin != "imported"
    url = row.desk_url if is_ours else row.publisher_url
    return Entry(
        title=row.title or row.text,
        # An imported verdict is never put into the desk's mouth.
        author=row.desk_name if is_ours else row.publisher or "?",
        author_url=url if is_web_address(url) else None,
        language=_language(row),
        updated=row.at,
        links=_links(row, public_url),
        **members,
    )


def _links(row: AnyRow, public_url: str) -> list[Link]:
    """The article, or else the page of this service; what a program reads; whence it was taken."""
    page = f"{public_url}/factchecks/{row.claim_id}"
    elsewhere = row.url if is_web_address(row.url) else None
    links = [Link("alternate", elsewhere or page, "text/html", _language(row))]
    if elsewhere:
        links.append(Link("related", page, "text/html"))
    if elsewhere and row.origin == "imported":
        links.append(Link("via", elsewhere, "text/html"))
    return [*links, Link("related", f"{public_url}/v1/claims/{row.claim_id}", JSON_LD)]


def _content(row: AnyRow, told: Markup) -> str:
    spoken = tongue(_language(row), row.title or row.summary)
    return _ABOUT % (spoken, tongue(row.claim_language, row.text), row.text, told)


def _rating(row: AnyRow, public_url: str) -> Category:
    """Filed under the desk's scale, unless it is a publisher's own that the scale does not know."""
    is_known = find_rating(_scale(row.ratings), row.rating) is not None
    scheme = f"{public_url}/v1/desks/{row.desk}/rating-scale" if is_known else None
    return Category(row.rating, scheme, _label(row))


def _kind(kind: str, public_url: str) -> Category:
    return Category(kind, f"{_corrections(public_url)}#kind")


def _corrections(public_url: str) -> str:
    return f"{public_url}/feeds/corrections.atom"


def _label(row: AnyRow) -> str:
    return _labelled(row.ratings, row.rating, row.language, row.given_rating)


def _label_before(row: AnyRow) -> str:
    return _labelled(row.ratings_before, row.rating_before, row.language, row.given_before)


def _labelled(ratings: str, slug: str, language: str | None, given: dict[str, Any] | None) -> str:
    label: str = shown_rating(_scale(ratings), slug, language, given)["label"]
    return label


@lru_cache(MOST_REMEMBERED)
def _scale(ratings: str) -> list[dict[str, Any]]:
    """The entries of a page share a scale or two."""
    scale: list[dict[str, Any]] = orjson.loads(ratings)
    return scale


def _language(row: AnyRow) -> str | None:
    return row.language if is_language_tag(row.language) else None


def _first_published(row: AnyRow) -> datetime:
    """Of somebody else's review we know only when it was published itself."""
    published: datetime = row.published_at
    if row.origin == "imported" or row.first_published_at is None:
        return published
    first: datetime = row.first_published_at
    return min(first, published)


def _urn(uuid: str) -> str:
    """The same wherever this service is moved to."""
    return f"urn:uuid:{uuid}"
