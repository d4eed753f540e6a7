"""Local search: moves that lower the total, until none does or the time is up.

Moves: give a line a new home, hand part of it over (as far as a tier, a minimum or a freight threshold
needs), close a seller, open one, swap one for another. Every move is tried by its exact change.
"""

from __future__ import annotations

from collections.abc import Callable

from marketplace.routing.construct import clear, clone, fill, homes
from marketplace.routing.state import Move, State

Clock = Callable[[], float]


def polish(state: State, until: float, clock: Clock) -> State:
    """Go downhill line by line, in place, until nothing moves; lines that are short come first."""
    before = None
    while before is None or state.total < before:
        before = state.total
        for line in sorted(range(len(state.line_offers)), key=lambda line: (not state.room[line], line)):
            _rehome(state, line)
            _hand_over(state, line)
            if clock() >= until:
                return state
    return state


def improve(state: State, until: float, clock: Clock) -> State:
    """Go downhill by lines and by sellers; the best state found from `state`."""
    while clock() < until:
        before = polish(state, until, clock).total
        state = _reshape(state, until, clock)
        if state.total >= before:
            return state
    return state


def _rehome(state: State, line: int) -> None:
    """Move the whole line to the one or two offers where it is cheapest; two only of sellers in use."""
    used = {at for at, uses in enumerate(state.used) if uses}
    old = [(at, 0) for at, _ in state.allocation(line)]
    best: tuple[int, Move] = (0, [])
    for home in homes(state, line, used):
        taken = {at for at, _ in home}
        move = [*(out for out in old if out[0] not in taken), *home]
        change = state.delta(move)
        if change is not None and change < best[0]:
            best = (change, move)
    if best[1]:
        state.apply(best[1], best[0])


def _hand_over(state: State, line: int) -> None:
    """Hand units of one offer to another as far as some threshold asks, while that pays."""
    offers = state.problem.offers
    for giver, has in state.allocation(line):
        best: tuple[int, Move] = (0, [])
        for taker in state.line_offers[line]:
            if taker == giver or not _may_pay(state, giver, taker):
                continue
            for units in _portions(state, giver, taker):
                gave, took = has - units, state.x[taker] + units
                if gave < 0 or (gave and offers[giver].fit(gave) != gave) or offers[taker].fit(took) != took:
                    continue
                change = state.delta([(giver, gave), (taker, took)])
                if change is not None and change < best[0]:
                    best = (change, [(giver, gave), (taker, took)])
        if best[1]:
            state.apply(best[1], best[0])


def _may_pay(state: State, giver: int, taker: int) -> bool:
    """Whether part of a line could be better off elsewhere: a threshold, a tier or a cheaper unit."""
    one, other = state.problem.offers[giver], state.problem.offers[taker]
    seller = state.problem.sellers[other.seller]
    if state.x[taker] or seller.minimum_minor or (seller.free_from_minor and seller.freight_minor):
        return True
    cheapest = min(price for _, price in other.tiers) + other.extra_unit_minor
    return len(one.tiers) > 1 or cheapest < one.price(state.x[giver]) + one.extra_unit_minor


def _portions(state: State, giver: int, taker: int) -> set[int]:
    """Numbers of units worth handing over."""
    one, other = state.problem.offers[giver], state.problem.offers[taker]
    has, owns = state.x[giver], state.x[taker]
    marks = {other.minimum, *(start for start, _ in other.tiers)}
    units = {mark - owns for mark in marks} | {has - start for start, _ in one.tiers if start < has}
    units |= {has - one.minimum, other.multiple, other.fit(min(owns + has, owns + state.pool[other.pool])) - owns, has}
    seller = state.problem.sellers[other.seller]
    for goal in (seller.free_from_minor, seller.minimum_minor):
        price = other.price(owns + has)
        if goal and price and state.goods[other.seller] < goal:
            missing = -(-(goal - state.goods[other.seller]) // price)
            units.add(-(-missing // other.multiple) * other.multiple)
    return {n for n in units if 0 < n <= has}


def _reshape(state: State, until: float, clock: Clock) -> State:
    """Close, open or swap a seller; the best of what that gives, or `state` as it was."""
    best = state
    sellers = [at for at, offers in enumerate(state.seller_offers) if offers]
    used = [at for at in sellers if state.used[at]]
    trials: list[tuple[int | None, int | None]] = [(out, None) for out in used]
    trials += [(None, new) for new in sellers if not state.used[new]]
    trials += [(out, new) for out in used for new in sellers if not state.used[new]]
    for out, new in trials:
        if clock() >= until:
            break
        trial = _reseat(state, out, new)
        if trial.total < best.total:
            best = trial
            if new is not None and out is None:
                break
    return best


def _reseat(state: State, out: int | None, new: int | None) -> State:
    """`state` without seller `out`, and with every line that `new` can serve offered to it first."""
    trial = clone(state)
    homeless = [] if out is None else sorted({trial.problem.offers[at].line for at in trial.seller_offers[out] if trial.x[at]})
    if out is not None:
        clear(trial, trial.seller_offers[out])
    if new is not None:
        moved = {trial.problem.offers[at].line for at in trial.seller_offers[new]}
        if out is not None:
            moved &= set(homeless)
        for line in sorted(moved):
            clear(trial, trial.line_offers[line])
            fill(trial, line, {new})
        homeless = sorted(moved | set(homeless))
    allowed = {at for at, uses in enumerate(trial.used) if uses}
    for line in homeless:
        fill(trial, line, allowed)
        fill(trial, line)
    if new is not None:
        for line in homeless:
            _rehome(trial, line)
    return trial
