"""A reseller's customers: who they are, and every condition that holds for one, with its source.

Sources are named the way prices are resolved: organization, ancestor, group, storefront. Lists and rules
of others (a seller's list for this customer, say) are not shown: they are not the reseller's.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import any_, func, literal, or_, select

from marketplace.catalog.models import Brand, Category
from marketplace.channel.models import AssortmentRule
from marketplace.core import paging
from marketplace.core.db import db
from marketplace.core.errors import NotFound
from marketplace.identity.access import Actor, authorize
from marketplace.identity.models import Organization, Storefront
from marketplace.orders.models import Order
from marketplace.payments import standing
from marketplace.payments.models import CreditLine, LineShare, PaymentMethodRule
from marketplace.pricing.models import PriceList, PriceListAssignment

SORTS: paging.Sorts = {"name": Organization.name, "since": Organization.id, "country": Organization.country}


def listed(actor: Actor, words: str = "", ask: paging.Ask = paging.FIRST) -> dict[str, Any]:
    """One page of the reseller's customers, by name or as asked, with what each bought and was not cancelled. Two statements."""
    authorize(actor, "customer:read", actor.organization_id)
    query = select(Organization).where(Organization.reseller_id == actor.organization_id, literal("buyer") == any_(Organization.kinds))
    if words:
        query = query.where(func.strpos(func.lower(Organization.name), words.lower()) > 0)
    page = paging.sorted_page(query, Organization.id, replace(ask, sort=ask.sort or "name"), SORTS)
    bought = _bought([buyer.id for buyer in page.items], actor.organization_id)
    items = [{**head(buyer), "orders": bought.get(buyer.id, (0, 0))[0], "sales_minor": bought.get(buyer.id, (0, 0))[1]}
             for buyer in page.items]
    return {"items": items, "next_cursor": page.next_cursor}


def _bought(buyer_ids: list[str], reseller_id: str) -> dict[str, tuple[int, int]]:
    rows = db.session.execute(
        select(Order.buyer_id, func.count(func.distinct(Order.id)), func.sum(standing.GOODS))
        .join(LineShare, LineShare.order_id == Order.id)
        .where(Order.buyer_id.in_(buyer_ids), Order.reseller_id == reseller_id, Order.paid_at.is_not(None))
        .group_by(Order.buyer_id)
    )
    return {buyer_id: (count, int(goods)) for buyer_id, count, goods in rows}


def head(buyer: Organization) -> dict[str, Any]:
    """What a list says of a customer."""
    return {"id": buyer.id, "name": buyer.name, "country": buyer.country, "status": buyer.status,
            "currency": buyer.currency, "group": buyer.customer_group, "tax_id": buyer.tax_id}


def own(actor: Actor, buyer_id: str) -> Organization:
    """One customer of the reseller's. Raises: NotFound for anybody else's."""
    authorize(actor, "customer:read", actor.organization_id)
    found = db.session.scalar(select(Organization).filter_by(id=buyer_id, reseller_id=actor.organization_id))
    if found is None:
        raise NotFound
    return found


def conditions(actor: Actor, buyer_id: str) -> dict[str, Any]:
    """Every condition of one customer and where it comes from; a constant few statements."""
    buyer = own(actor, buyer_id)
    storefronts = list(db.session.scalars(select(Storefront).filter_by(reseller_id=actor.organization_id)))
    return {
        **head(buyer), "price_lists": _price_lists(actor, buyer, storefronts),
        "assortment": _assortment(actor, buyer), "methods": _methods(actor, buyer),
        "credit": _credit(actor, buyer),
        "markups": [{"storefront": one.name, "markup_bps": one.markup_bps} for one in storefronts],
    }


def _price_lists(actor: Actor, buyer: Organization, storefronts: list[Storefront]) -> list[dict[str, Any]]:
    mine = [one.id for one in storefronts]
    rows = db.session.execute(
        select(PriceListAssignment, PriceList).join(PriceList, PriceList.id == PriceListAssignment.price_list_id)
        .where(PriceListAssignment.owner_id == actor.organization_id, or_(
            PriceListAssignment.organization_id.in_(buyer.lineage), PriceListAssignment.storefront_id.in_(mine)))
        .order_by(PriceListAssignment.created_at.desc(), PriceListAssignment.id.desc())
    )
    found = [(_level(row, buyer), row, price_list) for row, price_list in rows]
    order = ("organization", "ancestor", "group", "storefront")
    return [
        {"assignment_id": row.id, "list_id": price_list.id, "name": price_list.name, "currency": price_list.currency,
         "source": level}
        for level, row, price_list in sorted(found, key=lambda one: order.index(one[0]) if one[0] else 9) if level
    ]


def _level(row: PriceListAssignment, buyer: Organization) -> str | None:
    if row.organization_id:
        return "organization" if row.organization_id == buyer.id else "ancestor"
    if row.customer_group:
        return "group" if buyer.customer_group is not None and row.customer_group == buyer.customer_group else None
    return "storefront"


def _assortment(actor: Actor, buyer: Organization) -> list[dict[str, Any]]:
    rows = db.session.execute(
        select(AssortmentRule, Brand.name, Category.path)
        .outerjoin(Brand, Brand.id == AssortmentRule.brand_id).outerjoin(Category, Category.id == AssortmentRule.category_id)
        .where(AssortmentRule.reseller_id == actor.organization_id).order_by(AssortmentRule.id)
    )
    return [
        {"effect": row.effect, "brand": brand, "category": category,
         "source": "organization" if row.organization_id else "group" if row.customer_group else "storefront"}
        for row, brand, category in rows if _holds(row, buyer)
    ]


def _holds(row: Any, buyer: Organization) -> bool:
    """Whether a rule of the reseller's is for this buyer: its own, its group's, or for everybody."""
    if row.organization_id is not None:
        return row.organization_id in buyer.lineage
    return row.customer_group is None or (buyer.customer_group is not None and row.customer_group == buyer.customer_group)


def _methods(actor: Actor, buyer: Organization) -> list[dict[str, Any]]:
    query = select(PaymentMethodRule).filter_by(reseller_id=actor.organization_id).order_by(PaymentMethodRule.id)
    return [
        {"methods": row.methods, "max_minor": row.max_minor,
         "source": "organization" if row.organization_id else "group" if row.customer_group else "all customers"}
        for row in db.session.scalars(query) if _holds(row, buyer)
    ]


def _credit(actor: Actor, buyer: Organization) -> list[dict[str, Any]]:
    rows = db.session.scalars(select(CreditLine).filter_by(reseller_id=actor.organization_id, buyer_id=buyer.id))
    return [
        {"currency": row.currency, "limit_minor": row.limit_minor, "reserved_minor": row.reserved_minor,
         "receivable_minor": row.receivable_minor, "terms_days": row.terms_days,
         "free_minor": row.limit_minor - row.reserved_minor - row.receivable_minor}
        for row in rows
    ]
