"""Take away what cannot matter: offers that can never be used, and offers another one always beats.

Invariant: the optimum of what is left is the optimum of the whole.
"""

from __future__ import annotations

from collections import Counter, defaultdict

from marketplace.routing.problem import Offer, Problem


def useful(problem: Problem) -> list[int]:
    """The indexes of the offers worth looking at, in order of id."""
    by_place: dict[tuple[int, int], list[int]] = defaultdict(list)
    drawing = Counter(pool for pool, _ in {(offer.pool, offer.line) for offer in problem.offers})
    for at, offer in enumerate(problem.offers):
        room = min(problem.lines[offer.line].quantity, problem.pools[offer.pool][1])
        if offer.fit(room):
            by_place[offer.line, offer.seller].append(at)
    kept = []
    for (line, seller), rivals in by_place.items():
        if len(rivals) > 1 and not _has_thresholds(problem, seller):
            kept.extend(_undominated(problem, line, rivals, drawing))
        else:
            kept.extend(rivals)
    return sorted(kept)


def _has_thresholds(problem: Problem, at: int) -> bool:
    """Whether cheaper goods could cost this seller's order its free freight or its minimum."""
    seller = problem.sellers[at]
    return bool(seller.minimum_minor) or (seller.free_from_minor is not None and seller.freight_minor > 0)


def _undominated(problem: Problem, line: int, rivals: list[int], drawing: Counter[int]) -> list[int]:
    quantity = problem.lines[line].quantity
    offers = problem.offers
    kept: list[int] = []
    for at in sorted(rivals, key=lambda at: (offers[at].price(quantity), at)):
        ample = [o for o in kept if drawing[offers[o].pool] == 1 and problem.pools[offers[o].pool][1] >= quantity]
        if not any(_beats(offers[o], offers[at], quantity) for o in ample):
            kept.append(at)
    return kept


def _beats(one: Offer, other: Offer, quantity: int) -> bool:
    """Whether `one` can stand in for any quantity of `other`, alone or joined, at no higher cost."""
    prices = [price for _, price in one.tiers]
    starts = {start for start, _ in (*one.tiers, *other.tiers)} | {other.minimum}
    return (
        one.minimum <= other.minimum and other.multiple % one.multiple == 0
        and (one.maximum is None or one.maximum >= quantity)
        and one.extra_unit_minor <= other.extra_unit_minor and 0 <= one.extra_minor <= other.extra_minor
        and prices == sorted(prices, reverse=True)
        and all(one.price(start) <= other.price(start) for start in starts if other.minimum <= start <= quantity)
    )
