"""What a buyer may wish of a plan: the market's own choice, the lowest price, the fewest parcels, or the earliest arrival.

Each is a variant of the policy: who may sell what, at which price, and how many may share stays as it is.
Pure.
"""

from __future__ import annotations

from dataclasses import replace

from marketplace.routing.costs import Costs
from marketplace.routing.settings import MOST_MINOR

RECOMMENDED, CHEAPEST, FEWEST, FASTEST = "recommended", "cheapest", "fewest_parcels", "fastest"
WISHES = (RECOMMENDED, CHEAPEST, FEWEST, FASTEST)
DAY_MINOR = MOST_MINOR // 10
"""What a day costs for who wants it fast: more than any sensible difference in money, and less than leaving units open."""


def varied(costs: Costs, wish: str) -> Costs:
    """The policy's costs as the wish changes them.

    Shapes:  `wish` is one of WISHES. Cheapest: only what the buyer pays counts. Fewest parcels: one more seller order costs
             more than anything else. Fastest: each working day does.
    """
    settings = costs.settings
    if wish == CHEAPEST:
        only_money = replace(settings, split_minor=0, opening_minor=0, day_minor=0, day_bps=0, score_minor=0, preferences=[])
        return replace(costs, settings=only_money, of_seller={}, of_brand={})
    if wish == FEWEST:
        return replace(costs, settings=replace(settings, split_minor=MOST_MINOR))
    if wish == FASTEST:
        return replace(costs, settings=replace(settings, day_minor=DAY_MINOR))
    return costs
