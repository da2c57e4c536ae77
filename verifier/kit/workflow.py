"""A workflow as data: moves in a table, and the three questions that are asked of it.

What may this person do now? Is this move legal, and if not, why? What does the whole look like?
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from verifier.kit.errors import Conflict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from verifier.kit.errors import DomainError


class NotInThisState(Conflict):
    """The workflow has no such move from the present state; `allowed` lists those you have."""

    title = "The workflow does not allow this now"


@dataclass(frozen=True, slots=True)
class Condition:
    """Something that must hold for a move: a predicate over facts, and the refusal where it fails.

    `detail` is the refusal's sentence, or makes it from the facts.
    """

    holds: Callable[[Any], bool]
    refusal: type[DomainError]
    detail: str | Callable[[Any], str]

    def check(self, facts: Any, told: dict[str, Any]) -> None:
        """Raise the refusal, with what is told of the workflow, unless the condition holds."""
        if not self.holds(facts):
            detail = self.detail if isinstance(self.detail, str) else self.detail(facts)
            raise self.refusal(detail, **told)


@dataclass(frozen=True, slots=True)
class Move:
    """One row of the table. `becomes` is None where the state stays.

    `who` is about the person and is asked first, whatever the state; `only_if` is about the matter.
    A move with `otherwise` may end in those states too, as its service works out. An automatic move
    follows from another one and is nobody's action; an unposted one has an endpoint of its own.
    """

    action: str
    states: tuple[str, ...]
    becomes: str | None
    who: tuple[Condition, ...] = ()
    only_if: tuple[Condition, ...] = ()
    otherwise: tuple[str, ...] = ()
    automatic: bool = False
    posted: bool = True


@dataclass(frozen=True, slots=True)
class Workflow:
    """All moves of one kind of thing."""

    moves: tuple[Move, ...]

    def actions(self) -> tuple[str, ...]:
        """The names of all actions, once each, in the order of the table."""
        return tuple(dict.fromkeys(move.action for move in self.moves if move.posted))

    def states(self) -> tuple[str, ...]:
        """The names of all states that the table mentions."""
        named = (state for move in self.moves for state in (*move.states, move.becomes))
        return tuple(dict.fromkeys(state for state in named if state is not None))

    def allowed(self, state: str, facts: Any) -> list[str]:
        """The actions that would succeed now, as far as the facts tell."""
        return [
            move.action
            for move in self.moves
            if move.posted
            and state in move.states
            and all(condition.holds(facts) for condition in (*move.who, *move.only_if))
        ]

    def decide(self, action: str, state: str, facts: Any) -> Move:
        """The move, or the refusal, which says the present state and what is allowed now."""
        candidates = [move for move in self.moves if move.action == action]
        move = next((each for each in candidates if state in each.states), None)
        told = {"current": state, "allowed": self.allowed(state, facts)}
        for condition in (move or candidates[0]).who:
            condition.check(facts, told)
        if move is None:
            message = f"{action} is not possible while this is {state}."
            raise NotInThisState(message, **told)
        for condition in move.only_if:
            condition.check(facts, told)
        return move

    def follows(self, action: str, state: str) -> str:
        """The state that an automatic move leads to from this one; the same where there is none."""
        moves = (move for move in self.moves if move.automatic and move.action == action)
        return next((move.becomes or state for move in moves if state in move.states), state)

    def diagram(self) -> Iterator[str]:
        """The lines of a Mermaid state diagram."""
        yield "stateDiagram-v2"
        for move in self.moves:
            label = f"({move.action})" if move.automatic else move.action
            for state in move.states:
                for end in (move.becomes or state, *move.otherwise):
                    yield f"    {state} --> {end}: {label}"
