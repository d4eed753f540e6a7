"""A reseller's price lists: what stands on them, for whom they hold, and their prices changed one by one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

from sqlalchemy import Row, and_, false, func, or_, select

from marketplace.catalog import identifiers
from marketplace.catalog.models import Brand, Variant
from marketplace.core import clock, money, paging
from marketplace.core.db import db
from marketplace.core.errors import Invalid
from marketplace.identity.access import Actor, authorize
from marketplace.identity.models import Organization, Storefront
from marketplace.pricing import service as pricing
from marketplace.pricing.models import Price, PriceList, PriceListAssignment

SORTS: paging.Sorts = {"name": PriceList.name, "since": PriceList.id, "currency": PriceList.currency}
PRICE_SORTS: paging.Sorts = {"product": Variant.sort_key, "mpn": Variant.mpn, "price": Price.amount_minor}


class UnknownProduct(Invalid):
    """A price for a product that the catalog does not have."""

    code: ClassVar[str] = "unknown_product"
    message = "The catalog has no such product."


def overview(actor: Actor, words: str = "", ask: paging.Ask = paging.FIRST) -> dict[str, Any]:
    """One page of the reseller's lists, by name or as asked, with how many prices and targets each has. Three statements."""
    authorize(actor, pricing.READ["reseller"], actor.organization_id)
    query = select(PriceList).where(PriceList.owner_id == actor.organization_id)
    if words:
        query = query.where(func.strpos(func.lower(PriceList.name), words.lower()) > 0)
    page = paging.sorted_page(query, PriceList.id, replace(ask, sort=ask.sort or "name"), SORTS)
    ids = [one.id for one in page.items]
    prices, targets = _count(Price, ids, _live()), _count(PriceListAssignment, ids)
    items = [{**head(one), "prices": prices.get(one.id, 0), "targets": targets.get(one.id, 0)} for one in page.items]
    return {"items": items, "next_cursor": page.next_cursor}


def head(price_list: PriceList) -> dict[str, Any]:
    """What a list of lists says of one."""
    return {"id": price_list.id, "name": price_list.name, "currency": price_list.currency}


def _live() -> Any:
    now = clock.now()
    return and_(Price.valid_from <= now, or_(Price.valid_to.is_(None), Price.valid_to > now))


def _count(model: Any, ids: list[str], *conditions: Any) -> dict[str, int]:
    query = select(model.price_list_id, func.count()).where(model.price_list_id.in_(ids), *conditions)
    return dict(list(db.session.execute(query.group_by(model.price_list_id))))


def rows(actor: Actor, price_list_id: str, words: str = "", ask: paging.Ask = paging.FIRST) -> dict[str, Any]:
    """One page of a list's prices of today, by product name or as asked; `words` stand in the name or begin the number.

    Raises: NotFound for another's list, UnknownSort.
    """
    price_list = pricing.own_list(actor, price_list_id)
    query = (
        select(Price.id, Variant.sort_key, Variant.id.label("variant_id"), Variant.name, Variant.mpn, Variant.gtin, Brand.name.label("brand"),
               Price.min_quantity, Price.amount_minor)
        .join(Variant, Variant.id == Price.variant_id).join(Brand, Brand.id == Variant.brand_id)
        .where(Price.price_list_id == price_list.id, _live())
    )
    if words:
        key = identifiers.mpn_key(words)
        number = Variant.mpn_key.startswith(key, autoescape=True) if key else false()
        query = query.where(or_(func.strpos(func.lower(Variant.name), words.lower()) > 0, number))
    page = paging.sorted_rows(query, Price.id, replace(ask, sort=ask.sort or "product"), PRICE_SORTS)
    return {**head(price_list), "items": [_row(row, price_list.currency) for row in page.items], "next_cursor": page.next_cursor}


def _row(row: Row[Any], currency: str) -> dict[str, Any]:
    said = {name: value for name, value in row._mapping.items() if name != "sort_key"}
    return {**said, "price": money.decimal(row.amount_minor, currency)}


def targets(actor: Actor, price_list_id: str) -> list[dict[str, Any]]:
    """For whom a list holds. Raises: NotFound for another's list."""
    price_list = pricing.own_list(actor, price_list_id)
    found = db.session.execute(
        select(PriceListAssignment, Organization.name, Storefront.name)
        .outerjoin(Organization, Organization.id == PriceListAssignment.organization_id)
        .outerjoin(Storefront, Storefront.id == PriceListAssignment.storefront_id)
        .where(PriceListAssignment.price_list_id == price_list.id).order_by(PriceListAssignment.id)
    )
    return [{"id": row.id, "organization": company, "storefront": shop, "group": row.customer_group}
            for row, company, shop in found]


def edit(actor: Actor, price_list_id: str, variant_id: str, tiers: list[tuple[int, str]]) -> None:
    """Set some of one product's tiers (from quantity, decimal price) as a person typed them; its others stay. Raises: Invalid, NotFound."""
    price_list = pricing.own_list(actor, price_list_id, write=True)
    merge(actor, price_list, variant_id, {start: money.parse(text, price_list.currency, "price") for start, text in tiers})


def merge(actor: Actor, price_list: PriceList, variant_id: str, tiers: dict[int, int]) -> None:
    """Set some of one product's tiers (from quantity: minor units) on a list that is locked; its others stay. Raises: UnknownProduct, BadTiers."""
    held = select(Price.min_quantity, Price.amount_minor).where(Price.price_list_id == price_list.id, Price.variant_id == variant_id, _live())
    merged = {**dict(list(db.session.execute(held))), **tiers}
    set_rows(actor, price_list.id, [(variant_id, start, amount) for start, amount in merged.items()])


def set_rows(actor: Actor, price_list_id: str, given: list[tuple[str, int, int]]) -> None:
    """Set prices (variant id, from quantity, minor units). Raises: UnknownProduct, and what pricing refuses."""
    pricing.own_list(actor, price_list_id, write=True)
    ids = {variant_id for variant_id, _start, _amount in given}
    if len(set(db.session.scalars(select(Variant.id).where(Variant.id.in_(ids))))) != len(ids):
        raise UnknownProduct(field="variant_id")
    pricing.set_prices(actor, price_list_id, given)
