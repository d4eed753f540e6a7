"""Authorizations with names, sellers to choose from, and what a revocation would hide."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import any_, exists, func, literal, select

from marketplace.catalog import queries as catalog
from marketplace.catalog.models import Brand
from marketplace.channel import authorization as rules
from marketplace.channel.models import SellerAuthorization
from marketplace.core import paging, tenancy
from marketplace.core.db import db
from marketplace.core.errors import NotFound
from marketplace.core.paging import Page
from marketplace.identity.access import Actor, authorize
from marketplace.identity.models import Organization
from marketplace.offers.models import Offer

SELLER, BRAND = Organization.name.label("seller"), Brand.name.label("brand")
SORTS: paging.Sorts = {"seller": SELLER, "brand": BRAND, "from": SellerAuthorization.valid_from, "status": SellerAuthorization.status}
NAMED = (
    select(SellerAuthorization.id, SellerAuthorization.seller_id, SELLER, SellerAuthorization.brand_id, BRAND, SellerAuthorization.countries,
           SellerAuthorization.valid_from, SellerAuthorization.valid_to, SellerAuthorization.status)
    .join(Organization, Organization.id == SellerAuthorization.seller_id)
    .join(Brand, Brand.id == SellerAuthorization.brand_id)
)


def authorizations(actor: Actor, ask: paging.Ask = paging.FIRST, seller: str = "") -> Page:
    """The manufacturer's authorizations, newest first or as asked, perhaps of the sellers whose name has these words; each with its `state` today."""
    authorize(actor, "authorization:read")
    query = NAMED.where(SellerAuthorization.manufacturer_id == actor.organization_id)
    if seller:
        query = query.where(Organization.name.icontains(seller, autoescape=True))
    page = paging.sorted_rows(query, SellerAuthorization.id, ask, SORTS)
    return replace(page, items=[_stated(row._asdict()) for row in page.items])


def authorization(actor: Actor, authorization_id: str) -> dict[str, Any]:
    """One authorization. Raises: NotFound for another manufacturer's."""
    authorize(actor, "authorization:read")
    row = db.session.execute(NAMED.where(
        SellerAuthorization.manufacturer_id == actor.organization_id, SellerAuthorization.id == authorization_id,
    )).mappings().first()
    if row is None:
        raise NotFound
    return _stated(dict(row))


def _stated(row: Mapping[str, Any]) -> dict[str, Any]:
    return {**row, "state": rules.state(row["status"], row["valid_from"], row["valid_to"])}


def known(actor: Actor, name: str, limit: int) -> list[Any]:
    """The sellers that the manufacturer has ever authorized and whose name has these words, by name."""
    authorize(actor, "authorization:read")
    mine = exists().where(SellerAuthorization.seller_id == Organization.id, SellerAuthorization.manufacturer_id == actor.organization_id)
    return list(db.session.execute(
        select(Organization.id, Organization.name, Organization.country)
        .where(Organization.name.icontains(name, autoescape=True), mine).order_by(Organization.name, Organization.id).limit(limit)))


def choices(actor: Actor) -> dict[str, list[dict[str, Any]]]:
    """Whom the manufacturer can authorize for what: every seller of the market, and its own brands, by name. Raises: Forbidden."""
    authorize(actor, "authorization:read")
    sellers = db.session.execute(
        select(Organization.id, Organization.name, Organization.country)
        .where(literal("seller") == any_(Organization.kinds)).order_by(Organization.name, Organization.id)).mappings()
    brands = [{"id": brand.id, "name": brand.name} for brand in catalog.brands(actor.organization_id)]
    return {"sellers": [dict(row) for row in sellers], "brands": brands}


def offers_of(seller_id: str, brand_id: str) -> int:
    """How many active offers a seller has of a brand."""
    with tenancy.as_market():
        return db.session.scalar(
            select(func.count()).select_from(Offer).filter_by(seller_id=seller_id, brand_id=brand_id, status="active")
        ) or 0
