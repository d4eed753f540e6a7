"""The exact model: the problem as a mixed-integer program, laid out in rows and columns.

Per offer and tier one binary (used at this tier) and one whole number of packs, between the tier's own
ends; per seller one binary for each way to run its order (`lagrange.modes`), forced both ways because costs
may be negative; one row that lets a way count only when the goods reach what it needs. Where a tier
leaves one number of packs only, its binary stands for both.
Knows no solver: `exact.py` hands it to one.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from marketplace.routing.lagrange import modes
from marketplace.routing.problem import Problem
from marketplace.routing.reduce import Parts
from marketplace.routing.state import State


@dataclass
class Model:
    """Columns and rows; `starts`, `index` and `value` hold the rows one after the other."""

    cost: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)
    whole: list[bool] = field(default_factory=list)
    row_low: list[float] = field(default_factory=list)
    row_high: list[float] = field(default_factory=list)
    starts: list[int] = field(default_factory=lambda: [0])
    index: list[int] = field(default_factory=list)
    value: list[float] = field(default_factory=list)

    def column(self, cost: float, high: float, *, whole: bool = True) -> int:
        """A variable from 0 to `high`; gives back its index."""
        self.cost.append(cost)
        self.high.append(high)
        self.whole.append(whole)
        return len(self.cost) - 1

    def row(self, low: float, terms: Iterable[tuple[int, float]], high: float) -> int:
        """low <= sum of terms <= high; gives back its index."""
        for column, value in terms:
            self.index.append(column)
            self.value.append(value)
        self.starts.append(len(self.index))
        self.row_low.append(low)
        self.row_high.append(high)
        return len(self.row_low) - 1


@dataclass(frozen=True, slots=True)
class Part:
    """One tier of one offer: `used` and `packs` are columns, the same one when there is but one number of packs."""

    at: int
    price: int
    low: int
    high: int
    used: int
    packs: int
    multiple: int
    """Units of one step of `packs`."""


@dataclass
class Layout:
    """Which column and row means what; indexes of lines, pools and sellers are the problem's."""

    model: Model = field(default_factory=Model)
    parts: list[Part] = field(default_factory=list)
    ways: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    """Seller -> (goods needed, column) of each way to run its order."""
    unfilled: dict[int, int] = field(default_factory=dict)
    split: int | None = None
    line_rows: list[int] = field(default_factory=list)
    share_rows: dict[int, int] = field(default_factory=dict)
    pool_rows: dict[int, int] = field(default_factory=dict)
    goods_rows: dict[int, int] = field(default_factory=dict)
    count_row: int | None = None


def build(problem: Problem, parts: Parts, most_unfilled: list[int]) -> Layout:
    """The model over the offers of `parts`; a line stays short of at most its entry of `most_unfilled`."""
    layout = Layout()
    for at in sorted(parts):
        _offer(layout, problem, at, parts[at])
    _lines(layout, problem, most_unfilled)
    _pools(layout, problem)
    _sellers(layout, problem)
    return layout


def _offer(layout: Layout, problem: Problem, at: int, parts: list[tuple[int, int, int]]) -> None:
    offer, model = problem.offers[at], layout.model
    tiers = []
    for price, low, high in parts:
        unit = (price + offer.extra_unit_minor) * offer.multiple
        if low == high:
            used = model.column(offer.extra_minor + unit * high, 1)
            layout.parts.append(Part(at, price, 1, 1, used, used, offer.multiple * high))
        else:
            used, packs = model.column(offer.extra_minor, 1), model.column(unit, high)
            model.row(0, ((packs, 1), (used, -low)), math.inf)
            model.row(-math.inf, ((packs, 1), (used, -high)), 0)
            layout.parts.append(Part(at, price, low, high, used, packs, offer.multiple))
        tiers.append((used, 1.0))
    if len(tiers) > 1:
        model.row(0, tiers, 1)


def _lines(layout: Layout, problem: Problem, most_unfilled: list[int]) -> None:
    """What each line gets, and how many offers may share it."""
    units: list[list[tuple[int, float]]] = [[] for _ in problem.lines]
    uses: list[list[tuple[int, float]]] = [[] for _ in problem.lines]
    for part in layout.parts:
        line = problem.offers[part.at].line
        units[line].append((part.packs, part.multiple))
        uses[line].append((part.used, 1.0))
    for number, wanted in enumerate(problem.lines):
        if wanted.unfilled_minor is not None and most_unfilled[number]:
            layout.unfilled[number] = layout.model.column(wanted.unfilled_minor, most_unfilled[number], whole=False)
            units[number].append((layout.unfilled[number], 1.0))
        layout.line_rows.append(layout.model.row(wanted.quantity, units[number], wanted.quantity))
        if wanted.max_offers is not None and len(uses[number]) > wanted.max_offers:
            layout.share_rows[number] = layout.model.row(0, uses[number], wanted.max_offers)


def _pools(layout: Layout, problem: Problem) -> None:
    """Stock that several offers draw from; what one alone draws is in its packs already."""
    drawing: dict[int, list[tuple[int, float]]] = defaultdict(list)
    offers: dict[int, set[int]] = defaultdict(set)
    for part in layout.parts:
        pool = problem.offers[part.at].pool
        drawing[pool].append((part.packs, part.multiple))
        offers[pool].add(part.at)
    for pool, terms in drawing.items():
        if len(offers[pool]) > 1:
            layout.pool_rows[pool] = layout.model.row(0, terms, problem.pools[pool][1])


def _sellers(layout: Layout, problem: Problem) -> None:
    """Opening, freight, minimums, their number, and the split."""
    model = layout.model
    of_seller: dict[int, list[Part]] = defaultdict(list)
    for part in layout.parts:
        of_seller[problem.offers[part.at].seller].append(part)
    for at, parts in of_seller.items():
        _seller(layout, problem, at, parts)
    opened = [(column, 1.0) for ways in layout.ways.values() for _, column in ways]
    if problem.max_sellers is not None and len(layout.ways) > problem.max_sellers:
        layout.count_row = model.row(0, opened, problem.max_sellers)
    if problem.split_minor:
        layout.split = model.column(problem.split_minor, len(opened), whole=False)
        model.row(-math.inf, [*opened, (layout.split, -1.0)], 1)


def _seller(layout: Layout, problem: Problem, at: int, parts: list[Part]) -> None:
    model = layout.model
    most: dict[int, int] = defaultdict(int)
    by_offer: dict[int, list[tuple[int, float]]] = defaultdict(list)
    for part in parts:
        most[part.at] = max(most[part.at], part.price * part.multiple * part.high)
        by_offer[part.at].append((part.used, 1.0))
    found = modes(problem.sellers[at], sum(most.values()))
    ways = layout.ways[at] = [(need, model.column(charge, 1)) for charge, need in found]
    opened = [(column, -1.0) for _, column in ways]
    if len(ways) > 1:
        model.row(0, [(column, 1.0) for _, column in ways], 1)
    for uses in by_offer.values():
        model.row(-math.inf, [*uses, *opened], 0)
    model.row(0, [*((part.used, 1.0) for part in parts), *opened], math.inf)
    if any(need > 0 for need, _ in ways):
        goods = [(part.packs, float(part.price * part.multiple)) for part in parts]
        layout.goods_rows[at] = model.row(0, [*goods, *((column, -float(need)) for need, column in ways if need > 0)], math.inf)


def columns(layout: Layout, state: State) -> list[float]:
    """`state` as values of the model's columns; its offers must all be in the model."""
    values = [0.0] * len(layout.model.cost)
    for part in layout.parts:
        quantity = state.x[part.at]
        packs, rest = divmod(quantity, part.multiple)
        if quantity and not rest and part.low <= packs <= part.high and state.problem.offers[part.at].price(quantity) == part.price:
            values[part.used], values[part.packs] = 1.0, float(packs)
    for at, ways in layout.ways.items():
        if state.used[at]:
            reached = [column for need, column in ways if state.goods[at] >= need]
            values[reached[-1]] = 1.0
    for line, column in layout.unfilled.items():
        values[column] = float(state.room[line])
    if layout.split is not None:
        values[layout.split] = float(max(0, state.open - 1))
    return values


def quantities(layout: Layout, state: State, values: list[float]) -> list[int]:
    """Units per offer of the problem, from the values of the model's columns."""
    found = [0] * len(state.x)
    for part in layout.parts:
        if values[part.used] > 0.5:
            found[part.at] += round(values[part.packs]) * part.multiple
    return found
