"""The proof of a claim's history: its events, and how each is in the log's newest checkpoint.

Every event is counted, to everybody. What a reader may not see is a bare hash: its header is left
out, and so are its data and the salt without which nobody can tell them from others.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import orjson
from sqlalchemy import select

from verifier.accounts.permissions import sees
from verifier.claims.queries import find_visible
from verifier.events.audit_chains import header_text
from verifier.events.chain import stored_commitment
from verifier.events.checkpoints import checkpoint_document, newest_checkpoint
from verifier.events.merkle import inclusion_ranges, needed, proof
from verifier.events.models import Event, TreeLeaf
from verifier.events.tree import hashes_of
from verifier.kit.pagination import fetch_page
from verifier.reviews.history import (
    ORDER,
    PUBLIC_CHANGES,
    PUBLIC_TYPES,
    confidential_pieces,
    hidden_subjects,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy.orm import Session

    from verifier.accounts.actor import Actor
    from verifier.kit.pagination import PageRequest
    from verifier.kit.rows import AnyRow

PUBLIC_MEMBERS: Final = frozenset(("changes", "by", "digest"))
OPEN_CHANGES: Final = frozenset((*PUBLIC_CHANGES, "scale_version"))


class Sight(NamedTuple):
    """What the reader may see of an event: its header, and its data too."""

    header: bool
    data: bool


class Proof(NamedTuple):
    """A page of events, one more than it holds, how to show one, and the checkpoint they are in."""

    rows: Sequence[AnyRow]
    show: Callable[[AnyRow], dict[str, Any]]
    checkpoint: dict[str, Any] | None


def proof_page(session: Session, actor: Actor, claim_id: str, page: PageRequest) -> Proof:
    """The claim's events in order, with their inclusion proofs against the newest checkpoint."""
    claim = find_visible(session, actor, claim_id)
    newest = newest_checkpoint(session)
    query = (
        select(*Event.__table__.columns, TreeLeaf.position)
        .outerjoin(TreeLeaf, TreeLeaf.event_id == Event.id)
        .where(Event.thread_id == claim_id)
    )
    rows = fetch_page(session, query, ORDER, page)
    size = newest.size if newest is not None else 0
    paths = _paths(session, [row.position for row in rows], size)
    see = _sight(session, actor, claim)
    show = partial(_shown, see=see, paths=paths)
    return Proof(rows, show, checkpoint_document(newest) if newest is not None else None)


def _paths(session: Session, positions: Sequence[int | None], size: int) -> dict[int, list[str]]:
    """By position of a leaf, its proof; of those that are within the tree of this size."""
    ranges = {
        position: inclusion_ranges(position, size)
        for position in positions
        if position is not None and position < size
    }
    nodes = {node for each in ranges.values() for node in needed(each)}
    hashes = hashes_of(session, nodes)
    return {
        position: [value.hex() for value in proof(hashes, each)]
        for position, each in ranges.items()
    }


def _sight(session: Session, actor: Actor, claim: AnyRow) -> Callable[[AnyRow], Sight]:
    if not sees(actor, claim.desk_id):
        return _public_sight
    kept_back = set() if claim.desk_id in actor.roles else confidential_pieces(session, claim.id)
    hidden = hidden_subjects(session, actor, [claim.id])
    return partial(_colleagues_sight, hidden=hidden, kept_back=kept_back)


def _public_sight(row: AnyRow) -> Sight:
    """What was published, replaced or retracted, if its data say nothing else."""
    if row.type not in PUBLIC_TYPES:
        return Sight(header=False, data=False)
    data = orjson.loads(row.data)
    is_public = data.keys() <= PUBLIC_MEMBERS and data["changes"].keys() <= OPEN_CHANGES
    return Sight(header=True, data=is_public)


def _colleagues_sight(row: AnyRow, *, hidden: set[str], kept_back: set[str]) -> Sight:
    if row.subject_id in kept_back:
        return Sight(header=False, data=False)
    cited = orjson.loads(row.data).get("evidence", ())
    return Sight(header=True, data=row.subject_id not in hidden and kept_back.isdisjoint(cited))


def _shown(
    row: AnyRow, *, see: Callable[[AnyRow], Sight], paths: dict[int, list[str]]
) -> dict[str, Any]:
    sight = see(row)
    path = paths.get(row.position)
    commitment = stored_commitment(row.salt, row.data) or ""
    is_erased = not row.salt
    return {
        "hash": row.hash,
        "position": row.position if path is not None else None,
        "inclusion": path,
        "header": header_text(row, commitment) if sight.header else None,
        "data": row.data if sight.data and not is_erased else None,
        "salt": row.salt if sight.data and not is_erased else None,
    }
