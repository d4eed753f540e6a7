"""What the solver is measured against: the peers' rule, greedy with local search, and the exact model as it stands.

Each gives units per offer id, or None where it finds nothing that the rules allow.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from marketplace.routing import answers, exact, model, reduce, verify
from marketplace.routing.construct import starts
from marketplace.routing.improve import improve
from marketplace.routing.problem import Offer, Problem, read
from marketplace.routing.search import Clock
from marketplace.routing.state import State

Quantities = dict[str, int]


def peers(data: dict[str, Any]) -> Quantities | None:
    """Each line to its cheapest landed offer, the next one for what is missing, no line knowing of another.

    Where too many sellers come out the smallest are left out, and those below a blocking minimum, and all
    is done again.
    """
    problem = read(data)
    banned: set[int] = set()
    while True:
        found = _each_line(problem, banned)
        if not verify.rules(data, found):
            return found
        goods: dict[int, int] = defaultdict(int)
        for offer in problem.offers:
            if offer.id in found:
                goods[offer.seller] += offer.price(found[offer.id]) * found[offer.id]
        blocked = {at for at, minor in goods.items() if problem.sellers[at].blocks and minor < (problem.sellers[at].minimum_minor or 0)}
        if not blocked and problem.max_sellers is not None and len(goods) > problem.max_sellers:
            blocked = {min(goods, key=lambda at: (goods[at], at))}
        if not blocked:
            return None
        banned |= blocked


def _each_line(problem: Problem, banned: Collection[int]) -> Quantities:
    found: Quantities = {}
    pools = [available for _, available in problem.pools]
    for number, line in enumerate(problem.lines):
        offers = [one for one in problem.offers if one.line == number and one.seller not in banned]
        room, parts = line.quantity, 0
        while room and offers and (line.max_offers is None or parts < line.max_offers):
            fits = {one.id: one.fit(min(room, pools[one.pool])) for one in offers}
            offers = [one for one in offers if fits[one.id]]
            if not offers:
                break
            best = min(offers, key=lambda one: (_landed(problem, one, fits[one.id]) / fits[one.id], one.id))
            offers.remove(best)
            found[best.id] = fits[best.id]
            room, parts, pools[best.pool] = room - fits[best.id], parts + 1, pools[best.pool] - fits[best.id]
    return dict(sorted(found.items()))


def _landed(problem: Problem, offer: Offer, quantity: int) -> int:
    """Goods, freight and policy of this line as if it were the whole seller order."""
    seller, goods = problem.sellers[offer.seller], offer.price(quantity) * quantity
    free = seller.free_from_minor is not None and goods >= seller.free_from_minor
    return goods + offer.extra_minor + offer.extra_unit_minor * quantity + (0 if free else seller.freight_minor)


def greedy(data: dict[str, Any], seconds: float, clock: Clock) -> Quantities | None:
    """Line after line where it adds least, then moves and exchanges of sellers while there is time."""
    problem = read(data)
    until = clock() + seconds
    state = improve(next(starts(State(problem, reduce.useful(problem)), 1)), until, clock)
    return answers.quantities(state) if state.is_allowed else None


def plain(data: dict[str, Any], seconds: float) -> tuple[Quantities | None, bool]:
    """The exact model over every offer, as the solver takes it without any of our stages; and whether it is proven."""
    problem = read(data)
    useful = reduce.useful(problem)
    layout = model.build(problem, reduce.parts(problem, useful, ()), [line.quantity for line in problem.lines])
    found = exact.solve(layout, seconds, None)
    if not found.values:
        return None, False
    units = model.quantities(layout, State(problem, useful), found.values)
    return {offer.id: quantity for offer, quantity in zip(problem.offers, units, strict=True) if quantity}, found.is_proven
