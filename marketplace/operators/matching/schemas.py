"""Shapes of the API about matching; amounts in minor units of the currency beside them."""

from __future__ import annotations

from marshmallow import fields, validate

from marketplace.operators.matching import gaps
from marketplace.operators.schemas import Decision
from marketplace.web import lists
from marketplace.web.api import Schema

MONTH = {"description": "a month such as 2026-11; empty for the running one"}


class MonthQuery(Schema):
    """Which month."""

    month = fields.String(load_default="", validate=validate.Length(max=10), metadata=MONTH)


class DecisionsPaged(lists.PageQuery):
    """Which decisions, in which order."""

    month = fields.String(load_default="", validate=validate.Length(max=10), metadata=MONTH)
    shown = fields.String(load_default="all", validate=validate.OneOf(gaps.SHOWN), metadata={
        "description": "`left`: those that a better answer is known for; `open`: those without proof"})
    sort = lists.sort_field(gaps.SORTS)


class Gap(Schema):
    """A month in one currency."""

    currency = fields.String()
    decisions = fields.Integer()
    proven_at_once = fields.Integer()
    proven_later = fields.Integer()
    total_minor = fields.Integer(metadata={"description": "of all decisions, policy costs included"})
    left_minor = fields.Integer(metadata={"description": "how much less the best answers known cost, policy costs included"})
    money_minor = fields.Integer(metadata={"description": "how much less buyers would have paid by them, net; negative where policy is worth it"})
    open_minor = fields.Integer(metadata={"description": "at most so much may still be found"})


GapPage = lists.page_of(Gap)


class Matched(Schema):
    """A decision beside the best answer known."""

    id = fields.String()
    order_id = fields.String()
    number = fields.String()
    currency = fields.String()
    because = fields.String()
    hop = fields.Integer()
    stage = fields.String()
    is_proven = fields.Boolean()
    total_minor = fields.Integer()
    best_minor = fields.Integer()
    left_minor = fields.Integer()
    money_minor = fields.Integer()
    open_minor = fields.Integer()
    created_at = fields.AwareDateTime()


MatchedPage = lists.page_of(Matched)


class Proof(Schema):
    """What was found about a decision in the background."""

    status = fields.String()
    total_minor = fields.Integer()
    bound_minor = fields.Integer()
    money_minor = fields.Integer()
    answer = fields.Dict()
    tries = fields.Integer()
    created_at = fields.AwareDateTime()


class Explained(Decision):
    """A decision, explained: its lines have their offers, winners first, with regret by part, and exclusions with codes."""

    faults = fields.List(fields.String(), metadata={"description": "what the verifier says against the stored answer; empty when it confirms it"})
    proof = fields.Nested(Proof, allow_none=True)
    created_at = fields.AwareDateTime()


class Replayed(Schema):
    """The stored problem, solved again."""

    is_same = fields.Boolean(metadata={"description": "whether the total is the same"})
    is_better = fields.Boolean()
    is_proven = fields.Boolean()
    answer = fields.Dict()
    faults = fields.List(fields.String())
