"""The bound: prices from the linear program for the relaxation; and a start from the program's values.

Invariant: an offer is dropped only when the relaxation shows that no answer that uses it could cost less
than the best known one; so the optimum of what is kept, or that answer, is the optimum of the whole.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from marketplace.routing import exact, model
from marketplace.routing.construct import fill
from marketplace.routing.improve import polish
from marketplace.routing.lagrange import SCALE, Multipliers, Relaxation, Value
from marketplace.routing.problem import Problem
from marketplace.routing.reduce import Parts, parts
from marketplace.routing.search import Clock, Search
from marketplace.routing.state import State

FIRST_OFFERS = 1500
"""Offers in the first linear program; more are added where the relaxation finds them worth it."""
ROUNDS = 4
PATIENT = 2.0
"""With more seconds than this the linear program knows all offers at once."""


@dataclass
class Relaxed:
    """Where the bound stands: what may be used, the relaxation over it, its best value, and the program's own values."""

    parts: Parts
    most_unfilled: list[int]
    relaxation: Relaxation
    value: Value | None = None
    layout: model.Layout | None = None
    columns: list[float] | None = None


def bound(search: Search) -> None:
    """Raise the bound; a second call does so over what the first one and a better answer leave."""
    search.relaxed = _relax(search.state, search.relaxed, search.until, search.clock)
    if search.relaxed.value is not None:
        search.raise_bound(search.relaxed.value.minor)


def _relax(state: State, before: Relaxed | None, until: float, clock: Clock) -> Relaxed:
    """Raise the bound as far as the linear program over what an answer better than `state` may use does, or the time allows.

    Shapes:  `before` is what an earlier call, with a worse `state`, gave. Without it the program takes every line
             that can be filled as filled: its prices are good then even where `state` leaves units without a
             seller, and the bound is computed without that assumption.
    """
    problem = state.problem
    most = _most_unfilled(state, before.value if before else None)
    useful = kept(state, before) if before else sorted(at for ats in state.line_offers for at in ats)
    possible = parts(problem, useful, _full(problem, most))
    relaxed = Relaxed(possible, most, Relaxation(problem, possible))
    if not possible or not relaxed.relaxation.fits():
        return relaxed
    hoped = most if before else [0 if _can_fill(state, line) else units for line, units in enumerate(most)]
    known = possible if before else parts(problem, useful, _full(problem, hoped))
    chosen = known.keys() if until - clock() > PATIENT else set(_promising(state, sorted(known))) & known.keys()
    for _ in range(ROUNDS):
        if clock() >= until:
            break
        layout = model.build(problem, {at: known[at] for at in sorted(chosen)}, hoped)
        solved = exact.relaxed(layout, until - clock())
        if solved is None:
            break
        value = relaxed.relaxation.value(_multipliers(problem, layout, solved[1]))
        if relaxed.value is None or value.bound > relaxed.value.bound:
            relaxed.value, relaxed.layout, relaxed.columns = value, layout, solved[0]
        more = (_missing(relaxed.relaxation, value) & known.keys()) - chosen
        if not more:
            break
        chosen |= more
    return relaxed


def _full(problem: Problem, most_unfilled: list[int]) -> set[int]:
    """The lines without a unit missing."""
    return {at for at, most in enumerate(most_unfilled) if not most or problem.lines[at].unfilled_minor is None}


def _can_fill(state: State, line: int) -> bool:
    """Whether the line's offers hold enough, as far as stock goes."""
    offers = [state.problem.offers[at] for at in state.line_offers[line]]
    return sum(state.problem.pools[pool][1] for pool in {offer.pool for offer in offers}) >= state.problem.lines[line].quantity


def _promising(state: State, useful: list[int]) -> list[int]:
    """All offers where they are few; else those in use and, line by line, the cheapest."""
    if len(useful) <= FIRST_OFFERS:
        return useful
    problem = state.problem
    each = max(3, FIRST_OFFERS // max(1, len(problem.lines)))

    def per_unit(at: int) -> float:
        """Cost of a unit when the offer gives all it can."""
        offer = problem.offers[at]
        units = offer.fit(min(problem.lines[offer.line].quantity, problem.pools[offer.pool][1]))
        return offer.price(units) + offer.extra_unit_minor + offer.extra_minor / units

    chosen = {at for at in useful if state.x[at]}
    for ats in state.line_offers:
        chosen.update(sorted(ats, key=per_unit)[:each])
    return sorted(chosen)


def _missing(relaxation: Relaxation, value: Value) -> set[int]:
    """Offers that the relaxation uses."""
    worth = np.flatnonzero(value.forced <= value.bound)
    return {relaxation.ats[at] for at in worth.tolist()}


def _multipliers(problem: Problem, layout: model.Layout, prices: list[float]) -> Multipliers:
    """The program's row prices as the relaxation takes them."""
    def spread(size: int, rows: dict[int, int], sign: float) -> np.ndarray:
        found = np.zeros(size)
        for at, row in rows.items():
            found[at] = sign * prices[row]
        return found

    return Multipliers(
        np.array([prices[row] for row in layout.line_rows]), spread(len(problem.lines), layout.share_rows, -1),
        spread(len(problem.pools), layout.pool_rows, -1), spread(len(problem.sellers), layout.goods_rows, 1),
        0.0 if layout.count_row is None else -prices[layout.count_row],
    )


def _most_unfilled(state: State, value: Value | None) -> list[int]:
    """Per line, how many units an answer cheaper than `state` could leave without a seller."""
    problem, most = state.problem, []
    floor = _negative(problem)
    for at, line in enumerate(problem.lines):
        units = line.quantity
        if state.is_allowed and line.unfilled_minor:
            units = min(units, (state.total - floor) // line.unfilled_minor)
            more = line.unfilled_minor * SCALE - int(value.line[at]) if value is not None else 0
            if value is not None and more > 0:
                units = min(units, max(0, state.total * SCALE - value.bound) // more)
        most.append(max(units, state.room[at]))
    return most


def _negative(problem: Problem) -> int:
    """The most that negative costs could take off any total."""
    extras = sum(min(0, o.extra_minor) + min(0, o.extra_unit_minor) * problem.lines[o.line].quantity for o in problem.offers)
    return extras + sum(min(0, seller.opening_minor) for seller in problem.sellers)


def dive(search: Search) -> None:
    """A start from the linear program, its sellers and offers chosen one after the other."""
    layout = search.relaxed.layout if search.relaxed else None
    values = exact.dive(layout, search.left) if layout is not None else []
    if layout is not None and values:
        search.take(polish(_filled(search.state, layout, values), search.until, search.clock))


def _filled(start: State, layout: model.Layout, values: list[float]) -> State:
    """The program's values in whole packs, as far as they are allowed, and what is left from whoever has it."""
    state, offers = State(start.problem, sorted(at for ats in start.line_offers for at in ats)), start.problem.offers
    units: dict[int, float] = {}
    for part in layout.parts:
        units[part.at] = units.get(part.at, 0.0) + values[part.packs] * part.multiple
    for at in sorted((at for at in units if units[at] > 0.5), key=lambda at: (-units[at], at)):
        offer = offers[at]
        quantity = offer.fit(min(round(units[at]), state.room[offer.line], state.pool[offer.pool]))
        change = state.delta([(at, quantity)]) if quantity else None
        if change is not None:
            state.apply([(at, quantity)], change)
    used = {at for at, uses in enumerate(state.used) if uses}
    for allowed in (used, None):
        for line in range(len(state.line_offers)):
            fill(state, line, allowed)
    return state


def kept(state: State, relaxed: Relaxed) -> list[int]:
    """The offers that an answer cheaper than `state` could use, and those of `state`."""
    everything = relaxed.relaxation.ats
    if relaxed.value is None or not state.is_allowed:
        return sorted(everything)
    could = np.flatnonzero(relaxed.value.forced <= (state.total - 1) * SCALE)
    return sorted({everything[at] for at in could.tolist()} | {at for at, quantity in enumerate(state.x) if quantity})
