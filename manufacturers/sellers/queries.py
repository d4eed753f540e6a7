"""Authorizations with names, sellers to choose from, and what a revocation would hide."""

from typing import Any

from sqlalchemy import any_, exists, func, literal, select

from marketplace.catalog.models import Brand
from marketplace.channel.models import SellerAuthorization
from marketplace.core import paging, tenancy
from marketplace.core.db import db
from marketplace.core.errors import NotFound
from marketplace.core.paging import Page
from marketplace.identity.access import Actor, authorize
from marketplace.identity.models import Organization
from marketplace.offers.models import Offer

NAMED = (
    select(SellerAuthorization.id, SellerAuthorization.seller_id, Organization.name.label("seller"),
           SellerAuthorization.brand_id, Brand.name.label("brand"), SellerAuthorization.countries,
           SellerAuthorization.valid_from, SellerAuthorization.valid_to, SellerAuthorization.status)
    .join(Organization, Organization.id == SellerAuthorization.seller_id)
    .join(Brand, Brand.id == SellerAuthorization.brand_id)
)


def authorizations(actor: Actor, cursor: str | None = None, limit: int = 50, seller: str = "") -> Page:
    """The manufacturer's authorizations, newest first, perhaps of the sellers whose name has these words."""
    authorize(actor, "authorization:read")
    query = NAMED.where(SellerAuthorization.manufacturer_id == actor.organization_id)
    if seller:
        query = query.where(Organization.name.icontains(seller, autoescape=True))
    if cursor:
        query = query.where(SellerAuthorization.id < paging.decode(cursor)[0])
    rows = [dict(row) for row in db.session.execute(
        query.order_by(SellerAuthorization.id.desc()).limit(limit + 1)).mappings()]
    return Page(rows[:limit], paging.encode([rows[limit - 1]["id"]]) if len(rows) > limit else None)


def authorization(actor: Actor, authorization_id: str) -> dict[str, Any]:
    """One authorization. Raises: NotFound for another manufacturer's."""
    authorize(actor, "authorization:read")
    row = db.session.execute(NAMED.where(
        SellerAuthorization.manufacturer_id == actor.organization_id, SellerAuthorization.id == authorization_id,
    )).mappings().first()
    if row is None:
        raise NotFound
    return dict(row)


def known(actor: Actor, name: str, limit: int) -> list[Any]:
    """The sellers that the manufacturer has ever authorized and whose name has these words, by name."""
    authorize(actor, "authorization:read")
    mine = exists().where(SellerAuthorization.seller_id == Organization.id, SellerAuthorization.manufacturer_id == actor.organization_id)
    return list(db.session.execute(
        select(Organization.id, Organization.name, Organization.country)
        .where(Organization.name.icontains(name, autoescape=True), mine).order_by(Organization.name, Organization.id).limit(limit)))


def sellers() -> list[tuple[str, str]]:
    """Every seller of the market by name, as choices."""
    rows = db.session.execute(
        select(Organization.id, Organization.name, Organization.country)
        .where(literal("seller") == any_(Organization.kinds)).order_by(Organization.name, Organization.id))
    return [(id_, f"{name} ({country})") for id_, name, country in rows]


def offers_of(seller_id: str, brand_id: str) -> int:
    """How many active offers a seller has of a brand."""
    with tenancy.as_market():
        return db.session.scalar(
            select(func.count()).select_from(Offer).filter_by(seller_id=seller_id, brand_id=brand_id, status="active")
        ) or 0
