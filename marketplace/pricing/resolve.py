"""The price of an offer for one buyer: the nearest list that has it, and a trace that says why.

A seller's lists say what it charges, a reseller's lists what its customers pay; where no reseller's list has
the variant, the storefront's markup over the seller's price holds. Nearest first: the buyer's organization,
its ancestors, its group on the storefront, the storefront, the reseller's organization, the seller's base.
On one level the list assigned last wins. Nothing is cached, and nothing of another buyer is ever read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import text

from marketplace.core import tenancy
from marketplace.core.db import db
from marketplace.core.money import half_up
from marketplace.identity.buying import BuyingContext

WHOLE_BPS = 10_000
Step = TypeVar("Step", bound="Tier | _Step")
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


class Tier(NamedTuple):
    """From `min_quantity` units on: what the buyer pays and what the seller charges for one, net, in minor units."""

    min_quantity: int
    unit_minor: int
    seller_unit_minor: int
    source: Source

    @property
    def trace(self) -> dict[str, Any]:
        """Why: the list and price, those before it that had none, and what the seller's price came from."""
        return self.source.trace()


class _List(NamedTuple):
    rank: int
    id: str
    name: str
    level: str


class _Step(NamedTuple):
    min_quantity: int
    amount_minor: int
    price_id: str


class _Hit(NamedTuple):
    """The price that holds, its list, and all lists that were asked, nearest first."""

    step: _Step
    found_in: _List
    asked: Sequence[_List]

    def trace(self) -> dict[str, Any]:
        """Which list gave the price, and the nearer ones that have none at this quantity."""
        nearer = self.asked[: self.asked.index(self.found_in)]
        return {
            **_named(self.found_in), "price": self.step.price_id,
            "rejected": [{**_named(one), "because": "no price at this quantity"} for one in nearer],
        }


def _named(one: _List) -> dict[str, Any]:
    return {"list": one.id, "name": one.name, "level": one.level}


class Source(NamedTuple):
    """Where a tier's two prices come from; said in words only when asked, since most tiers are never asked."""

    seller: _Hit
    own: _Hit | None
    markup: tuple[int, str] | None

    def trace(self) -> dict[str, Any]:
        """As JSON values, kept with an order's line."""
        if self.own is not None:
            return {**self.own.trace(), "seller": self.seller.trace(), "markup_bps": None}
        bps, source = self.markup or (0, "storefront")
        return {"level": "markup", "markup_bps": bps, "markup": source, "seller": self.seller.trace()}


_Prices = dict[str, list[_Step]]
"""One variant's prices by their list, rising."""
_Ladders = list[tuple[_List, list[_Step]]]


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
        prices = _prices(context, wanted, lists)
        markup = Markup(context)
    own = lists.get(context.reseller_id, [])
    ladders = {variant_id: _ladders(own, theirs) for variant_id, theirs in prices.items()}
    found = {}
    for item in wanted:
        theirs = lists.get(item.seller_id, [])
        steps = _steps((theirs, _ladders(theirs, prices[item.variant_id])), (own, ladders[item.variant_id]), markup.of(item))
        if steps:
            found[item.offer_id] = steps
    return found


def at_quantity(steps: Sequence[Step], quantity: int) -> Step | None:
    """The step that holds at `quantity`; None below the first one. Shapes: steps in rising min_quantity."""
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


def _prices(context: BuyingContext, wanted: list[Wanted], lists: dict[str, list[_List]]) -> dict[str, _Prices]:
    """The prices that hold now, by variant; of several from one quantity on, the one that began last."""
    rows = db.session.execute(_PRICES, {
        "variants": list({item.variant_id for item in wanted}), "at": context.at,
        "lists": [entry.id for entries in lists.values() for entry in entries],
    })
    found: dict[str, _Prices] = {item.variant_id: {} for item in wanted}
    for id_, list_id, variant_id, min_quantity, amount_minor in rows:
        known = found[variant_id].setdefault(list_id, [])
        if not known or known[-1].min_quantity != min_quantity:
            known.append(_Step(min_quantity, amount_minor, id_))
    return found


def _ladders(lists: list[_List], prices: _Prices) -> _Ladders:
    """Those of `lists` that have prices for a variant, with them."""
    return [(one, prices[one.id]) for one in lists if one.id in prices]


def _steps(theirs: tuple[list[_List], _Ladders], own: tuple[list[_List], _Ladders], markup: tuple[int, str]) -> list[Tier]:
    """The tiers of one offer: at each quantity where a list has a price, what its seller charges and what the buyer pays."""
    steps: list[Tier] = []
    for quantity in sorted({step.min_quantity for _, ladder in (*theirs[1], *own[1]) for step in ladder}):
        seller = _nearest(*theirs, quantity)
        if seller is None:
            continue
        mine, charged = _nearest(*own, quantity), seller.step.amount_minor
        unit = mine.step.amount_minor if mine else half_up(charged * (WHOLE_BPS + markup[0]), WHOLE_BPS)
        if not steps or (steps[-1].unit_minor, steps[-1].seller_unit_minor) != (unit, charged):
            steps.append(Tier(quantity, unit, charged, Source(seller, mine, markup)))
    return steps


def _nearest(asked: list[_List], ladders: _Ladders, quantity: int) -> _Hit | None:
    for entry, ladder in ladders:
        reached = at_quantity(ladder, quantity)
        if reached is not None:
            return _Hit(reached, entry, asked)
    return None


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
