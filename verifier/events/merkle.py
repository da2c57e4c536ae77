"""Merkle trees as Certificate Transparency has them (RFC 6962, RFC 9162 section 2.1): pure rules.

A tree over n leaves is made of complete subtrees, each named by its level and number: (0, i) is
leaf i, (k, j) stands above leaves j·2^k to (j+1)·2^k. A complete subtree never changes as the tree
grows, so its hash is kept once. Roots and proofs follow from O(log n) of them.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    Node = tuple[int, int]
    Range = tuple[int, int]

LEAF: Final = b"\x00"
NODE: Final = b"\x01"
EMPTY_ROOT: Final = hashlib.sha256().digest()


def leaf_hash(content: bytes) -> bytes:
    """The hash of a leaf with this content."""
    return hashlib.sha256(LEAF + content).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of what stands above two subtrees."""
    return hashlib.sha256(NODE + left + right).digest()


def subtrees(begin: int, end: int) -> list[Node]:
    """The complete subtrees that leaves `begin` to `end` fall into, the largest first.

    `begin` is a multiple of a power of two that is no less than their number, as in every range
    that a tree is split into.
    """
    found = []
    while begin < end:
        level = (end - begin).bit_length() - 1
        found.append((level, begin >> level))
        begin += 1 << level
    return found


def place_of(node: Node) -> int:
    """The subtree's number in the order in which all subtrees become complete, from 0 on.

    So kept, hashes are only ever added at the end, and each lot of leaves adds one stretch.
    """
    level, number = node
    last = ((number + 1) << level) - 1
    return places_of(last) + level


def places_of(size: int) -> int:
    """How many complete subtrees there are in a tree of so many leaves."""
    return 2 * size - size.bit_count()


def range_hash(hashes: Mapping[Node, bytes], begin: int, end: int) -> bytes:
    """The hash over leaves `begin` to `end`, from those of their complete subtrees."""
    *others, last = subtrees(begin, end)
    found = hashes[last]
    for node in reversed(others):
        found = node_hash(hashes[node], found)
    return found


def root_of(hashes: Mapping[Node, bytes], size: int) -> bytes:
    """The root over the first leaves, from the hashes of `subtrees(0, size)`."""
    return range_hash(hashes, 0, size) if size else EMPTY_ROOT


def grown(hashes: Mapping[Node, bytes], size: int, leaves: Sequence[bytes]) -> dict[Node, bytes]:
    """The complete subtrees that these leaves' hashes add to a tree, the leaves among them.

    `hashes` holds those of `subtrees(0, size)`.
    """
    added: dict[Node, bytes] = {(0, size + n): leaf for n, leaf in enumerate(leaves)}
    end, level = size + len(leaves), 1
    while end >> level:
        for number in range(size >> level, end >> level):
            left, right = (level - 1, 2 * number), (level - 1, 2 * number + 1)
            added[level, number] = node_hash(added.get(left) or hashes[left], added[right])
        level += 1
    return added


def inclusion_ranges(index: int, size: int) -> list[Range]:
    """The ranges whose hashes prove that leaf `index` is in a tree, from the leaf up."""
    begin, end, found = 0, size, []
    while end - begin > 1:
        middle = begin + _split(end - begin)
        if index < middle:
            found.append((middle, end))
            end = middle
        else:
            found.append((begin, middle))
            begin = middle
    return found[::-1]


def consistency_ranges(first: int, second: int) -> list[Range]:
    """The ranges whose hashes prove that a tree of `second` leaves begins with one of `first`."""
    if first in (0, second):
        return []
    begin, end, found = 0, second, []
    while first != end:
        middle = begin + _split(end - begin)
        if first <= middle:
            found.append((middle, end))
            end = middle
        else:
            found.append((begin, middle))
            begin = middle
    if begin:
        found.append((begin, end))
    return found[::-1]


def needed(ranges: Sequence[Range]) -> Iterator[Node]:
    """The complete subtrees that the hashes of these ranges are made of."""
    for begin, end in ranges:
        yield from subtrees(begin, end)


def proof(hashes: Mapping[Node, bytes], ranges: Sequence[Range]) -> list[bytes]:
    """The hashes of the ranges: a proof in the order of the standard."""
    return [range_hash(hashes, begin, end) for begin, end in ranges]


def is_included(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether the path proves that the leaf is at `index` in the tree with this root (2.1.3.2)."""
    if not 0 <= index < size:
        return False
    ranges = inclusion_ranges(index, size)
    if len(ranges) != len(path):
        return False
    found = leaf
    for (begin, _), sibling in zip(ranges, path, strict=True):
        found = node_hash(found, sibling) if begin > index else node_hash(sibling, found)
    return found == root


def is_consistent(
    first: int, second: int, path: Sequence[bytes], first_root: bytes, second_root: bytes
) -> bool:
    """Whether the path proves that the second tree begins with the first (2.1.4.2)."""
    if not 0 <= first <= second:
        return False
    if first == second:
        return not path and first_root == second_root
    if first == 0:
        return not path and first_root == EMPTY_ROOT
    ranges = consistency_ranges(first, second)
    given = list(path)
    if first & (first - 1) == 0:  # the older tree is a complete subtree, whose hash is known
        ranges, given = [(0, first), *ranges], [first_root, *given]
    if len(ranges) != len(given):
        return False
    older = newer = given[0]
    for (begin, _), sibling in zip(ranges[1:], given[1:], strict=True):
        if begin < first:
            older, newer = node_hash(sibling, older), node_hash(sibling, newer)
        else:
            newer = node_hash(newer, sibling)
    return older == first_root and newer == second_root


def _split(size: int) -> int:
    """The largest power of two below the size."""
    return 1 << ((size - 1).bit_length() - 1)
