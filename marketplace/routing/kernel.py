"""The exact model on what the bound leaves: first over the promising sellers, for a good answer, then over all, for proof."""

from __future__ import annotations

from marketplace.routing import exact, model, relax
from marketplace.routing.relax import Relaxed
from marketplace.routing.search import Search
from marketplace.routing.state import State

SMALL = 250
"""So few offers go to proof at once."""
BOXED = 1200
"""So many offers at most go to the exact model inside a time box: more would not be done in time."""
GAP = 0.002
"""The kernel stops this near to its own best: it is there for a good answer, proof comes after it."""


def kernel(search: Search) -> None:
    """The exact model over the sellers that the relaxation finds promising, for a good answer."""
    if search.relaxed is not None and len(relax.kept(search.state, search.relaxed)) > SMALL:
        ats = _promising(search.state, search.relaxed)
        if len(ats) <= BOXED:
            quantities, _ = _solve(search.state, search.relaxed, ats, search.left, GAP)
            if quantities is not None:
                search.take_quantities(quantities)


def prove_small(search: Search) -> None:
    """`prove`, where that can be done in a time box."""
    if search.relaxed is not None and len(relax.kept(search.state, search.relaxed)) <= BOXED:
        prove(search)


def prove(search: Search) -> None:
    """The exact model over all that a better answer could use: that answer, or the proof that there is none."""
    if search.relaxed is None:
        return
    quantities, higher = _solve(search.state, search.relaxed, relax.kept(search.state, search.relaxed), search.left)
    if higher is not None:
        search.raise_bound(higher)
    if quantities is not None:
        search.take_quantities(quantities)


def _promising(state: State, relaxed: Relaxed) -> list[int]:
    """Of the offers kept, those of the sellers that the linear program or `state` uses."""
    layout, columns = relaxed.layout, relaxed.columns
    if layout is None or columns is None:
        return relax.kept(state, relaxed)
    used = {at for at, ways in layout.ways.items() if sum(columns[column] for _, column in ways) > 1e-6}
    used |= {at for at, uses in enumerate(state.used) if uses}
    return [at for at in relax.kept(state, relaxed) if state.problem.offers[at].seller in used]


def _solve(state: State, relaxed: Relaxed, ats: list[int], seconds: float, gap: float = 0.0) -> tuple[list[int] | None, int | None]:
    """Quantities over the offers `ats` that cost less than `state`, and a lower bound for them; either may be None.

    Shapes:  quantities are by offer of the problem. The bound is one for the whole problem when `ats` are all
             that are `kept`.
    """
    problem = state.problem
    chosen = {at: relaxed.parts[at] for at in ats if at in relaxed.parts}
    if not chosen:
        return None, state.total if state.is_allowed else None
    if seconds <= 0:
        return None, None
    layout = model.build(problem, chosen, relaxed.most_unfilled)
    known = model.columns(layout, state) if state.is_allowed else None
    found = exact.solve(layout, seconds, known, gap)
    bound = found.bound
    if bound is not None and state.is_allowed:
        bound = min(bound, state.total)
    return (model.quantities(layout, state, found.values) if found.values else None), bound
