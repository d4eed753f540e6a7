"""Who may be ranked at all: coded reasons against one offer, for one buyer and one quantity.

Pure: facts in, codes out. An offer with no code can be bought by this buyer now.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

SENTENCES = {
    "SELLER_SUSPENDED": "the seller is not approved",
    "SELLER_PAUSED": "the seller is on a pause",
    "EXCLUDED": "the seller was left out of this decision",
    "OFFER_WITHDRAWN": "the offer is withdrawn",
    "OUT_OF_WINDOW": "the offer is not valid today",
    "WRONG_CURRENCY": "the offer is in another currency",
    "BRAND_UNAUTHORIZED": "the seller is not authorized for this brand",
    "OUTSIDE_TERRITORY": "the seller is authorized for this brand, and not in the destination country",
    "NOT_IN_ASSORTMENT": "the product is not in this storefront's assortment for this buyer",
    "NO_ACTIVE_PRICE": "there is no price for this buyer today",
    "BELOW_COST": "the reseller's price is below what the seller charges",
    "ABOVE_AGREED_PRICE": "it costs more than the price agreed with the buyer",
    "ZERO_QUANTITY": "there is no stock",
    "NOT_ENOUGH_STOCK": "the stock does not reach for the whole quantity",
    "BELOW_MINIMUM": "the quantity is below the offer's minimum",
    "NOT_MULTIPLE": "the quantity does not fit the offer's packs",
    "ABOVE_MAXIMUM": "the quantity is above the offer's maximum",
    "NO_FREIGHT_TO_COUNTRY": "the seller does not ship to the destination country",
    "NO_TAX_RULE": "no tax rule is known for the seller's sales in its own country",
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known about one offer for one buyer at one quantity."""

    seller_status: str
    is_paused: bool
    is_excluded: bool
    offer_status: str
    valid_from: datetime
    valid_to: datetime | None
    at: datetime
    currency: str
    wanted_currency: str
    is_authorized: bool
    is_in_territory: bool
    is_visible: bool
    has_freight: bool
    has_tax_rule: bool
    available: int
    quantity: int
    minimum: int
    multiple: int
    maximum: int | None
    price_fault: str | None
    """'NO_ACTIVE_PRICE', 'BELOW_COST', 'ABOVE_AGREED_PRICE', or None when there is a price to buy at."""
    is_whole: bool = False
    """Whether the offer must be able to serve the whole quantity (buy box) or may serve a part."""


def reasons(facts: Facts) -> list[str]:
    """Every reason why this offer cannot be bought, in the order of `SENTENCES`; empty when it can."""
    late = facts.valid_to is not None and facts.valid_to <= facts.at
    against = {
        "SELLER_SUSPENDED": facts.seller_status != "approved",
        "SELLER_PAUSED": facts.is_paused,
        "EXCLUDED": facts.is_excluded,
        "OFFER_WITHDRAWN": facts.offer_status != "active",
        "OUT_OF_WINDOW": late or facts.valid_from > facts.at,
        "WRONG_CURRENCY": facts.currency != facts.wanted_currency,
        "BRAND_UNAUTHORIZED": not facts.is_authorized,
        "OUTSIDE_TERRITORY": facts.is_authorized and not facts.is_in_territory,
        "NOT_IN_ASSORTMENT": not facts.is_visible,
        "NO_ACTIVE_PRICE": facts.price_fault == "NO_ACTIVE_PRICE",
        "BELOW_COST": facts.price_fault == "BELOW_COST",
        "ABOVE_AGREED_PRICE": facts.price_fault == "ABOVE_AGREED_PRICE",
        "ZERO_QUANTITY": facts.available <= 0,
        "NOT_ENOUGH_STOCK": facts.is_whole and 0 < facts.available < facts.quantity,
        "BELOW_MINIMUM": facts.quantity < facts.minimum,
        "NOT_MULTIPLE": _misses_packs(facts),
        "ABOVE_MAXIMUM": facts.is_whole and facts.maximum is not None and facts.quantity > facts.maximum,
        "NO_FREIGHT_TO_COUNTRY": not facts.has_freight,
        "NO_TAX_RULE": not facts.has_tax_rule,
    }
    return [code for code, holds in against.items() if holds]


def _misses_packs(facts: Facts) -> bool:
    """Whether no allowed number of packs serves the quantity (or any part of it that may be served)."""
    if facts.quantity < facts.minimum:
        return False
    rest = facts.quantity % facts.multiple
    return rest != 0 if facts.is_whole else facts.quantity - rest < facts.minimum
