"""Which index a page of claims goes along, by its filters and its sort.

SQLite keeps no statistics, and would take any index that fits: it is told this one. PostgreSQL
decides for itself. What the index does not hold is looked up beside the way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection


class Along(NamedTuple):
    """An index; `by_status` where each status has a stretch of its own in the wanted order."""

    name: str | None
    by_status: bool = False


class Way(NamedTuple):
    """Through a desk's claims, through all that is published, through what one desk published."""

    desk: Along
    public: Along
    public_desk: Along


def _status_first(name: str, *, public_desk: Along) -> Way:
    return Way(
        Along(f"ix_claims_desk_status_{name}", by_status=True),
        Along(f"ix_claims_published_status_{name}", by_status=True),
        public_desk,
    )


def _of_a_desk(name: str, public_desk: str) -> Way:
    """For what only a desk and its partners see, or what a published claim of any desk has."""
    public = Along(f"ix_claims_published_{name}")
    return Way(Along(f"ix_claims_desk_{name}"), public, Along(public_desk))


_PUBLISHED_BY_DESK: Final = Along("ix_claims_published_desk_id_status", by_status=True)
_BY_UPDATE: Final = _status_first(
    "updated_at", public_desk=Along("ix_claims_published_desk_id_updated_at")
)
_INSIDE: Final = Along(None)
"""Nobody goes there: only a desk and its partners see what the list is about."""
FEW: Final = {
    "found": Way(Along(None), Along(None), Along(None)),
    "source": Way(Along(None), Along(None), Along(None)),
    "claimant": _of_a_desk("claimant_key", "ix_claims_desk_claimant_key"),
    "assignee": Way(Along("ix_claims_desk_assignee_id_status", by_status=True), _INSIDE, _INSIDE),
    "topic": Way(
        Along("ix_claim_topics_desk", by_status=True),
        Along("ix_claim_topics_public", by_status=True),
        Along("ix_claim_topics_public_desk", by_status=True),
    ),
}
"""Filters that leave few claims as a rule, which are sorted where the sort is another one."""
SORTS: Final = {
    "updated_at": _BY_UPDATE,
    "priority": Way(Along("ix_claims_desk_status_priority", by_status=True), _INSIDE, _INSIDE),
    "due_at": Way(Along("ix_claims_desk_status_due_at", by_status=True), _INSIDE, _INSIDE),
    # Only the public pages sort so, and they show what is published.
    "published_at": Way(
        Along(None),
        Along("ix_claims_published_published_at"),
        Along("ix_claims_published_desk_id_published_at"),
    ),
}
FILTERS: Final = {
    "rating": _of_a_desk("rating", "ix_claims_desk_rating"),
    "normalised": _of_a_desk("normalised", "ix_claims_desk_normalised"),
    "updated_after": _BY_UPDATE,
    "language": _status_first(
        "language", public_desk=Along("ix_claims_published_desk_id_language")
    ),
    "status": Way(
        Along("ix_claims_desk_status"), Along("ix_claims_published_status"), _PUBLISHED_BY_DESK
    ),
}
"""For lists in the order of creation; the first that there is."""
WHOLE: Final = Way(Along("ix_claims_desk"), Along("ix_claims_published"), _PUBLISHED_BY_DESK)


def way_of(filters: Collection[str], sort: str) -> tuple[str, Way]:
    """The way and the filter or sort that it goes by."""
    few = next((name for name in FEW if name in filters), None)
    if few is not None:
        return few, FEW[few]
    if sort in SORTS:
        return sort, SORTS[sort]
    by = next((name for name in FILTERS if name in filters), sort)
    return by, FILTERS.get(by, WHOLE)
