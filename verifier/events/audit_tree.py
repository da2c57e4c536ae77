"""Checking the tree: that its leaves are the events, its nodes follow from them, its heads too."""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select

from verifier.events.audit_checkpoints import stored_heads
from verifier.events.findings import Finding, streamed
from verifier.events.merkle import grown, place_of, places_of, root_of, subtrees
from verifier.events.models import Event, EventChain, TreeChain, TreeLeaf, TreeNode
from verifier.events.tree import hashes_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy.orm import Session

    from verifier.events.audit_checkpoints import Head
    from verifier.events.findings import Progress
    from verifier.events.merkle import Node
    from verifier.kit.rows import AnyRow

AT_ONCE: Final = 4096


@dataclass(slots=True)
class Walk:
    """A walk along the leaves, now at `size`: the frontier's hashes, how far each chain is.

    `head` is the next root that must come out, `heads` are those after it.
    """

    size: int
    frontier: dict[Node, bytes]
    gathered: dict[str, int]
    heads: Iterator[Head]
    head: Head | None


def wrong_tree(
    session: Session, progress: Progress, starts: Mapping[str, int], base: int, kept: Sequence[Head]
) -> Iterator[Finding]:
    """The first thing that is wrong with the tree beyond its first `base` leaves.

    `starts` are the numbers with which each chain goes on there, `kept` are heads from elsewhere.
    """
    frontier = hashes_of(session, subtrees(0, base))
    if len(frontier) < len(subtrees(0, base)):
        yield Finding(f"the tree's first {base} leaves", "some of their nodes were deleted")
        return
    heads = heapq.merge(sorted(kept), stored_heads(session, base))
    gathered = {chain: first - 1 for chain, first in starts.items()}
    walk = Walk(base, frontier, gathered, heads, next(heads, None))
    yield from _pass_heads(walk, frontier, base)
    leaves = _leaves(session, base)
    while some := list(islice(leaves, AT_ONCE)):
        fault = next(_misplaced(walk, some), None) or next(_grow(session, walk, some), None)
        if fault is not None:
            yield fault
            return
        progress(len(some))
    yield from _left_over(session, walk)


def _misplaced(walk: Walk, leaves: Sequence[AnyRow]) -> Iterator[Finding]:
    for place, leaf in enumerate(leaves, walk.size):
        if leaf.position != place:
            yield Finding(f"position {place} of the tree", "it is empty: a leaf was deleted")
            return
        if leaf.hash is None:
            yield Finding(f"position {place} of the tree", "its event was deleted")
            return
        follows = walk.gathered.get(leaf.chain_id, 0) + 1
        if leaf.seq != follows:
            where = f"event {leaf.event_id} (chain {leaf.chain_id}, number {leaf.seq}) in the tree"
            yield Finding(where, f"number {follows} of its chain should stand at its place")
            return
        walk.gathered[leaf.chain_id] = leaf.seq


def _grow(session: Session, walk: Walk, leaves: Sequence[AnyRow]) -> Iterator[Finding]:
    """Let the walk go on by these leaves."""
    begin, end = walk.size, walk.size + len(leaves)
    added = grown(walk.frontier, begin, [bytes.fromhex(leaf.hash) for leaf in leaves])
    stored = _stored_hashes(session, begin, end)
    for node in sorted(added, key=place_of):
        if stored.get(place_of(node)) != added[node]:
            yield _wrong_node(node, leaves, begin)
            return
    known = walk.frontier | added
    yield from _pass_heads(walk, known, end)
    walk.size, walk.frontier = end, {node: known[node] for node in subtrees(0, end)}


def _pass_heads(walk: Walk, known: Mapping[Node, bytes], end: int) -> Iterator[Finding]:
    while walk.head is not None and walk.head.size <= end:
        head, walk.head = walk.head, next(walk.heads, None)
        if root_of(known, head.size) != head.root:
            detail = f"the first {head.size} events are not those that it was made of"
            yield Finding(head.where, f"{detail}: the trail was rewritten")


def _wrong_node(node: Node, leaves: Sequence[AnyRow], begin: int) -> Finding:
    level, number = node
    if level:
        where = f"hash {place_of(node)} of the tree"
        return Finding(where, "it does not follow from the events below it")
    leaf = leaves[number - begin]
    where = f"event {leaf.event_id} (chain {leaf.chain_id}, number {leaf.seq})"
    return Finding(where, f"it is not the event that position {number} of the tree was made of")


def _left_over(session: Session, walk: Walk) -> Iterator[Finding]:
    if walk.head is not None:
        detail = f"it counts {walk.head.size} events, but only {walk.size} are here"
        yield Finding(walk.head.where, f"{detail}: the tail was cut")
    surplus = session.scalar(select(func.max(TreeNode.place)))
    if surplus is not None and surplus >= places_of(walk.size):
        yield Finding(f"hash {surplus} of the tree", "no event belongs to it")
    counted = select(TreeChain.chain_id, TreeChain.gathered, EventChain.length).outerjoin(
        EventChain, EventChain.id == TreeChain.chain_id
    )
    for chain in session.execute(counted.order_by(TreeChain.chain_id)):
        if not chain.gathered == walk.gathered.get(chain.chain_id, 0) <= (chain.length or 0):
            detail = f"the tree counts {chain.gathered} events of it, which are not those it holds"
            yield Finding(f"chain {chain.chain_id}", detail)


def starts_beyond(session: Session, base: int) -> dict[str, int]:
    """For each chain the number of its first event that is not among the tree's first leaves."""
    if not base:
        return {}
    gathered = select(EventChain.id, func.coalesce(TreeChain.gathered, 0)).outerjoin(
        TreeChain, TreeChain.chain_id == EventChain.id
    )
    later = (
        select(Event.chain_id, func.min(Event.seq))
        .join(TreeLeaf, TreeLeaf.event_id == Event.id)
        .where(TreeLeaf.position >= base)
        .group_by(Event.chain_id)
    )
    starts = {chain: number + 1 for chain, number in session.execute(gathered)}
    return starts | {chain: number for chain, number in session.execute(later)}  # noqa: C416


def _leaves(session: Session, base: int) -> Iterator[AnyRow]:
    query = (
        select(TreeLeaf.position, TreeLeaf.event_id, Event.chain_id, Event.seq, Event.hash)
        .outerjoin(Event, Event.id == TreeLeaf.event_id)
        .where(TreeLeaf.position >= base)
        .order_by(TreeLeaf.position)
    )
    return streamed(session, query)


def _stored_hashes(session: Session, begin: int, end: int) -> dict[int, bytes]:
    """By place, those of the subtrees that came with the leaves from `begin` to `end`."""
    query = select(TreeNode.place, TreeNode.hash).where(
        TreeNode.place >= places_of(begin), TreeNode.place < places_of(end)
    )
    return {row.place: row.hash for row in session.execute(query)}
