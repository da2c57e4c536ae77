"""How an event is hashed: pure rules, so that anybody can check a trail without this program.

An event's hash is an RFC 6962 leaf hash, SHA-256(0x00 ‖ header), over a header in canonical JSON
(sorted members, no white space, UTF-8). The header holds the hash before it in the chain and a
commitment to the event's data, SHA-256(salt ‖ data), not the data: they can be erased while the
chain still holds.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Final

import orjson

from verifier.kit.clock import rfc3339

if TYPE_CHECKING:
    from datetime import datetime

GENESIS: Final = "0" * 64
LEAF: Final = b"\x00"
ERASED: Final = "erased"
"""The one member of data that were erased: their commitment."""


def canonical(value: Any) -> str:
    """The one JSON text of a value; moments and dates in ISO 8601."""
    return orjson.dumps(
        value, default=_plain, option=orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_DATETIME
    ).decode()


def sha256(text: str | None) -> str | None:
    """SHA-256 of the text's UTF-8 bytes in hex; None of none."""
    return None if text is None else hashlib.sha256(text.encode()).hexdigest()


def commitment(salt: str, data: str) -> str:
    """SHA-256 over the salt's bytes followed by the data's UTF-8 text, in hex."""
    return hashlib.sha256(bytes.fromhex(salt) + data.encode()).hexdigest()


def stored_commitment(salt: str, data: str) -> str | None:
    """The commitment to an event's data as they are stored, also where they were erased.

    None where they are neither: somebody has edited them.
    """
    try:
        if salt:
            return commitment(salt, data)
        left = str(orjson.loads(data)[ERASED])
    except (ValueError, KeyError, TypeError):
        return None
    return left if data == erased_data(left) else None


def erased_data(commitment: str) -> str:
    """What stands in the place of an event's data once they are erased."""
    return canonical({ERASED: commitment})


def header_of(
    *,
    chain: str,
    seq: int,
    at: datetime,
    type: str,  # noqa: A002
    actor: str | None,
    subject: tuple[str, str],
    thread: str | None,
    commitment: str,
    previous: str,
) -> str:
    """The text that is hashed of an event."""
    return canonical(
        {
            "chain": chain,
            "seq": seq,
            "at": rfc3339(at),
            "type": type,
            "actor": actor,
            "subject": list(subject),
            "thread": thread,
            "data": commitment,
            "previous": previous,
        }
    )


def header_hash(header: str) -> str:
    """An event's hash, 64 hex digits: that of a leaf of the tree (RFC 6962)."""
    return hashlib.sha256(LEAF + header.encode()).hexdigest()


def event_hash(*, data: str, salt: str, **members: Any) -> str:
    """The hash of an event with these data; the other members are those of `header_of`."""
    return header_hash(header_of(commitment=commitment(salt, data), **members))


def _plain(value: Any) -> str:
    if hasattr(value, "hour"):
        return rfc3339(value)
    return str(value.isoformat())
