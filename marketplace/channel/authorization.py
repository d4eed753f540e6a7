"""Who may sell a brand, where, and when: granted and revoked by its manufacturer.

Invariants: whatever is bought is covered by an active authorization for its brand, the destination's
country and the day, asked at listing, search, cart and order alike (`covered`). Grants may overlap: one
that covers is enough. Revoking touches no open order.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, TypedDict, Unpack

from sqlalchemy import BindParameter, ColumnElement, and_, any_, exists, or_, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, aliased

from marketplace.catalog.models import Brand
from marketplace.channel.events import AuthorizationRevoked
from marketplace.channel.models import AuthorizationStatus, SellerAuthorization
from marketplace.core import audit, clock, countries, events
from marketplace.core.db import Query, db
from marketplace.core.errors import Invalid, NotFound
from marketplace.core.ids import new_id
from marketplace.core.transitions import advance
from marketplace.identity.access import Actor, authorize
from marketplace.identity.models import Organization


class Terms(TypedDict, total=False):
    """Where and when an authorization holds."""

    countries: Iterable[str]
    valid_from: date | None
    valid_to: date | None


def grant(
    actor: Actor, manufacturer_id: str, seller_id: str, brand_id: str, **terms: Unpack[Terms]
) -> SellerAuthorization:
    """Let a seller sell a brand.

    Shapes:  countries are ISO 3166 codes of destinations, none means everywhere; days are included, from
             today when not given, open-ended without an end.
    Effects: one SellerAuthorization, beside others that may be there; an equal active one is found again,
             so that to revoke one is to take the right away.
    Raises:  Forbidden; NotFound for a brand that is not the manufacturer's or a company that is no
             seller; Invalid for an unknown country, an end before the beginning, or one that is past.
    """
    authorize(actor, "authorization:write", manufacturer_id)
    brand = db.session.get(Brand, brand_id, with_for_update={"key_share": True})  # of two at once the later finds the earlier's
    seller = db.session.get(Organization, seller_id)
    if brand is None or brand.manufacturer_id != manufacturer_id:
        raise NotFound(field="brand_id")
    if seller is None or "seller" not in seller.kinds:
        raise NotFound(field="seller_id")
    valid_from, valid_to = terms.get("valid_from") or clock.today(), terms.get("valid_to")
    if valid_to is not None and valid_to < valid_from:
        raise Invalid("The last day is before the first.", field="valid_to")
    if valid_to is not None and valid_to < clock.today():
        raise Invalid("This authorization would be over already.", field="valid_to")
    granted = {
        "manufacturer_id": manufacturer_id, "seller_id": seller_id, "brand_id": brand_id, "valid_from": valid_from,
        "valid_to": valid_to, "countries": _countries(terms.get("countries") or ()), "status": AuthorizationStatus.ACTIVE.value,
    }
    if there := db.session.scalar(select(SellerAuthorization).filter_by(**granted).limit(1)):
        return there
    record = SellerAuthorization(id=new_id("aut"), created_by=actor.user_id, created_at=clock.now(), **granted)
    db.session.add(record)
    db.session.flush()
    audit.record(actor, "authorization:grant", record.id, after={
        "seller_id": seller_id, "brand_id": brand_id, "countries": record.countries,
        "valid_from": valid_from.isoformat(), "valid_to": valid_to and valid_to.isoformat(),
    })
    return record


def _countries(asked: Iterable[str]) -> list[str]:
    return [countries.checked(code, "countries") for code in sorted({code.strip().upper() for code in asked})]


def revoke(actor: Actor, authorization_id: str, because: str) -> SellerAuthorization:
    """Take an authorization back, at once.

    Effects: the seller's offers of the brand leave listing, cart and matching unless another grant
             covers them; publishes AuthorizationRevoked.
    Raises:  Forbidden, NotFound, WrongState when it was revoked before.
    """
    authorize(actor, "authorization:write", actor.organization_id)
    record = db.session.get(SellerAuthorization, authorization_id, with_for_update=True)
    if record is None or record.manufacturer_id != actor.organization_id:
        raise NotFound
    advance(record, AuthorizationStatus.REVOKED, actor.user_id, because)
    audit.record(actor, "authorization:revoke", record.id, before={"status": "active"}, after={"status": "revoked"})
    events.publish(AuthorizationRevoked(record.id, record.manufacturer_id, record.seller_id, record.brand_id))
    db.session.flush()
    return record


def state(status: str, valid_from: date, valid_to: date | None) -> str:
    """What an authorization is today: 'active', 'scheduled', 'expired' or 'revoked'."""
    if status == AuthorizationStatus.REVOKED:
        return "revoked"
    if valid_to and valid_to < clock.today():
        return "expired"
    return "scheduled" if valid_from > clock.today() else "active"


def covered(
    seller_id: ColumnElement[str] | InstrumentedAttribute[str], brand_id: ColumnElement[str] | InstrumentedAttribute[str],
    country: str | BindParameter[str] | None, day: date | BindParameter[date]
) -> ColumnElement[bool]:
    """A condition for a query: an active authorization covers seller, brand, destination and day.

    Shapes:  country None asks for any destination at all.
    Effects: reads across organizations, so the query must run `tenancy.as_market` (or see the rows).
    """
    granted = aliased(SellerAuthorization)
    return exists().where(
        granted.brand_id == brand_id, granted.seller_id == seller_id, *_holds(granted, country, day)
    )


def pairs(country: Any, day: Any) -> Query:
    """The (seller id, brand id) pairs that are covered, as a query; see `covered`."""
    granted = SellerAuthorization.__table__.alias("granted")
    return select(granted.c.seller_id, granted.c.brand_id).where(*_holds(granted.c, country, day))


def _holds(granted: Any, country: Any, day: Any) -> Sequence[ColumnElement[bool]]:
    conditions = [
        granted.status == AuthorizationStatus.ACTIVE.value,
        granted.valid_from <= day,
        or_(granted.valid_to.is_(None), granted.valid_to >= day),
    ]
    if country is not None:
        conditions.append(or_(granted.countries == [], country == any_(granted.countries)))
    return conditions


def authorized_pairs(pairs: Iterable[tuple[str, str]], country: str | None, day: date) -> set[tuple[str, str]]:
    """Those of the (seller id, brand id) pairs that are covered; one statement, see `covered`."""
    wanted = sorted(set(pairs))
    if not wanted:
        return set()
    granted = SellerAuthorization
    query = select(granted.seller_id, granted.brand_id).distinct().where(
        and_(tuple_(granted.seller_id, granted.brand_id).in_(wanted), *_holds(granted, country, day))
    )
    return {(seller_id, brand_id) for seller_id, brand_id in db.session.execute(query)}
