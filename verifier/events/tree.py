"""The Merkle tree over the events of all chains: gathered behind the writers' backs, and read.

A chain has no gaps and its events commit in order, so what a tree lacks of a chain is what comes
after the last number that it holds: an event that commits late is the next one, not a missed one.
Nothing that a writer locks is locked here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import func, insert, select, update

from verifier.events.merkle import grown, place_of, root_of, subtrees
from verifier.events.models import Event, EventChain, TreeChain, TreeLeaf, TreeNode
from verifier.kit.db import insert_unless_there

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy.orm import Session

    from verifier.events.merkle import Node
    from verifier.kit.rows import AnyRow

AT_ONCE: Final = 250
"""Events gathered in one transaction: milliseconds, as on SQLite one writes at a time."""
ASKED_AT_ONCE: Final = 1000
LOCK: Final = 0x7472_6565
"""PostgreSQL's advisory lock of whoever gathers."""


def waiting_chains(session: Session) -> Sequence[AnyRow]:
    """The chains with events that the tree does not hold: `id`, and how many it does."""
    gathered = func.coalesce(TreeChain.gathered, 0)
    query = (
        select(EventChain.id, gathered.label("gathered"))
        .outerjoin(TreeChain, TreeChain.chain_id == EventChain.id)
        .where(EventChain.length > gathered)
        .order_by(EventChain.id)
    )
    return session.execute(query).all()


def is_mine(session: Session) -> bool:
    """Whether this transaction is the one that may gather now; the others need not wait for it."""
    if session.get_bind().dialect.name == "postgresql":
        return bool(session.scalar(select(func.pg_try_advisory_xact_lock(LOCK))))
    return True  # SQLite lets one write at a time anyway


def gather(session: Session, at_once: int = AT_ONCE) -> int:
    """Add events that the tree lacks, so many at most, and return how many that were."""
    found: list[AnyRow] = []
    for chain in waiting_chains(session):
        events = (
            select(Event.id, Event.hash, Event.chain_id, Event.seq)
            .where(Event.chain_id == chain.id, Event.seq > chain.gathered)
            .order_by(Event.seq)
            .limit(at_once - len(found))
        )
        found += session.execute(events).all()
        if len(found) == at_once:
            break
    if found:
        _append(session, found)
    return len(found)


def size_of(session: Session) -> int:
    """How many leaves the tree has."""
    last = session.scalar(select(func.max(TreeLeaf.position)))
    return 0 if last is None else last + 1


def root_at(session: Session, size: int) -> bytes:
    """The root over the first leaves, from the subtrees' stored hashes."""
    return root_of(hashes_of(session, subtrees(0, size)), size)


def hashes_of(session: Session, nodes: Iterable[Node]) -> dict[Node, bytes]:
    """The stored hashes of these complete subtrees; what is not stored is left out."""
    asked = {place_of(node): node for node in nodes}
    places = sorted(asked)
    found: dict[Node, bytes] = {}
    for first in range(0, len(places), ASKED_AT_ONCE):
        some = places[first : first + ASKED_AT_ONCE]
        query = select(TreeNode.place, TreeNode.hash).where(TreeNode.place.in_(some))
        found |= {asked[row.place]: row.hash for row in session.execute(query)}
    return found


def _append(session: Session, events: Sequence[AnyRow]) -> None:
    size = size_of(session)
    leaves = [bytes.fromhex(event.hash) for event in events]
    nodes = grown(hashes_of(session, subtrees(0, size)), size, leaves)
    connection = session.connection()  # rows, not objects: others may be waiting to write
    connection.execute(
        insert(TreeLeaf),
        [{"position": size + n, "event_id": event.id} for n, event in enumerate(events)],
    )
    connection.execute(
        insert(TreeNode),
        [{"place": place_of(node), "hash": value} for node, value in nodes.items()],
    )
    for chain_id, seq in {event.chain_id: event.seq for event in events}.items():
        insert_unless_there(session, TreeChain, chain_id=chain_id, gathered=0)
        chain = update(TreeChain).where(TreeChain.chain_id == chain_id)
        session.execute(chain.values(gathered=seq))
