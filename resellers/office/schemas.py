"""Shapes of the reseller's portal. A rate is whole basis points; an amount is whole minor units."""

from __future__ import annotations

from marshmallow import fields, validate

from marketplace.core import money
from marketplace.orders.models import OrderStatus
from marketplace.web import lists
from marketplace.web.api import CURRENCY, Day, Line, Schema
from resellers.office.customers import SORTS as CUSTOMER_SORTS
from resellers.office.price_lists import PRICE_SORTS
from resellers.office.price_lists import SORTS as LIST_SORTS
from resellers.office.queries import ORDER_SORTS

ID = validate.Length(1, 40)
NAME = validate.Length(1, 120)
HOST = validate.Length(3, 253)
BPS = validate.Range(0, 100_000)
AMOUNT = validate.Range(1, money.MOST_MINOR)
QUANTITY = validate.Range(1, 1_000_000)


class Look(Schema):
    """How a storefront presents itself, and where it is."""

    name = Line(validate=NAME)
    tagline = Line(allow_none=True, validate=validate.Length(max=160))
    primary_color = fields.String(validate=validate.Regexp("^#[0-9a-f]{6}$", error="A colour such as #0a5f9e."))
    host = fields.String(validate=HOST)
    locale = fields.String(validate=validate.OneOf(("en", "es", "pt_BR")))
    guest_prices = fields.Boolean(metadata={"description": "Whether guests see prices; else customers only."})


class AssortmentIn(Schema):
    """One rule to add: allow or deny a brand or a category, for all, one group or one customer."""

    effect = fields.String(required=True, validate=validate.OneOf(("allow", "deny")))
    brand_id = fields.String(validate=ID)
    category_id = fields.String(validate=ID)


class AssortmentSet(Schema):
    """All rules of one level; they replace what was there."""

    rules = fields.List(fields.Nested(AssortmentIn), required=True, validate=validate.Length(max=500))
    organization_id = fields.String(validate=ID)
    customer_group = fields.String(validate=NAME)


class MarkupIn(Schema):
    """A markup for the whole storefront, or for one brand or category."""

    markup_bps = fields.Integer(required=True, strict=True, validate=BPS)
    brand_id = fields.String(validate=ID)
    category_id = fields.String(validate=ID)


class PreviewQuery(Schema):
    """The markup to try."""

    markup_bps = fields.Integer(validate=BPS)


class ListIn(Schema):
    """A new price list."""

    name = Line(required=True, validate=NAME)
    currency = fields.String(required=True, validate=CURRENCY)


class RowIn(Schema):
    """A price of a variant from a quantity on, net."""

    variant_id = fields.String(required=True, validate=ID)
    min_quantity = fields.Integer(load_default=1, strict=True, validate=QUANTITY)
    amount_minor = fields.Integer(required=True, strict=True, validate=AMOUNT)


class RowsIn(Schema):
    """Prices to set; a row with the same variant and quantity is replaced."""

    rows = fields.List(fields.Nested(RowIn), required=True, validate=validate.Length(1, 1000))


class AssignIn(Schema):
    """For whom a list holds: a customer, a storefront, or a customer group of a storefront."""

    organization_id = fields.String(validate=ID)
    storefront_id = fields.String(validate=ID)
    customer_group = fields.String(validate=NAME)


class GroupIn(Schema):
    """The customer group a customer is put in; null or left out for none."""

    group = Line(allow_none=True, load_default=None, validate=NAME)


class MethodsIn(Schema):
    """The payment methods a customer may use; none leaves it those of its group or of everybody."""

    methods = fields.List(fields.String(validate=validate.OneOf(("card", "on_account"))), required=True)


class CreditIn(Schema):
    """What a customer may owe, in minor units of its currency, and the days to pay."""

    limit_minor = fields.Integer(required=True, strict=True, validate=validate.Range(0, money.MOST_MINOR))
    terms_days = fields.Integer(required=True, strict=True, validate=validate.Range(0, 365))


class ReceivedIn(Schema):
    """A payment as it stands on the bank statement."""

    amount_minor = fields.Integer(required=True, strict=True, validate=AMOUNT)
    reference = Line(required=True, validate=validate.Length(1, 100))
    received_on = Day(required=True)
    keep_excess = fields.Boolean(load_default=False, metadata={"description": "what is more than open is meant, and kept as the customer's credit"})


class OrdersQuery(lists.PageQuery):
    """Filters and order of the order list."""

    sort = lists.sort_field(ORDER_SORTS)
    status = fields.String(validate=validate.OneOf([status.value for status in OrderStatus]))
    buyer_id = fields.String(validate=ID)
    number = fields.String(validate=validate.Length(max=40), metadata={"description": "an order's number or the beginning of it"})


class CustomersQuery(lists.PageQuery):
    """Part of a customer's name, and the order."""

    sort = lists.sort_field(CUSTOMER_SORTS)
    q = fields.String(load_default="", validate=validate.Length(max=120))


class ListsQuery(lists.PageQuery):
    """Part of a price list's name, and the order."""

    sort = lists.sort_field(LIST_SORTS)
    q = fields.String(load_default="", validate=validate.Length(max=120))


class PricesQuery(lists.PageQuery):
    """Part of a product's name or the beginning of its part number, and the order."""

    sort = lists.sort_field(PRICE_SORTS)
    q = fields.String(load_default="", validate=validate.Length(max=120))


class PriceEnd(Schema):
    """Which price to take off; without it all of the product's."""

    min_quantity = fields.Integer(validate=QUANTITY)


class Items(Schema):
    """One page of a list."""

    items = fields.List(fields.Dict())
    next_cursor = fields.String(allow_none=True)
