"""Where solving stands: what every stage reads, and what it may change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from marketplace.routing.construct import clone
from marketplace.routing.problem import Problem
from marketplace.routing.state import State

if TYPE_CHECKING:
    from marketplace.routing.relax import Relaxed

Answer = dict[str, Any]
Clock = Callable[[], float]


class Unverified(Exception):
    """A stage gave an answer that the verifier does not confirm: a bug, never the problem's fault."""


@dataclass
class Search:
    """The answer so far, the best state found (confirmed or not), the bound, and the time there is."""

    data: dict[str, Any]
    empty: State
    lower: int
    until: float
    clock: Clock
    state: State
    stage: str = "construct"
    answer: Answer | None = None
    relaxed: Relaxed | None = None

    @property
    def problem(self) -> Problem:
        """What is being solved."""
        return self.empty.problem

    @property
    def left(self) -> float:
        """Seconds left."""
        return self.until - self.clock()

    @property
    def is_done(self) -> bool:
        """Whether the answer is proven, or the time is over."""
        return (self.answer is not None and self.answer["total_minor"] <= self.lower) or self.left <= 0

    def raise_bound(self, minor: int) -> None:
        """Take a true lower bound on every answer that sells anything; leaving all unfilled is looked at apart."""
        self.lower = max(self.lower, min(minor, nothing(self.problem)))

    def take(self, state: State) -> None:
        """Remember `state` where it is better than what is known."""
        if _rank(state) < _rank(self.state):
            self.state = clone(state)

    def take_quantities(self, quantities: list[int]) -> None:
        """Take units per offer of the problem. Raises: Unverified when a line or pool does not allow them."""
        state = clone(self.empty)
        for at, quantity in enumerate(quantities):
            change = state.delta([(at, quantity)]) if quantity else 0
            if change is None:
                raise Unverified("the exact model gives more than a line or pool allows")
            if quantity:
                state.apply([(at, quantity)], change)
        self.take(state)


def nothing(problem: Problem) -> int:
    """What leaving every line unfilled costs; where a line must be filled, more than any bound."""
    if any(line.unfilled_minor is None for line in problem.lines):
        return 2**63
    return sum((line.unfilled_minor or 0) * line.quantity for line in problem.lines)


def _rank(state: State) -> tuple[int, int, list[int]]:
    """Cost, then fewest sellers, then the smallest list of offers (offers are in order of id)."""
    return state.total, state.open, [at for at, quantity in enumerate(state.x) if quantity]
