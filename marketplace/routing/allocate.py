"""`allocate`: a problem in, a verified answer out, whatever time there is.

Stages: construct and improve (local search), bound (linear program and relaxation), dive (a start from
the linear program), kernel and prove (the exact model over what the bound leaves). Each may only replace
the answer by one that costs less and that the verifier confirms; a stage that fails or runs out of time
leaves the last confirmed answer. Pure: the clock is an argument, nothing else of the world is looked at.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from marketplace.routing import answers, verify
from marketplace.routing.bound import bound
from marketplace.routing.construct import clone, starts
from marketplace.routing.improve import improve, polish
from marketplace.routing.problem import read
from marketplace.routing.reduce import useful
from marketplace.routing.search import Answer, Clock, Search, Unverified
from marketplace.routing.state import State

Failed = Callable[[str, Exception], None]
Stage = tuple[str, Callable[[Search], None]]
QUICK, SEARCH, EXACT = 0, 1, 2
SETS, POLISH = 0.2, 0.6
"""Shares of the time: for the search over sets of sellers, and until the end of construction; the bound must have its part too."""

FEW = 120
"""With so few offers greedy is looked at, too: it sees what three sellers do together on a line, which the sets do not."""


def fail(stage: str, error: Exception) -> None:
    """What a failing stage leads to where nobody says otherwise: its error is raised."""
    raise error


def allocate(
    data: dict[str, Any], seconds: float = 0.25, clock: Clock = time.perf_counter, *, depth: int = SEARCH, failed: Failed = fail
) -> Answer:
    """Solve the problem in `data` as well as `depth` and `seconds` allow.

    Shapes:  `data` and the answer as documented in the allocation format, version 1. `depth` is QUICK
             (local search, more only where lines stay short: checkout), SEARCH (all stages, those in the time box
             that can be done in it), or EXACT (to proof). Within the time box the answer depends on problem
             and depth alone.
    Units:   minor units; `seconds` of `clock`.
    Raises:  ProblemRefused when `data` breaks a rule. A stage's error goes to `failed`, with its name.
    """
    begun = clock()
    problem = read(data)
    worth = useful(problem)
    empty = State(problem, worth)
    search = Search(data, empty, bound(problem, worth), begun + seconds, clock, empty)
    for stage in LOCAL:
        _run(search, stage, failed)
    if depth > QUICK or search.answer is None or _could_fill_more(search.state):
        for stage in _deep(depth):
            _run(search, stage, failed)
    found = search.answer or answers.infeasible(search)
    found["seconds"] = round(clock() - begun, 6)
    return found


def _run(search: Search, stage: Stage, failed: Failed) -> None:
    """Run a stage and confirm what it found; whatever goes wrong costs only what it would have found."""
    name, run = stage
    if search.is_done and search.answer is not None:
        return
    before = search.state
    try:
        run(search)
        _confirm(search, name)
    except Exception as error:
        search.state = before
        failed(name, error)


def _confirm(search: Search, stage: str) -> None:
    """Make the best state the answer, where the verifier agrees, and write the bound into the answer."""
    answer = search.answer
    if search.state.is_allowed and (answer is None or search.state.total < answer["total_minor"]):
        trial = answers.written(search.data, answers.quantities(search.state), search.lower, stage)
        if faults := verify.check(search.data, trial):
            raise Unverified("; ".join(faults))
        search.answer, search.stage = trial, stage
    elif answer is not None:
        answer["bound_minor"] = min(search.lower, answer["total_minor"])
        if search.lower >= answer["total_minor"] and answer["status"] != "optimal":
            answer["status"], answer["stage"] = "optimal", stage


def _construct(search: Search) -> None:
    """A good set of sellers, each line at its cheapest there, polished."""
    from marketplace.routing import sellers  # numpy comes with the first problem, not with the program's start

    if any(search.empty.line_offers):
        now, left = search.clock(), search.left
        chosen = sellers.best_set(sellers.table(search.empty), now + SETS * left, search.clock)
        search.take(polish(sellers.start(search.empty, chosen), now + POLISH * left, search.clock))
        if len(search.problem.offers) <= FEW:
            search.take(polish(next(starts(search.empty, 1)), now + POLISH * left, search.clock))


def _without_blocked(search: Search) -> None:
    """While nothing allowed was found: again without the sellers whose blocking minimum was not reached."""
    state, banned = search.state, set[int]()
    while not search.state.is_allowed and (blocked := _blocked(state) - banned):
        banned |= blocked
        worth = [at for ats in search.empty.line_offers for at in ats if search.problem.offers[at].seller not in banned]
        state = next(starts(State(search.problem, sorted(worth)), 1))
        search.take(_on(search.empty, polish(state, search.until, search.clock)))


def _on(empty: State, state: State) -> State:
    """`state`, able to use all the offers that `empty` may use."""
    copy = clone(state)
    copy.line_offers, copy.seller_offers = empty.line_offers, empty.seller_offers
    return copy


def _blocked(state: State) -> set[int]:
    """Sellers that `state` uses below their blocking minimum."""
    return {
        at for at, seller in enumerate(state.problem.sellers)
        if state.used[at] and seller.blocks and seller.minimum_minor is not None and state.goods[at] < seller.minimum_minor
    }


def _could_fill_more(state: State) -> bool:
    """Whether a line was left short although its offers and their stock might reach further."""
    for line, room in enumerate(state.room):
        if room:
            offers = [state.problem.offers[at] for at in state.line_offers[line]]
            pools = {offer.pool: state.problem.pools[offer.pool][1] for offer in offers}
            if state.problem.lines[line].quantity - sum(pools.values()) < room:
                return True
    return False


def _improve(search: Search) -> None:
    """Open, close and swap sellers for as long as there is time."""
    search.take(improve(clone(search.state), search.until, search.clock))


def _deep(depth: int) -> list[Stage]:
    """The stages with the solver, which is loaded when it is first needed."""
    from marketplace.routing import kernel, relax

    last: Stage = ("prove", kernel.prove) if depth == EXACT else ("prove", kernel.prove_small)
    return [("bound", relax.bound), ("dive", relax.dive), ("kernel", kernel.kernel), ("bound", relax.bound), last, ("improve", _improve)]


LOCAL: tuple[Stage, ...] = (("construct", _construct), ("improve", _without_blocked))
