"""Ids that a record brings: its own where they are free, else ones that follow from them."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING
from uuid import UUID

from verifier.kit.clock import new_id

if TYPE_CHECKING:
    from collections.abc import Collection

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
