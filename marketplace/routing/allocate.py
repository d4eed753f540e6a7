"""`allocate`: a problem in, a verified answer out, whatever time there is.

Stages: reduce, construct, improve, bound. Each may only replace the answer by one that costs less and
that the verifier confirms; a stage that fails or runs out of time leaves the last confirmed answer.
Pure: the clock is an argument, nothing else of the world is looked at.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

from marketplace.routing import exact, verify
from marketplace.routing.bound import bound
from marketplace.routing.construct import clone, starts
from marketplace.routing.improve import improve, polish
from marketplace.routing.problem import Problem, read
from marketplace.routing.reduce import useful
from marketplace.routing.sellers import best_set, start
from marketplace.routing.state import State

Answer = dict[str, Any]
TimeBox = tuple[float, Callable[[], float]]
STARTS = 3
QUICK, SEARCH, EXACT = 0, 1, 2


class Unverified(Exception):
    """No stage gave an answer that the verifier confirms: a bug, never the problem's fault."""


def allocate(
    data: dict[str, Any], seconds: float = 0.25, clock: Callable[[], float] = time.perf_counter, *, depth: int = SEARCH
) -> Answer:
    """Solve the problem in `data` as well as `depth` and `seconds` allow.

    Shapes:  `data` and the answer as documented in the allocation format, version 1. `depth` is QUICK
             (construct and polish: checkout), SEARCH (seller moves too), or EXACT (and the exact model).
             Within the time box the answer depends on problem and depth alone.
    Units:   minor units; `seconds` of `clock`.
    Raises:  ProblemRefused when `data` breaks a rule.
    """
    begun = clock()
    problem = read(data)
    lower = bound(problem, useful(problem))
    best, last = _unblocked(data, problem, lower, depth, (begun + seconds * (0.2 if depth == EXACT else 1), clock))
    if depth == QUICK and _could_fill_more(last):
        best, last = _unblocked(data, problem, lower, SEARCH, (begun + seconds * 0.5, clock))
    best = best or _nothing(data, State(problem, []), lower)
    if best is None or (best["status"] != "optimal" and (depth == EXACT or _could_fill_more(last))):
        best = _proven(data, last, lower, best, begun + seconds - clock())
    best = best or _infeasible(data, last)
    best["seconds"] = round(clock() - begun, 6)
    return best


def _unblocked(data: dict[str, Any], problem: Problem, lower: int, depth: int, box: TimeBox) -> tuple[Answer | None, State]:
    """Search; where all that was found is below some seller's blocking minimum, again without that seller."""
    worth_it = useful(problem)
    while True:
        best, last = _search(data, State(problem, worth_it), lower, depth, box)
        blocked = _blocked(last)
        if best is not None or not blocked:
            return best, last
        worth_it = [at for at in worth_it if problem.offers[at].seller not in blocked]


def _could_fill_more(state: State) -> bool:
    """Whether a line was left short although its offers and their stock might reach further."""
    for line, room in enumerate(state.room):
        if room:
            offers = [state.problem.offers[at] for at in state.line_offers[line]]
            pools = {offer.pool: state.problem.pools[offer.pool][1] for offer in offers}
            if state.problem.lines[line].quantity - sum(pools.values()) < room:
                return True
    return False


def _search(data: dict[str, Any], empty: State, lower: int, depth: int, time_box: TimeBox) -> tuple[Answer | None, State]:
    """The best verified answer of all tries, and the best state, verified or not."""
    best, best_rank = None, None
    last, last_rank = empty, None
    for stage, state in _states(empty, depth, *time_box):
        rank = _rank(state)
        if last_rank is None or rank < last_rank:
            last, last_rank = state, rank
        if (best_rank is None or rank < best_rank) and state.total < state.block:
            trial = answer(data, state, lower, stage)
            if not verify.check(data, trial):
                best, best_rank = trial, rank
        if best is not None and best["status"] == "optimal":
            break
    return best, last


def _blocked(state: State) -> set[int]:
    """Sellers that `state` uses below their blocking minimum."""
    return {
        at for at, seller in enumerate(state.problem.sellers)
        if state.used[at] and seller.blocks and seller.minimum_minor is not None and state.goods[at] < seller.minimum_minor
    }


def _proven(data: dict[str, Any], last: State, lower: int, best: Answer | None, seconds: float) -> Answer | None:
    """The exact model's answer where the verifier confirms it, and its bound where it is higher."""
    quantities, higher = exact.prove(last, useful(last.problem), seconds)
    lower = max(lower, higher) if higher is not None else lower
    trials = []
    if best:
        trials.append({row["offer"]: row["quantity"] for row in best["allocations"]})
    if quantities is not None:
        trials.append({offer.id: q for offer, q in zip(last.problem.offers, quantities, strict=True) if q})
    answers = [written(data, rows, lower, "prove") for rows in trials]
    sound = [trial for trial in answers if not verify.check(data, trial)]
    return min(sound, key=lambda trial: trial["total_minor"], default=best)


def _rank(state: State) -> tuple[int, int, list[int]]:
    """Cost, then fewest sellers, then the smallest list of offers (offers are in order of id)."""
    return state.total, state.open, [at for at, quantity in enumerate(state.x) if quantity]


def _states(empty: State, depth: int, until: float, clock: Callable[[], float]) -> Iterator[tuple[str, State]]:
    """Ever more costly tries: the best set of sellers, greedy, then (deep) several starts improved."""
    first = start(empty, best_set(empty, until, clock))
    yield "construct", clone(first)
    yield "improve", polish(first, until, clock)
    found = [first]
    for state in starts(empty, 1 if depth == QUICK else 9):
        if clock() >= until:
            return
        found.append(state)
        yield "construct", clone(state)
        if len(found) == 2:
            yield "improve", polish(state, until, clock)
    if depth == QUICK:
        return
    for state in sorted(found, key=_rank)[:STARTS]:
        if clock() >= until:
            return
        yield "improve", improve(clone(state), until, clock)


def answer(data: dict[str, Any], state: State, lower: int, stage: str) -> Answer:
    """The state written out; status `optimal` when `lower` proves it."""
    quantities = {state.problem.offers[at].id: quantity for at, quantity in enumerate(state.x) if quantity}
    return written(data, quantities, lower, stage)


def written(data: dict[str, Any], quantities: dict[str, int], lower: int, stage: str) -> Answer:
    """Quantities (offer id -> units > 0, in order of id) as an answer."""
    cost = verify.breakdown(data, quantities)
    total = sum(cost.values())
    left = {line["id"]: line["quantity"] for line in data["lines"]}
    for offer in data["offers"]:
        left[offer["line"]] -= quantities.get(offer["id"], 0)
    return {
        "version": 1, "status": "optimal" if lower >= total else "feasible", "total_minor": total,
        "bound_minor": min(lower, total), "seconds": 0.0, "stage": stage,
        "allocations": [{"offer": id_, "quantity": quantity} for id_, quantity in quantities.items()],
        "unfilled": [{"line": id_, "quantity": left[id_]} for id_ in sorted(left) if left[id_]],
        "breakdown": cost,
    }


def _nothing(data: dict[str, Any], empty: State, lower: int) -> Answer | None:
    """Nothing at all, where every line may stay unfilled: always allowed."""
    trial = answer(data, empty, lower, "construct")
    return None if verify.check(data, trial) else trial


def _infeasible(data: dict[str, Any], state: State) -> Answer:
    """No way was found to fill these lines, which must be filled."""
    must = [line.id for line, room in zip(state.problem.lines, state.room, strict=True)
            if line.unfilled_minor is None and room]
    must = must or [line.id for line in state.problem.lines if line.unfilled_minor is None]
    trial = {
        "version": 1, "status": "infeasible", "total_minor": None, "bound_minor": None, "seconds": 0.0,
        "stage": "improve", "because": must, "allocations": [], "unfilled": [], "breakdown": dict.fromkeys(verify.PARTS, 0),
    }
    if faults := verify.check(data, trial):
        raise Unverified("; ".join(faults))
    return trial
