"""The exact model: a mixed-integer program over every useful offer, solved by HiGHS.

Per offer and tier one binary (used at this tier) and one whole number of packs; per seller one binary,
forced both ways; one binary per threshold. All costs are whole, so a gap below one unit is proof.
Its answer is only a proposal: the verifier recomputes it in whole numbers, and a bound is rounded
down by more than the solver's tolerance. One thread, fixed seed.
"""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from marketplace.routing.problem import Offer
from marketplace.routing.state import State

TRUSTED_COST = 10**7
"""Above this a coefficient times the solver's tolerance could hide a whole unit."""


class Model:
    """Columns and rows, put together before the solver sees them."""

    def __init__(self) -> None:
        self.cost: list[float] = []
        self.low: list[float] = []
        self.high: list[float] = []
        self.whole: list[bool] = []
        self.rows: list[tuple[float, float, dict[int, float]]] = []

    def column(self, cost: float, high: float, *, whole: bool = True) -> int:
        """A variable from 0 to `high`; gives back its index."""
        self.cost.append(cost)
        self.low.append(0)
        self.high.append(high)
        self.whole.append(whole)
        return len(self.cost) - 1

    def row(self, low: float, terms: dict[int, float], high: float) -> None:
        """low <= sum of terms <= high."""
        self.rows.append((low, high, terms))


class Layout:
    """Which column means what."""

    def __init__(self) -> None:
        self.packs: list[tuple[int, int, int, int]] = []
        """(offer, price, column of its binary, column of its packs), one per offer and tier."""
        self.open: dict[int, int] = {}


def prove(state: State, ats: list[int], seconds: float) -> tuple[list[int] | None, int | None]:
    """Quantities at least as good as `state`'s and a lower bound; either may be None.

    Shapes:  `state` is a sound assignment; `ats` are the useful offers; quantities are by offer index.
    """
    if not ats or seconds <= 0:
        return None, None
    model, layout = Model(), Layout()
    _offers(model, layout, state, ats)
    _lines(model, layout, state)
    _sellers(model, layout, state)
    solved = _solve(model, seconds)
    if solved is None:
        return None, None
    values, dual, is_proven = solved
    quantities = None
    if values:
        quantities = [0] * len(state.x)
        for at, _, used, packs in layout.packs:
            if values[used] > 0.5:
                quantities[at] += round(values[packs]) * state.problem.offers[at].multiple
    return quantities, _bound(model, dual, is_proven)


def _bound(model: Model, dual: float, is_proven: bool) -> int | None:
    if not math.isfinite(dual):
        return None
    if is_proven and max(map(abs, model.cost)) <= TRUSTED_COST and abs(dual) < 10**10:
        return math.ceil(dual - 1e-3)
    return math.floor(dual - 1 - 1e-6 * abs(dual))


def _offers(model: Model, layout: Layout, state: State, ats: list[int]) -> None:
    for at in ats:
        offer = state.problem.offers[at]
        top = min(state.problem.lines[offer.line].quantity, state.problem.pools[offer.pool][1])
        tiers = {}
        for price, low, high in _ranges(offer, top):
            used = model.column(offer.extra_minor, 1)
            packs = model.column((price + offer.extra_unit_minor) * offer.multiple, high)
            model.row(0, {packs: 1, used: -low}, math.inf)
            model.row(-math.inf, {packs: 1, used: -high}, 0)
            layout.packs.append((at, price, used, packs))
            tiers[used] = 1.0
        if len(tiers) > 1:
            model.row(0, tiers, 1)


def _ranges(offer: Offer, top: int) -> Iterator[tuple[int, int, int]]:
    """(price, fewest packs, most packs) of each tier that can be reached."""
    for i, (start, price) in enumerate(offer.tiers):
        after = offer.tiers[i + 1][0] - 1 if i + 1 < len(offer.tiers) else top
        low = -(-max(start, offer.minimum) // offer.multiple)
        high = min(after, top, top if offer.maximum is None else offer.maximum) // offer.multiple
        if low <= high:
            yield price, low, high


def _lines(model: Model, layout: Layout, state: State) -> None:
    """Quantities, pools, and how many may share a line."""
    problem = state.problem
    pools: dict[int, dict[int, float]] = {}
    lines: list[dict[int, float]] = [{} for _ in problem.lines]
    sharing: list[dict[int, float]] = [{} for _ in problem.lines]
    for at, _, used, packs in layout.packs:
        offer = problem.offers[at]
        lines[offer.line][packs] = offer.multiple
        sharing[offer.line][used] = 1
        pools.setdefault(offer.pool, {})[packs] = offer.multiple
    negative = _negative(state)
    for line, terms, uses in zip(problem.lines, lines, sharing, strict=True):
        if line.unfilled_minor is not None:
            most = line.quantity
            if line.unfilled_minor and state.total < state.block:
                most = min(most, (state.total - negative) // line.unfilled_minor)
            terms[model.column(line.unfilled_minor, most, whole=False)] = 1
        model.row(line.quantity, terms, line.quantity)
        if line.max_offers is not None and len(uses) > line.max_offers:
            model.row(0, uses, line.max_offers)
    for at, terms in pools.items():
        model.row(0, terms, problem.pools[at][1])


def _negative(state: State) -> int:
    """The most that negative costs could take off any total."""
    problem = state.problem
    extras = sum(min(0, o.extra_minor) + min(0, o.extra_unit_minor) * problem.lines[o.line].quantity for o in problem.offers)
    return extras + sum(min(0, seller.opening_minor) for seller in problem.sellers)


def _sellers(model: Model, layout: Layout, state: State) -> None:
    """Opening, freight, minimums, their number, and the split."""
    problem = state.problem
    uses: dict[int, dict[int, float]] = {}
    goods: dict[int, dict[int, float]] = {}
    for at, price, used, packs in layout.packs:
        offer = problem.offers[at]
        uses.setdefault(offer.seller, {})[used] = 1
        goods.setdefault(offer.seller, {})[packs] = price * offer.multiple
    for at, columns in uses.items():
        opened = layout.open[at] = _seller(model, state, at, goods[at])
        for column in columns:
            model.row(-math.inf, {column: 1, opened: -1}, 0)
        model.row(0, {**columns, opened: -1}, math.inf)
    total = dict.fromkeys(layout.open.values(), 1.0)
    if problem.max_sellers is not None:
        model.row(0, total, problem.max_sellers)
    if problem.split_minor:
        split = model.column(problem.split_minor, len(total), whole=False)
        model.row(-math.inf, {**total, split: -1}, 1)


def _seller(model: Model, state: State, at: int, goods: dict[int, float]) -> int:
    """One seller's binary, with its thresholds; gives back the binary's column."""
    seller = state.problem.sellers[at]
    minimum = seller.minimum_minor
    surcharge = 0 if minimum is None or seller.blocks else seller.surcharge_minor
    opened = model.column(seller.opening_minor + seller.freight_minor + surcharge, 1)
    if seller.free_from_minor is not None and seller.freight_minor:
        _reached(model, goods, (opened, seller.free_from_minor, seller.freight_minor))
    if minimum is not None and seller.blocks:
        model.row(0, {**goods, opened: -minimum}, math.inf)
    elif minimum is not None and surcharge:
        _reached(model, goods, (opened, minimum, surcharge))
    return opened


def _reached(model: Model, goods: dict[int, float], rule: tuple[int, int, int]) -> None:
    """A threshold that, once goods reach it, saves a charge of an opened seller."""
    opened, threshold, saved = rule
    reached = model.column(-saved, 1)
    model.row(0, {**goods, reached: -threshold}, math.inf)
    model.row(-math.inf, {reached: 1, opened: -1}, 0)


def _solve(model: Model, seconds: float) -> tuple[list[float], float, bool] | None:
    """Values (empty when none was found), the dual bound, and whether it is proven; None when refused."""
    import highspy

    with _silence():
        solver: Any = highspy.Highs()  # type: ignore[no-untyped-call]
    for name, value in (("output_flag", False), ("threads", 1), ("random_seed", 1), ("mip_abs_gap", 0.999),
                        ("mip_rel_gap", 0.0), ("time_limit", float(seconds)), ("mip_feasibility_tolerance", 1e-9)):
        solver.setOptionValue(name, value)
    solver.passModel(_lp(highspy, model))
    solver.run()
    status = solver.getModelStatus()
    proven = status == highspy.HighsModelStatus.kOptimal
    if not proven and status != highspy.HighsModelStatus.kTimeLimit:
        return None
    info = solver.getInfo()
    found = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    return (list(solver.getSolution().col_value) if found else []), info.mip_dual_bound, proven


def _lp(highspy: Any, model: Model) -> Any:
    """The model row by row, as HiGHS takes it."""
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(model.cost), len(model.rows)
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = model.cost, model.low, model.high
    lp.row_lower_ = [low for low, _, _ in model.rows]
    lp.row_upper_ = [high for _, high, _ in model.rows]
    kinds = highspy.HighsVarType
    lp.integrality_ = [kinds.kInteger if whole else kinds.kContinuous for whole in model.whole]
    starts: list[int] = [0]
    index: list[int] = []
    value: list[float] = []
    for _, _, terms in model.rows:
        index.extend(terms)
        value.extend(terms.values())
        starts.append(len(index))
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = starts, index, value
    return lp


@contextmanager
def _silence() -> Iterator[None]:
    """Send the solver's banner to standard error: standard output belongs to the answer."""
    sys.stdout.flush()
    kept = os.dup(1)
    try:
        os.dup2(2, 1)
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)
