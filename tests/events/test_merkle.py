"""The tree's rules against the published vectors, another implementation, and any tree at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import InmemoryTree, verify_consistency

from verifier.events import merkle

ENTRIES = [
    bytes.fromhex(entry)
    for entry in (
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]  # fmt: skip
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
"""Certificate Transparency's: the root over the first n entries."""
INCLUSION = {
    (0, 1): [],
    (0, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (2, 3): ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
    (5, 8): [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
}
CONSISTENCY = {
    (1, 1): [],
    (2, 5): [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
    (1, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (6, 8): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
}
LEAVES = [merkle.leaf_hash(entry) for entry in ENTRIES]
MOST = 130
sizes = st.integers(0, MOST)


def tree(leaves):
    return merkle.grown({}, 0, leaves)


def numbered(size):
    return [merkle.leaf_hash(str(n).encode()) for n in range(size)]


BIG = tree(numbered(MOST))


def by_the_standard(leaves):
    """MTH as RFC 9162 defines it."""
    if not leaves:
        return merkle.EMPTY_ROOT
    if len(leaves) == 1:
        return leaves[0]
    half = 1
    while 2 * half < len(leaves):
        half *= 2
    return merkle.node_hash(by_the_standard(leaves[:half]), by_the_standard(leaves[half:]))


@pytest.mark.parametrize("size", range(len(ROOTS)))
def test_roots_are_those_of_certificate_transparency(size):
    assert merkle.root_of(tree(LEAVES[:size]), size).hex() == ROOTS[size]


@pytest.mark.parametrize("case", INCLUSION)
def test_inclusion_proofs_are_those_of_certificate_transparency(case):
    path = merkle.proof(tree(LEAVES), merkle.inclusion_ranges(*case))
    assert [each.hex() for each in path] == INCLUSION[case]
    index, size = case
    assert merkle.is_included(LEAVES[index], index, size, path, bytes.fromhex(ROOTS[size]))


@pytest.mark.parametrize("case", CONSISTENCY)
def test_consistency_proofs_are_those_of_certificate_transparency(case):
    path = merkle.proof(tree(LEAVES), merkle.consistency_ranges(*case))
    assert [each.hex() for each in path] == CONSISTENCY[case]
    assert merkle.is_consistent(*case, path, *(bytes.fromhex(ROOTS[size]) for size in case))


def test_another_implementation_agrees():
    other = InmemoryTree(algorithm="sha256")
    for n in range(40):
        other.append_entry(str(n).encode())
    for size in range(1, 41):
        root = merkle.root_of(BIG, size)
        assert other.get_root(size) == root
        for index in range(size):
            # Theirs holds the leaf, too, and all from left to right.
            theirs = other.prove_inclusion(index + 1, size).path
            ours = merkle.proof(BIG, merkle.inclusion_ranges(index, size))
            assert sorted([*ours, BIG[0, index]]) == sorted(theirs)
            older = merkle.root_of(BIG, index + 1)
            verify_consistency(older, root, other.prove_consistency(index + 1, size))
    assert merkle.root_of(BIG, 40) == by_the_standard(numbered(40))


@given(sizes, st.lists(st.integers(1, 9)))
def test_however_a_tree_grew_it_is_the_same(size, lots):
    leaves, hashes, grown = numbered(size), {}, 0
    for lot in [*lots, size]:
        frontier = {node: hashes[node] for node in merkle.subtrees(0, grown)}
        some = leaves[grown : grown + lot]
        hashes |= merkle.grown(frontier, grown, some)
        grown += len(some)
    assert hashes == tree(leaves)
    assert sorted(map(merkle.place_of, hashes)) == list(range(merkle.places_of(size)))
    assert merkle.root_of(hashes, size) == by_the_standard(leaves)


@given(st.integers(1, MOST), st.data())
def test_a_proof_shows_its_leaf_and_no_other(size, data):
    index = data.draw(st.integers(0, size - 1))
    root, leaf = merkle.root_of(BIG, size), BIG[0, index]
    path = merkle.proof(BIG, merkle.inclusion_ranges(index, size))
    assert merkle.is_included(leaf, index, size, path, root)
    assert not merkle.is_included(merkle.leaf_hash(b"another"), index, size, path, root)
    assert not merkle.is_included(leaf, index, size, [*path, leaf], root)
    assert not merkle.is_included(leaf, index, size, path, merkle.EMPTY_ROOT)
    for other in {index + 1, index - 1, size}:
        assert not merkle.is_included(leaf, other, size, path, root)
    if path:
        assert not merkle.is_included(leaf, index, size, path[:-1], root)


@given(sizes, sizes, st.data())
def test_a_proof_shows_the_older_tree_and_no_other(one, other, data):
    older, newer = sorted((one, other))
    roots = [merkle.root_of(BIG, size) for size in (older, newer)]
    path = merkle.proof(BIG, merkle.consistency_ranges(older, newer))
    assert merkle.is_consistent(older, newer, path, *roots)
    assert not merkle.is_consistent(older, newer, [*path, roots[0]], *roots)
    assert not merkle.is_consistent(newer + 1, newer, path, *roots)
    if older:
        assert not merkle.is_consistent(older, newer, path, merkle.leaf_hash(b"x"), roots[1])
    if path:
        assert not merkle.is_consistent(older, newer, path[:-1], *roots)
        bent = data.draw(st.integers(0, len(path) - 1))
        path[bent] = merkle.leaf_hash(path[bent])
        assert not merkle.is_consistent(older, newer, path, *roots)
