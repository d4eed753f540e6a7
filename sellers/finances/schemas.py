"""Shapes of a seller's money; every amount is in minor units of the currency beside it."""

from __future__ import annotations

from marshmallow import fields

from marketplace.web import lists
from marketplace.web.api import Schema
from sellers.finances.queries import SORTS


class SplitQuery(lists.PageQuery):
    """Which page of splits, in which order."""

    sort = lists.sort_field(SORTS)


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
