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


def event_hash(
    *,
    chain: str,
    seq: int,
    at: datetime,
    type: str,  # noqa: A002
    actor: str | None,
    subject: tuple[str, str],
    thread: str | None,
    data: str,
    salt: str,
    previous: str,
) -> str:
    """The hash of one event, 64 hex digits."""
    header = {
        "chain": chain,
        "seq": seq,
        "at": rfc3339(at),
        "type": type,
        "actor": actor,
        "subject": list(subject),
        "thread": thread,
        "data": commitment(salt, data),
        "previous": previous,
    }
    return hashlib.sha256(LEAF + canonical(header).encode()).hexdigest()


def _plain(value: Any) -> str:
    if hasattr(value, "hour"):
        return rfc3339(value)
    return str(value.isoformat())
