"""For whom a price is asked: the buyer, the storefront it buys through, where the goods go, and when.

Everything that differs by relationship (assortment, price, offers, payment methods) takes one of these,
so that page, API, cart and order cannot disagree.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import text

from marketplace.core import clock
from marketplace.core.db import db
from marketplace.identity.models import Organization, Storefront


@dataclass(frozen=True)
class BuyingContext:
    """A buyer on a storefront. A guest has no buyer: `buyer_id` is None and `lineage` empty."""

    storefront_id: str
    reseller_id: str
    reseller_lineage: tuple[str, ...]
    currency: str
    markup_bps: int
    country: str
    region: str
    at: datetime
    buyer_id: str | None = None
    lineage: tuple[str, ...] = ()
    customer_group: str | None = None

    def to(self, country: str, region: str = "") -> "BuyingContext":
        """The same buyer, with goods going elsewhere."""
        return replace(self, country=country, region=region)


def context(storefront: Storefront, buyer: Organization | None = None) -> BuyingContext:
    """The context of `buyer` (a guest when None) on `storefront`, shipping to its own country."""
    reseller = db.session.get_one(Organization, storefront.reseller_id)
    return BuyingContext(
        storefront_id=storefront.id, reseller_id=reseller.id, reseller_lineage=tuple(reseller.lineage),
        currency=storefront.currency, markup_bps=storefront.markup_bps,
        country=buyer.country if buyer else reseller.country, region=(buyer.region or "") if buyer else "",
        at=clock.now(), buyer_id=buyer.id if buyer else None, lineage=tuple(buyer.lineage) if buyer else (),
        customer_group=buyer.customer_group if buyer else None,
    )


def of(storefront: Storefront, buyer_id: str | None) -> BuyingContext:
    """The same as `context`, by one statement without objects, for the most visited pages."""
    ids = [storefront.reseller_id, *([buyer_id] if buyer_id else [])]
    found = {row[0]: row for row in db.session.execute(_PARTIES, {"ids": ids})}
    reseller, buyer = found[storefront.reseller_id], found[buyer_id] if buyer_id else None
    return BuyingContext(
        storefront_id=storefront.id, reseller_id=reseller[0], reseller_lineage=tuple(reseller[3]),
        currency=storefront.currency, markup_bps=storefront.markup_bps, country=(buyer or reseller)[1],
        region=(buyer[2] or "") if buyer else "", at=clock.now(), buyer_id=buyer_id,
        lineage=tuple(buyer[3]) if buyer else (), customer_group=buyer[4] if buyer else None,
    )


_PARTIES = text("SELECT id, country, region, lineage, customer_group FROM organizations WHERE id = ANY(:ids)")
