"""What a seller does with its offers: publish, stock, deliver, ask for a minimum, pause.

Invariants: an offer needs an authorization for its brand to be published; it never changes its product;
a seller has one offer for a variant, known by its own SKU. Prices are set in `pricing` (the seller's base
list); whether an offer is active is never stored (`reasons.py`).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any, ClassVar

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from marketplace.catalog.models import Variant
from marketplace.channel import authorization
from marketplace.core import audit, clock, countries, locks, money
from marketplace.core.db import db
from marketplace.core.errors import Conflict, Forbidden, Invalid, NotFound
from marketplace.core.ids import new_id
from marketplace.identity import companies
from marketplace.identity.access import Actor, authorize
from marketplace.identity.models import Organization
from marketplace.offers.models import FreightRule, Offer, OfferImportRow, OrderMinimum, Reservation, SellerPause, StockLevel, StockLocation

CONDITIONS = ("new", "refurbished", "used")
MAX_QUANTITY = 1_000_000_000
DAY = timedelta(days=1)


class OfferNotAuthorized(Forbidden):
    """The seller has no authorization for the brand today."""

    code: ClassVar[str] = "offer_not_authorized"
    message = "Your company is not authorized to sell this brand."


class SkuTaken(Conflict):
    """The SKU is that of another product of this seller, or the product has another SKU."""

    code: ClassVar[str] = "sku_taken"
    message = "This SKU is in use for another product, or this product has another SKU."


class ProductRetired(Conflict):
    """The manufacturer has retired the product."""

    code: ClassVar[str] = "product_retired"
    message = "The manufacturer has retired this product: it cannot be offered any more."


class LocationStocked(Conflict):
    """A location cannot be removed with what lies there."""

    code: ClassVar[str] = "location_stocked"
    message = "There is stock at this location, or a file is about to put some there. Set it to 0 first."


class LocationUsed(Conflict):
    """A location stays with the orders that went out from it."""

    code: ClassVar[str] = "location_used"
    message = "Orders went out from this location, so it stays on record. With its stock at 0 nothing more is sold from it."


@dataclass(frozen=True)
class OfferInput:
    """What a seller says about an offer; quantities in sales units, days are working days."""

    variant_id: str
    seller_sku: str
    currency: str | None = None
    """None is the seller's own."""
    lead_time_days: int = 1
    min_quantity: int = 1
    multiple: int = 1
    max_quantity: int | None = None
    condition: str = "new"
    valid_from: datetime | None = None
    """None is now, or as it was."""
    valid_to: datetime | None = None


def publish_offer(actor: Actor, seller_id: str, given: OfferInput) -> Offer:
    """Make or change the seller's offer for a variant, known by its SKU; a withdrawn one is back.

    Effects: one Offer; its price and stock are set apart.
    Raises:  Forbidden; NotFound for an unknown variant; ProductRetired; OfferNotAuthorized; SkuTaken; Invalid.
    """
    authorize(actor, "offer:write", seller_id)
    _check(given)
    if given.currency:
        companies.check_currency(given.currency)
    variant = db.session.get(Variant, given.variant_id)
    if variant is None:
        raise NotFound(field="variant_id")
    if variant.status != "active":
        raise ProductRetired
    if not authorization.authorized_pairs([(seller_id, variant.brand_id)], None, clock.today()):
        raise OfferNotAuthorized(field="variant_id")
    offer, before = _upserted(seller_id, variant, given)
    audit.record(actor, "offer:publish", offer.id, before=before, after=_plain(offer))
    return offer


def can_be_ordered(minimum: int, multiple: int, maximum: int | None) -> bool:
    """Whether any quantity is a multiple, and neither below the minimum nor above the maximum (None: there is none)."""
    return maximum is None or maximum - maximum % multiple >= minimum


def held(first: date | None, last: date | None) -> tuple[datetime | None, datetime | None]:
    """From and to which moment an offer holds that is said by days, the last one included, in UTC."""
    return clock.midnight(first) if first else None, clock.midnight(last + DAY) if last else None


def last_day(valid_to: datetime | None) -> date | None:
    """The same end as a day again."""
    return (valid_to - DAY).date() if valid_to else None


def _check(given: OfferInput) -> None:
    if not given.seller_sku.strip() or len(given.seller_sku) > 100 or "\0" in given.seller_sku:
        raise Invalid("A SKU has 1 to 100 characters.", field="seller_sku")
    if not 0 <= given.lead_time_days <= 365:
        raise Invalid("The lead time is 0 to 365 working days.", field="lead_time_days")
    if not (1 <= given.min_quantity <= MAX_QUANTITY and 1 <= given.multiple <= MAX_QUANTITY):
        raise Invalid("Minimum and multiple are at least 1.", field="min_quantity")
    if given.max_quantity is not None and not given.min_quantity <= given.max_quantity <= MAX_QUANTITY:
        raise Invalid("The maximum is not below the minimum.", field="max_quantity")
    if not can_be_ordered(given.min_quantity, given.multiple, given.max_quantity):
        raise Invalid("No quantity fits minimum, multiple and maximum together.", field="multiple")
    if given.condition not in CONDITIONS:
        raise Invalid("The condition is new, refurbished or used.", field="condition")


def _upserted(seller_id: str, variant: Variant, given: OfferInput) -> tuple[Offer, dict[str, Any] | None]:
    found = list(db.session.scalars(select(Offer).where(
        Offer.seller_id == seller_id,
        (Offer.seller_sku == given.seller_sku) | (Offer.variant_id == variant.id),
    ).with_for_update()))
    if any((offer.variant_id, offer.seller_sku) != (variant.id, given.seller_sku) for offer in found):
        raise SkuTaken(field="seller_sku")
    now = clock.now()
    before = _plain(found[0]) if found else None
    offer = found[0] if found else Offer(
        id=new_id("off"), seller_id=seller_id, variant_id=variant.id, brand_id=variant.brand_id, created_at=now,
        valid_from=now,
    )
    offer.seller_sku, offer.condition = given.seller_sku, given.condition
    offer.currency = given.currency or db.session.get_one(Organization, seller_id).currency
    offer.lead_time_days, offer.multiple = given.lead_time_days, given.multiple
    offer.min_quantity, offer.max_quantity = given.min_quantity, given.max_quantity
    offer.valid_from, offer.valid_to = given.valid_from or offer.valid_from, given.valid_to
    if offer.valid_to and offer.valid_to <= offer.valid_from:
        raise Invalid("The end is not after the beginning.", field="valid_to")
    offer.status, offer.updated_at = "active", now
    db.session.add(offer)
    db.session.flush()
    return offer, before


def _plain(offer: Offer) -> dict[str, Any]:
    fields = ("seller_sku", "currency", "lead_time_days", "min_quantity", "multiple", "max_quantity", "condition", "status")
    days = {name: day and day.isoformat() for name, day in (("valid_from", offer.valid_from), ("valid_to", offer.valid_to))}
    return {**{name: getattr(offer, name) for name in fields}, **days}


def own(actor: Actor, offer_id: str, permission: str = "offer:read") -> Offer:
    """An offer of the actor's own. Raises: NotFound for others' and unknown ones alike, Forbidden."""
    offer = db.session.get(Offer, offer_id)
    if offer is None or offer.seller_id != actor.organization_id:
        raise NotFound
    authorize(actor, permission, offer.seller_id)
    return offer


def withdraw(actor: Actor, offer_id: str) -> Offer:
    """Take an offer out of the market; open orders go on. Raises: NotFound, Forbidden."""
    offer = own(actor, offer_id, "offer:write")
    if offer.status != "withdrawn":
        audit.record(actor, "offer:withdraw", offer.id, before={"status": offer.status}, after={"status": "withdrawn"})
        offer.status, offer.updated_at = "withdrawn", clock.now()
        db.session.flush()
    return offer


def set_stock(actor: Actor, offer_id: str, location_id: str, available: int) -> StockLevel:
    """Say how many units are free to promise at a location, besides those reserved for orders.

    Raises:  NotFound for another's offer or location; Forbidden; Invalid for a number out of range.
    """
    offer = own(actor, offer_id, "offer:write")
    location = db.session.get(StockLocation, location_id)
    if location is None or location.seller_id != offer.seller_id:
        raise NotFound(field="location_id")
    if not 0 <= available <= MAX_QUANTITY:
        raise Invalid("The quantity is 0 or more.", field="available")
    made = insert(StockLevel).values(
        id=new_id("stk"), offer_id=offer_id, location_id=location_id, seller_id=offer.seller_id,
        available=available, reserved=0, consumed=0, counted=available,
    )
    db.session.flush()
    level_id = db.session.scalar(made.on_conflict_do_update(
        index_elements=["offer_id", "location_id"], set_={"available": made.excluded.available, "counted": made.excluded.available + StockLevel.reserved + StockLevel.consumed}
    ).returning(StockLevel.id))
    audit.record(actor, "offer:stock", offer_id, after={"location_id": location_id, "available": available})
    return db.session.get_one(StockLevel, level_id, populate_existing=True)


@dataclass(frozen=True)
class LocationInput:
    """A warehouse: `code` is the seller's own name for it."""

    code: str
    name: str
    country: str
    postcode: str


def save_location(actor: Actor, seller_id: str, given: LocationInput) -> StockLocation:
    """Make or change the warehouse with this code. Raises: Forbidden, Invalid."""
    authorize(actor, "offer:write", seller_id)
    countries.checked(given.country)
    return _save(actor, StockLocation, "loc", {"seller_id": seller_id, "code": given.code}, asdict(given))


def remove_location(actor: Actor, location_id: str) -> None:
    """Take away a warehouse from which nothing was ordered. Raises: NotFound, Forbidden, LocationStocked, LocationUsed."""
    authorize(actor, "offer:write", actor.organization_id)
    locks.alone(actor.organization_id)  # no file is published meanwhile
    mine = select(StockLevel).filter_by(location_id=location_id, seller_id=actor.organization_id).order_by(StockLevel.id)
    levels = list(db.session.scalars(mine.with_for_update().execution_options(populate_existing=True)))
    coming = select(OfferImportRow.row_no).filter_by(location_id=location_id, seller_id=actor.organization_id, code=None)
    if any(level.available for level in levels) or db.session.scalar(coming.limit(1)):
        raise LocationStocked
    if db.session.scalar(select(Reservation.id).where(Reservation.stock_level_id.in_([level.id for level in levels])).limit(1)):
        raise LocationUsed
    for level in levels:
        db.session.delete(level)
    db.session.flush()
    _remove(actor, StockLocation, location_id)


@dataclass(frozen=True)
class FreightInput:
    """What freight of one seller order costs to a country; country None is anywhere else."""

    currency: str
    freight_minor: int
    transit_days: int
    country: str | None = None
    free_from_minor: int | None = None
    """Goods from which freight is free; None is never."""


def save_freight_rule(actor: Actor, seller_id: str, given: FreightInput) -> FreightRule:
    """Make or change the rule for a country and currency. Raises: Forbidden, Invalid."""
    authorize(actor, "offer:write", seller_id)
    companies.check_currency(given.currency)
    if given.country is not None:
        countries.checked(given.country)
    if not (_amounts(given.freight_minor, given.free_from_minor or 0) and 0 <= given.transit_days <= 365):
        raise Invalid("Amounts and days are 0 or more.", field="freight_minor")
    key = {"seller_id": seller_id, "country": given.country, "currency": given.currency}
    return _save(actor, FreightRule, "frt", key, asdict(given))


def remove_freight_rule(actor: Actor, rule_id: str) -> None:
    """No longer deliver by this rule. Raises: NotFound, Forbidden."""
    _remove(actor, FreightRule, rule_id)


@dataclass(frozen=True)
class MinimumInput:
    """The least goods value of a seller order; below it the rule blocks or adds a surcharge."""

    currency: str
    minimum_minor: int
    rule: str = "block"
    surcharge_minor: int = 0


def save_minimum(actor: Actor, seller_id: str, given: MinimumInput) -> OrderMinimum:
    """Make or change the order minimum in a currency. Raises: Forbidden, Invalid."""
    authorize(actor, "offer:write", seller_id)
    companies.check_currency(given.currency)
    if given.rule not in {"block", "surcharge"} or not _amounts(given.minimum_minor, given.surcharge_minor):
        raise Invalid("A minimum blocks or adds a surcharge of 0 or more.", field="rule")
    if given.rule == "surcharge" and not given.surcharge_minor:
        raise Invalid("Say how much the surcharge is.", field="surcharge_minor")
    if given.rule == "block" and given.surcharge_minor:
        raise Invalid("Where no order is taken there is no surcharge.", field="surcharge_minor")
    return _save(actor, OrderMinimum, "min", {"seller_id": seller_id, "currency": given.currency}, asdict(given))


def remove_minimum(actor: Actor, minimum_id: str) -> None:
    """No longer ask for a minimum. Raises: NotFound, Forbidden."""
    _remove(actor, OrderMinimum, minimum_id)


def pause(actor: Actor, seller_id: str, starts_at: datetime, ends_at: datetime) -> SellerPause:
    """Take all offers out of matching from `starts_at` up to `ends_at`, once; open orders go on.

    Raises: Forbidden; Invalid for an end that is not after the beginning, or lies in the past.
    """
    authorize(actor, "offer:write", seller_id)
    if ends_at <= starts_at:
        raise Invalid("The end is not after the beginning.", field="ends_at")
    if ends_at <= clock.now():
        raise Invalid("This pause is over already.", field="ends_at")
    locks.alone(seller_id)
    if there := db.session.scalar(select(SellerPause).filter_by(seller_id=seller_id, starts_at=starts_at, ends_at=ends_at).limit(1)):
        return there
    record = SellerPause(id=new_id("pau"), seller_id=seller_id, starts_at=starts_at, ends_at=ends_at)
    db.session.add(record)
    db.session.flush()
    audit.record(actor, "seller:pause", record.id, after={"starts_at": starts_at.isoformat(), "ends_at": ends_at.isoformat()})
    return record


def end_pause(actor: Actor, pause_id: str) -> None:
    """Come back from a pause, or give up a coming one. Raises: NotFound, Forbidden."""
    _remove(actor, SellerPause, pause_id)


def _amounts(*minor: int) -> bool:
    """Whether these are amounts that may be stored."""
    return all(0 <= one <= money.MOST_MINOR for one in minor)


def _save(actor: Actor, model: Any, prefix: str, key: dict[str, Any], values: dict[str, Any]) -> Any:
    found = db.session.scalar(select(model).where(
        *(getattr(model, name).is_not_distinct_from(value) for name, value in key.items())).with_for_update())
    before = {name: getattr(found, name) for name in values} if found else None
    record = found or model(id=new_id(prefix), seller_id=key["seller_id"])
    for name, value in values.items():
        setattr(record, name, value)
    db.session.add(record)
    db.session.flush()
    audit.record(actor, f"{model.__tablename__}:save", record.id, before=before, after=values)
    return record


def _remove(actor: Actor, model: Any, record_id: str) -> None:
    record = db.session.get(model, record_id)
    if record is None or record.seller_id != actor.organization_id:
        raise NotFound
    authorize(actor, "offer:write", record.seller_id)
    db.session.delete(record)
    db.session.flush()
    audit.record(actor, f"{model.__tablename__}:remove", record_id)
