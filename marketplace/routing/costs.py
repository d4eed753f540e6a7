"""What a policy makes of one order: the numbers beside money that steer the choice among its candidates.

`of` reads the counts of quotas, if there are any; everything else is pure and in the currency of the order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from marketplace.core import money
from marketplace.identity.buying import BuyingContext
from marketplace.offers.queries import Supply
from marketplace.routing import quota
from marketplace.routing import settings as rules
from marketplace.routing.policy import Policy
from marketplace.routing.settings import FILL_MINOR, WHOLE_BPS, Settings


@dataclass(frozen=True)
class Costs:
    """A policy for one order: its settings in the order's currency, the destination, and what quotas ask."""

    settings: Settings
    country: str = ""
    is_reroute: bool = False
    quotas: tuple[dict[str, Any], ...] = ()
    """Those that hold for this destination, each with its "key"."""
    of_seller: Mapping[str, int] = field(default_factory=dict)
    """Seller id -> what the quotas over everything ask, once a seller order."""
    of_brand: Mapping[tuple[str, str], int] = field(default_factory=dict)
    """(seller id, brand id) -> what the quotas of a brand ask, per offer used."""


NONE = Costs(Settings())
"""Where only money counts: what a seller order is charged."""


def of(policy: Policy, context: BuyingContext, supplies: Iterable[Supply], is_reroute: bool = False) -> Costs:
    """The policy for one order of this buyer and these eligible offers. One statement, when there is a quota."""
    settings = rules.in_currency(policy.settings, context.currency)
    quotas = tuple({**one, "key": quota.key(one, policy.storefront_id)} for one in settings.quotas
                   if not one["countries"] or context.country in one["countries"])
    counts = quota.counts(one["key"] for one in quotas)
    pairs = {(one.seller_id, one.brand_id) for one in supplies}
    of_seller: dict[str, int] = {}
    of_brand: dict[tuple[str, str], int] = {}
    for one in quotas:
        able = {seller_id for seller_id, brand_id in pairs if one["brand_id"] in (None, brand_id)}
        for seller_id, minor in quota.drift(one["shares"], counts[one["key"]], one["drift_minor"], able).items():
            if one["brand_id"] is None:
                of_seller[seller_id] = of_seller.get(seller_id, 0) + minor
            else:
                of_brand[seller_id, one["brand_id"]] = of_brand.get((seller_id, one["brand_id"]), 0) + minor
    return Costs(settings, context.country, is_reroute, quotas, of_seller, of_brand)


def opening(costs: Costs, seller_id: str) -> int:
    """What a seller order of this seller costs: the policy's own, less what preferring it there is worth, and what quotas ask.

    Several preferences that hold add up.
    """
    worth = sum(one["minor"] for one in costs.settings.preferences
                if one["seller_id"] == seller_id and (not one["countries"] or costs.country in one["countries"]))
    return costs.settings.opening_minor - worth + costs.of_seller.get(seller_id, 0)


def per_offer(costs: Costs, supply: Supply, days: int) -> int:
    """What using this offer on a line costs: its days, its seller's score, and the quotas of its brand."""
    asked = costs.of_brand.get((supply.seller_id, supply.brand_id), 0)
    return costs.settings.day_minor * days + score_cost(costs.settings, supply.score_bps) + asked


def per_unit(costs: Costs, unit_minor: int, days: int) -> int:
    """What each unit at this price costs for its days."""
    return unit_minor * costs.settings.day_bps * days // WHOLE_BPS


def score_cost(settings: Settings, score_bps: int | None) -> int:
    """What a seller's score costs: nothing at 10,000, `score_minor` at 0, in proportion between, half up; without a score the neutral one's."""
    known = settings.neutral_score_bps if score_bps is None else score_bps
    return money.percent(settings.score_minor, WHOLE_BPS - known)


def unfilled(costs: Costs, lowest_unit_minor: int) -> int | None:
    """What a unit left open costs, where `lowest_unit_minor` is the least that one costs; None where all must be filled.

    An order is taken whole or not at all, so units are left open only where an order is routed again; and what was ordered
    is filled again as far as possible.
    """
    settings = costs.settings
    if settings.filling == "leave_open" and costs.is_reroute:
        return settings.open_minor or money.percent(lowest_unit_minor, settings.open_bps)
    return None if settings.filling == "always" and not costs.is_reroute else FILL_MINOR
