"""What a company buys again and again, at today's price: the first thing a purchaser reaches for."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from marketplace.catalog.models import Variant
from marketplace.core.db import db
from marketplace.identity.access import Actor, authorize
from marketplace.identity.buying import BuyingContext
from marketplace.orders.models import OrderLine
from resellers.storefront import queries

MOST = 12


def often(actor: Actor, context: BuyingContext) -> list[dict[str, Any]]:
    """The products that the actor's company ordered most often, the latest first among equals; gone ones are left out.

    Raises: Forbidden without order:read.
    """
    authorize(actor, "order:read", context.buyer_id)
    ids = list(db.session.scalars(
        select(OrderLine.variant_id).where(OrderLine.buyer_id == actor.organization_id).group_by(OrderLine.variant_id)
        .order_by(func.count().desc(), func.max(OrderLine.order_id).desc()).limit(MOST)
    ))
    found = queries.some(context, lambda query: query.where(Variant.id.in_(ids)))
    return sorted(found, key=lambda item: ids.index(item["id"]))
