"""What a seller may send: strict shapes, shared by pages and API. Nobody names a seller: it is the actor's."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from marketplace.core import money
from marketplace.offers.service import CONDITIONS, MAX_QUANTITY
from marketplace.web import lists
from marketplace.web.api import CURRENCY, Day, Line, Moment, Schema
from sellers.offers.authorizations import SORTS as AUTHORIZATION_SORTS
from sellers.offers.queries import IMPORT_SORTS, SORTS, STATES

ID = validate.Length(1, 40)
QUANTITY = validate.Range(1, MAX_QUANTITY)
STOCK = validate.Range(0, MAX_QUANTITY)
DAYS = validate.Range(0, 365)
AMOUNT = validate.Range(0, money.MOST_MINOR)


def _currency(**options: Any) -> fields.String:
    return fields.String(validate=CURRENCY, **options)


class OfferTerms(Schema):
    """What page and API say alike about an offer."""

    variant_id = Line(required=True, validate=ID)
    seller_sku = Line(required=True, validate=validate.Length(1, 100))
    currency = _currency()
    lead_time_days = fields.Integer(strict=True, load_default=1, validate=DAYS)
    min_quantity = fields.Integer(strict=True, load_default=1, validate=QUANTITY)
    multiple = fields.Integer(strict=True, load_default=1, validate=QUANTITY)
    max_quantity = fields.Integer(strict=True, allow_none=True, load_default=None, validate=QUANTITY)
    condition = fields.String(load_default="new", validate=validate.OneOf(CONDITIONS))
    valid_from = Day(allow_none=True, load_default=None)
    valid_to = Day(allow_none=True, load_default=None)


class OfferForm(OfferTerms):
    """The page's form: prices as decimals, tiers and stock as rows of equal length; `seen` is the stock that it showed of an offer."""

    price = Line(required=True, validate=validate.Length(1, 30))
    tier_from = fields.List(fields.Integer(strict=True, validate=QUANTITY), validate=validate.Length(max=10))
    tier_price = fields.List(Line(validate=validate.Length(1, 30)), validate=validate.Length(max=10))
    location_id = fields.List(Line(validate=ID), validate=validate.Length(max=50))
    available = fields.List(fields.Integer(strict=True, validate=STOCK), validate=validate.Length(max=50))
    seen = fields.List(fields.Integer(strict=True, validate=STOCK), validate=validate.Length(max=50))


class OfferTier(Schema):
    """A net price from a quantity on, in minor units."""

    min_quantity = fields.Integer(strict=True, required=True, validate=QUANTITY)
    amount_minor = fields.Integer(strict=True, required=True, validate=validate.Range(1, money.MOST_MINOR))


class StockBody(Schema):
    """Units free to promise at one location."""

    location_id = Line(required=True, validate=ID)
    available = fields.Integer(strict=True, required=True, validate=STOCK)


class OfferBody(OfferTerms):
    """An offer as programs send it."""

    tiers = fields.List(fields.Nested(OfferTier), required=True, validate=validate.Length(1, 10))
    stock = fields.List(fields.Nested(StockBody), load_default=list, validate=validate.Length(max=50))


class PriceForm(Schema):
    """The first price of an offer, as a decimal."""

    price = Line(required=True, validate=validate.Length(1, 30))


class TiersBody(Schema):
    """All prices of an offer."""

    tiers = fields.List(fields.Nested(OfferTier), required=True, validate=validate.Length(1, 10))


class LocationBody(Schema):
    """A warehouse, known by the seller's own code."""

    code = Line(required=True, validate=validate.Length(1, 40))
    name = Line(required=True, validate=validate.Length(1, 120))
    country = Line(required=True, validate=validate.Length(equal=2))
    postcode = Line(required=True, validate=validate.Length(1, 20))


class FreightBody(Schema):
    """What freight costs to a country; none is anywhere else."""

    country = fields.String(allow_none=True, load_default=None, validate=validate.Length(equal=2))
    currency = _currency(required=True)
    freight_minor = fields.Integer(strict=True, required=True, validate=AMOUNT)
    free_from_minor = fields.Integer(strict=True, allow_none=True, load_default=None, validate=AMOUNT)
    transit_days = fields.Integer(strict=True, required=True, validate=DAYS)


class FreightForm(Schema):
    """The same with amounts as decimals."""

    country = fields.String(load_default=None, validate=validate.Length(equal=2))
    currency = _currency(required=True)
    freight = Line(required=True, validate=validate.Length(1, 30))
    free_from = Line(load_default=None, validate=validate.Length(1, 30))
    transit_days = fields.Integer(strict=True, required=True, validate=DAYS)


class MinimumBody(Schema):
    """The least goods value of a seller order."""

    currency = _currency(required=True)
    minimum_minor = fields.Integer(strict=True, required=True, validate=AMOUNT)
    rule = fields.String(load_default="block", validate=validate.OneOf(["block", "surcharge"]))
    surcharge_minor = fields.Integer(strict=True, load_default=0, validate=AMOUNT)


class MinimumForm(Schema):
    """The same with amounts as decimals."""

    currency = _currency(required=True)
    minimum = Line(required=True, validate=validate.Length(1, 30))
    rule = fields.String(load_default="block", validate=validate.OneOf(["block", "surcharge"]))
    surcharge = Line(load_default="0", validate=validate.Length(1, 30))


class PauseBody(Schema):
    """A window in which nothing is offered; moments with their zone."""

    starts_at = Moment(required=True)
    ends_at = Moment(required=True)


class PauseForm(Schema):
    """First and last day of a pause, both included, in UTC."""

    first_day = Day(required=True)
    last_day = Day(required=True)


class SellerPauseOut(Schema):
    """A pause that goes on or is to come."""

    id = fields.String()
    starts_at = fields.AwareDateTime()
    ends_at = fields.AwareDateTime()


class LocationOut(LocationBody):
    """A warehouse."""

    id = fields.String()


class FreightOut(FreightBody):
    """A freight rule."""

    id = fields.String()


class MinimumOut(MinimumBody):
    """An order minimum."""

    id = fields.String()


class DeliveryOut(Schema):
    """How the seller delivers, and when it does not."""

    locations = fields.List(fields.Nested(LocationOut))
    freight_rules = fields.List(fields.Nested(FreightOut))
    minimums = fields.List(fields.Nested(MinimumOut))
    pauses = fields.List(fields.Nested(SellerPauseOut))


class OfferQuery(lists.PageQuery):
    """Which offers."""

    q = Line(load_default="", validate=validate.Length(max=200))
    state = fields.String(load_default="", validate=validate.OneOf(STATES))
    sort = lists.sort_field(SORTS)


class OfferImportQuery(lists.PageQuery):
    """Which files, in which order."""

    sort = lists.sort_field(IMPORT_SORTS)


class AuthorizationQuery(lists.PageQuery):
    """Part of a brand's or manufacturer's name, and the order."""

    q = Line(load_default="", validate=validate.Length(max=120))
    sort = lists.sort_field(AUTHORIZATION_SORTS)


class Granted(Schema):
    """What the seller may sell; no country means everywhere."""

    id = fields.String()
    brand_id = fields.String()
    brand = fields.String()
    manufacturer_id = fields.String()
    manufacturer = fields.String()
    countries = fields.List(fields.String())
    valid_from = fields.Date()
    valid_to = fields.Date(allow_none=True)
    state = fields.String(validate=validate.OneOf(("active", "scheduled", "expired", "revoked")))


GrantedPage = lists.page_of(Granted)


class SellerOffer(Schema):
    """An offer with its state; `inactive_reasons` are codes, none when it is active."""

    id = fields.String()
    variant_id = fields.String()
    seller_sku = fields.String()
    name = fields.String()
    mpn = fields.String()
    gtin = fields.String(allow_none=True)
    brand = fields.String()
    currency = fields.String()
    tiers = fields.List(fields.Nested(OfferTier))
    stock = fields.List(fields.Dict())
    lead_time_days = fields.Integer()
    min_quantity = fields.Integer()
    multiple = fields.Integer()
    max_quantity = fields.Integer(allow_none=True)
    condition = fields.String()
    valid_from = fields.String()
    valid_to = fields.String(allow_none=True)
    status = fields.String()
    active = fields.Boolean()
    inactive_reasons = fields.List(fields.String())


SellerOfferPage = lists.page_of(SellerOffer)


class OfferImportOut(Schema):
    """An offer file and how far it is."""

    id = fields.String()
    file_name = fields.String()
    status = fields.String()
    total = fields.Integer()
    done = fields.Integer()
    counts = fields.Dict()
    errors = fields.List(fields.Dict(), metadata={"description": "The first refused rows; refused.csv has all."})
    unread = fields.List(fields.String(), metadata={"description": "Headings of columns that were not read."})
    refusal = fields.String(allow_none=True)
    created_at = fields.AwareDateTime()


OfferImportPage = lists.page_of(OfferImportOut)


class SavedTerms(Schema):
    """What was made or changed."""

    id = fields.String()
