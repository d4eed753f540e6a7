"""Shapes of a seller's orders."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from marketplace.web import lists
from marketplace.web.api import Line as OneLine
from marketplace.web.api import Schema
from sellers.orders.queries import SORTS, VIEWS

MOST = 1_000_000


class ListQuery(lists.PageQuery):
    """Which orders; all when no view is named."""

    view = fields.String(validate=validate.OneOf(sorted(VIEWS)))
    sort = lists.sort_field(SORTS)


class Units(Schema):
    """Units of one line."""

    allocation_id = fields.String(required=True, validate=validate.Length(max=40))
    quantity = fields.Integer(required=True, strict=True, validate=validate.Range(1, MOST))


def _once(lines: list[dict[str, Any]]) -> None:
    if len({line["allocation_id"] for line in lines}) != len(lines):
        raise ValidationError("Each line may stand once.")


class Refusal(Schema):
    """Why, and how many of which lines; the whole order when no line is named."""

    because = OneLine(required=True, validate=validate.Length(min=1, max=500))
    lines = fields.List(fields.Nested(Units), validate=[validate.Length(1, 500), _once])


class Parcel(Schema):
    """A parcel and what is in it."""

    carrier = OneLine(required=True, validate=validate.Length(min=1, max=80))
    tracking_number = OneLine(required=True, validate=validate.Length(min=1, max=80))
    lines = fields.List(fields.Nested(Units), required=True, validate=[validate.Length(1, 500), _once])


class LinesForm(Schema):
    """The lines of a page's form: one id and one quantity each, in the same order; 0 leaves a line out."""

    allocation_id = fields.List(fields.String(validate=validate.Length(max=40)), required=True)
    quantity = fields.List(fields.Integer(strict=True, validate=validate.Range(0, MOST)), required=True)

    @validates_schema
    def check_pairs(self, data: dict[str, Any], **_options: Any) -> None:
        """Every line needs its number, and one of them more than none."""
        if len(data["allocation_id"]) != len(data["quantity"]) or not any(data["quantity"]):
            raise ValidationError("Say how many units of each line; at least one in all.", "quantity")
        if len(set(data["allocation_id"])) != len(data["allocation_id"]):
            raise ValidationError("Each line may stand once.", "allocation_id")


class RefusalForm(LinesForm):
    """A refusal, from a page; `seen` is how many units of each line were open on it."""

    seen = fields.List(fields.Integer(strict=True, validate=validate.Range(1, MOST)), load_default=None)
    because = OneLine(required=True, validate=validate.Length(min=1, max=500))


class ParcelForm(LinesForm):
    """A parcel, from a page."""

    carrier = OneLine(required=True, validate=validate.Length(min=1, max=80))
    tracking_number = OneLine(required=True, validate=validate.Length(min=1, max=80))


class Head(Schema):
    """A seller order in a list; amounts are the seller's own, net, in minor units."""

    id = fields.String()
    number = fields.String()
    status = fields.String()
    currency = fields.String()
    hop = fields.Integer()
    created_at = fields.DateTime()
    accept_by = fields.DateTime(allow_none=True)
    accepted_at = fields.DateTime(allow_none=True)
    is_late = fields.Boolean()
    promised_on = fields.Date()
    city = fields.String()
    country = fields.String()
    goods_minor = fields.Integer()
    freight_minor = fields.Integer()
    surcharge_minor = fields.Integer()
    total_minor = fields.Integer(metadata={"description": "as ordered: goods, freight and surcharge"})
    standing_goods_minor = fields.Integer(metadata={"description": "goods without what was cancelled"})
    standing_total_minor = fields.Integer(metadata={"description": "the total without what was cancelled"})


class ListedOrder(Head):
    """A row of the list."""

    lines = fields.Integer()


OrderList = lists.page_of(ListedOrder)


class Line(Schema):
    """A line at the seller's price."""

    allocation_id = fields.String()
    name = fields.String()
    mpn = fields.String()
    seller_sku = fields.String()
    location = fields.String()
    quantity = fields.Integer()
    shipped = fields.Integer()
    cancelled = fields.Integer()
    left = fields.Integer()
    unit_minor = fields.Integer()
    goods_minor = fields.Integer()
    standing_goods_minor = fields.Integer(metadata={"description": "goods without what was cancelled"})


class ParcelLine(Schema):
    """What is in a parcel."""

    name = fields.String()
    mpn = fields.String()
    seller_sku = fields.String()
    quantity = fields.Integer()


class ParcelOut(Schema):
    """A parcel."""

    id = fields.String()
    carrier = fields.String()
    tracking_number = fields.String()
    shipped_at = fields.DateTime()
    delivered_at = fields.DateTime(allow_none=True)
    lines = fields.List(fields.Nested(ParcelLine))


class Step(Schema):
    """A step in an order's life."""

    at = fields.DateTime()
    state = fields.String()
    because = fields.String()


class OrderOut(Head):
    """A seller order with everything needed to fulfil it."""

    ship_to = fields.Dict()
    po_number = fields.String(allow_none=True)
    cancelled_because = fields.String(allow_none=True)
    lines = fields.List(fields.Nested(Line))
    shipments = fields.List(fields.Nested(ParcelOut))
    timeline = fields.List(fields.Nested(Step))
