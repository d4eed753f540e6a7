"""What waits for the seller today, in a constant number of statements."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from marketplace.core.db import db
from marketplace.identity.access import Actor, authorize
from marketplace.offers.models import Offer, StockLevel
from marketplace.orders.models import SellerOrder
from sellers.offers import queries as offers

SHOWN = 10


@dataclass(frozen=True)
class Today:
    """Seller orders to accept (nearest deadline first) and to ship, and offers that run out."""

    to_accept: list[Any]
    to_accept_count: int
    to_ship: list[Any]
    to_ship_count: int
    running_out: int
    offers: int


def today(actor: Actor) -> Today:
    """What is to be done. Raises: Forbidden."""
    authorize(actor, "offer:read", actor.organization_id)
    mine = SellerOrder.seller_id == actor.organization_id
    accept = select(SellerOrder).where(mine, SellerOrder.status == "open")
    ship = select(SellerOrder).where(mine, SellerOrder.status.in_(["accepted", "partly_shipped"]))
    return Today(
        list(db.session.scalars(accept.order_by(SellerOrder.accept_by, SellerOrder.id).limit(SHOWN))), _count(accept),
        list(db.session.scalars(ship.order_by(SellerOrder.id).limit(SHOWN))), _count(ship),
        _running_out(actor), _count(select(Offer.id).where(Offer.seller_id == actor.organization_id)),
    )


def _count(query: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(query.subquery()))


def _running_out(actor: Actor) -> int:
    available = func.coalesce(func.sum(StockLevel.available), 0)
    few = (select(Offer.id).outerjoin(StockLevel, StockLevel.offer_id == Offer.id)
           .where(Offer.seller_id == actor.organization_id, Offer.status == "active")
           .group_by(Offer.id).having(available <= offers.LOW))
    return _count(few)
