"""The price of an offer for one buyer: the nearest list that has it, and a trace that says why.

A seller's lists say what it charges, a reseller's lists what its customers pay; where no reseller's list has
the variant, the storefront's markup over the seller's price holds. Nearest first: the buyer's organization,
its ancestors, its group on the storefront, the storefront, the reseller's organization, the seller's base.
On one level the list assigned last wins. Nothing is cached, and nothing of another buyer is ever read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import text

from marketplace.core import tenancy
from marketplace.core.db import db
from marketplace.core.money import half_up
from marketplace.identity.buying import BuyingContext

WHOLE_BPS = 10_000
GROUP, STOREFRONT, RESELLER, BASE = 100, 200, 300, 1000

_LISTS = text("""
    SELECT l.id, l.owner_id, l.name, l.is_base, a.organization_id, a.customer_group, a.storefront_id, a.created_at, a.id AS assignment_id
      FROM price_lists l LEFT JOIN price_list_assignments a ON a.price_list_id = l.id
     WHERE l.currency = :currency AND l.owner_id = ANY(:owners)
       AND (l.is_base OR a.organization_id = ANY(:organizations)
            OR (a.storefront_id = :storefront AND (a.customer_group IS NULL OR a.customer_group = :group)))""")
_PRICES = text("""
    SELECT id, price_list_id, variant_id, min_quantity, amount_minor FROM prices
     WHERE variant_id = ANY(:variants) AND price_list_id = ANY(:lists)
       AND valid_from <= :at AND (valid_to IS NULL OR valid_to > :at)
     ORDER BY min_quantity, valid_from DESC, id DESC""")
_MARKUPS = text("SELECT brand_id, category_id, markup_bps FROM markup_rules WHERE storefront_id = :storefront ORDER BY id")


class Wanted(NamedTuple):
    """An offer whose price is asked."""

    offer_id: str
    seller_id: str
    variant_id: str
    brand_id: str
    category_id: str | None


@dataclass(frozen=True, slots=True)
class Tier:
    """From `min_quantity` units on: what the buyer pays and what the seller charges for one, net, in minor units."""

    min_quantity: int
    unit_minor: int
    seller_unit_minor: int
    trace: dict[str, Any]


class _List(NamedTuple):
    rank: int
    id: str
    name: str
    level: str


_Rows = dict[tuple[str, str], list[tuple[int, int, str]]]


def tiers(context: BuyingContext, items: Iterable[Sequence[Any]]) -> dict[str, list[Tier]]:
    """The price tiers of each offer for the context's buyer; an offer without a price is not in the answer.

    Shapes:  items as `Wanted`; tiers in rising min_quantity.
    Effects: none; three statements whatever the number of offers.
    Source:  the order of nearness is the field's usual one, from contract to list price.
    """
    wanted = [Wanted(*item) for item in items]
    if not wanted:
        return {}
    with tenancy.as_market():
        lists = _lists(context, {item.seller_id for item in wanted})
        rows = _prices(context, wanted, lists)
        markup = Markup(context)
    own = lists.get(context.reseller_id, [])
    found = {}
    for item in wanted:
        steps = _steps(item, lists.get(item.seller_id, []), own, rows, markup)
        if steps:
            found[item.offer_id] = steps
    return found


def at_quantity(steps: Sequence[Tier], quantity: int) -> Tier | None:
    """The tier that holds at `quantity`; None below the first one."""
    reached = None
    for step in steps:
        if step.min_quantity > quantity:
            break
        reached = step
    return reached


def _lists(context: BuyingContext, sellers: set[str]) -> dict[str, list[_List]]:
    rows = db.session.execute(_LISTS, {
        "currency": context.currency, "owners": [*sellers, context.reseller_id], "storefront": context.storefront_id,
        "organizations": [*context.lineage, *context.reseller_lineage], "group": context.customer_group,
    })
    ranked: dict[str, list[tuple[int, Any, _List]]] = defaultdict(list)
    for row in rows:
        rank, level = _nearness(context, row)
        if rank == BASE and row.owner_id == context.reseller_id and row.owner_id not in sellers:
            continue
        newest = (-row.created_at.timestamp(), row.assignment_id) if row.created_at else (0, "")
        ranked[row.owner_id].append((rank, newest, _List(rank, row.id, row.name, level)))
    return {owner: [entry[2] for entry in sorted(entries, key=lambda entry: entry[:2])] for owner, entries in ranked.items()}


def _nearness(context: BuyingContext, row: Any) -> tuple[int, str]:
    if row.organization_id in context.lineage:
        place = context.lineage.index(row.organization_id)
        return place, "organization" if place == 0 else "ancestor"
    if row.storefront_id == context.storefront_id and row.customer_group is not None and row.customer_group == context.customer_group:
        return GROUP, "group"
    if row.storefront_id == context.storefront_id and row.customer_group is None and row.organization_id is None:
        return STOREFRONT, "storefront"
    if row.organization_id in context.reseller_lineage:
        return RESELLER + context.reseller_lineage.index(row.organization_id), "reseller"
    return BASE, "base"


def _prices(context: BuyingContext, wanted: list[Wanted], lists: dict[str, list[_List]]) -> _Rows:
    rows = db.session.execute(_PRICES, {
        "variants": list({item.variant_id for item in wanted}), "at": context.at,
        "lists": [entry.id for entries in lists.values() for entry in entries],
    })
    found: _Rows = defaultdict(list)
    for row in rows:
        known = found[row.price_list_id, row.variant_id]
        if not known or known[-1][0] != row.min_quantity:
            known.append((row.min_quantity, row.amount_minor, row.id))
    return found


def _steps(item: Wanted, theirs: list[_List], own: list[_List], rows: _Rows, markup: Markup) -> list[Tier]:
    starts = sorted({start for entry in (*theirs, *own) for start, _, _ in rows.get((entry.id, item.variant_id), ())})
    steps: list[Tier] = []
    for quantity in starts:
        seller = _nearest(theirs, rows, item.variant_id, quantity)
        if seller is None:
            continue
        step = _step(item, quantity, seller, _nearest(own, rows, item.variant_id, quantity), markup)
        if not steps or (steps[-1].unit_minor, steps[-1].seller_unit_minor) != (step.unit_minor, step.seller_unit_minor):
            steps.append(step)
    return steps


def _nearest(lists: list[_List], rows: _Rows, variant_id: str, quantity: int) -> tuple[int, dict[str, Any]] | None:
    rejected = []
    for entry in lists:
        reached = None
        for row in rows.get((entry.id, variant_id), ()):
            if row[0] > quantity:
                break
            reached = row
        if reached is not None:
            trace = {"list": entry.id, "name": entry.name, "level": entry.level, "price": reached[2], "rejected": rejected}
            return reached[1], trace
        rejected.append({"list": entry.id, "name": entry.name, "level": entry.level, "because": "no price at this quantity"})
    return None


def _step(item: Wanted, quantity: int, seller: tuple[int, dict[str, Any]], own: tuple[int, dict[str, Any]] | None,
          markup: Markup) -> Tier:
    if own is not None:
        return Tier(quantity, own[0], seller[0], {**own[1], "seller": seller[1], "markup_bps": None})
    bps, source = markup.of(item)
    unit = half_up(seller[0] * (WHOLE_BPS + bps), WHOLE_BPS)
    return Tier(quantity, unit, seller[0], {"level": "markup", "markup_bps": bps, "markup": source, "seller": seller[1]})


class Markup:
    """The storefront's markups, read once: brand beats category beats the storefront's own."""

    def __init__(self, context: BuyingContext) -> None:
        self.brands: dict[str, int] = {}
        self.categories: dict[str, int] = {}
        self.own = context.markup_bps
        for row in db.session.execute(_MARKUPS, {"storefront": context.storefront_id}):
            if row.brand_id is not None:
                self.brands[row.brand_id] = row.markup_bps
            elif row.category_id is not None:
                self.categories[row.category_id] = row.markup_bps

    def of(self, item: Wanted) -> tuple[int, str]:
        """The basis points for an offer, and which rule gave them."""
        if item.brand_id in self.brands:
            return self.brands[item.brand_id], "brand"
        if item.category_id in self.categories:
            return self.categories[item.category_id], "category"
        return self.own, "storefront"
