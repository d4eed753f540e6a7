"""What the ids in the trail are called, and to which order they belong, for a person who reads it. Reads only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple

from sqlalchemy import func, null

from marketplace.catalog.models import CatalogImport, Variant
from marketplace.channel.models import SellerAuthorization
from marketplace.core import tenancy
from marketplace.core.db import Query, db
from marketplace.identity.models import Address, ApiKey, CostCenter, Organization, Storefront, User
from marketplace.offers.models import Offer, OfferImport, StockLocation
from marketplace.orders.models import Order, SellerOrder, Shipment
from marketplace.payments.models import OperatorTask, Payment, Transfer
from marketplace.pricing.models import PriceList
from marketplace.routing.models import RoutingDecision, RoutingPolicy


class Named(NamedTuple):
    """A name, and the order that the thing belongs to, if to one."""

    name: str
    order_id: str | None


def _plain(model: Any, name: Any) -> Query:
    return db.select(model.id, name, null())


def _of_order(model: Any) -> Query:
    return db.select(model.id, Order.number, Order.id).join(Order, Order.id == model.order_id)


KINDS: dict[str, Query] = {
    "adr": _plain(Address, Address.label), "aut": _plain(SellerAuthorization, Organization.name).join(
        Organization, Organization.id == SellerAuthorization.seller_id),
    "cc": _plain(CostCenter, CostCenter.name), "dec": _of_order(RoutingDecision), "imp": _plain(CatalogImport, CatalogImport.file_name),
    "key": _plain(ApiKey, ApiKey.name), "loc": _plain(StockLocation, StockLocation.name), "off": _plain(Offer, Offer.seller_sku),
    "oim": _plain(OfferImport, OfferImport.file_name), "ord": db.select(Order.id, Order.number, Order.id),
    "org": _plain(Organization, Organization.name), "pay": _of_order(Payment), "pls": _plain(PriceList, PriceList.name),
    "pol": db.select(RoutingPolicy.id, func.concat_ws(" ", Storefront.name, func.concat("v", RoutingPolicy.version)), null()).outerjoin(
        Storefront, Storefront.id == RoutingPolicy.storefront_id),
    "shp": db.select(Shipment.id, Shipment.tracking_number, SellerOrder.order_id).join(SellerOrder, SellerOrder.id == Shipment.seller_order_id),
    "sor": db.select(SellerOrder.id, SellerOrder.number, SellerOrder.order_id), "sto": _plain(Storefront, Storefront.name),
    "trf": _of_order(Transfer), "tsk": _plain(OperatorTask, OperatorTask.message), "usr": _plain(User, User.name), "var": _plain(Variant, Variant.name),
}
"""By the beginning of an id: what it is called. What has no name of its own, as a pause, is not here."""


def named(ids: Iterable[str | None]) -> dict[str, Named]:
    """The names of these ids, of those that have one. Shapes: one statement for each kind of thing."""
    by_kind: dict[str, set[str]] = defaultdict(set)
    for id_ in filter(None, ids):
        by_kind[id_.partition("_")[0]].add(id_)
    found = {}
    with tenancy.as_market():
        for kind in by_kind.keys() & KINDS.keys():
            query = KINDS[kind]
            for id_, name, order_id in db.session.execute(query.where(query.selected_columns[0].in_(by_kind[kind]))):
                found[id_] = Named(name or id_, order_id)
    return found
