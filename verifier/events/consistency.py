"""That a later checkpoint holds all that an earlier one held, in O(log n) hashes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from verifier.events.checkpoints import newest_checkpoint
from verifier.events.merkle import consistency_ranges, needed, proof, root_of, subtrees
from verifier.events.tree import hashes_of
from verifier.kit.errors import Invalid

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def consistency_proof(session: Session, older: int, newer: int | None) -> dict[str, Any]:
    """The proof as the API gives it; without a newer size, up to the newest checkpoint's."""
    newest = newest_checkpoint(session)
    most = newest.size if newest is not None else 0
    newer = most if newer is None else newer
    if newer > most:
        raise Invalid.member("/to", f"The newest checkpoint is of {most} events.")
    if older > newer:
        raise Invalid.member("/from", f"This is more than the {newer} events of the newer tree.")
    ranges = consistency_ranges(older, newer)
    nodes = {*needed(ranges), *subtrees(0, older), *subtrees(0, newer)}
    hashes = hashes_of(session, nodes)
    return {
        "from": older,
        "to": newer,
        "from_root": root_of(hashes, older).hex(),
        "to_root": root_of(hashes, newer).hex(),
        "proof": [value.hex() for value in proof(hashes, ranges)],
    }
