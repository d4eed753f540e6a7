"""Shapes of a seller's money; every amount is in minor units of the currency beside it."""

from __future__ import annotations

from marshmallow import fields

from marketplace.web import lists
from marketplace.web.api import Schema
from sellers.finances.queries import SORTS


class SplitQuery(lists.PageQuery):
    """Which page of splits, in which order."""

    sort = lists.sort_field(SORTS)


class SellerBalance(Schema):
    """Held until delivery, and free to be sent."""

    currency = fields.String()
    held_minor = fields.Integer()
    free_minor = fields.Integer()


class SellerMove(Schema):
    """A transfer or a payout."""

    id = fields.String()
    amount_minor = fields.Integer()
    currency = fields.String()
    status = fields.String()
    at = fields.String()


class SellerStatement(Schema):
    """A seller's money as of now."""

    balances = fields.List(fields.Nested(SellerBalance))
    payout_account = fields.String(allow_none=True)
    transfers = fields.List(fields.Nested(SellerMove))
    payouts = fields.List(fields.Nested(SellerMove))


class SellerSplit(Schema):
    """One order: goods + freight + tax - commission - commission_tax - given_back = net."""

    id = fields.String()
    number = fields.String()
    currency = fields.String()
    state = fields.String()
    goods_minor = fields.Integer()
    freight_minor = fields.Integer()
    tax_minor = fields.Integer()
    commission_minor = fields.Integer()
    commission_tax_minor = fields.Integer()
    given_back_minor = fields.Integer()
    net_minor = fields.Integer()


SellerSplitList = lists.page_of(SellerSplit)
