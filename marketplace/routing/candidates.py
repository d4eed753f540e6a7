"""From the market's rows to a problem in whole numbers: who can serve which line, at what cost.

Everything commercial is decided here, before the solver: eligibility, this buyer's price, freight to
its country, dates, and what the policy makes of them. One pool per stock level; an offer's id in the
problem is `offer_id@stock_level_id`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from marketplace.catalog.models import Variant
from marketplace.channel import assortment
from marketplace.core import tenancy
from marketplace.core.db import db
from marketplace.identity.buying import BuyingContext
from marketplace.offers.queries import Freight, StockAt, Supply, supply
from marketplace.pricing import resolve, tax
from marketplace.pricing.resolve import Tier
from marketplace.routing import costs as policies
from marketplace.routing.costs import Costs
from marketplace.routing.dates import after_working_days
from marketplace.routing.eligibility import Facts, reasons
from marketplace.routing.problem import LIMIT

Wanted = tuple[str, str, int]


@dataclass(frozen=True, slots=True)
class Market:
    """What was read for some variants: offers, this buyer's price tiers, and what it may see."""

    context: BuyingContext
    supplies: dict[str, list[Supply]]
    tiers: dict[str, list[Tier]]
    visible: frozenset[str]


@dataclass(frozen=True, slots=True)
class Candidate:
    """An eligible offer for one line; `minimum` and `maximum` are the quantities it can be bought in."""

    line_id: str
    supply: Supply
    tiers: list[Tier]
    freight: Freight
    days: int
    promised_on: date
    minimum: int
    maximum: int | None
    levels: tuple[StockAt, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """One line as eligibility sees it."""

    line_id: str
    quantity: int
    ceiling: int | None = None
    is_whole: bool = False
    exclude_sellers: Collection[str] = ()


def read(context: BuyingContext, variant_ids: Iterable[str]) -> Market:
    """Read everything that decides about these variants, in a constant number of statements."""
    ids = sorted(set(variant_ids))
    with tenancy.as_market():
        shown = select(Variant.id).where(Variant.id.in_(ids), Variant.status == "active", assortment.visible(context))
        visible = frozenset(db.session.scalars(shown))
        found = supply(ids, context.currency, context.country, context.at)
        tiers = resolve.tiers(context, [(s.offer_id, s.seller_id, s.variant_id, s.brand_id, s.category_id) for s in found])
    supplies: dict[str, list[Supply]] = {id_: [] for id_ in ids}
    for one in found:
        supplies[one.variant_id].append(one)
    return Market(context, supplies, tiers, visible)


def judge(market: Market, one: Supply, question: Question) -> tuple[Candidate | None, list[str]]:
    """The offer as a candidate for one line, or why it is none."""
    context = market.context
    tiers, fault, first, last = _buyable(market.tiers.get(one.offer_id, []), question)
    freight = one.freight_to(context.country)
    maximum = min((m for m in (one.max_quantity, last) if m is not None), default=None)
    minimum = max(one.min_quantity, first)
    codes = reasons(Facts(
        seller_status=one.seller_status, is_paused=one.paused, is_excluded=one.seller_id in question.exclude_sellers,
        offer_status=one.status, valid_from=one.valid_from, valid_to=one.valid_to, at=context.at,
        currency=one.currency, wanted_currency=context.currency, is_authorized=one.authorized_somewhere,
        is_in_territory=one.authorized,
        is_visible=one.variant_id in market.visible, has_freight=freight is not None,
        has_tax_rule=tax.has_rule(one.seller_country, context.country), available=one.available,
        quantity=question.quantity, minimum=minimum, multiple=one.multiple, maximum=maximum, price_fault=fault,
        is_whole=question.is_whole,
    ))
    if codes or freight is None:
        return None, codes
    days = one.lead_time_days + freight.transit_days
    levels = tuple(level for level in one.stock if level.available > 0)
    promised_on = after_working_days(context.at.date(), days)
    return Candidate(question.line_id, one, tiers, freight, days, promised_on, minimum, maximum, levels), []


def _buyable(tiers: list[Tier], question: Question) -> tuple[list[Tier], str | None, int, int | None]:
    """The tiers, what is wrong with the price, and the first and last quantity at a sound price."""
    if not tiers or tiers[0].min_quantity > question.quantity:
        return [], "NO_ACTIVE_PRICE", 1, None
    checks: list[tuple[str, Callable[[Tier], bool]]] = [
        ("NO_ACTIVE_PRICE", lambda tier: tier.unit_minor * question.quantity <= LIMIT),  # a price beyond all sums is none
        ("BELOW_COST", lambda tier: tier.unit_minor >= tier.seller_unit_minor),
    ]
    ceiling = question.ceiling
    if ceiling is not None:
        checks.append(("ABOVE_AGREED_PRICE", lambda tier: tier.unit_minor <= ceiling))
    first, last = tiers[0].min_quantity, None
    for code, is_sound in checks:
        run = _sound_run(tiers, question.quantity, is_sound)
        if run is None:
            return tiers, code, 1, None
        first = max(first, run[0])
        last = run[1] if last is None or (run[1] is not None and run[1] < last) else last
    return tiers, None, first, last


def _sound_run(tiers: Sequence[Tier], quantity: int, is_sound: Callable[[Tier], bool]) -> tuple[int, int | None] | None:
    """First and last quantity of the highest unbroken run of sound tiers that `quantity` reaches."""
    end = max(i for i, tier in enumerate(tiers) if tier.min_quantity <= quantity)
    while end >= 0 and not is_sound(tiers[end]):
        end -= 1
    if end < 0:
        return None
    start = end
    while start and is_sound(tiers[start - 1]):
        start -= 1
    stop = end + 1
    while stop < len(tiers) and is_sound(tiers[stop]):
        stop += 1
    return tiers[start].min_quantity, tiers[stop].min_quantity - 1 if stop < len(tiers) else None


def problem(context: BuyingContext, wanted: Sequence[Wanted], found: Sequence[Candidate], costs: Costs) -> dict[str, Any]:
    """The allocation problem, version 1, of these lines and candidates under a policy."""
    sellers = {one.supply.seller_id: one for one in found}
    levels = {level.stock_level_id: level.available for one in found for level in one.levels}
    settings, lowest = costs.settings, _lowest(wanted, found)
    return {
        "version": 1, "currency": context.currency, "split_minor": settings.split_minor, "max_sellers": settings.max_sellers,
        "lines": [
            {"id": line_id, "quantity": quantity, "unfilled_minor": policies.unfilled(costs, lowest.get(line_id, 0)),
             "max_offers": settings.max_offers}
            for line_id, _, quantity in sorted(wanted)
        ],
        "sellers": [seller(sellers[id_], costs) for id_ in sorted(sellers)],
        "pools": [{"id": id_, "available": levels[id_]} for id_ in sorted(levels)],
        "offers": sorted((row for one in found for row in offers(one, costs)), key=lambda row: row["id"]),
    }


def _lowest(wanted: Sequence[Wanted], found: Sequence[Candidate]) -> dict[str, int]:
    """The lowest unit price of each line at its quantity."""
    quantities = {line_id: quantity for line_id, _, quantity in wanted}
    lowest: dict[str, int] = {}
    for one in found:
        reached = [tier.unit_minor for tier in one.tiers if tier.min_quantity <= quantities[one.line_id]][-1]
        lowest[one.line_id] = min(reached, lowest.get(one.line_id, reached))
    return lowest


def seller(one: Candidate, costs: Costs) -> dict[str, Any]:
    """The candidate's seller as a row of the problem."""
    minimum = one.supply.minimum
    return {
        "id": one.supply.seller_id, "opening_minor": policies.opening(costs, one.supply.seller_id),
        "freight_minor": one.freight.freight_minor, "free_freight_from_minor": one.freight.free_from_minor,
        "minimum_minor": minimum.minimum_minor if minimum else None, "minimum_rule": minimum.rule if minimum else None,
        "surcharge_minor": minimum.surcharge_minor if minimum else 0,
    }


def offers(one: Candidate, costs: Costs) -> list[dict[str, Any]]:
    """The candidate's rows in the problem, one per stock level; an offer on several lines is one row a line."""
    prices = [[tier.min_quantity, tier.unit_minor] for tier in one.tiers]
    per_unit, once = policies.per_unit(costs, one.tiers[0].unit_minor, one.days), policies.per_offer(costs, one.supply, one.days)
    return [
        {"id": id_of(one, level), "line": one.line_id, "seller": one.supply.seller_id, "pool": level.stock_level_id,
         "tiers": prices, "minimum": one.minimum, "multiple": one.supply.multiple, "maximum": one.maximum,
         "extra_unit_minor": per_unit, "extra_minor": once}
        for level in one.levels
    ]


def id_of(one: Candidate, level: StockAt) -> str:
    """The candidate's id in the problem."""
    return f"{one.supply.offer_id}@{level.stock_level_id}"
