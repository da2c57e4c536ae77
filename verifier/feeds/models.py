"""The indexes that feeds go along: no table of their own, only ways into those below."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Index

from verifier.events.models import Event
from verifier.kit.columns import only_where
from verifier.reviews.models import Verdict

IN_FORCE: Final = "state = 'published'"
RETRACTED: Final = "state = 'retracted'"
CORRECTING: Final = "correction_kind IS NOT NULL AND published_at IS NOT NULL"
SHOWING: Final = (
    "type IN ('appearance.added', 'appearance.changed', 'appearance.erased', "
    "'appearance.reanchored', 'appearance.removed', 'claim.edited', 'claim.erased', "
    "'desk.updated', 'evidence.erased', 'source.erased', 'source.read', 'source.updated', "
    "'verdict.erased', 'verdict.imported', 'verdict.published', 'verdict.restored', "
    "'verdict.retracted')"
)
"""Events after which a feed may read otherwise than before, in the words of their index.

A new way to publish, or to change what a feed shows, belongs in here, and in a new index.
"""

Index("ix_events_showing", Event.chain_id, Event.seq, **only_where(SHOWING))
for _first in (None, "desk_id", "rating", "language"):
    Index(
        f"ix_verdicts_feed_{_first or 'all'}",
        *([getattr(Verdict, _first)] if _first else []),
        Verdict.published_at,
        Verdict.id,
        **only_where(IN_FORCE),
    )
for _first in (None, "desk_id"):
    _leading = [getattr(Verdict, _first)] if _first else []
    Index(
        f"ix_verdicts_retracted_{_first or 'all'}",
        *_leading,
        Verdict.updated_at,
        Verdict.id,
        **only_where(RETRACTED),
    )
    Index(
        f"ix_verdicts_correcting_{_first or 'all'}",
        *_leading,
        Verdict.published_at,
        Verdict.id,
        **only_where(CORRECTING),
    )
