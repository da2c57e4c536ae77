"""The desk's policy as pure rules: enough evidence, enough approvals, and what is judged."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.reviews.policy import Cited, Policy, Tally, digest_of

LENIENT = Policy(
    evidence_required=0,
    independent_sources=1,
    archive_required=False,
    approvals_required=1,
    approving_desks=1,
)
words = st.sampled_from(["", "a", "A"])
hashes = st.none() | st.sampled_from(["a" * 64, "b" * 64])
pieces = st.builds(
    Cited,
    id=st.sampled_from("12345"),
    source_id=st.sampled_from("67"),
    domain=st.none() | st.sampled_from(["a.example", "b.example"]),
    stance=st.sampled_from(["supports", "refutes", "context"]),
    exact=st.none() | words,
    start=st.none() | st.integers(0, 3),
    end=st.none() | st.integers(0, 3),
    note=words,
    snapshot_sha256=hashes,
    confidential=st.booleans(),
    withdrawn=st.booleans(),
)
evidence = st.lists(pieces, max_size=4, unique_by=lambda piece: piece.id)
cases = st.tuples(
    st.fixed_dictionaries({"text": words, "claimant_name": st.none() | words}),
    st.fixed_dictionaries({"rating": words, "title": words, "summary": words}),
    evidence,
)


def judged(case):
    """What a reviewer looks at: not who may read a piece, nor which site it is from."""
    claim, verdict, cited = case
    seen = {piece.id: replace(piece, domain=None, confidential=False) for piece in cited}
    return claim, verdict, seen


@given(cases, cases)
def test_digests_are_equal_if_and_only_if_the_judged_content_is(one, other):
    assert (digest_of(*one) == digest_of(*other)) == (judged(one) == judged(other))


@given(cases)
def test_who_may_read_a_piece_and_where_it_is_from_are_not_in_the_digest(case):
    claim, verdict, cited = case
    open_pieces = [replace(piece, domain=None, confidential=False) for piece in cited]
    assert digest_of(claim, verdict, cited) == digest_of(claim, verdict, open_pieces)


@given(cases, st.randoms())
def test_a_digest_does_not_depend_on_the_order_of_evidence(case, random):
    claim, verdict, cited = case
    shuffled = random.sample(cited, len(cited))
    assert digest_of(claim, verdict, cited) == digest_of(claim, verdict, shuffled)


CHANGES: dict[str, Any] = {
    "id": "2", "source_id": "7", "stance": "refutes", "exact": "words", "start": 1, "end": 9,
    "note": "a note", "snapshot_sha256": "a" * 64, "withdrawn": True,
}  # fmt: skip


@pytest.mark.parametrize("member", CHANGES)
def test_each_member_of_a_cited_piece_is_in_the_digest(member):
    piece = Cited(
        id="1", source_id="6", domain=None, stance="supports", exact=None, start=0, end=5,
        note="", snapshot_sha256=None, confidential=False, withdrawn=False,
    )  # fmt: skip
    changed = replace(piece, **{member: CHANGES[member]})
    assert digest_of({}, {}, [piece]) != digest_of({}, {}, [changed])


@given(evidence)
def test_a_tally_counts_what_stands(cited):
    standing = [piece for piece in cited if not piece.withdrawn]
    assert Tally.of(cited) == Tally.of(standing)
    tally = Tally.of(cited)
    assert tally.standing == len(standing)
    assert tally.domains <= tally.standing
    assert tally.unarchived == len([each for each in standing if each.snapshot_sha256 is None])


@pytest.mark.parametrize(
    ("policy", "standing", "domains", "unarchived", "sentences"),
    [
        ({}, 0, 0, 0, 0),
        ({"evidence_required": 2}, 1, 1, 0, 1),
        ({"evidence_required": 2}, 2, 0, 2, 0),
        # Asking for one site asks for nothing: evidence may have no address at all.
        ({"independent_sources": 1}, 0, 0, 0, 0),
        ({"independent_sources": 2}, 3, 1, 0, 1),
        ({"independent_sources": 2}, 3, 2, 0, 0),
        ({"archive_required": True}, 2, 1, 0, 0),
        ({"archive_required": True}, 2, 1, 1, 1),
        ({"archive_required": True}, 0, 0, 0, 0),
        (
            {"evidence_required": 3, "independent_sources": 3, "archive_required": True},
            *(2, 2, 2, 3),
        ),
    ],
)
def test_what_is_missing_is_said_sentence_by_sentence(
    policy, standing, domains, unarchived, sentences
):
    asked = replace(LENIENT, **policy)
    tally = Tally(standing=standing, domains=domains, unarchived=unarchived)
    assert len(asked.unmet("false", tally)) == sentences
    assert asked.unmet("unverifiable", tally) == ()


@pytest.mark.parametrize(
    ("required", "given_by", "reached"),
    [
        # (people, desks) asked for, (people, desks) that approved
        ((1, 1), (0, 0), False),
        ((1, 1), (1, 1), True),
        ((2, 1), (1, 1), False),
        ((2, 1), (2, 1), True),
        ((1, 2), (2, 1), False),
        ((1, 2), (2, 2), True),
        ((3, 2), (2, 2), False),
    ],
)
def test_a_quorum_is_enough_people_of_enough_desks(required, given_by, reached):
    policy = replace(LENIENT, approvals_required=required[0], approving_desks=required[1])
    assert policy.quorum_reached(people=given_by[0], desks=given_by[1]) is reached
