"""Where a search stands: quantities, and what follows from them, kept up to date move by move.

A move is `[(offer, new quantity), ...]`; `delta` says what it would change, or None where it breaks a
hard rule. Two rules are soft during the search and carry a price above any real cost: a line that
must be filled, and a seller's blocking minimum.
"""

from __future__ import annotations

from collections import defaultdict

from marketplace.routing.problem import Offer, Problem, Seller

Move = list[tuple[int, int]]


class State:
    """One assignment of `problem`, over the offers in `useful`."""

    __slots__ = ("block", "goods", "line_offers", "open", "order", "pool", "problem", "room", "seller_offers",
                 "share", "total", "unfilled", "used", "x")

    def __init__(self, problem: Problem, useful: list[int]) -> None:
        self.problem = problem
        self.x = [0] * len(problem.offers)
        self.room = [line.quantity for line in problem.lines]
        self.share = [0] * len(problem.lines)
        self.pool = [available for _, available in problem.pools]
        self.goods = [0] * len(problem.sellers)
        self.used = [0] * len(problem.sellers)
        self.open = 0
        self.block = 2 * _above_any_cost(problem)
        self.unfilled = [self.block if line.unfilled_minor is None else line.unfilled_minor for line in problem.lines]
        self.total = sum(map(int.__mul__, self.unfilled, self.room))
        self.line_offers: list[list[int]] = [[] for _ in problem.lines]
        self.seller_offers: list[list[int]] = [[] for _ in problem.sellers]
        for at in useful:
            self.line_offers[problem.offers[at].line].append(at)
            self.seller_offers[problem.offers[at].seller].append(at)

    @property
    def is_allowed(self) -> bool:
        """Whether no soft rule is broken: not even all negative costs together hide a broken one."""
        return 2 * self.total < self.block

    def charges(self, seller: Seller, goods: int) -> int:
        """Opening, freight and surcharge of a seller order; a blocked one costs more than anything real."""
        cost = seller.opening_minor
        if seller.free_from_minor is None or goods < seller.free_from_minor:
            cost += seller.freight_minor
        if seller.minimum_minor is not None and goods < seller.minimum_minor:
            cost += self.block if seller.blocks else seller.surcharge_minor
        return cost

    def delta(self, move: Move) -> int | None:
        """How the total changes by `move`; None where a line, pool or count does not allow it."""
        if len(move) == 1 and not self.x[move[0][0]]:
            return self._delta_of_one(*move[0])
        problem, x, cost = self.problem, self.x, 0
        room: dict[int, int] = defaultdict(int)
        share: dict[int, int] = defaultdict(int)
        pool: dict[int, int] = defaultdict(int)
        sellers: dict[int, list[int]] = {}
        for at, quantity in move:
            offer, old = problem.offers[at], x[at]
            if quantity == old:
                continue
            goods, extra = worth(offer, quantity)
            goods_old, extra_old = worth(offer, old)
            step = (quantity > 0) - (old > 0)
            cost += goods - goods_old + extra - extra_old
            room[offer.line] += quantity - old
            share[offer.line] += step
            pool[offer.pool] += quantity - old
            entry = sellers.setdefault(offer.seller, [0, 0])
            entry[0] += goods - goods_old
            entry[1] += step
        for line, more in room.items():
            limit = problem.lines[line].max_offers
            if more > self.room[line] or (limit is not None and share[line] > 0 and self.share[line] + share[line] > limit):
                return None
            cost -= more * self.unfilled[line]
        if any(more > self.pool[at] for at, more in pool.items()):
            return None
        return self._with_sellers(cost, sellers)

    def _delta_of_one(self, at: int, quantity: int) -> int | None:
        """`delta` of the commonest move: an unused offer taken into use."""
        offer = self.problem.offers[at]
        limit = self.problem.lines[offer.line].max_offers
        if quantity > self.room[offer.line] or quantity > self.pool[offer.pool]:
            return None
        if not quantity:
            return 0
        if limit is not None and self.share[offer.line] >= limit:
            return None
        goods, extra = worth(offer, quantity)
        cost = goods + extra - quantity * self.unfilled[offer.line]
        return self._with_sellers(cost, {offer.seller: [goods, 1]})

    def _with_sellers(self, cost: int, sellers: dict[int, list[int]]) -> int | None:
        """Add what changes in seller orders and in their number."""
        count = self.open
        for at, (goods, uses) in sellers.items():
            before, after = self.used[at], self.used[at] + uses
            if before:
                cost -= self.charges(self.problem.sellers[at], self.goods[at])
            if after:
                cost += self.charges(self.problem.sellers[at], self.goods[at] + goods)
            count += (after > 0) - (before > 0)
        limit = self.problem.max_sellers
        if limit is not None and count > limit and count > self.open:
            return None
        return cost + self.problem.split_minor * (max(0, count - 1) - max(0, self.open - 1))

    def apply(self, move: Move, change: int) -> Move:
        """Make `move`, whose `delta` is `change`; gives back the move that undoes it."""
        back = [(at, self.x[at]) for at, _ in move]
        for at, quantity in move:
            offer, old = self.problem.offers[at], self.x[at]
            step = (quantity > 0) - (old > 0)
            self.x[at] = quantity
            self.room[offer.line] -= quantity - old
            self.share[offer.line] += step
            self.pool[offer.pool] -= quantity - old
            self.goods[offer.seller] += worth(offer, quantity)[0] - worth(offer, old)[0]
            before = self.used[offer.seller]
            self.used[offer.seller] = before + step
            self.open += (before + step > 0) - (before > 0)
        self.total += change
        return back

    def allocation(self, line: int) -> Move:
        """The offers that now share `line`."""
        return [(at, self.x[at]) for at in self.line_offers[line] if self.x[at]]


def worth(offer: Offer, quantity: int) -> tuple[int, int]:
    """Goods and policy extras of `quantity` units of `offer`."""
    if not quantity:
        return 0, 0
    return offer.price(quantity) * quantity, offer.extra_minor + offer.extra_unit_minor * quantity


def _above_any_cost(problem: Problem) -> int:
    """More than all real costs together could ever be."""
    most = 1 + problem.split_minor * len(problem.sellers)
    for seller in problem.sellers:
        most += abs(seller.opening_minor) + seller.freight_minor + seller.surcharge_minor
    for line in problem.lines:
        most += (line.unfilled_minor or 0) * line.quantity
    for offer in problem.offers:
        dearest = max(price for _, price in offer.tiers)
        most += (dearest + abs(offer.extra_unit_minor)) * problem.lines[offer.line].quantity + abs(offer.extra_minor)
    return most
