"""HiGHS, the solver of linear and mixed-integer programs: runs a `model.Layout`.

Its answers are proposals only: the verifier recomputes them in whole numbers. One thread, fixed seed, so
that the same problem gives the same answer. Imported where used: it brings numpy and 20 MB with it.
"""

from __future__ import annotations

import math
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

from marketplace.routing.model import Layout

TRUSTED_COST = 10**7
"""Above this a coefficient times the solver's tolerance could hide a whole unit."""
OPTIONS = {
    "output_flag": False, "threads": 1, "random_seed": 1, "mip_abs_gap": 0.999, "mip_rel_gap": 0.0,
    "mip_feasibility_tolerance": 1e-9, "mip_heuristic_effort": 0.0, "mip_allow_restart": False,
}
"""All costs are whole, so a gap below one unit is proof. The local search has found what heuristics would;
restarts cost more than they give on models that were reduced before."""

TOLERANCE = 1e-6
MOMENT = 0.001
DIVE_OFFERS = 3
"""So many offers are chosen at once, when the sellers are."""


@dataclass
class Found:
    """What the solver says. `values` is empty when it found none; `bound` None when it knows none."""

    values: list[float]
    bound: int | None
    is_proven: bool
    is_infeasible: bool = False


def relaxed(layout: Layout, seconds: float) -> tuple[list[float], list[float]] | None:
    """Values and row prices of the model without its whole numbers; None when it was not solved to the end."""
    solver = _load(layout, seconds, whole=False)
    solver.run()
    if solver.getModelStatus() != _highs().HighsModelStatus.kOptimal:
        return None
    solution = solver.getSolution()
    return list(solution.col_value), list(solution.row_dual)


def dive(layout: Layout, seconds: float) -> list[float]:
    """Values of the model with its choices made one after the other, each by the linear program's own leaning.

    Shapes:  empty when that leads nowhere; numbers of packs may stay fractions.
    """
    solver = _load(layout, seconds, whole=False)
    optimal = _highs().HighsModelStatus.kOptimal
    sellers = [column for ways in layout.ways.values() for _, column in ways]
    offers = [part.used for part in layout.parts]
    chosen: list[int] = []
    for _ in range(2 * len(sellers) + len(layout.line_rows)):
        solver.run()
        if solver.getModelStatus() != optimal:
            if not chosen:
                return []
            for column in chosen:
                solver.changeColBounds(column, 0.0, 0.0)
            chosen = []
            continue
        values = list(solver.getSolution().col_value)
        chosen = _undecided(values, sellers)[-1:] or _undecided(values, offers)[-DIVE_OFFERS:]
        if not chosen:
            return values
        for column in chosen:
            solver.changeColBounds(column, 1.0, 1.0)
    return []


def _undecided(values: list[float], columns: list[int]) -> list[int]:
    """The columns between 0 and 1, the largest last."""
    return sorted((column for column in columns if TOLERANCE < values[column] < 1 - TOLERANCE), key=lambda column: values[column])


def solve(layout: Layout, seconds: float, known: list[float] | None, gap: float = 0.0) -> Found:
    """Solve the model to a relative `gap`, or as far as the time allows, from the solution `known` on."""
    highspy = _highs()
    solver = _load(layout, seconds, whole=True)
    solver.setOptionValue("mip_rel_gap", gap)
    solver.setOptionValue("mip_heuristic_effort", 0.1 if gap else 0.0)
    if known is not None:
        start = highspy.HighsSolution()
        start.col_value = known
        solver.setSolution(start)
    solver.run()
    status = solver.getModelStatus()
    info = solver.getInfo()
    has_values = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    is_proven = status == highspy.HighsModelStatus.kOptimal and not gap
    return Found(
        list(solver.getSolution().col_value) if has_values else [], _bound(layout, info.mip_dual_bound, is_proven), is_proven,
        status == highspy.HighsModelStatus.kInfeasible,
    )


def _bound(layout: Layout, dual: float, is_proven: bool) -> int | None:
    """The whole number below which no answer lies, with more room than the solver's tolerance."""
    if not math.isfinite(dual):
        return None
    if is_proven and max(map(abs, layout.model.cost)) <= TRUSTED_COST and abs(dual) < 10**10:
        return math.ceil(dual - 1e-3)
    return math.floor(dual - 1 - 1e-6 * abs(dual))


@cache
def _highs() -> Any:
    import highspy

    return highspy


_kept = threading.local()


def _load(layout: Layout, seconds: float, *, whole: bool) -> Any:
    """This thread's solver with the model in it."""
    highspy = _highs()
    if not hasattr(_kept, "solver"):
        with _silence():
            _kept.solver = highspy.Highs()
        for name, value in OPTIONS.items():
            _kept.solver.setOptionValue(name, value)
    solver = _kept.solver
    solver.clearModel()
    seconds = max(seconds, MOMENT)
    solver.setOptionValue("time_limit", seconds if whole else solver.getRunTime() + seconds)  # only its simplex counts all its runs
    solver.passModel(_program(highspy, layout, whole))
    return solver


def _program(highspy: Any, layout: Layout, whole: bool) -> Any:
    model = layout.model
    program = highspy.HighsLp()
    program.num_col_, program.num_row_ = len(model.cost), len(model.row_low)
    program.col_cost_, program.col_lower_, program.col_upper_ = model.cost, [0.0] * len(model.cost), model.high
    program.row_lower_, program.row_upper_ = model.row_low, model.row_high
    if whole:
        kinds = highspy.HighsVarType
        program.integrality_ = [kinds.kInteger if is_whole else kinds.kContinuous for is_whole in model.whole]
    program.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    program.a_matrix_.start_, program.a_matrix_.index_, program.a_matrix_.value_ = model.starts, model.index, model.value
    return program


@contextmanager
def _silence() -> Iterator[None]:
    """Send the solver's banner to standard error: standard output belongs to the answer."""
    sys.stdout.flush()
    kept = os.dup(1)
    try:
        os.dup2(2, 1)
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)
