"""Which sellers to open: a quick search over sets of sellers, on a table of whole-line costs.

Within a set, each line goes to the one seller where it is cheapest, or is shared where none can hold it.
That is only an estimate, good for choosing a set: the state built from it is exact, and is polished
afterwards.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from marketplace.routing.construct import clone, fill
from marketplace.routing.problem import Problem
from marketplace.routing.state import State


def best_set(state: State, until: float, clock: Callable[[], float]) -> frozenset[int]:
    """A set of sellers whose estimated total no single opening, closing or swap lowers, or the best in time."""
    table = _table(state)
    known = [seller for seller, offers in enumerate(state.seller_offers) if offers]
    costs: dict[frozenset[int], int] = {}

    def cost(chosen: frozenset[int]) -> int:
        """The set's estimate, computed once."""
        if chosen not in costs:
            costs[chosen] = _estimate(state, table, chosen)
        return costs[chosen]

    best = min((frozenset({seller}) for seller in known), key=cost, default=frozenset())
    while clock() < until:
        nearby = [best | {new} for new in known if new not in best]
        nearby += [best - {out} for out in sorted(best) if len(best) > 1]
        nearby += [best - {out} | {new} for out in sorted(best) for new in known if new not in best]
        better = _cheapest(nearby, cost, until, clock)
        if better is None or cost(better) >= cost(best):
            return best
        best = better
    return best


def _cheapest(
    sets: list[frozenset[int]], cost: Callable[[frozenset[int]], int], until: float, clock: Callable[[], float]
) -> frozenset[int] | None:
    """The first of the cheapest sets, among those there was time to look at."""
    best = None
    for number, chosen in enumerate(sets):
        if number % 16 == 0 and clock() >= until:
            break
        if best is None or cost(chosen) < cost(best):
            best = chosen
    return best


def start(empty: State, chosen: frozenset[int]) -> State:
    """The state that fills each line from `chosen` at its table price, then whatever is left from anybody."""
    state = clone(empty)
    for line, row in enumerate(_table(state)):
        whole = state.problem.lines[line].quantity
        homes = sorted((row[seller].cost, row[seller].offer) for seller in chosen if seller in row and row[seller].units == whole)
        for _, at in homes[:1]:
            change = state.delta([(at, whole)]) if state.pool[state.problem.offers[at].pool] >= whole else None
            if change is not None:
                state.apply([(at, whole)], change)
    for allowed in (chosen, None):
        for line in range(len(state.line_offers)):
            fill(state, line, allowed)
    return state


class Home(NamedTuple):
    """The best that one seller alone can do for one line."""

    cost: int
    goods: int
    units: int
    offer: int


def _table(state: State) -> list[dict[int, Home]]:
    """Per line: seller -> its best home there."""
    problem = state.problem
    return [_row(problem, line, offers) for line, offers in enumerate(state.line_offers)]


def _row(problem: Problem, line: int, ats: list[int]) -> dict[int, Home]:
    wanted = problem.lines[line].quantity
    row: dict[int, Home] = {}
    for at in ats:
        offer = problem.offers[at]
        units = offer.fit(min(wanted, problem.pools[offer.pool][1]))
        goods = offer.price(units) * units
        home = Home(goods + offer.extra_minor + offer.extra_unit_minor * units, goods, units, at)
        known = row.get(offer.seller)
        if known is None or (-units, home.cost) < (-known.units, known.cost):
            row[offer.seller] = home
    return row


def _estimate(state: State, table: list[dict[int, Home]], chosen: frozenset[int]) -> int:
    """Estimated total when only `chosen` sell; sellers that get nothing are not counted."""
    total = 0
    goods: dict[int, int] = {}
    for line, row in enumerate(table):
        wanted, unfilled = state.problem.lines[line].quantity, state.unfilled[line]
        best, winner = unfilled * wanted, None
        for seller in chosen:
            home = row.get(seller)
            if home is not None and home.units == wanted and (home.cost, seller) < (best, seller if winner is None else winner):
                best, winner = home.cost, seller
        if winner is not None:
            goods[winner] = goods.get(winner, 0) + row[winner].goods
            total += best
        else:
            total += _shared(state, line, [(seller, row[seller]) for seller in chosen if seller in row], goods)
    for seller, value in goods.items():
        total += state.charges(state.problem.sellers[seller], value)
    limit = state.problem.max_sellers
    if limit is not None and len(goods) > limit:
        total += state.block * (len(goods) - limit)
    return total + state.problem.split_minor * max(0, len(goods) - 1)


def _shared(state: State, line: int, homes: list[tuple[int, Home]], goods: dict[int, int]) -> int:
    """Estimated cost of a line that no chosen seller can hold: put together, biggest part first."""
    left, cost, parts = state.problem.lines[line].quantity, 0, state.problem.lines[line].max_offers
    for seller, home in sorted(homes, key=lambda pair: (-pair[1].units, pair[1].cost, pair[0]))[:parts]:
        take = min(left, home.units)
        if not take:
            break
        cost += home.cost * take // home.units
        goods[seller] = goods.get(seller, 0) + home.goods * take // home.units
        left -= take
    return cost + left * state.unfilled[line]
