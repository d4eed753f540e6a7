"""A true lower bound by relaxation: each line alone, at its cheapest reachable units.

Sources of slack, on purpose: sellers' fixed costs count once for the cheapest seller, pools are not
shared between lines, quantities may be fractions of a multiple. Never above the optimum.
"""

from __future__ import annotations

from marketplace.routing.problem import Line, Offer, Problem


def bound(problem: Problem, useful: list[int]) -> int:
    """A total that no allowed answer can go below.

    Units: minor units. Lines that must be filled count as filled as far as their offers reach.
    """
    by_line: list[list[Offer]] = [[] for _ in problem.lines]
    for at in useful:
        by_line[problem.offers[at].line].append(problem.offers[at])
    nothing = sum((line.unfilled_minor or 0) * line.quantity for line in problem.lines)
    must = any(line.unfilled_minor is None for line in problem.lines)
    goods = sum(_line(problem, line, offers) for line, offers in zip(problem.lines, by_line, strict=True))
    fixed = _fixed(problem, useful)
    if fixed is None:
        return nothing
    return goods + fixed if must else min(nothing, goods + fixed)


def _fixed(problem: Problem, useful: list[int]) -> int | None:
    """The least that opening at least one seller can cost; None when there is none to open."""
    most: dict[int, int] = {}
    for at in useful:
        offer = problem.offers[at]
        dearest = max(price for _, price in offer.tiers) * problem.lines[offer.line].quantity
        most[offer.seller] = most.get(offer.seller, 0) + dearest
    costs = []
    for at, reachable in most.items():
        seller = problem.sellers[at]
        free = seller.free_from_minor is not None and reachable >= seller.free_from_minor
        costs.append(seller.opening_minor + (0 if free else seller.freight_minor))
    if not costs:
        return None
    first = min(costs)
    others = sorted(cost + problem.split_minor for cost in costs)
    others.remove(first + problem.split_minor)
    return first + sum(cost for cost in others if cost < 0)


def _line(problem: Problem, line: Line, offers: list[Offer]) -> int:
    """Fill the line from its cheapest units up, each offer at the best price it can reach."""
    steps, fixed = [], 0
    for offer in offers:
        room = min(line.quantity, problem.pools[offer.pool][1])
        top = offer.fit(room)
        unit = min(price for i, (start, price) in enumerate(offer.tiers)
                   if start <= top and (i + 1 == len(offer.tiers) or offer.tiers[i + 1][0] > offer.minimum))
        steps.append((unit + offer.extra_unit_minor, top))
        fixed += min(0, offer.extra_minor)
    steps.sort()
    left, cost = line.quantity, 0
    fixed += max(0, min((offer.extra_minor for offer in offers), default=0))
    for unit, most in steps:
        if line.unfilled_minor is not None and unit >= line.unfilled_minor:
            break
        take = min(left, most)
        cost += unit * take
        left -= take
    filled = cost + fixed + (line.unfilled_minor or 0) * left
    return filled if line.unfilled_minor is None else min(filled, line.unfilled_minor * line.quantity)
