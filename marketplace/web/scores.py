"""Sellers' scores by page, file and API: alike for a seller and for the operator. `docs/scores.md` has the formulas with an example."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l
from marshmallow import fields, validate

from marketplace.analytics import scorecards, scores
from marketplace.core.errors import NotFound
from marketplace.offers.models import SellerScore
from marketplace.offers.scores import NEUTRAL_BPS
from marketplace.orders.deadlines import ACCEPT_WITHIN
from marketplace.web import lists
from marketplace.web.api import Schema

LABELS = {"acceptance": _l("Accepted"), "late": _l("Shipped late"), "cancellation": _l("Given back")}
FORMULAS = {
    "acceptance": _l("Accepted orders, out of all that were accepted, refused, or left until the time to accept had passed."),
    "late": _l("Orders of which something was still open when the promised day ended, out of all accepted ones that were shipped in full by then or whose day is over."),
    "cancellation": _l("Accepted orders of which the seller gave units back, out of all accepted ones."),
}
RULES = {"window": scores.WINDOW_DAYS, "least": scores.LEAST, "neutral_bps": NEUTRAL_BPS, "goal_bps": scorecards.GOAL_BPS, "weights": scores.WEIGHTS,
         "hours": int(ACCEPT_WITHIN.total_seconds() // 3600)}
"""What the pages say of how it is counted."""
ORDER_COLUMNS = ("number", "opened_at", "promised_on", "verdict")
_COLUMNS = tuple(column.name for column in SellerScore.__table__.columns if column.name != "seller_id")


class ScoreOut(Schema):
    """A seller's newest score. Counts are of seller orders opened in the window; rates are in basis points, null while fewer than ten are counted."""

    id = fields.String(metadata={"description": "the seller's"})
    seller_id = fields.String()
    seller = fields.String()
    day = fields.Date(allow_none=True, metadata={"description": "the window's last day; null before anything was computed, as all that follows"})
    window_days = fields.Integer(allow_none=True)
    answered = fields.Integer(allow_none=True, metadata={"description": "accepted, refused, or left until the time to accept had passed"})
    accepted = fields.Integer(allow_none=True)
    silent = fields.Integer(allow_none=True, metadata={"description": "of those answered, the ones whose time passed"})
    due = fields.Integer(allow_none=True, metadata={"description": "accepted and shipped in full in time, or the promised day ended with something open"})
    late = fields.Integer(allow_none=True, metadata={"description": "of those due, the latter"})
    cut = fields.Integer(allow_none=True, metadata={"description": "of those accepted, the ones of which the seller gave units back"})
    acceptance_bps = fields.Integer(allow_none=True, metadata={"description": "accepted of answered"})
    late_bps = fields.Integer(allow_none=True, metadata={"description": "late of due"})
    cancellation_bps = fields.Integer(allow_none=True, metadata={"description": "cut of accepted"})
    return_bps = fields.Integer(allow_none=True, metadata={"description": "null: not measured yet"})
    rating_bps = fields.Integer(allow_none=True, metadata={"description": "null: not measured yet"})
    score_bps = fields.Integer(allow_none=True, metadata={"description": "weighted mean of what is measured, 10000 at best; 9000 when nothing is"})
    computed_at = fields.AwareDateTime(allow_none=True)


class RateOut(Schema):
    """One rate in detail."""

    name = fields.String()
    bps = fields.Integer(allow_none=True)
    count = fields.Integer()
    of = fields.Integer()
    against = fields.Integer(metadata={"description": "how many of them count against the seller"})
    weight = fields.Integer(metadata={"description": "in the score"})
    more = fields.Integer(metadata={"description": "so many without a fault bring it to the goal; while it is not measured, so many of any kind are missing"})


class WeekOut(Schema):
    """The score at the end of a week; of the running one, now."""

    week = fields.Date(metadata={"description": "its Monday"})
    score_bps = fields.Integer()


class CardOut(ScoreOut):
    """A seller's score with its rates and its last weeks."""

    is_measured = fields.Boolean(metadata={"description": "whether any rate is measured; else the score is the neutral one"})
    rates = fields.List(fields.Nested(RateOut))
    weeks = fields.List(fields.Nested(WeekOut))


class OrdersQuery(lists.PageQuery):
    """Which orders behind a score."""

    rate = fields.String(load_default="acceptance", validate=validate.OneOf(list(scorecards.RATES)))
    is_against = fields.Boolean(load_default=False, metadata={"description": "only those that count against the seller"})
    sort = lists.sort_field(scorecards.ORDER_SORTS["acceptance"])


class OrderBehind(Schema):
    """A seller order that a rate counts."""

    id = fields.String()
    number = fields.String()
    opened_at = fields.AwareDateTime()
    promised_on = fields.Date()
    verdict = fields.String(metadata={"description": "accepted, refused or silent; on_time or late; kept or cut"})


OrdersPage = lists.page_of(OrderBehind)
ScorePage = lists.page_of(ScoreOut)


def flat(card: dict[str, Any]) -> dict[str, Any]:
    """A card as the API gives it: the kept row's columns beside the rest."""
    row = card["row"]
    return {**{name: getattr(row, name) if row else None for name in _COLUMNS}, **card}


def shown(card: dict[str, Any]) -> dict[str, Any]:
    """What the page of a card needs."""
    return {"card": card, "row": card["row"], "labels": LABELS, "formulas": FORMULAS, "rules": RULES,
            "percents": [round(week["score_bps"] / 100, 1) for week in card["weeks"]]}


def wished() -> tuple[str, bool]:
    """Which orders the address asks for: of which rate, and whether only those against the seller. Raises: NotFound."""
    rate = request.args.get("rate", "acceptance")
    if rate not in scorecards.RATES:
        raise NotFound
    return rate, request.args.get("is_against") == "1"
