"""The public shapes of checkpoints and proofs."""

from __future__ import annotations

from typing import Any, Final

from marshmallow import Schema, fields

from verifier.kit.fields import WholeParameter

MOST_LEAVES: Final = 2**31 - 1
HEX: Final = "64 hex digits"


class CheckpointDocument(Schema):
    """The head of the tree over the events of all desks."""

    origin = fields.String(
        required=True, allow_none=True, metadata={"description": "The log's name."}
    )
    size = fields.Integer(required=True, metadata={"description": "How many events it holds."})
    root = fields.String(required=True, metadata={"description": f"Its root, {HEX}."})
    note = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "The signed note that says so; null where no key is set up."},
    )
    at = fields.DateTime(required=True)


class LogKey(Schema):
    """A public key that checkpoints were signed with."""

    key = fields.String(required=True, metadata={"description": "`name+id+base64`."})
    added_at = fields.DateTime(required=True)


class NewestCheckpoint(CheckpointDocument):
    """The newest checkpoint, and every key that ever signed one, the oldest first."""

    keys = fields.List(fields.Nested(LogKey), required=True)


class ConsistencyQuery(Schema):
    """Two sizes of the tree."""

    older = WholeParameter(0, MOST_LEAVES, required=True, data_key="from")
    newer = WholeParameter(
        0,
        MOST_LEAVES,
        data_key="to",
        metadata={"description": "The newest checkpoint's size if nothing is said."},
    )


class ConsistencyProof(Schema):
    """That the tree of the newer size begins with that of the older (RFC 9162, section 2.1.4)."""

    older = fields.Integer(required=True, data_key="from")
    newer = fields.Integer(required=True, data_key="to")
    from_root = fields.String(required=True)
    to_root = fields.String(required=True)
    proof = fields.List(fields.String(), required=True)


class ProvenEvent(Schema):
    """An event of a claim. What is not yours to see of it is null; its hash is there for all."""

    hash = fields.String(required=True, metadata={"description": f"The leaf's hash, {HEX}."})
    position = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "Which leaf of the tree it is; null if it is not in it yet."},
    )
    inclusion = fields.List(
        fields.String(),
        required=True,
        allow_none=True,
        metadata={"description": "The hashes that lead from it to the checkpoint's root."},
    )
    header = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "The text that was hashed, after a zero byte."},
    )
    data = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "The text whose hash, after the salt, is the header's `data`."},
    )
    salt = fields.String(required=True, allow_none=True)


class ClaimProof(Schema):
    """A page of a claim's events, and the checkpoint that they are in."""

    claim = fields.UUID(required=True)
    checkpoint = fields.Nested(CheckpointDocument, required=True, allow_none=True)
    items = fields.List(fields.Nested(ProvenEvent), required=True)
    next = fields.String(required=True, allow_none=True)


ORIGIN: Final = "checks.example.org"
KEY: Final = f"{ORIGIN}+e0337a55+AbHXVR9KUwx4rAFJYVXLX4A7LkVd6hVoG5aSFrxe2CWU"
CHECKPOINT: Final[dict[str, Any]] = {
    "origin": ORIGIN,
    "size": 2,
    "root": "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "note": f"{ORIGIN}\n2\n+sVCA+fMaWzw38tCySodnbr3CtnmIfS9jZhmLwDjwSU=\n\n— {ORIGIN} 4DN6VQ…=\n",
    "at": "2026-11-26T09:30:00.000000Z",
}
NEWEST: Final[dict[str, Any]] = {
    **CHECKPOINT,
    "keys": [{"key": KEY, "added_at": "2026-11-26T09:30:00.000000Z"}],
}
CONSISTENCY: Final[dict[str, Any]] = {
    "from": 1,
    "to": 2,
    "from_root": "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "to_root": CHECKPOINT["root"],
    "proof": ["96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"],
}
PROVEN: Final[dict[str, Any]] = {
    "hash": "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "position": 0,
    "inclusion": ["96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"],
    "header": None,
    "data": None,
    "salt": None,
}
