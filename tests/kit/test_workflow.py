"""A workflow as data: what is allowed is what would succeed, and a refusal says why."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.claims.workflow import CLAIM_WORKFLOW
from verifier.kit.errors import Conflict, DomainError, NotAllowed
from verifier.kit.workflow import Condition, Move, NotInThisState, Workflow
from verifier.reviews.workflow import VERDICT_WORKFLOW


@dataclass(frozen=True)
class Facts:
    is_keeper: bool = True
    has_key: bool = True


class NoKey(Conflict):
    """The door has a key, and it is not here."""


KEEPER = Condition(lambda facts: facts.is_keeper, NotAllowed, "Only the keeper does this.")
KEY = Condition(lambda facts: facts.has_key, NoKey, lambda facts: f"The key is missing: {facts}.")
DOOR = Workflow(
    (
        Move("open", ("closed",), "open", (KEEPER,)),
        Move("close", ("open",), "closed"),
        Move("lock", ("closed",), "locked", (KEEPER,), (KEY,), otherwise=("broken",)),
        Move("unlock", ("locked",), "closed", (KEEPER,), (KEY,)),
        Move("knock", ("closed", "locked"), None),
        Move("paint", ("open", "closed"), None, posted=False),
        Move("storm", ("open", "closed"), "broken", automatic=True, posted=False),
    )
)
facts = st.builds(Facts, is_keeper=st.booleans(), has_key=st.booleans())


@given(st.sampled_from(DOOR.states()), st.sampled_from(DOOR.actions()), facts)
def test_an_action_is_allowed_if_and_only_if_it_is_decided(state, action, known):
    try:
        decided = DOOR.decide(action, state, known)
    except DomainError:
        assert action not in DOOR.allowed(state, known)
    else:
        assert state in decided.states
        assert action in DOOR.allowed(state, known)


@pytest.mark.parametrize(
    ("action", "state", "known", "refusal"),
    [
        # The person is asked about first, then the state, then the matter.
        ("unlock", "locked", Facts(is_keeper=False, has_key=False), NotAllowed),
        ("unlock", "open", Facts(is_keeper=False), NotAllowed),
        ("unlock", "open", Facts(has_key=False), NotInThisState),
        ("unlock", "locked", Facts(has_key=False), NoKey),
        ("close", "broken", Facts(), NotInThisState),
    ],
)
def test_a_refusal_tells_the_present_state_and_what_is_allowed(action, state, known, refusal):
    with pytest.raises(refusal) as caught:
        DOOR.decide(action, state, known)
    assert type(caught.value) is refusal
    assert caught.value.members == {"current": state, "allowed": DOOR.allowed(state, known)}


def test_a_refusals_sentence_may_be_made_from_the_facts():
    with pytest.raises(NoKey, match="has_key=False"):
        DOOR.decide("unlock", "locked", Facts(has_key=False))


def test_only_what_is_posted_is_an_action():
    assert DOOR.actions() == ("open", "close", "lock", "unlock", "knock")
    assert DOOR.allowed("open", Facts()) == ["close"]
    assert DOOR.decide("paint", "open", Facts()).becomes is None


def test_states_are_those_that_the_moves_name():
    assert DOOR.states() == ("closed", "open", "locked", "broken")


@pytest.mark.parametrize(("state", "after"), [("open", "broken"), ("locked", "locked")])
def test_an_automatic_move_leads_on_or_leaves_things_as_they_are(state, after):
    assert DOOR.follows("storm", state) == after
    assert DOOR.follows("close", state) == state


def test_the_diagram_draws_each_arrow():
    assert list(DOOR.diagram()) == [
        "stateDiagram-v2",
        "    closed --> open: open",
        "    open --> closed: close",
        "    closed --> locked: lock",
        "    closed --> broken: lock",
        "    locked --> closed: unlock",
        "    closed --> closed: knock",
        "    locked --> locked: knock",
        "    open --> open: paint",
        "    closed --> closed: paint",
        "    open --> broken: (storm)",
        "    closed --> broken: (storm)",
    ]


@pytest.mark.parametrize(
    ("workflow", "ends"),
    [
        (CLAIM_WORKFLOW, set()),
        (VERDICT_WORKFLOW, {"withdrawn", "retracted", "superseded"}),
    ],
)
def test_every_state_but_an_end_is_left_again(workflow, ends):
    left = {
        state
        for move in workflow.moves
        for state in move.states
        if {move.becomes, *move.otherwise} - {None, state}
    }
    assert set(workflow.states()) - left == ends
