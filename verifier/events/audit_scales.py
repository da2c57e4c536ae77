"""Checking the rating scales: every version of each desk's against the event that brought it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import select

from verifier.accounts.models import Desk, RatingScale
from verifier.events.findings import Finding
from verifier.events.models import Event

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session


def differing_scales(session: Session) -> Iterator[Finding]:
    """Scales that differ from their event, scales without one, and events without their scale.

    A desk's first scale may have none: there are desks whose first event did not give it yet.
    """
    told = _told(session)
    query = select(RatingScale.desk_id, RatingScale.version, RatingScale.ratings)
    for desk_id, version, ratings in session.execute(query.order_by(*query.selected_columns[:2])):
        where = f"version {version} of the rating scale of desk {desk_id}"
        if (desk_id, version) in told:
            if told.pop((desk_id, version)) != ratings:
                yield Finding(where, "its ratings are not what its event says")
        elif version > 1:
            yield Finding(where, "no event tells of it")
    for desk_id, version in sorted(told):
        where = f"version {version} of the rating scale of desk {desk_id}"
        yield Finding(where, "its row was deleted")


def _told(session: Session) -> dict[tuple[str, int], Any]:
    query = select(Event.subject_id, Event.data).where(Event.subject_type == Desk.__subject__)
    found = ((desk_id, orjson.loads(data)) for desk_id, data in session.execute(query))
    return {
        (desk_id, data["changes"]["scale_version"]): data["ratings"]
        for desk_id, data in found
        if "ratings" in data
    }
