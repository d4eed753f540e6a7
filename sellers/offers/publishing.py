"""One offer from its form: the promise, its base prices and its stock, in one unit of work."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marketplace.core import money
from marketplace.core.db import db
from marketplace.core.errors import Invalid
from marketplace.identity.access import Actor, authorize
from marketplace.identity.models import Organization
from marketplace.offers import service as offers
from marketplace.offers.models import Offer
from marketplace.pricing import service as pricing


def publish(actor: Actor, data: Mapping[str, Any]) -> Offer:
    """Publish an offer (fields of schemas.OfferBody) with tiers and stock.

    Shapes:  `valid_to` is the last day, included, in UTC.
    Raises:  what `publish_offer`, `set_base_prices` and `set_stock` raise.
    """
    seller_id, (valid_from, valid_to) = actor.organization_id, offers.held(data["valid_from"], data["valid_to"])
    offer = offers.publish_offer(actor, seller_id, offers.OfferInput(
        variant_id=data["variant_id"], seller_sku=data["seller_sku"], currency=data.get("currency"),
        lead_time_days=data["lead_time_days"], min_quantity=data["min_quantity"], multiple=data["multiple"],
        max_quantity=data["max_quantity"], condition=data["condition"],
        valid_from=valid_from, valid_to=valid_to,
    ))
    set_prices(actor, offer, [(tier["min_quantity"], tier["amount_minor"]) for tier in data["tiers"]])
    for level in data["stock"]:
        offers.set_stock(actor, offer.id, level["location_id"], level["available"])
    return offer


def set_prices(actor: Actor, offer: Offer, tiers: list[tuple[int, int]]) -> None:
    """Set all base prices of an own offer. Raises: Forbidden, Invalid."""
    pricing.set_base_prices(actor, offer.seller_id, offer.variant_id, offer.currency, tiers)


def from_form(actor: Actor, form: Mapping[str, Any]) -> dict[str, Any]:
    """The page's form as the API would have said it; stock that stands as it was seen is left out, since orders may have taken of it.

    Raises: Invalid for prices or rows that do not fit.
    """
    authorize(actor, "offer:write", actor.organization_id)
    data = dict(form)
    currency = data.get("currency") or db.session.get_one(Organization, actor.organization_id).currency
    quantities, prices = data.pop("tier_from", []), data.pop("tier_price", [])
    locations, available = data.pop("location_id", []), data.pop("available", [])
    seen = data.pop("seen", None) or [None] * len(locations)
    if not len(locations) == len(available) == len(seen):
        raise Invalid("Say how many units are at each location.", field="available")
    first = {"min_quantity": 1, "amount_minor": amount(data.pop("price"), currency, "price")}
    further = [{"min_quantity": quantity, "amount_minor": _tier(line, price, currency)}
               for line, (quantity, price) in enumerate(zip(quantities, prices, strict=True), 1)]
    levels = [{"location_id": location, "available": number}
              for location, number, was in zip(locations, available, seen, strict=True) if number != was]
    return {**data, "currency": currency, "tiers": [first, *further], "stock": levels}


def _tier(line: int, price: str, currency: str) -> int:
    try:
        return amount(price, currency, "tier_price")
    except Invalid as refused:
        message = refused.message
        raise Invalid(f"Line {line}: {message}", field="tier_price") from None


def amount(text: str, currency: str, field: str, least: int = 1) -> int:
    """A decimal as minor units. Raises: Invalid that names the field."""
    minor = money.parse(text, currency, field)
    if minor < least:
        raise Invalid("This amount is out of range.", field=field)
    return minor
