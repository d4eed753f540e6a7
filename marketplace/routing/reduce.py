"""Take away what cannot matter: offers that can never be used, offers another one always beats, and quantities
that leave a rest nobody can give.

Invariant: the optimum of what is left is the optimum of the whole.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator

from marketplace.routing.problem import Line, Offer, Problem

Parts = dict[int, list[tuple[int, int, int]]]
"""Per offer: (price, fewest packs, most packs) of each tier that can be used."""
LARGE = 4000
"""Lines of more units are not looked at unit by unit."""


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


def parts(problem: Problem, ats: Collection[int], full: Collection[int]) -> Parts:
    """The tiers of the offers `ats` as far as they can be used; lines in `full` stay without a unit missing.

    Shapes:  offers without any usable tier are left out.
    """
    by_line: dict[int, list[int]] = defaultdict(list)
    for at in sorted(ats):
        by_line[problem.offers[at].line].append(at)
    found: Parts = {}
    for number, offers in by_line.items():
        line = problem.lines[number]
        rows = {at: list(ranges(problem.offers[at], min(line.quantity, problem.pools[problem.offers[at].pool][1]))) for at in offers}
        if number in full and line.quantity <= LARGE:
            rows = _filling(problem, line, rows)
        found.update((at, tiers) for at, tiers in rows.items() if tiers)
    return found


def ranges(offer: Offer, top: int) -> Iterator[tuple[int, int, int]]:
    """(price, fewest packs, most packs) of each tier that can be reached within `top` units."""
    for i, (start, price) in enumerate(offer.tiers):
        after = offer.tiers[i + 1][0] - 1 if i + 1 < len(offer.tiers) else top
        low = -(-max(start, offer.minimum) // offer.multiple)
        high = min(after, top, top if offer.maximum is None else offer.maximum) // offer.multiple
        if low <= high:
            yield price, low, high


def _filling(problem: Problem, line: Line, rows: Parts) -> Parts:
    """The rows cut to quantities whose rest the other offers can give; sets of quantities are bits of a number."""
    wanted = line.quantity
    anyone = 1
    for at, tiers in rows.items():
        multiple = problem.offers[at].multiple
        for _, low, high in tiers:
            for packs in range(low, high + 1):
                anyone |= 1 << packs * multiple
    others = len(rows) - 1 if line.max_offers is None else min(len(rows), line.max_offers) - 1
    rest = _sums(anyone, others, wanted)
    found: Parts = {}
    for at, tiers in rows.items():
        multiple = problem.offers[at].multiple
        fits = ((price, [n for n in range(low, high + 1) if rest >> wanted - n * multiple & 1]) for price, low, high in tiers)
        found[at] = [(price, packs[0], packs[-1]) for price, packs in fits if packs]
    return found


def _sums(one: int, most: int, wanted: int) -> int:
    """All sums up to `wanted` of at most `most` of the quantities in `one`."""
    everything = (1 << wanted + 1) - 1
    sums, quantities = 1, [n for n in range(wanted + 1) if one >> n & 1]
    for _ in range(most):
        more = sums
        for quantity in quantities:
            more |= sums << quantity
        more &= everything
        if more == sums:
            break
        sums = more
    return sums
