"""For whom a price is asked: the buyer, the storefront it buys through, where the goods go, and when.

Everything that differs by relationship (assortment, price, offers, payment methods) takes one of these,
so that page, API, cart and order cannot disagree.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

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
    sees_prices: bool = True
    """False for a guest of a storefront that shows prices to its customers only."""

    def to(self, country: str, region: str = "") -> "BuyingContext":
        """The same buyer, with goods going elsewhere."""
        return replace(self, country=country, region=region)


class Party(NamedTuple):
    """What of an organization a buying context depends on."""

    id: str
    country: str
    region: str | None
    lineage: Sequence[str]
    customer_group: str | None


def between(storefront: Storefront, reseller: Party, buyer: Party | None) -> BuyingContext:
    """The context of `buyer` (a guest when None) on `storefront`, shipping to its own country; reads nothing."""
    return BuyingContext(
        storefront_id=storefront.id, reseller_id=reseller.id, reseller_lineage=tuple(reseller.lineage),
        currency=storefront.currency, markup_bps=storefront.markup_bps, country=(buyer or reseller).country,
        region=(buyer.region or "") if buyer else "", at=clock.now(), buyer_id=buyer.id if buyer else None,
        lineage=tuple(buyer.lineage) if buyer else (), customer_group=buyer.customer_group if buyer else None,
        sees_prices=buyer is not None or storefront.guest_prices,
    )


def context(storefront: Storefront, buyer: Organization | None = None) -> BuyingContext:
    """The same, for organizations at hand."""
    return between(storefront, _party(db.session.get_one(Organization, storefront.reseller_id)), _party(buyer) if buyer else None)


def _party(organization: Organization) -> Party:
    return Party(*[getattr(organization, name) for name in Party._fields])


def of(storefront: Storefront, buyer_id: str | None) -> BuyingContext:
    """The same, by one statement without objects."""
    ids = [storefront.reseller_id, *([buyer_id] if buyer_id else [])]
    found = {row[0]: Party(*row) for row in db.session.execute(_PARTIES, {"ids": ids})}
    return between(storefront, found[storefront.reseller_id], found[buyer_id] if buyer_id else None)


_PARTIES = text("SELECT id, country, region, lineage, customer_group FROM organizations WHERE id = ANY(:ids)")
