"""What the seller may sell: which brands, where and until when, as their manufacturers say."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import or_, select

from marketplace.catalog.models import Brand
from marketplace.channel import authorization
from marketplace.channel.models import SellerAuthorization
from marketplace.core import paging
from marketplace.core.paging import Page
from marketplace.identity.access import Actor, authorize
from marketplace.identity.models import Organization

BRAND, MANUFACTURER = Brand.name.label("brand"), Organization.name.label("manufacturer")
SORTS: paging.Sorts = {"brand": BRAND, "manufacturer": MANUFACTURER, "from": SellerAuthorization.valid_from, "granted": SellerAuthorization.id}


def of(actor: Actor, words: str = "", ask: paging.Ask = paging.FIRST) -> Page:
    """One page of the seller's authorizations, newest first or as asked; `words` stand in the brand's or the maker's name.

    Each has its `state` today: active, scheduled, expired or revoked.
    """
    authorize(actor, "authorization:read", actor.organization_id)
    granted = SellerAuthorization
    query = (
        select(granted.id, granted.brand_id, BRAND, granted.manufacturer_id, MANUFACTURER, granted.countries, granted.valid_from, granted.valid_to,
               granted.status)
        .join(Brand, Brand.id == granted.brand_id).join(Organization, Organization.id == granted.manufacturer_id)
        .where(granted.seller_id == actor.organization_id)
    )
    if words:
        query = query.where(or_(Brand.name.icontains(words, autoescape=True), Organization.name.icontains(words, autoescape=True)))
    page = paging.sorted_rows(query, granted.id, ask, SORTS)
    return replace(page, items=[{**row._mapping, "state": authorization.state(row.status, row.valid_from, row.valid_to)} for row in page.items])
