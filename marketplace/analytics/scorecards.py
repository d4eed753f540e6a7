"""Scores as people and programs read them: a seller its own, the operator everybody's, with the orders behind each rate.

The orders of a rate are those of the kept row, as of its moment: as many as its counts say. Constant numbers of statements.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import BigInteger, Boolean, Date, DateTime, String, Subquery, case, func, literal, select, text, true

from marketplace.analytics import scores
from marketplace.core import clock, paging, tenancy
from marketplace.core.db import Query, db
from marketplace.core.errors import NotFound
from marketplace.identity.access import Actor, authorize
from marketplace.identity.models import Organization
from marketplace.offers.models import SellerScore

WEEKS = 12
GOAL_BPS = 9_500
"""The good side of a rate that a seller is told to reach."""
WORST, LAST_OPENED = "score", "-opened"


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate's columns in SellerScore; `is_good` says whether more of it is better."""

    bps: str
    count: str
    of: str
    is_good: bool


RATES = {
    "acceptance": Rate("acceptance_bps", "accepted", "answered", True),
    "late": Rate("late_bps", "late", "due", False),
    "cancellation": Rate("cancellation_bps", "cut", "accepted", False),
}

_JUDGED = text(scores.JUDGED).columns(
    **dict.fromkeys(("id", "number", "order_id", "seller_id", "answer", "shipping"), String()),
    day=Date(), promised_on=Date(), opened_at=DateTime(timezone=True), is_cut=Boolean()).subquery("judged")
_CUT = case((_JUDGED.c.answer == "accepted", case((_JUDGED.c.is_cut, "cut"), else_="kept")))
_VERDICTS = {"acceptance": _JUDGED.c.answer, "late": _JUDGED.c.shipping, "cancellation": _CUT}
AGAINST = ("refused", "silent", "late", "cut")
"""Verdicts that count against the seller; the others are accepted, on_time and kept."""


def _behind(verdict: Any) -> Subquery:
    columns = (_JUDGED.c.id, _JUDGED.c.number, _JUDGED.c.order_id, _JUDGED.c.opened_at, _JUDGED.c.promised_on)
    return select(*columns, verdict.label("verdict")).where(verdict.is_not(None)).subquery("behind")


_BEHIND = {name: _behind(verdict) for name, verdict in _VERDICTS.items()}


ORDER_SORTS: dict[str, paging.Sorts] = {
    name: {"opened": rows.c.opened_at, "order": rows.c.number, "promised": rows.c.promised_on} for name, rows in _BEHIND.items()}
"""What the orders of each rate can be sorted by."""

_NEWEST = (select(SellerScore.__table__).where(SellerScore.seller_id == Organization.id)
           .order_by(SellerScore.day.desc()).limit(1).lateral("newest"))


def _key(column: Any) -> Any:
    """A rate to sort by: what is not measured stands below all that is."""
    return func.coalesce(column, literal(-1, BigInteger))


_ALL = (
    select(Organization.id.label("id"), Organization.name.label("seller"), *_NEWEST.c, _key(_NEWEST.c.acceptance_bps).label("acceptance_key"),
           _key(_NEWEST.c.late_bps).label("late_key"), _key(_NEWEST.c.cancellation_bps).label("cancellation_key"))
    .join(_NEWEST, true()).subquery("scores"))
SORTS: paging.Sorts = {"score": _ALL.c.score_bps, "seller": _ALL.c.seller, "answered": _ALL.c.answered, "acceptance": _ALL.c.acceptance_key,
                       "late": _ALL.c.late_key, "cancellation": _ALL.c.cancellation_key}


def listed(actor: Actor, ask: paging.Ask = paging.FIRST, words: str = "") -> paging.Page:
    """Every seller's newest score, the lowest first or as asked, perhaps of those whose name has these words; one statement. Raises: Forbidden."""
    authorize(actor, "market:read")
    query: Query = select(_ALL)
    if words:
        query = query.where(_ALL.c.seller.icontains(words, autoescape=True))
    with tenancy.as_market():
        found = paging.sorted_rows(query, _ALL.c.id, replace(ask, sort=ask.sort or WORST), SORTS)
    return paging.Page([dict(row._mapping) for row in found.items], found.next_cursor)


def own(actor: Actor) -> dict[str, Any]:
    """The actor's own card. Raises: Forbidden."""
    authorize(actor, "seller_order:read")
    return _card(actor.organization_id)


def one(actor: Actor, seller_id: str) -> dict[str, Any]:
    """One seller's card, for the operator. Raises: Forbidden; NotFound."""
    authorize(actor, "market:read")
    return _card(seller_id)


def own_orders(actor: Actor, rate: str, ask: paging.Ask = paging.FIRST, is_against: bool = False) -> paging.Page:
    """The actor's seller orders that a rate counts; see `orders`."""
    authorize(actor, "seller_order:read")
    return _orders(actor.organization_id, rate, ask, is_against)


def orders(actor: Actor, seller_id: str, rate: str, ask: paging.Ask = paging.FIRST, is_against: bool = False) -> paging.Page:
    """The seller orders that one of RATES counts, perhaps only those that count against the seller; the last opened first, or as asked.

    Raises: Forbidden; NotFound for no seller; UnknownSort.
    """
    authorize(actor, "market:read")
    return _orders(seller_id, rate, ask, is_against)


def _card(seller_id: str) -> dict[str, Any]:
    """The newest row with the seller's name, each rate in detail, and the score at the end of each of the last weeks; two statements."""
    with tenancy.as_market():
        name, row = _newest(seller_id)
        weeks = _weeks(seller_id)
    return {"id": seller_id, "seller_id": seller_id, "seller": name, "row": row, "is_measured": row is not None and _is_measured(row),
            "rates": [_rate(name, row) for name in RATES] if row else [], "weeks": weeks}


def _newest(seller_id: str) -> tuple[str, SellerScore | None]:
    found = db.session.execute(
        select(Organization.name, SellerScore).outerjoin(SellerScore, SellerScore.seller_id == Organization.id)
        .where(Organization.id == seller_id, Organization.kinds.contains(["seller"])).order_by(SellerScore.day.desc()).limit(1)).first()
    if found is None:
        raise NotFound
    return found.name, found.SellerScore


def _is_measured(row: SellerScore) -> bool:
    return any(getattr(row, rate.bps) is not None for rate in RATES.values())


def _weeks(seller_id: str) -> list[dict[str, Any]]:
    """The score of the last kept day of each week, oldest first; a week is named by its Monday."""
    since = clock.today() - timedelta(days=clock.today().weekday(), weeks=WEEKS - 1)
    days = db.session.execute(
        select(SellerScore.day, SellerScore.score_bps).where(SellerScore.seller_id == seller_id, SellerScore.day >= since).order_by(SellerScore.day))
    last = {row.day - timedelta(days=row.day.weekday()): row.score_bps for row in days}
    return [{"week": week, "score_bps": score_bps} for week, score_bps in last.items()]


def _rate(name: str, row: SellerScore) -> dict[str, Any]:
    """A rate in detail: what it counts, and what would bring its good side to the goal.

    more: so many good ones in a row, or, while it is not measured, so many of any kind.
    """
    rate = RATES[name]
    count, of, bps = getattr(row, rate.count), getattr(row, rate.of), getattr(row, rate.bps)
    good = count if rate.is_good else of - count
    more = scores.LEAST - of if bps is None else scores.needed(good, of, GOAL_BPS)
    return {"name": name, "bps": bps, "count": count, "of": of, "against": of - good, "weight": scores.WEIGHTS[name], "more": more}


def _orders(seller_id: str, rate: str, ask: paging.Ask, is_against: bool) -> paging.Page:
    if rate not in RATES:
        raise NotFound
    rows = _BEHIND[rate]
    query: Query = select(rows)
    if is_against:
        query = query.where(rows.c.verdict.in_(AGAINST))
    with tenancy.as_market():
        _, row = _newest(seller_id)
        if row is None:
            return paging.Page([], None)
        query = query.params(**scores.asked(row.day, row.day, row.computed_at, seller_id))
        found = paging.sorted_rows(query, rows.c.id, replace(ask, sort=ask.sort or LAST_OPENED), ORDER_SORTS[rate])
    return paging.Page([dict(one._mapping) for one in found.items], found.next_cursor)
