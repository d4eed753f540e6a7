"""Greedy starts: ways of filling lines one after the other, from nothing.

`fill` is also what the local search uses to find a line a new home. Lines are taken as given, so a
start is as good as its order; `starts` gives several.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from marketplace.routing.state import Move, State, worth


def fill(state: State, line: int, sellers: Collection[int] | None = None) -> None:
    """Fill what `line` still wants, cheapest first per unit, from `sellers` only when given."""
    offers = state.problem.offers
    choices = [at for at in state.line_offers[line] if sellers is None or offers[at].seller in sellers]
    while state.room[line] and choices:
        best: tuple[int, int, int, int] | None = None
        for at in choices:
            if state.x[at]:
                continue
            quantity = offers[at].fit(min(state.room[line], state.pool[offers[at].pool]))
            change = state.delta([(at, quantity)]) if quantity else None
            if change is None or change >= 0:
                continue
            if best is None or change * best[1] < best[0] * quantity:
                best = (change, quantity, at, 0)
        if best is None:
            return
        state.apply([(best[2], best[1])], best[0])


def homes(state: State, line: int, sellers: Collection[int]) -> Iterator[Move]:
    """Whole-line homes: nothing, each offer alone, and each of `sellers` with another of them where it cannot hold all."""
    offers = state.problem.offers
    wanted = state.problem.lines[line].quantity
    ats = [at for at in state.line_offers[line] if offers[at].seller in sellers]
    yield []
    for at in state.line_offers[line]:
        first = offers[at].fit(min(wanted, state.pool[offers[at].pool] + state.x[at]))
        if not first:
            continue
        yield [(at, first)]
        if first < wanted and offers[at].seller in sellers:
            yield from _shared(state, wanted, (at, first), [other for other in ats if other != at])


def _shared(state: State, wanted: int, one: tuple[int, int], others: list[int]) -> Iterator[Move]:
    """The line shared between `one` at its most, or a little less where the other's packs ask for it, and each other."""
    offers = state.problem.offers
    at, first = one
    for other in others:
        offer = offers[other]
        left = state.pool[offer.pool] + state.x[other] - (first if offer.pool == offers[at].pool else 0)
        whole_packs = wanted - -(-(wanted - first) // offer.multiple) * offer.multiple
        for mine in {first, offers[at].fit(wanted - offer.minimum), offers[at].fit(max(whole_packs, 0))}:
            rest = offer.fit(min(wanted - mine, left)) if mine else 0
            if rest:
                yield [(at, mine), (other, rest)]


def cheapest(state: State, line: int, sellers: Collection[int]) -> Move:
    """The home of an empty line that costs least at these sellers, their charges apart."""
    best: tuple[int, Move] = (state.unfilled[line] * state.room[line], [])
    for home in homes(state, line, sellers):
        if any(state.problem.offers[at].seller not in sellers for at, _ in home):
            continue
        cost = state.unfilled[line] * (state.room[line] - sum(quantity for _, quantity in home))
        cost += sum(sum(worth(state.problem.offers[at], quantity)) for at, quantity in home)
        if cost < best[0] and len(home) <= (state.problem.lines[line].max_offers or 2):
            best = (cost, home)
    return best[1]


def starts(problem_state: State, most: int) -> Iterator[State]:
    """At most `most` fresh states: line by line at the cheapest landed cost, then each big seller first."""
    greedy = clone(problem_state)
    for line in _by_value(greedy):
        fill(greedy, line)
    yield greedy
    reach = sorted(range(len(greedy.seller_offers)), key=lambda s: (-_reach(greedy, s), s))
    for seller in reach[: most - 1]:
        if greedy.seller_offers[seller]:
            state = clone(problem_state)
            for sellers in ({seller}, None):
                for line in _by_value(state):
                    fill(state, line, sellers)
            yield state


def clone(state: State) -> State:
    """An independent copy of where the search stands."""
    copy = object.__new__(State)
    for name in ("problem", "block", "unfilled", "line_offers", "seller_offers", "total", "open"):
        setattr(copy, name, getattr(state, name))
    for name in ("x", "room", "share", "pool", "goods", "used"):
        setattr(copy, name, getattr(state, name)[:])
    return copy


def clear(state: State, ats: Collection[int]) -> Move:
    """Take `ats` out of use; gives back the move that undoes it."""
    move = [(at, 0) for at in ats if state.x[at]]
    change = state.delta(move)
    assert change is not None, "taking away is always allowed"
    return state.apply(move, change)


def _by_value(state: State) -> list[int]:
    """Lines with few choices first, then the dear ones."""
    def value(line: int) -> tuple[int, int, int]:
        """Choices, then what the line is worth at its cheapest."""
        offers = [state.problem.offers[at] for at in state.line_offers[line]]
        quantity = state.problem.lines[line].quantity
        return (len(offers), -min((offer.price(quantity) for offer in offers), default=0) * quantity, line)
    return sorted(range(len(state.line_offers)), key=value)


def _reach(state: State, seller: int) -> int:
    return len({state.problem.offers[at].line for at in state.seller_offers[seller]})
