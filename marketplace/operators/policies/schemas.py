"""Shapes of routing policies in the operator's API. Amounts in minor units of the policy's currency, shares and rates in basis points."""

from __future__ import annotations

from marshmallow import fields, validate

from marketplace.routing.settings import FILLINGS, MOST_MINOR, MOST_OPEN_BPS, MOST_RATE, MOST_ROWS, WHOLE_BPS
from marketplace.web import lists
from marketplace.web.api import CURRENCY, Line, Schema

AMOUNT = validate.Range(0, MOST_MINOR)
BPS = validate.Range(0, WHOLE_BPS)
MOST = validate.Range(1, 1_000)
ID = validate.Length(1, 40)
COUNTRY = validate.Length(2, 2)


def _whole(rule: validate.Range, said: str, default: int | None = None) -> fields.Integer:
    return fields.Integer(strict=True, validate=rule, dump_default=default, metadata={"description": said})


class Preference(Schema):
    """A seller preferred, or avoided, where its orders go to these countries."""

    seller_id = fields.String(required=True, validate=ID)
    countries = fields.List(fields.String(validate=COUNTRY), load_default=list, metadata={"description": "empty: everywhere"})
    minor = fields.Integer(required=True, strict=True, validate=validate.Range(-MOST_MINOR, MOST_MINOR), metadata={
        "description": "what preferring its seller order is worth; below 0: what avoiding it is worth"})


class Quota(Schema):
    """Shares of orders among sellers."""

    name = Line(required=True, validate=validate.Length(1, 80))
    brand_id = fields.String(load_default=None, allow_none=True, validate=ID, metadata={"description": "null: orders of any brand"})
    countries = fields.List(fields.String(validate=COUNTRY), load_default=list, metadata={"description": "empty: everywhere"})
    shares = fields.Dict(keys=fields.String(validate=ID), values=fields.Integer(strict=True, validate=BPS), required=True, validate=validate.Length(2, MOST_ROWS),
                         metadata={"description": "seller id -> basis points, together 10,000"})
    drift_minor = fields.Integer(required=True, strict=True, validate=AMOUNT, metadata={"description": "what each order over a seller's share costs"})


class Settings(Schema):
    """Everything that a policy says; what is left out stands at its default."""

    currency = fields.String(validate=CURRENCY, metadata={"description": "of all amounts; left out: amounts count as they stand in any currency"})
    rates = fields.Dict(keys=fields.String(validate=CURRENCY), values=fields.Integer(strict=True, validate=validate.Range(1, MOST_RATE)), metadata={
        "description": "another currency -> ten-thousandths of it that one unit of `currency` counts as"})
    split_minor = _whole(AMOUNT, "each seller order after the first")
    opening_minor = _whole(AMOUNT, "each seller order")
    day_minor = _whole(AMOUNT, "each working day until arrival, per offer used on a line")
    day_bps = _whole(BPS, "the same, in basis points of the goods")
    score_minor = _whole(AMOUNT, "an offer used of a seller with score 0, in proportion less up to none at 10,000")
    neutral_score_bps = _whole(BPS, "what a seller without a score counts as")
    preferences = fields.List(fields.Nested(Preference), validate=validate.Length(max=MOST_ROWS))
    quotas = fields.List(fields.Nested(Quota), validate=validate.Length(max=MOST_ROWS))
    max_sellers = fields.Integer(strict=True, allow_none=True, validate=MOST, metadata={"description": "null: no limit"})
    max_offers = fields.Integer(strict=True, allow_none=True, validate=MOST, metadata={"description": "that may share one line; 1: no line is split; null: no limit"})
    filling = fields.String(validate=validate.OneOf(FILLINGS))
    open_minor = _whole(AMOUNT, "with leave_open: each unit left open; 0 where open_bps says it")
    open_bps = _whole(validate.Range(0, MOST_OPEN_BPS), "the same, in basis points of the line's lowest unit price: 0, or 10,000 and more")


class PolicyBody(Schema):
    """A policy to be the next version."""

    settings = fields.Nested(Settings, required=True)
    version = fields.Integer(strict=True, validate=validate.Range(0), load_default=None, allow_none=True, metadata={
        "description": "the newest version that you have seen, 0 for none; 409 if there is a newer one. Left out: the last word holds"})


class VersionSeen(Schema):
    """Which version a step replaces."""

    version = fields.Integer(strict=True, validate=validate.Range(0), load_default=None, allow_none=True, metadata={
        "description": "as in a policy's body"})


class ShareRow(Schema):
    """A seller of a quota, and the orders it was given."""

    seller_id = fields.String()
    share_bps = fields.Integer()
    orders = fields.Integer()


class Standing(Schema):
    """How far a quota is."""

    name = fields.String()
    sellers = fields.List(fields.Nested(ShareRow))


class PolicyRow(Schema):
    """What holds, for the market or a storefront."""

    scope = fields.String(metadata={"description": "market, or a storefront's id"})
    version = fields.Integer(metadata={"description": "the newest version of its own; 0: there is none"})
    is_own = fields.Boolean(metadata={"description": "false: it follows the market's"})
    policy_id = fields.String(allow_none=True, metadata={"description": "the version that holds; null: the built-in defaults"})
    settings = fields.Nested(Settings)
    quotas = fields.List(fields.Nested(Standing), metadata={"description": "orders given so far"})


class ScopeRow(Schema):
    """The market or a storefront in a list."""

    scope = fields.String()
    name = fields.String()
    currency = fields.String()
    version = fields.Integer()
    is_own = fields.Boolean()
    lacks_rate = fields.Boolean(metadata={"description": "it follows a policy that says nothing of its currency: amounts count as they stand"})
    changed_at = fields.AwareDateTime(allow_none=True)
    changed_by = fields.String(allow_none=True)


ScopePage = lists.page_of(ScopeRow)


class ChangeRow(Schema):
    """What one setting was and is."""

    setting = fields.String()
    before = fields.Raw(allow_none=True)
    after = fields.Raw(allow_none=True)


class VersionRow(Schema):
    """One version; never changed afterwards."""

    id = fields.String()
    version = fields.Integer()
    created_at = fields.AwareDateTime()
    created_by = fields.String(metadata={"description": "a user's id, or market"})
    follows_market = fields.Boolean(metadata={"description": "with this version a storefront gave up its own"})
    settings = fields.Nested(Settings, allow_none=True)
    changes = fields.List(fields.Nested(ChangeRow), allow_none=True, metadata={"description": "against the version before; null where one of them follows the market"})


VersionPage = lists.page_of(VersionRow)
