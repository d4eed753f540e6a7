"""Shapes of the cart, the checkout and the buyer's orders."""

from __future__ import annotations

from marshmallow import fields, validate

from marketplace.orders.models import OrderStatus
from marketplace.routing.wishes import WISHES
from marketplace.web import lists
from marketplace.web.api import Line, Schema
from resellers.checkout.orders import SORTS
from resellers.storefront.schemas import MAX_QUANTITY

ID = validate.Length(1, 40)
WORDS = validate.Length(1, 120)


class CartQuantity(Schema):
    """How many of a variant the cart is to hold."""

    quantity = fields.Integer(required=True, strict=True, validate=validate.Range(1, MAX_QUANTITY))


class CartLine(CartQuantity):
    """What to put into the cart."""

    variant_id = fields.String(required=True, validate=ID)
    add = fields.Boolean(load_default=False)


class Wanted(CartQuantity):
    """One product and how many."""

    variant_id = fields.String(required=True, validate=ID)


class Wish(Schema):
    """How the cart is to be planned."""

    wish = fields.String(required=True, validate=validate.Length(1, 40), metadata={"enum": list(WISHES)})


class Lines(Schema):
    """Several products to add to the cart."""

    lines = fields.List(fields.Nested(Wanted), required=True, validate=validate.Length(1, 200))


class NumberIn(Schema):
    """One row: a part number or GTIN, and how many."""

    number = fields.String(required=True, validate=validate.Length(1, 80))
    quantity = fields.Integer(load_default=1, strict=True, validate=validate.Range(0, 999_999_999))


class Numbers(Schema):
    """Part numbers or GTINs, each with how many."""

    rows = fields.List(fields.Nested(NumberIn), required=True, validate=validate.Length(1, 200))


class Pasted(Schema):
    """Numbers as a person pastes them, one a line."""

    numbers = fields.String(required=True, validate=validate.Length(1, 20_000))


class Checked(Schema):
    """The rows of checked numbers, product and quantity side by side; a quantity of 0 leaves its row out."""

    variant_id = fields.List(fields.String(validate=ID), required=True, validate=validate.Length(1, 200))
    quantity = fields.List(fields.Integer(validate=validate.Range(0, MAX_QUANTITY)), required=True)


class PlanQuery(Schema):
    """Where the goods are to go; the first address of the book when not given."""

    address_id = fields.String(validate=ID)


class Placing(Schema):
    """What the buyer decides at checkout. Amounts are never taken from the client."""

    address_id = fields.String(required=True, validate=ID)
    payment_method = fields.String(required=True, validate=validate.OneOf(("card", "on_account")))
    po_number = Line(validate=validate.Length(max=60))
    cost_center_id = fields.String(validate=ID)
    cart_id = fields.String(validate=ID, metadata={"description": "The cart that was seen; ordered twice, it gives the same order."})
    expected_total_minor = fields.Integer(strict=True, validate=validate.Range(0, 10**12), metadata={
        "description": "The total that was seen; another one is refused with total_changed."})


class OrdersQuery(Schema):
    """Which orders."""

    q = fields.String(load_default="", validate=validate.Length(max=60), metadata={"description": "Part of the order number or of the buyer's own."})
    status = fields.String(validate=validate.OneOf([status.value for status in OrderStatus]))


class PageQuery(OrdersQuery, lists.PageQuery):
    """A page of orders."""

    sort = lists.sort_field(SORTS)


class AddressIn(Schema):
    """A place goods can go to."""

    label = Line(required=True, validate=WORDS)
    name = Line(required=True, validate=WORDS)
    line1 = Line(required=True, validate=WORDS)
    line2 = Line(load_default=None, allow_none=True, validate=validate.Length(max=120))
    postcode = Line(required=True, validate=validate.Length(1, 16))
    city = Line(required=True, validate=WORDS)
    region = Line(load_default=None, allow_none=True, validate=validate.Length(max=60))
    country = fields.String(required=True, validate=validate.Length(equal=2), metadata={"description": "ISO 3166, such as DE."})


class AddressOut(AddressIn):
    """A place in the company's address book."""

    id = fields.String()


class CostCenterIn(Schema):
    """Where the company books purchases."""

    code = Line(required=True, validate=validate.Length(1, 30))
    name = Line(required=True, validate=WORDS)


class CostCenterOut(CostCenterIn):
    """A cost center of the company."""

    id = fields.String()
    is_active = fields.Boolean()


class Placed(Schema):
    """The order that was made, and what the buyer has to do next."""

    id = fields.String()
    number = fields.String()
    status = fields.String()
    currency = fields.String()
    total_minor = fields.Integer()
    payment_method = fields.String()
    payment_needed = fields.Boolean()


class PaymentPage(Schema):
    """Where the buyer pays."""

    url = fields.Url()
