"""Checking the trail: its chains, its tree, its checkpoints, and the records it tells of."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from verifier.events.audit_chains import broken_links, headless_chains
from verifier.events.audit_checkpoints import bad_checkpoints, kept_head
from verifier.events.audit_rows import audited_models, differing_rows
from verifier.events.audit_scales import differing_scales
from verifier.events.audit_tree import starts_beyond, wrong_tree
from verifier.events.audit_values import UNREADABLE, unreadable_row
from verifier.events.checkpoints import known_keys, newest_checkpoint
from verifier.events.findings import Finding
from verifier.events.models import Event, EventChain
from verifier.events.tree import size_of

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping, Sequence

    from sqlalchemy.orm import Session

    from verifier.events.audit_checkpoints import Head, Kept
    from verifier.events.findings import Progress

AT_ONCE: Final = 500


def findings(
    session: Session,
    progress: Progress = lambda _: None,
    *,
    kept: Kept | None = None,
    fast: bool = False,
) -> Generator[Finding]:
    """Everything that does not hold; memory does not grow with the trail.

    `kept` is a checkpoint from elsewhere, which must hold too. A fast check begins there, or at the
    newest checkpoint that is stored: what is older is taken as the tree's stored hashes have it.

    The rows are compared only with a trail that is whole: a broken one tells nothing for sure.
    """
    try:
        yield from _found(session, progress, kept, fast=fast)
    except UNREADABLE:
        unreadable = unreadable_row(session)
        if unreadable is None:
            raise
        yield unreadable


def _found(
    session: Session, progress: Progress, kept: Kept | None, *, fast: bool
) -> Generator[Finding]:
    head = kept_head(kept, size_of(session)) if kept else None
    if isinstance(head, Finding):
        yield head
        return
    base = _base(session, head) if fast else 0
    starts = starts_beyond(session, base)
    whole = True
    for finding in _of_the_trail(session, progress, starts, base, [head] if head else []):
        whole = False
        yield finding
    if whole:
        yield from differing_scales(session)
        yield from _of_the_rows(session, progress, starts if fast else None)


def _base(session: Session, head: Head | None) -> int:
    if head is not None:
        return head.size
    newest = newest_checkpoint(session)
    return newest.size if newest is not None else 0


def _of_the_trail(
    session: Session,
    progress: Progress,
    starts: Mapping[str, int],
    base: int,
    kept: Sequence[Head],
) -> Iterator[Finding]:
    whole = True
    if not base:
        for finding in headless_chains(session):
            whole = False
            yield finding
    for chain in session.scalars(select(EventChain).order_by(EventChain.id)).all():
        for finding in broken_links(session, chain, progress, starts.get(chain.id, 1)):
            whole = False
            yield finding
    if whole:
        yield from wrong_tree(session, progress, starts, base, kept)
        yield from bad_checkpoints(session, known_keys(session), base)


def _of_the_rows(
    session: Session, progress: Progress, starts: Mapping[str, int] | None
) -> Iterator[Finding]:
    if starts is None:
        for model in audited_models():
            yield from differing_rows(session, model, progress)
        return
    touched = _touched(session, starts)
    for model in audited_models():
        ids = sorted(touched[model.__subject__])
        for first in range(0, len(ids), AT_ONCE):
            yield from differing_rows(session, model, progress, ids[first : first + AT_ONCE])


def _touched(session: Session, starts: Mapping[str, int]) -> defaultdict[str, set[str]]:
    """By kind, the ids of the subjects that the chains tell of from these numbers on."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for chain in session.scalars(select(EventChain.id)).all():
        query = select(Event.subject_type, Event.subject_id).where(
            Event.chain_id == chain, Event.seq >= starts.get(chain, 1)
        )
        for subject, subject_id in session.execute(query.distinct()):
            found[subject].add(subject_id)
    return found
