"""Why an offer cannot be bought: one table of codes, shared by the seller's pages and by routing.

Pure. `inactive` knows the reasons that hold for everybody; those of one buyer, quantity or
destination are added by routing's eligibility, with codes from this table.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Reason(StrEnum):
    """Codes, in the order in which they are told."""

    SELLER_SUSPENDED = "SELLER_SUSPENDED"
    SELLER_PAUSED = "SELLER_PAUSED"
    OFFER_WITHDRAWN = "OFFER_WITHDRAWN"
    PRODUCT_RETIRED = "PRODUCT_RETIRED"
    OUT_OF_WINDOW = "OUT_OF_WINDOW"
    WRONG_CURRENCY = "WRONG_CURRENCY"
    BRAND_UNAUTHORIZED = "BRAND_UNAUTHORIZED"
    OUTSIDE_TERRITORY = "OUTSIDE_TERRITORY"
    NO_ACTIVE_PRICE = "NO_ACTIVE_PRICE"
    ZERO_QUANTITY = "ZERO_QUANTITY"
    BELOW_MINIMUM = "BELOW_MINIMUM"
    NOT_MULTIPLE = "NOT_MULTIPLE"
    ABOVE_MAXIMUM = "ABOVE_MAXIMUM"
    NO_FREIGHT_RULE = "NO_FREIGHT_RULE"
    NO_FREIGHT_TO_COUNTRY = "NO_FREIGHT_TO_COUNTRY"
    NO_TAX_RULE = "NO_TAX_RULE"
    BELOW_COST = "BELOW_COST"
    NOT_IN_ASSORTMENT = "NOT_IN_ASSORTMENT"
    EXCLUDED = "EXCLUDED"


@dataclass(frozen=True, slots=True)
class Facts:
    """What decides whether an offer is active at `at`; quantities in base units."""

    seller_status: str
    paused: bool
    status: str
    product_status: str
    valid_from: datetime
    valid_to: datetime | None
    authorized: bool
    priced: bool
    available: int
    delivers: bool


def inactive(facts: Facts, at: datetime) -> list[Reason]:
    """Every reason that makes an offer inactive at `at`, in table order; empty when it is active.

    Shapes:  a window includes its first instant and excludes its last.
    """
    checks = [
        (Reason.SELLER_SUSPENDED, facts.seller_status != "approved"),
        (Reason.SELLER_PAUSED, facts.paused),
        (Reason.OFFER_WITHDRAWN, facts.status != "active"),
        (Reason.PRODUCT_RETIRED, facts.product_status != "active"),
        (Reason.OUT_OF_WINDOW, not in_window(facts.valid_from, facts.valid_to, at)),
        (Reason.BRAND_UNAUTHORIZED, not facts.authorized),
        (Reason.NO_ACTIVE_PRICE, not facts.priced),
        (Reason.ZERO_QUANTITY, facts.available <= 0),
        (Reason.NO_FREIGHT_RULE, not facts.delivers),
    ]
    return [reason for reason, holds in checks if holds]


def in_window(start: datetime, end: datetime | None, at: datetime) -> bool:
    """Whether `at` lies in [start, end); no end is open."""
    return start <= at and (end is None or at < end)
