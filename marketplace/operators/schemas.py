"""Shapes of the operator's API; amounts in minor units of the currency beside them."""

from __future__ import annotations

import marshmallow
from marshmallow import fields, validate

from marketplace.operators import queries
from marketplace.orders.models import OrderStatus
from marketplace.web import lists
from marketplace.web.api import Schema


class OrdersPaged(lists.PageQuery):
    """Which orders, in which order."""

    sort = lists.sort_field(queries.ORDER_SORTS)
    status = fields.String(load_default="", validate=validate.OneOf([status.value for status in OrderStatus]))
    number = fields.String(load_default="", validate=validate.Length(max=40), metadata={"description": "an order's number or the beginning of it"})


class CompaniesPaged(lists.PageQuery):
    """Which companies, in which order."""

    q = fields.String(load_default="", metadata={"description": "words of the name, or a public id"})
    sort = lists.sort_field(queries.COMPANY_SORTS)


class WorkPaged(lists.PageQuery):
    """Which work, in which order."""

    state = fields.String(load_default="dead", validate=marshmallow.validate.OneOf(queries.STATES))
    sort = lists.sort_field(queries.WORK_SORTS)


class TrailPaged(lists.PageQuery):
    """Which part of the trail, in which order."""

    sort = lists.sort_field(queries.TRAIL_SORTS)


class OrderRow(Schema):
    """An order in a list; amounts in minor units."""

    id = fields.String()
    number = fields.String()
    buyer_id = fields.String()
    buyer = fields.String()
    reseller_id = fields.String()
    reseller = fields.String()
    status = fields.String()
    currency = fields.String()
    total_minor = fields.Integer()
    standing_total_minor = fields.Integer(metadata={"description": "the total without what was cancelled"})
    placed_at = fields.AwareDateTime()


OrderPage = lists.page_of(OrderRow)


class AllocationRow(Schema):
    """A quantity of one line given to one offer."""

    id = fields.String()
    order_line_id = fields.String()
    seller_order_id = fields.String()
    offer_id = fields.String()
    variant_id = fields.String()
    quantity = fields.Integer()
    shipped = fields.Integer()
    cancelled = fields.Integer()
    unit_price_minor = fields.Integer()
    seller_unit_price_minor = fields.Integer()
    tax_minor = fields.Integer()


class PartRow(Schema):
    """One seller's part of an order."""

    id = fields.String()
    number = fields.String()
    seller_id = fields.String()
    status = fields.String()
    hop = fields.Integer(metadata={"description": "how often it was routed again"})
    promised_on = fields.Date()
    goods_minor = fields.Integer()
    freight_minor = fields.Integer()
    surcharge_minor = fields.Integer()
    tax_minor = fields.Integer()
    total_minor = fields.Integer()


class LineRow(Schema):
    """A line as it was ordered."""

    id = fields.String()
    number = fields.Integer()
    variant_id = fields.String()
    name = fields.String()
    mpn = fields.String()
    quantity = fields.Integer()


class SplitRow(Schema):
    """Who has what of a part, less what was given back; without a number: of the whole order."""

    number = fields.String(allow_none=True)
    net_minor = fields.Integer()
    tax_minor = fields.Integer()
    margin_minor = fields.Integer()
    commission_minor = fields.Integer()
    commission_tax_minor = fields.Integer()
    total_minor = fields.Integer()


class StepRow(Schema):
    """A step in the life of the order or of one of its parts."""

    entity_id = fields.String()
    from_state = fields.String()
    to_state = fields.String()
    by = fields.String()
    because = fields.String()
    at = fields.AwareDateTime()


class WholeOrder(Schema):
    """One order with its parts, its split and its history."""

    order = fields.Nested(OrderRow)
    lines = fields.List(fields.Nested(LineRow))
    parts = fields.List(fields.Nested(PartRow))
    allocations = fields.List(fields.Nested(AllocationRow))
    splits = fields.List(fields.Nested(SplitRow))
    history = fields.List(fields.Nested(StepRow))


class Decision(Schema):
    """Why each line went where."""

    id = fields.String()
    order_id = fields.String()
    hop = fields.Integer()
    because = fields.String()
    policy_id = fields.String()
    policy_scope = fields.String(metadata={"description": "market, or the storefront whose policy decided: see /policies/{scope}/versions/{version}"})
    policy_version = fields.Integer()
    lines = fields.List(fields.Dict())
    problem = fields.Dict()
    answer = fields.Dict()
    total_minor = fields.Integer()
    bound_minor = fields.Integer(allow_none=True)
    stage = fields.String()
    status = fields.String()
    micros = fields.Integer()



DecisionPage = lists.page_of(Decision)

class CheckRow(Schema):
    """One comparison and what it found."""

    name = fields.String()
    compared = fields.Integer()
    found = fields.Integer(metadata={"description": "how many breaks were found; not with verdicts of older versions"})
    breaks = fields.List(fields.String(), metadata={"description": "the first 100 of them"})


class Verdict(Schema):
    """One comparison of everything with its source; 0 breaks is balanced."""

    id = fields.String()
    at = fields.AwareDateTime()
    asked_by = fields.String(metadata={"description": "a user's id, schedule or command"})
    breaks = fields.Integer()
    comparisons = fields.List(fields.Nested(CheckRow))
    micros = fields.Integer(metadata={"description": "how long it took, in microseconds"})


VerdictPage = lists.page_of(Verdict)


class Task(Schema):
    """Something about money that a person must look at."""

    id = fields.String()
    kind = fields.String()
    message = fields.String()
    about = fields.Dict()
    created_at = fields.AwareDateTime()
    closed_at = fields.AwareDateTime(allow_none=True)



TaskPage = lists.page_of(Task)

class Queue(Schema):
    """One topic of work."""

    topic = fields.String()
    due = fields.Integer(metadata={"description": "to be done now"})
    later = fields.Integer(metadata={"description": "to be done at a later time"})
    dead = fields.Integer()
    done = fields.Integer()
    age = fields.Integer()



QueuePage = lists.page_of(Queue)

class WorkRow(Schema):
    """One piece of work."""

    id = fields.String()
    topic = fields.String()
    attempts = fields.Integer()
    last_error = fields.String(allow_none=True)
    next_at = fields.AwareDateTime()


WorkPage = lists.page_of(WorkRow)


class CompanyRow(Schema):
    """A company in a list."""

    id = fields.String()
    name = fields.String()
    kinds = fields.List(fields.String())
    country = fields.String()
    currency = fields.String()
    status = fields.String()
    created_at = fields.AwareDateTime()


CompanyPage = lists.page_of(CompanyRow)


class TrailRow(Schema):
    """One act: who did what, for whom, and what it changed."""

    id = fields.String()
    at = fields.AwareDateTime()
    actor = fields.String()
    on_behalf_of = fields.String(allow_none=True)
    organization_id = fields.String(allow_none=True)
    action = fields.String()
    entity_id = fields.String()
    before = fields.Dict(allow_none=True)
    after = fields.Dict(allow_none=True)
    request_id = fields.String(allow_none=True)


TrailPage = lists.page_of(TrailRow)
