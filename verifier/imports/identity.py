"""Ids that a record brings: its own where they are free, else ones that follow from them."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING
from uuid import UUID

from verifier.claims.filters import LATEST_ID
from verifier.kit.clock import lowest_id, new_id, now

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

_TIME_BITS = 48
_RANDOM_BITS = 128 - _TIME_BITS


def moved_id(given: str, desk_id: str) -> str:
    """The id in place of one that is taken: always the same in a desk, and as old by its order.

    The time of the id stays; what is random in it follows from both ids (UUIDv8, RFC 9562).
    """
    digest = hashlib.sha256(f"{desk_id}\0{given}".encode()).digest()
    rest = int.from_bytes(digest) & ((1 << _RANDOM_BITS) - 1)
    time = UUID(given).int >> _RANDOM_BITS
    bits = (time << _RANDOM_BITS) | rest
    bits = bits & ~(0xF << 76) | (0x8 << 76)
    return str(UUID(int=bits & ~(0x3 << 62) | (0x2 << 62)))


def free_id(given: str | None, desk_id: str, taken: Collection[str]) -> str:
    """The id itself where it is free; a new one where there is none."""
    if given is None:
        return new_id()
    for candidate in (given, moved_id(given, desk_id)):
        if candidate not in taken:
            return candidate
    return new_id()


def is_as_old(given: str, created_at: datetime | None) -> bool:
    """Whether the id is one of that time, which has come: lists take the order of ids for it."""
    moment = now()
    created_at = created_at or moment
    first, last = created_at - LATEST_ID, min(created_at, moment) + LATEST_ID
    return lowest_id(first) <= given < lowest_id(last)
