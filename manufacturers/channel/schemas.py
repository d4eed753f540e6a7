"""Shapes of what a manufacturer sees of its channel; no buyer is in any of them."""

from marshmallow import fields, validate

from marketplace.analytics import queries
from marketplace.core import countries
from marketplace.web import lists
from marketplace.web.api import Line, Schema

ID = validate.Length(max=40)
WORDS = Line(load_default="", validate=validate.Length(max=200))


class SellThroughSpan(Schema):
    """Which part of the sell-through."""

    weeks = fields.Integer(load_default=8, validate=validate.Range(min=1, max=104))
    brand_id = fields.String(validate=ID)
    variant_id = fields.String(validate=ID)
    seller_id = fields.String(validate=ID)
    country = fields.String(validate=validate.OneOf(countries.CODES, error="This is not a country."))


class SellThroughQuery(SellThroughSpan, lists.PageQuery):
    """The same with the page and the order."""

    sort = lists.sort_field(queries.SELL_THROUGH_SORTS)


class SellThroughRow(Schema):
    """Units that left a seller in a week, to a region; the value is the seller's, net."""

    id = fields.String()
    week = fields.Date()
    variant_id = fields.String()
    product = fields.String()
    mpn = fields.String()
    seller_id = fields.String()
    seller = fields.String()
    country = fields.String()
    region = fields.String()
    currency = fields.String()
    units = fields.Integer()
    amount_minor = fields.Integer()


SellThroughPage = lists.page_of(SellThroughRow)


class ChannelStockQuery(lists.PageQuery):
    """Which page of stock, in which order; `q` are words of the product's name, its part number or the seller's name."""

    q = WORDS
    sort = lists.sort_field(queries.STOCK_SORTS)


class ChannelListingsQuery(lists.PageQuery):
    """Which page of listings, perhaps of one seller, in which order; `q` as for stock."""

    q = WORDS
    sort = lists.sort_field(queries.LISTING_SORTS)
    seller_id = fields.String(validate=ID)


class ChannelStockRow(Schema):
    """Stock of one product at one seller in one country."""

    id = fields.String()
    variant_id = fields.String()
    product = fields.String()
    mpn = fields.String()
    seller_id = fields.String()
    seller = fields.String()
    country = fields.String()
    available = fields.Integer()
    reserved = fields.Integer()


ChannelStockPage = lists.page_of(ChannelStockRow)


class ChannelListingRow(Schema):
    """One seller's offer: base price for one piece, net; null without one."""

    id = fields.String()
    offer_id = fields.String()
    variant_id = fields.String()
    product = fields.String()
    mpn = fields.String()
    seller_id = fields.String()
    seller = fields.String()
    country = fields.String()
    seller_sku = fields.String()
    currency = fields.String()
    condition = fields.String()
    lead_time_days = fields.Integer()
    amount_minor = fields.Integer(allow_none=True)
    available = fields.Integer()
    authorized = fields.Boolean()


ChannelListingPage = lists.page_of(ChannelListingRow)
