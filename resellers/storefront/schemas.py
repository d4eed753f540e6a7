"""Shapes of the storefront's catalog: what may be asked, and what is answered."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from marketplace.web import lists
from marketplace.web.api import Schema

MAX_QUANTITY = 1_000_000
SLUG = validate.Length(max=120)


class ListQuery(Schema):
    """Filters, order and page of a product list."""

    brand = fields.String(validate=SLUG)
    category = fields.String(validate=SLUG)
    attribute = fields.List(
        fields.String(validate=validate.Length(3, 240)), load_default=list, validate=validate.Length(max=24),
        metadata={"description": "Name:value, such as Thread:M8; several values of one name are alternatives."})
    in_stock = fields.Boolean(load_default=False)
    sort = fields.String(validate=validate.OneOf(("relevance", "name", "name_desc", "newest")))
    cursor = fields.String(validate=validate.Length(max=400))
    limit = fields.Integer(load_default=24, validate=validate.Range(1, 96))


class SearchQuery(ListQuery):
    """The same, with the words searched for."""

    q = fields.String(load_default="", validate=validate.Length(max=200))


class ProductQuery(Schema):
    """How many are wanted: price, offers and arrival depend on it."""

    quantity = fields.Integer(load_default=1, validate=validate.Range(1, MAX_QUANTITY))


class Tier(Schema):
    """The unit price from a quantity on, net."""

    min_quantity = fields.Integer()
    unit_minor = fields.Integer()


class CompareQuery(Schema):
    """Which products to put side by side."""

    id = fields.List(fields.String(validate=validate.Length(1, 40)), load_default=list, validate=validate.Length(max=4, error="Compare at most four."))


class Listed(Schema):
    """One product in a list. `unit_minor` is net, in minor units; null where nobody can quote a price.

    `next_tier` is the same seller's next lower price; `arrives_on` null while that seller has not enough of it.
    """

    id = fields.String()
    name = fields.String()
    mpn = fields.String()
    gtin = fields.String(allow_none=True)
    unit = fields.String()
    brand = fields.String()
    brand_slug = fields.String()
    picture_url = fields.String(allow_none=True)
    currency = fields.String()
    unit_minor = fields.Integer(allow_none=True)
    next_tier = fields.Nested(Tier, allow_none=True)
    is_price_hidden = fields.Boolean(metadata={"description": "This storefront shows prices to its customers only: sign in."})
    min_quantity = fields.Integer()
    stock = fields.Integer()
    sellers = fields.Integer()
    arrives_on = fields.Date(allow_none=True)


class Items(Schema):
    """A few products."""

    items = fields.List(fields.Nested(Listed))


ListPage: Any = lists.page_of(Listed)


class Found(ListPage):
    """One page of a search; `did_you_mean` is a query that finds something, where this one found nothing."""

    did_you_mean = fields.String(allow_none=True)


class Count(Schema):
    """One choice of a filter and how many products it leaves."""

    slug = fields.String()
    name = fields.String()
    count = fields.Integer()


class ValueCount(Schema):
    """One value of an attribute and how many products it leaves."""

    value = fields.String()
    count = fields.Integer()


class Attribute(Schema):
    """An attribute in which the products of a category differ."""

    name = fields.String()
    values = fields.List(fields.Nested(ValueCount))


class Facets(Schema):
    """What the filters would leave, each counted without itself; attributes within a category."""

    total = fields.Integer()
    in_stock = fields.Integer()
    brands = fields.List(fields.Nested(Count))
    categories = fields.List(fields.Nested(Count))
    attributes = fields.List(fields.Nested(Attribute))


class Passed(Schema):
    """A nearer price list that had no price, and why it was passed over."""

    list_id = fields.String()
    list_name = fields.String()
    level = fields.String()
    because = fields.String()


class Why(Schema):
    """Where a price comes from: 'organization', 'ancestor', 'group', 'storefront', 'reseller' list, or 'regular'."""

    level = fields.String()
    list_id = fields.String(allow_none=True)
    list_name = fields.String(allow_none=True)
    row_id = fields.String(allow_none=True)
    rejected = fields.List(fields.Nested(Passed))


class ExplainedTier(Tier):
    """A tier with where it comes from."""

    why = fields.Nested(Why)


class ProductAnswer(Listed):
    """A product as this buyer sees it."""

    description = fields.String(allow_none=True)
    category = fields.String(allow_none=True)
    category_slug = fields.String(allow_none=True)
    attributes = fields.Dict()
    tiers = fields.List(fields.Nested(ExplainedTier))


class OfferAnswer(Schema):
    """One seller's offer as this buyer sees it: its own price, and never the seller's.

    `landed_minor` is goods, freight and surcharge for the quantity asked; `more_minor` how far that lies above the winner's.
    An offer that cannot serve the quantity has reasons instead of rank and amounts.
    """

    rank = fields.Integer(allow_none=True)
    seller = fields.String()
    unit_minor = fields.Integer(allow_none=True)
    goods_minor = fields.Integer(allow_none=True)
    freight_minor = fields.Integer(allow_none=True)
    surcharge_minor = fields.Integer(allow_none=True)
    landed_minor = fields.Integer(allow_none=True)
    more_minor = fields.Integer(allow_none=True)
    arrives_on = fields.Date(allow_none=True)
    stock = fields.Integer()
    min_quantity = fields.Integer()
    multiple = fields.Integer()
    why = fields.Nested(Why, allow_none=True)
    reasons = fields.List(fields.String())


class OffersAnswer(Schema):
    """Every offer for a product, the winner first."""

    currency = fields.String()
    quantity = fields.Integer()
    items = fields.List(fields.Nested(OfferAnswer))
