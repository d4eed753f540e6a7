"""Shares of orders among sellers: how many each was given, and what giving one more would cost.

A quota's orders are counted exactly, in the transaction that decides; planning reads the counts without a lock, so
two orders at once may see the same ones: the next order makes up for it. The count belongs to what a quota says
(name, brand, countries, shares, storefront): a quota with other shares begins anew.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from marketplace.core import money
from marketplace.core.db import db
from marketplace.routing.models import RoutingQuotaCount
from marketplace.routing.settings import MOST_COST, WHOLE_BPS


def key(one: Mapping[str, Any], storefront_id: str | None) -> str:
    """By what a quota's orders are counted: the same for the same quota of the same policy, whatever its drift costs."""
    said = [one["name"], one["brand_id"], sorted(one["countries"]), sorted(one["shares"].items()), storefront_id]
    return "quo_" + hashlib.sha256(json.dumps(said).encode()).hexdigest()[:32]


def excess(share_bps: int, count: int, total: int) -> int:
    """By how much a seller would be over its share with one more order, in ten-thousandths of an order; 0 when it would not.

    Shapes:  `count` of `total` orders were the seller's; with this one `total + 1` would be shared.
    """
    return max(0, (count + 1) * WHOLE_BPS - share_bps * (total + 1))


def drift(shares: Mapping[str, int], counts: Mapping[str, int], drift_minor: int, eligible: Collection[str]) -> dict[str, int]:
    """What giving this order to each eligible seller of the quota costs, beyond giving it to the one nearest below its share.

    Shapes:  `shares` sum to 10,000; sellers outside the quota have no entry. Somebody always costs 0: a quota chooses
             among its sellers, and makes none of them dearer than everybody else. Of one eligible seller nothing is asked.
    Units:   drift_minor for each whole order over the share, parts of orders in proportion, half up; at most MOST_COST.
    Proof:   two sellers' excesses before clipping add up to one order. So one of them is below one, and where the other is
             at least one its cost is at least drift_minor higher: while that outweighs what else differs, nobody ends up
             an order or more over its share, and the other none under. Ties are the solver's: fewest sellers, least ids.
    """
    total = sum(counts.get(id_, 0) for id_ in shares)
    over = {id_: excess(bps, counts.get(id_, 0), total) for id_, bps in shares.items() if id_ in eligible}
    cost = {id_: min(MOST_COST, money.half_up(units * drift_minor, WHOLE_BPS)) for id_, units in over.items()}
    least = min(cost.values(), default=0)
    return {id_: minor - least for id_, minor in cost.items()}


def counts(keys: Iterable[str]) -> dict[str, dict[str, int]]:
    """Orders by quota and seller, as they are now, without waiting for anybody. One statement, none for no quota."""
    found: dict[str, dict[str, int]] = {one: {} for one in keys}
    if found:
        query = select(RoutingQuotaCount.quota, RoutingQuotaCount.seller_id, RoutingQuotaCount.orders)
        for quota, seller_id, orders in db.session.execute(query.where(RoutingQuotaCount.quota.in_(sorted(found)))):
            found[quota][seller_id] = orders
    return found


def count(given: Iterable[tuple[str, str]]) -> None:
    """Count one order for each (quota, seller). Effects: rows locked in sorted order until the transaction ends: call it late."""
    rows = [{"quota": quota, "seller_id": seller_id, "orders": 1} for quota, seller_id in sorted(set(given))]
    if rows:
        statement = insert(RoutingQuotaCount).values(rows)
        one_more = {"orders": RoutingQuotaCount.orders + 1}
        db.session.execute(statement.on_conflict_do_update(index_elements=["quota", "seller_id"], set_=one_more))


def given(quotas: Sequence[Mapping[str, Any]], parts: Iterable[Any], brands: Mapping[str, str]) -> set[tuple[str, str]]:
    """Which (quota, seller) an order's parts count for: a part of a seller of the quota with goods of its brand.

    Shapes:  `quotas` with their "key"; `parts` as in a Plan; `brands` by variant id.
    """
    return {
        (one["key"], part.seller_id) for part in parts for one in quotas if part.seller_id in one["shares"]
        and any(one["brand_id"] in (None, brands[line.variant_id]) for line in part.lines)
    }
