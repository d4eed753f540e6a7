"""A company's own books: addresses and cost centers, and the customer group its reseller puts it in.

Orders copy what they need, so changing or removing an address changes no order. A cost center is never deleted,
only closed: it stays on history.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

from sqlalchemy import select

from marketplace.core import audit, countries, paging, tenancy
from marketplace.core.db import db
from marketplace.core.errors import Conflict, Invalid, NotFound
from marketplace.core.ids import new_id
from marketplace.identity.access import Actor, authorize
from marketplace.identity.models import Address, CostCenter, Organization, Storefront

ADDRESS_FIELDS = ("label", "name", "line1", "line2", "postcode", "city", "region", "country")


class CostCenterTaken(Conflict):
    """The company already has a cost center with this code."""

    code: ClassVar[str] = "cost_center_taken"
    message = "There is already a cost center with this code."


class AddressGone(NotFound):
    """The address is not in the buyer's book, or was taken out of it meanwhile."""

    message = "This address is not in the address book any more."


class CostCenterClosed(NotFound):
    """The cost center is not the buyer's, or was closed meanwhile."""

    message = "This cost center is closed, or not there any more."


class NotTraded(Invalid):
    """A currency in which nobody buys or sells here."""

    code: ClassVar[str] = "currency_not_traded"


def currencies() -> list[str]:
    """The currencies that the market trades in, those of its companies and storefronts, in order. One statement."""
    with tenancy.as_market():
        return sorted(db.session.scalars(select(Organization.currency).union(select(Storefront.currency))))


def check_currency(currency: str) -> None:
    """Refuse a currency that the market does not trade in. Raises: NotTraded."""
    known = currencies()
    if currency not in known:
        raise NotTraded(f"The market trades in these currencies: {', '.join(known)}.", field="currency")


def addresses(actor: Actor) -> list[Address]:
    """The address book of the actor's company, oldest first."""
    authorize(actor, "storefront:buy", actor.organization_id)
    return list(db.session.scalars(select(Address).filter_by(organization_id=actor.organization_id).order_by(Address.id)))


def address_page(actor: Actor, ask: paging.Ask) -> paging.Page:
    """One page of the address book, oldest first."""
    authorize(actor, "storefront:buy", actor.organization_id)
    query = select(Address).filter_by(organization_id=actor.organization_id)
    return paging.sorted_page(query, Address.id, replace(ask, sort="made"), {"made": Address.id})


def address(actor: Actor, address_id: str) -> Address:
    """One address of the actor's company. Raises: NotFound for anybody else's."""
    authorize(actor, "storefront:buy", actor.organization_id)
    return _own(Address, actor, address_id)


def save_address(actor: Actor, values: dict[str, Any], address_id: str | None = None) -> Address:
    """Add an address, or change the one with this id.

    Shapes:  `values` has the fields of ADDRESS_FIELDS; others are not read.
    Raises:  Forbidden, NotFound; Invalid for a country that is none.
    """
    authorize(actor, "company:write", actor.organization_id)
    countries.checked(values["country"])
    found = _own(Address, actor, address_id) if address_id else Address(id=new_id("adr"), organization_id=actor.organization_id)
    before = {name: getattr(found, name) for name in ADDRESS_FIELDS} if address_id else None
    for name in ADDRESS_FIELDS:
        setattr(found, name, values.get(name))
    db.session.add(found)
    db.session.flush()
    audit.record(actor, "address.saved", found.id, before=before, after={name: values.get(name) for name in ADDRESS_FIELDS})
    return found


def remove_address(actor: Actor, address_id: str) -> None:
    """Take an address out of the book; orders keep theirs. Raises: Forbidden, NotFound."""
    authorize(actor, "company:write", actor.organization_id)
    found = _own(Address, actor, address_id)
    audit.record(actor, "address.removed", found.id, before={name: getattr(found, name) for name in ADDRESS_FIELDS})
    db.session.delete(found)
    db.session.flush()


def cost_centers(actor: Actor) -> list[CostCenter]:
    """The cost centers of the actor's company, in code order, closed ones too."""
    authorize(actor, "storefront:buy", actor.organization_id)
    query = select(CostCenter).filter_by(organization_id=actor.organization_id).order_by(CostCenter.code)
    return list(db.session.scalars(query))


def cost_center_page(actor: Actor, ask: paging.Ask) -> paging.Page:
    """One page of the cost centers, in code order, closed ones too."""
    authorize(actor, "storefront:buy", actor.organization_id)
    query = select(CostCenter).filter_by(organization_id=actor.organization_id)
    return paging.sorted_page(query, CostCenter.id, replace(ask, sort="code"), {"code": CostCenter.code})


def open_cost_center(actor: Actor, code: str, name: str) -> CostCenter:
    """Add a cost center. Raises: Forbidden, CostCenterTaken."""
    authorize(actor, "company:write", actor.organization_id)
    mine = select(CostCenter.id).filter_by(organization_id=actor.organization_id, code=code)
    if db.session.scalar(mine):
        raise CostCenterTaken(field="code")
    center = CostCenter(id=new_id("cc"), organization_id=actor.organization_id, code=code, name=name, is_active=True)
    db.session.add(center)
    db.session.flush()
    audit.record(actor, "cost_center.opened", center.id, after={"code": code, "name": name})
    return center


def switch_cost_center(actor: Actor, cost_center_id: str, *, is_active: bool) -> CostCenter:
    """Close a cost center for new orders, or open it again. Raises: Forbidden, NotFound."""
    authorize(actor, "company:write", actor.organization_id)
    center = _own(CostCenter, actor, cost_center_id)
    audit.record(actor, "cost_center.switched", center.id, before={"is_active": center.is_active}, after={"is_active": is_active})
    center.is_active = is_active
    db.session.flush()
    return center


def put_in_group(actor: Actor, buyer_id: str, group: str | None) -> Organization:
    """Put a customer of the actor's into a customer group, or into none. Raises: Forbidden, NotFound."""
    authorize(actor, "customer:write", actor.organization_id)
    buyer = db.session.scalar(select(Organization).filter_by(id=buyer_id, reseller_id=actor.organization_id))
    if buyer is None:
        raise NotFound
    audit.record(actor, "customer.grouped", buyer.id, before={"group": buyer.customer_group}, after={"group": group})
    buyer.customer_group = group or None
    db.session.flush()
    return buyer


def _own(model: Any, actor: Actor, row_id: str) -> Any:
    found = db.session.scalar(select(model).filter_by(id=row_id, organization_id=actor.organization_id))
    if found is None:
        raise NotFound
    return found
