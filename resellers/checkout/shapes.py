"""What the cart and order routes answer. Amounts are minor units of the currency beside them."""

from __future__ import annotations

from marshmallow import fields

from marketplace.web import lists
from marketplace.web.api import Schema
from resellers.checkout.schemas import AddressOut
from resellers.storefront.schemas import Listed


class Amounts(Schema):
    """What something costs the buyer, in parts."""

    goods_minor = fields.Integer()
    freight_minor = fields.Integer()
    surcharge_minor = fields.Integer()
    tax_minor = fields.Integer()
    total_minor = fields.Integer()


class Tip(Schema):
    """How much more in goods would change a part's charges: 'free_freight' or 'surcharge'; so many pieces of one product would do."""

    kind = fields.String()
    missing_minor = fields.Integer()
    pieces = fields.Integer()
    variant_id = fields.String()
    name = fields.String()


class PlannedLine(Schema):
    """A quantity one seller would send."""

    variant_id = fields.String()
    name = fields.String()
    mpn = fields.String()
    quantity = fields.Integer()
    unit_minor = fields.Integer()
    goods_minor = fields.Integer()
    tax_minor = fields.Integer()


class PlannedPart(Amounts):
    """One seller's part of the plan."""

    seller = fields.String()
    promised_on = fields.String()
    lines = fields.List(fields.Nested(PlannedLine))
    tips = fields.List(fields.Nested(Tip))


class WantedLine(Schema):
    """A line of the cart and what becomes of it; `missing` of it cannot be delivered today, for the `reasons`.

    `unit_minor` is null where sellers share the line at different prices.
    """

    id = fields.String()
    variant_id = fields.String()
    name = fields.String()
    mpn = fields.String()
    brand = fields.String()
    picture_url = fields.String(allow_none=True)
    quantity = fields.Integer()
    unit_minor = fields.Integer(allow_none=True)
    goods_minor = fields.Integer(allow_none=True)
    sellers = fields.List(fields.String())
    arrives_on = fields.Date(allow_none=True)
    missing = fields.Integer()
    reasons = fields.List(fields.String())


class ClosedMethod(Schema):
    """A way to pay that is not open for this order: 'not_granted', 'above_limit', 'no_credit' or 'credit_too_small'.

    `most_minor` is the limit, or the credit that is left.
    """

    method = fields.String()
    because = fields.String()
    most_minor = fields.Integer(allow_none=True)


class Choice(Schema):
    """A way to plan the cart, and what it comes to."""

    wish = fields.String()
    is_chosen = fields.Boolean()
    complete = fields.Boolean()
    parcels = fields.Integer()
    arrives_on = fields.String(allow_none=True, metadata={"description": "when the last parcel is there"})
    total_minor = fields.Integer()
    more_minor = fields.Integer(metadata={"description": "than the chosen way's total; below 0 when it is less"})


class Review(Amounts):
    """The cart, and what would happen if it were ordered now."""

    cart_id = fields.String()
    currency = fields.String()
    ship_to = fields.Nested(AddressOut, allow_none=True)
    lines = fields.List(fields.Nested(WantedLine))
    parts = fields.List(fields.Nested(PlannedPart))
    methods = fields.List(fields.String())
    closed_methods = fields.List(fields.Nested(ClosedMethod))
    credit_left_minor = fields.Integer(allow_none=True)
    complete = fields.Boolean()
    wish = fields.String()
    choices = fields.List(fields.Nested(Choice), metadata={"description": "the ways to plan it; empty when all are one and the same"})


class OrderHead(Amounts):
    """An order in a list."""

    id = fields.String()
    number = fields.String()
    status = fields.String()
    currency = fields.String()
    payment_method = fields.String()
    po_number = fields.String(allow_none=True)
    placed_at = fields.String()
    paid_at = fields.String(allow_none=True, metadata={"description": "When all of it was paid; null before"})
    is_payable = fields.Boolean(metadata={"description": "Whether it waits for its buyer to pay on the provider's page"})
    standing_total_minor = fields.Integer(metadata={"description": "the total without what was cancelled"})


OrderPage = lists.page_of(OrderHead)


class OrderShown(OrderHead):
    """An order with all that the buyer may know of it."""

    ship_to = fields.Dict()
    cost_center_id = fields.String(allow_none=True)
    cost_center = fields.String(allow_none=True)
    placed_by = fields.String()
    lines = fields.List(fields.Dict())
    parts = fields.List(fields.Dict())
    payment = fields.Dict(allow_none=True)
    refunds = fields.List(fields.Dict())
    timeline = fields.List(fields.Dict())


class Reordered(Schema):
    """What came into the cart again, and what did not and why."""

    added = fields.List(fields.Dict())
    refused = fields.List(fields.Dict())


class Resolved(Schema):
    """A number and what it is: "ok", "not_found", "ambiguous", "not_sold" or "bad_quantity".

    One choice when it is clear; `nearest` is a quantity that can be ordered, where the row's cannot.
    """

    number = fields.String()
    quantity = fields.Integer()
    state = fields.String()
    choices = fields.List(fields.Nested(Listed))
    nearest = fields.Integer(allow_none=True)


class ResolvedRows(Schema):
    """Every row, in the order it was given."""

    rows = fields.List(fields.Nested(Resolved))
