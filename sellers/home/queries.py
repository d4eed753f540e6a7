"""What waits for the seller today, in a constant number of statements."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from marketplace.catalog.models import Variant
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.identity.access import Actor, authorize
from marketplace.offers.models import Offer, StockLevel
from marketplace.orders.models import Allocation, SellerOrder
from marketplace.payments import accounts, statements
from sellers.offers import queries as offers

SHOWN = 10
ALARMS = 8
LATELY = timedelta(days=30)


@dataclass(frozen=True)
class Today:
    """What is to be done: nearest deadline and soonest promise first, of the offers that run out what sold most."""

    to_accept: list[Any]
    to_accept_count: int
    to_ship: list[Any]
    to_ship_count: int
    alarms: list[Any]
    running_out: int
    offers: int
    balances: list[dict[str, Any]] | None
    """None for who may not see the money."""
    payout_account: str | None
    """Its status; None before it is opened."""


def today(actor: Actor) -> Today:
    """What is to be done. Raises: Forbidden."""
    authorize(actor, "offer:read", actor.organization_id)
    mine = SellerOrder.seller_id == actor.organization_id
    accept = select(SellerOrder).where(mine, SellerOrder.status == "open")
    ship = select(SellerOrder).where(mine, SellerOrder.status.in_(["accepted", "partly_shipped"]))
    few = _running_out(actor)
    return Today(
        list(db.session.scalars(accept.order_by(SellerOrder.accept_by, SellerOrder.id).limit(SHOWN))), _count(accept),
        list(db.session.scalars(ship.order_by(SellerOrder.promised_on, SellerOrder.id).limit(SHOWN))), _count(ship),
        _alarms(actor, few), _count(few), _count(select(Offer.id).where(Offer.seller_id == actor.organization_id)),
        statements.balances(actor, "seller") if "finance:read" in actor.permissions else None,
        accounts.status_of(actor.organization_id),
    )


def _count(query: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(query.subquery())) or 0


def _running_out(actor: Actor) -> Any:
    available = func.coalesce(func.sum(StockLevel.available), 0)
    return (select(Offer.id, available.label("available")).outerjoin(StockLevel, StockLevel.offer_id == Offer.id)
            .where(Offer.seller_id == actor.organization_id, Offer.status == "active")
            .group_by(Offer.id).having(available <= offers.LOW))


def _alarms(actor: Actor, few: Any) -> list[Any]:
    """Offers that run out, what sold most in a month first: (id, SKU, name, left, sold)."""
    left = few.subquery()
    sold = (select(Allocation.offer_id, func.sum(Allocation.quantity - Allocation.cancelled).label("units"))
            .join(SellerOrder, SellerOrder.id == Allocation.seller_order_id)
            .where(SellerOrder.seller_id == actor.organization_id, SellerOrder.created_at >= clock.now() - LATELY)
            .group_by(Allocation.offer_id).subquery())
    units = func.coalesce(sold.c.units, 0)
    return list(db.session.execute(
        select(Offer.id, Offer.seller_sku, Variant.name, left.c.available, units.label("sold"))
        .join(left, left.c.id == Offer.id).join(Variant, Variant.id == Offer.variant_id)
        .outerjoin(sold, sold.c.offer_id == Offer.id)
        .order_by(units.desc(), left.c.available, Offer.seller_sku).limit(ALARMS)))
