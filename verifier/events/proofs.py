"""Checking a saved proof by itself, without a database: what it says of a claim's events holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import orjson

from verifier.events.chain import commitment, header_hash
from verifier.events.merkle import is_included
from verifier.events.notes import Note, NoteUnreadable, TreeHead

if TYPE_CHECKING:
    from collections.abc import Sequence

    from verifier.events.notes import VerifierKey

SHAPE: Final = "This is no proof as GET /v1/claims/{id}/proof gives it"


class ProofInvalid(ValueError):
    """The proof does not hold; the message names the first thing that is wrong."""


@dataclass(frozen=True, slots=True)
class Proven:
    """What a proof shows: so many events in a log of this head, some of them readable."""

    claim: str
    head: TreeHead | None
    signed_by: tuple[VerifierKey, ...]
    included: int
    readable: int
    pending: int
    is_whole: bool


def check_proof(document: Any, keys: Sequence[VerifierKey]) -> Proven:
    """What the proof shows. Raises `ProofInvalid`.

    Where keys are given, one of them must have signed its checkpoint.
    """
    try:
        return _checked(document, keys)
    except (KeyError, TypeError, AttributeError, IndexError, ValueError) as error:
        if isinstance(error, ProofInvalid):
            raise
        message = f"{SHAPE}: {error!r}"
        raise ProofInvalid(message) from None


def _checked(document: Any, keys: Sequence[VerifierKey]) -> Proven:
    claim = str(UUID(document["claim"]))
    head: TreeHead | None = None
    signers: tuple[VerifierKey, ...] = ()
    if document["checkpoint"] is not None:
        head, signers = _head(document["checkpoint"], keys)
    positions: set[int] = set()
    readable = pending = 0
    for number, item in enumerate(document["items"], 1):
        where = f"event {number} of {len(document['items'])}"
        if item["header"] is not None:
            _check_header(item, claim, where)
            readable += 1
        elif item["data"] is not None:
            raise ProofInvalid(f"{where}: it has data, but no header that commits to them")
        if item["position"] is None:
            pending += 1
            continue
        if head is None:
            raise ProofInvalid(f"{where}: there is no checkpoint that it could be in")
        path = [bytes.fromhex(each) for each in item["inclusion"]]
        leaf = bytes.fromhex(item["hash"])
        if not is_included(leaf, item["position"], head.size, path, head.root):
            raise ProofInvalid(f"{where}: its path does not lead to the checkpoint's root")
        if item["position"] in positions:
            raise ProofInvalid(f"{where}: it is there twice")
        positions.add(item["position"])
    whole = document["next"] is None
    return Proven(claim, head, signers, len(positions), readable, pending, whole)


def _head(checkpoint: Any, keys: Sequence[VerifierKey]) -> tuple[TreeHead, tuple[VerifierKey, ...]]:
    if checkpoint["note"] is None:
        if keys:
            raise ProofInvalid("its checkpoint is not signed")
        return TreeHead("", int(checkpoint["size"]), bytes.fromhex(checkpoint["root"])), ()
    try:
        note = Note.read(checkpoint["note"])
        head = TreeHead.read(note.text)
    except NoteUnreadable as error:
        raise ProofInvalid(f"its checkpoint: {error}") from None
    if checkpoint["size"] != head.size or checkpoint["root"] != head.root.hex():
        raise ProofInvalid("its checkpoint says something else than its note")
    signers = tuple(note.signers(keys))
    if keys and not signers:
        raise ProofInvalid("none of the keys has signed its checkpoint")
    return head, signers


def _check_header(item: Any, claim: str, where: str) -> None:
    if header_hash(item["header"]) != item["hash"]:
        raise ProofInvalid(f"{where}: its header does not have its hash")
    header = orjson.loads(item["header"])
    if claim != header["thread"]:
        raise ProofInvalid(f"{where}: it is none of this claim's")
    if item["data"] is not None and header["data"] != commitment(item["salt"], item["data"]):
        raise ProofInvalid(f"{where}: its data are not those that its header commits to")
