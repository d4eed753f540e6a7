"""Which sellers to open: a search over sets of sellers, on a table of what one or two of them ask for each line.

Within a set each line goes to the seller, or the two, where it is cheapest; the charges follow from the
goods. That is an estimate (a third seller on a line and shared pools are looked at later), good for
choosing a set: the state built from it is exact. All sets one opening away are looked at together, in
arrays; amounts are floats here, since nothing of them is kept.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from marketplace.routing.construct import cheapest, clone, fill
from marketplace.routing.problem import Line, Offer
from marketplace.routing.state import State

Vector = np.ndarray[Any, np.dtype[Any]]
PATIENCE = 20
"""So many sets that are no better are looked at before the search ends; half as many as there are sellers, if that is less."""
PAIRED = 60
"""Orders of more lines need so many sellers that each line finds one that holds all of it: two together are not looked at."""
NEVER = 2**62


class Pairs(NamedTuple):
    """For the lines that two sellers may have to share: first seller x second seller."""

    lines: Vector
    cost: Vector
    """Lines x sellers x sellers; infinite where the two cannot share."""
    goods: Vector
    """Goods of the first seller; those of the second stand at the swapped place."""


class Table(NamedTuple):
    """Lines x sellers: cost of the line there alone with what stays unfilled (infinite where it has nothing), and its goods."""

    cost: Vector
    goods: Vector
    pairs: Pairs
    nobody: Vector
    """Per line: what leaving it unfilled costs."""
    charges: Callable[[Vector], Vector]
    """Goods per seller (first axis) to its charges, 0 where there are no goods."""
    limit: float
    split: float


def table(state: State) -> Table:
    """The table of `state`'s problem over its useful offers."""
    problem = state.problem
    shape = (len(problem.lines), len(problem.sellers))
    cost, goods = np.full(shape, np.inf), np.zeros(shape)
    shared, pairs = [], []
    for number, ats in enumerate(state.line_offers):
        line, offers = problem.lines[number], [problem.offers[at] for at in ats]
        scarce = False
        for seller in sorted({one.seller for one in offers}):
            cost[number, seller], goods[number, seller], units = _alone(state, number, [one for one in offers if one.seller == seller])
            scarce = scarce or units < line.quantity
        if scarce and line.max_offers != 1 and len(offers) > 1 and len(problem.lines) <= PAIRED:
            shared.append(number)
            pairs.append(_pairs(state, line, offers, state.unfilled[number]))
    limit = np.inf if problem.max_sellers is None else float(problem.max_sellers)
    nobody = np.array([float(minor * line.quantity) for minor, line in zip(state.unfilled, problem.lines, strict=True)])
    both = [np.stack(rows) for rows in zip(*pairs, strict=True)] or [np.zeros((0, shape[1], shape[1]))] * 2
    return Table(cost, goods, Pairs(np.array(shared, dtype=int), *both), nobody, _charges(state), limit, float(problem.split_minor))


def _alone(state: State, number: int, offers: list[Offer]) -> tuple[float, float, int]:
    """What one seller asks for a line: cost with what stays unfilled, goods, and units; from several stocks where one has not all."""
    line, pools = state.problem.lines[number], state.problem.pools
    best: tuple[float, float, int] | None = None
    for first in offers:
        left, total, value = line.quantity, 0, 0
        for one in [first, *(other for other in offers if other is not first and other.pool != first.pool)][:line.max_offers]:
            units = one.fit(min(left, pools[one.pool][1]))
            if units:
                left -= units
                value += one.price(units) * units
                total += one.price(units) * units + one.extra_minor + one.extra_unit_minor * units
        whole = float(total + left * state.unfilled[number])
        if best is None or whole < best[0]:
            best = whole, float(value), line.quantity - left
    assert best is not None, "a seller of the line has an offer there"
    return best


def _pairs(state: State, line: Line, offers: list[Offer], unfilled: int) -> tuple[Vector, Vector]:
    """Cost and goods of every two sellers that share `line`: one gives all it can, or a little less where packs ask for it."""
    sellers, pools = len(state.problem.sellers), state.problem.pools
    seller, pool = np.array([one.seller for one in offers]), np.array([one.pool for one in offers])
    multiple, minimum = np.array([one.multiple for one in offers]), np.array([one.minimum for one in offers])
    most = np.array([one.fit(min(line.quantity, pools[one.pool][1])) for one in offers])
    cost = np.full((sellers, sellers), np.inf)
    goods = np.zeros((2, sellers, sellers))
    rest = np.broadcast_to(line.quantity - most[:, None], (len(offers), len(offers)))
    for packs in (rest // multiple, -(-rest // multiple)):
        second = packs * multiple
        second = np.where((second >= minimum) & (second <= most), second, 0)
        first = np.minimum(most[:, None], line.quantity - second)
        first = first - first % multiple[:, None]
        value = _value(offers, first.T).T, _value(offers, second)
        total = _total(offers, value[0].T, first.T).T + _total(offers, value[1], second) + (line.quantity - first - second) * unfilled
        i, j = np.nonzero((first >= minimum[:, None]) & (second > 0) & (pool[:, None] != pool))
        order = np.argsort(-total[i, j], kind="stable")  # the least is written last, and stays
        i, j = i[order], j[order]
        better = total[i, j] < cost[seller[i], seller[j]]
        i, j = i[better], j[better]
        cost[seller[i], seller[j]] = total[i, j]
        goods[0, seller[i], seller[j]], goods[1, seller[i], seller[j]] = value[0][i, j], value[1][i, j]
    np.fill_diagonal(cost, np.inf)  # what one seller has in several stocks is its own cost
    swapped = cost > cost.T
    return np.where(swapped, cost.T, cost), np.where(swapped, goods[1].T, goods[0])


def _value(offers: list[Offer], quantity: Vector) -> Vector:
    """Goods of each offer (last axis) at these quantities."""
    unit = np.broadcast_to(np.array([float(one.tiers[0][1]) for one in offers]), quantity.shape)
    for number in range(1, max(len(one.tiers) for one in offers)):
        start = np.array([one.tiers[number][0] if number < len(one.tiers) else NEVER for one in offers])
        price = np.array([float(one.tiers[number][1]) if number < len(one.tiers) else 0.0 for one in offers])
        unit = np.where(quantity >= start, price, unit)
    return unit * quantity


def _total(offers: list[Offer], value: Vector, quantity: Vector) -> Vector:
    extra, unit = np.array([float(one.extra_minor) for one in offers]), np.array([float(one.extra_unit_minor) for one in offers])
    return value + extra + unit * quantity


def _charges(state: State) -> Callable[[Vector], Vector]:
    sellers = state.problem.sellers
    opening = np.array([float(one.opening_minor) for one in sellers])[:, None]
    freight = np.array([float(one.freight_minor) for one in sellers])[:, None]
    free = np.array([np.inf if one.free_from_minor is None else one.free_from_minor for one in sellers])[:, None]
    minimum = np.array([0.0 if one.minimum_minor is None else one.minimum_minor for one in sellers])[:, None]
    short = np.array([float(state.block) if one.blocks else float(one.surcharge_minor) for one in sellers])[:, None]

    def charges(goods: Vector) -> Vector:
        """Opening, freight and what falls due below the minimum."""
        cost = opening + np.where(goods >= free, 0, freight) + np.where(goods < minimum, short, 0)
        return np.where(goods > 0, cost, 0)
    return charges


def best_set(seen: Table, until: float, clock: Callable[[], float]) -> frozenset[int]:
    """The best set found by opening, closing and swapping; where nothing is better it goes on for some sets more.

    Source: F. Glover, "Tabu search" (1989); here no set is visited twice.
    """
    known = np.asarray(np.isfinite(seen.cost).any(axis=0))
    chosen: frozenset[int] = frozenset()
    patience = min(PATIENCE, 1 + int(known.sum()) // 2)
    best, total, visited, left = chosen, float(seen.nobody.sum()), {chosen}, patience
    while left and clock() < until:
        trials = [chosen, *(chosen - {out} for out in sorted(chosen))]
        found = min((_opening(seen, base, known, visited) for base in trials), key=lambda pair: pair[0])
        if not np.isfinite(found[0]):
            break
        chosen = found[1]
        visited.add(chosen)
        left -= 1
        if found[0] < total - 0.5:
            total, best, left = found[0], chosen, patience
    return best


def _filled(seen: Table, chosen: frozenset[int]) -> tuple[Vector, Vector]:
    """Every line at its cheapest within the set: cost per line, and goods per line and seller."""
    inside = sorted(chosen)
    cost, goods = seen.nobody.copy(), np.zeros(seen.cost.shape)
    if not inside:
        return cost, goods
    alone = seen.cost[:, inside]
    lines = np.flatnonzero(alone.min(axis=1) < cost)
    home = np.array(inside)[alone[lines].argmin(axis=1)]
    cost[lines], goods[lines, home] = seen.cost[lines, home], seen.goods[lines, home]
    within = seen.pairs.cost[np.ix_(range(len(seen.pairs.lines)), inside, inside)].reshape(len(seen.pairs.lines), len(inside) ** 2)
    for row in np.flatnonzero(within.min(axis=1, initial=np.inf) < cost[seen.pairs.lines]).tolist():
        first, second = divmod(int(within[row].argmin()), len(inside))
        line, a, b = seen.pairs.lines[row], inside[first], inside[second]
        cost[line], goods[line] = within[row].min(), 0.0
        goods[line, a] += seen.pairs.goods[row, a, b]
        goods[line, b] += seen.pairs.goods[row, b, a]
    return cost, goods


def _opening(seen: Table, base: frozenset[int], known: Vector, visited: set[frozenset[int]]) -> tuple[float, frozenset[int]]:
    """The best of `base` itself and `base` with one more seller, without the sets `visited`."""
    (filled_cost, filled_goods), inside = _filled(seen, base), sorted(base)
    offered, own = seen.cost.copy(), seen.goods
    partner: tuple[Vector, Vector, Vector] | None = None
    if inside and len(seen.pairs.lines):
        beside = seen.pairs.cost[:, inside, :]
        with_help = beside.min(axis=1)
        better = with_help < offered[seen.pairs.lines]
        helper = np.array(inside)[beside.argmin(axis=1)]
        rows, newcomer = np.nonzero(better)
        own = own.copy()
        own[seen.pairs.lines[rows], newcomer] = seen.pairs.goods[rows, newcomer, helper[rows, newcomer]]
        offered[seen.pairs.lines] = np.minimum(with_help, offered[seen.pairs.lines])
        partner = rows, newcomer, helper[rows, newcomer]
    moves = offered < filled_cost[:, None]
    moves[:, inside] = False
    after = filled_goods.sum(axis=0)[:, None] - filled_goods.T @ moves
    after[np.diag_indices_from(after)] += (own * moves).sum(axis=0)
    if partner is not None:
        rows, newcomer, helper = partner
        helps = moves[seen.pairs.lines[rows], newcomer]
        rows, newcomer, helper = rows[helps], newcomer[helps], helper[helps]
        np.add.at(after, (helper, newcomer), seen.pairs.goods[rows, helper, newcomer])
    totals = np.where(moves, offered, filled_cost[:, None]).sum(axis=0) + _fixed(seen, after)
    totals = np.where(known & moves.any(axis=0), totals, np.inf)
    for at in np.flatnonzero(np.isfinite(totals)).tolist():
        if base | {at} in visited:
            totals[at] = np.inf
    best = int(totals.argmin())
    if inside and base not in visited:
        stay = float(filled_cost.sum() + _fixed(seen, filled_goods.sum(axis=0)[:, None])[0])
        if stay <= totals[best]:
            return stay, base
    return float(totals[best]), base | {best}


def _fixed(seen: Table, goods: Vector) -> Vector:
    """Charges and splits for each column of goods per seller; above the limit it costs too much."""
    count = (goods > 0.5).sum(axis=0)
    over = np.maximum(count - seen.limit, 0) * seen.nobody.sum() if np.isfinite(seen.limit) else 0
    return seen.charges(np.where(goods > 0.5, goods, 0)).sum(axis=0) + seen.split * np.maximum(count - 1, 0) + over


def start(empty: State, chosen: frozenset[int]) -> State:
    """The state that fills each line from `chosen` as cheaply as one or two of them can, then what is left from anybody."""
    state = clone(empty)
    for line in range(len(state.line_offers)):
        move = cheapest(state, line, chosen)
        change = state.delta(move) if move else None
        if change is not None:
            state.apply(move, change)
    for allowed in (chosen, None):
        for line in range(len(state.line_offers)):
            fill(state, line, allowed)
    return state
