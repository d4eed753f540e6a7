"""`allocate`: a problem in, a verified answer out, whatever time there is.

Stages: reduce, construct, improve, bound. Each may only replace the answer by one that costs less and
that the verifier confirms; a stage that fails or runs out of time leaves the last confirmed answer.
Pure: the clock is an argument, nothing else of the world is looked at.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from marketplace.routing import verify
from marketplace.routing.bound import bound
from marketplace.routing.construct import starts
from marketplace.routing.improve import improve
from marketplace.routing.problem import Problem, read
from marketplace.routing.reduce import useful
from marketplace.routing.state import State

Answer = dict[str, Any]
STARTS = 3


class Unverified(Exception):
    """No stage gave an answer that the verifier confirms: a bug, never the problem's fault."""


def allocate(
    data: dict[str, Any], seconds: float = 0.25, clock: Callable[[], float] = time.perf_counter, *, exact: bool = False
) -> Answer:
    """Solve the problem in `data` as well as `seconds` allow.

    Shapes:  `data` and the answer as documented in the allocation format, version 1.
    Units:   minor units; `seconds` of `clock`.
    Raises:  ProblemRefused when `data` breaks a rule.
    """
    begun = clock()
    problem = read(data)
    worth_it = useful(problem)
    lower = bound(problem, worth_it)
    best: Answer | None = None
    empty = State(problem, worth_it)
    for number, state in enumerate(_states(empty, begun + seconds, clock)):
        stage = "construct" if number == 0 else "improve"
        if best is None or state.total < best["total_minor"]:
            trial = answer(data, state, lower, stage)
            if not verify.check(data, trial):
                best = trial
        if best is not None and best["status"] == "optimal":
            break
    best = best or _without_blocked(data, empty, lower) or _infeasible(data, state)
    best["seconds"] = round(clock() - begun, 6)
    return best


def _states(empty: State, until: float, clock: Callable[[], float]):
    """Ever better states: the first greedy start as it is, then the best starts improved."""
    found = []
    for state in starts(empty):
        if not found:
            yield state
        found.append(state)
        if clock() >= until:
            break
    seen: set[tuple[int, ...]] = set()
    for state in sorted(found, key=lambda state: state.total)[:STARTS]:
        if clock() >= until:
            return
        if tuple(state.x) not in seen:
            seen.add(tuple(state.x))
            state = improve(state, until, clock)
            seen.add(tuple(state.x))
            yield state


def answer(data: dict[str, Any], state: State, lower: int, stage: str) -> Answer:
    """The state written out; status `optimal` when `lower` proves it."""
    problem = state.problem
    quantities = {problem.offers[at].id: quantity for at, quantity in enumerate(state.x) if quantity}
    cost = verify.breakdown(data, quantities)
    total = sum(cost.values())
    return {
        "version": 1, "status": "optimal" if lower >= total else "feasible", "total_minor": total,
        "bound_minor": min(lower, total), "seconds": 0.0, "stage": stage,
        "allocations": [{"offer": id_, "quantity": quantity} for id_, quantity in quantities.items()],
        "unfilled": [{"line": line.id, "quantity": room} for line, room in zip(problem.lines, state.room, strict=True) if room],
        "breakdown": cost,
    }


def _without_blocked(data: dict[str, Any], empty: State, lower: int) -> Answer | None:
    """Nothing at all, where every line may stay unfilled: always allowed."""
    trial = answer(data, empty, lower, "construct")
    return None if verify.check(data, trial) else trial


def _infeasible(data: dict[str, Any], state: State) -> Answer:
    """No way was found to fill these lines, which must be filled."""
    must = [line.id for line, room in zip(state.problem.lines, state.room, strict=True)
            if line.unfilled_minor is None and (room or not any(state.room))]
    trial = {
        "version": 1, "status": "infeasible", "total_minor": None, "bound_minor": None, "seconds": 0.0,
        "stage": "improve", "because": must, "allocations": [], "unfilled": [], "breakdown": dict.fromkeys(verify.PARTS, 0),
    }
    if faults := verify.check(data, trial):
        raise Unverified("; ".join(faults))
    return trial


__all__ = ["Answer", "Problem", "Unverified", "allocate", "answer"]
