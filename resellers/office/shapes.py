"""What the reseller's API answers. Amounts are whole minor units of the currency beside them."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from marketplace.web.api import Schema
from resellers.office.schemas import Items


class Rows(fields.List[Any]):
    """A list of rows."""

    def __init__(self, **options: Any) -> None:
        super().__init__(fields.Dict(), **options)


class ResellerHome(Schema):
    """Sales and margin by day, and how many orders wait for what."""

    pulse = Rows()
    tasks = fields.Dict()


class ResellerOrderShown(Schema):
    """One order as its reseller sees it: never the sellers' own prices."""

    id = fields.String()
    number = fields.String()
    status = fields.String()
    buyer_id = fields.String()
    buyer = fields.String()
    placed_at = fields.String()
    currency = fields.String()
    goods_minor = fields.Integer()
    freight_minor = fields.Integer()
    surcharge_minor = fields.Integer()
    tax_minor = fields.Integer()
    total_minor = fields.Integer(metadata={"description": "as placed, with freight and tax"})
    standing_goods_minor = fields.Integer(metadata={"description": "goods net without what was cancelled"})
    standing_total_minor = fields.Integer(metadata={"description": "the total without what was cancelled"})
    margin_minor = fields.Integer(metadata={"description": "the reseller's share of what stands"})
    payment_method = fields.String()
    payment_status = fields.String(allow_none=True)
    po_number = fields.String(allow_none=True)
    ship_to = fields.Dict()
    parts = Rows()
    open_minor = fields.Integer(metadata={"description": "what the customer still owes for an order on account"})
    received = Rows()


class StorefrontShown(Schema):
    """How a storefront presents itself; `contrast` is that of its color with white."""

    id = fields.String()
    name = fields.String()
    tagline = fields.String(allow_none=True)
    host = fields.String()
    primary_color = fields.String()
    locale = fields.String()
    guest_prices = fields.Boolean()
    currency = fields.String()
    markup_bps = fields.Integer()
    contrast = fields.Float()


class CustomerShown(Schema):
    """A customer with its terms."""

    id = fields.String()
    name = fields.String()
    country = fields.String()
    status = fields.String()
    currency = fields.String()
    group = fields.String(allow_none=True)
    tax_id = fields.String(allow_none=True)
    price_lists = Rows()
    assortment = Rows()
    methods = Rows()
    credit = Rows()
    markups = Rows()


class ListMade(Schema):
    """A new price list."""

    id = fields.String()
    name = fields.String()
    currency = fields.String()


class FileTaken(Schema):
    """What a file of prices did."""

    products = fields.Integer(metadata={"description": "How many products have these prices from now on."})


class Assigned(Schema):
    """A new assignment."""

    id = fields.String()


class ListRows(Items):
    """A price list with a page of its prices."""

    id = fields.String()
    name = fields.String()
    currency = fields.String()


class Choice(Schema):
    """A brand, or a category with its path."""

    id = fields.String()
    name = fields.String()


class ScopeChoices(Schema):
    """What a rule or a markup can be for."""

    brands = fields.List(fields.Nested(Choice))
    categories = fields.List(fields.Nested(Choice))
