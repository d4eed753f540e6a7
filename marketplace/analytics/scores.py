"""How well sellers keep their promises: counted from what happened, made into rates, and kept day by day.

Invariants: a day's counts follow from the log alone (steps of seller orders and refusals in the trail, up to that
moment), so computing a day again gives the same numbers, today and later. The formulas are pure; `docs/scores.md` has
them in words with an example. Returns and ratings are not measured yet: they are null, and the score does not count them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select, text

from marketplace.core import clock, money, tenancy
from marketplace.core.db import db
from marketplace.offers import scores
from marketplace.offers.models import SellerScore
from marketplace.orders.reroute import SILENCE

TOPIC, EVERY = "analytics.scores", timedelta(hours=1)
WINDOW_DAYS = 90
"""A seller order counts by the UTC day on which it was opened; the window ends with the day that is computed."""
LEAST = 10
"""So many must be counted before a rate says anything."""
FILLED_DAYS = 60
"""A round computes the days since the last one that was kept, so many at most."""
WEIGHTS = {"acceptance": 40, "late": 40, "cancellation": 20}
"""What each rate weighs in the score."""

# One row a seller order: when it was opened, what its log says of it, and when its seller first gave units of it back.
# `accept_by` lies after the opening, so narrowing by it loses none.
_PARTS = """
    SELECT p.id, p.number, p.order_id, p.seller_id, p.promised_on, log.*, trail.refused_at
      FROM seller_orders p
      JOIN LATERAL (SELECT coalesce(min(s.at) FILTER (WHERE s.to_state = 'open'), p.created_at) AS opened_at,
                           min(s.at) FILTER (WHERE s.to_state = 'accepted') AS accepted_at,
                           min(s.at) FILTER (WHERE s.to_state = 'shipped') AS shipped_at,
                           min(s.at) FILTER (WHERE s.to_state = 'cancelled') AS cancelled_at,
                           coalesce(bool_or(s.to_state = 'cancelled' AND s.by = 'orders' AND s.because = :silence), false) AS is_silent
                      FROM state_changes s WHERE s.entity_id = p.id) log ON true
      JOIN LATERAL (SELECT min(a.at) AS refused_at FROM audit_entries a
                     WHERE a.entity_id = p.id AND a.action = 'seller_order.refused') trail ON true
     WHERE p.accept_by >= :since AND (cast(:seller_id AS text) IS NULL OR p.seller_id = :seller_id)"""

# The same as of each day's last moment, or as of `moment` while the day is not over.
JUDGED = f"""
    WITH parts AS MATERIALIZED ({_PARTS}),
    days AS (SELECT d::date AS day, (d - make_interval(days => :window - 1)) AT TIME ZONE 'UTC' AS since,
                    least((d + interval '1 day') AT TIME ZONE 'UTC' - interval '1 microsecond', :moment) AS until
               FROM generate_series(cast(:first AS timestamp), cast(:last AS timestamp), interval '1 day') d)
    SELECT d.day, p.id, p.number, p.order_id, p.seller_id, p.promised_on, p.opened_at,
           CASE WHEN p.accepted_at <= d.until THEN 'accepted'
                WHEN p.cancelled_at <= d.until AND p.is_silent THEN 'silent'
                WHEN p.cancelled_at <= d.until AND p.refused_at <= d.until THEN 'refused' END AS answer,
           CASE WHEN p.accepted_at > d.until OR p.accepted_at IS NULL THEN NULL
                WHEN p.shipped_at <= d.until AND (p.shipped_at AT TIME ZONE 'UTC')::date <= p.promised_on THEN 'on_time'
                WHEN p.promised_on < d.day AND NOT coalesce((p.cancelled_at AT TIME ZONE 'UTC')::date <= p.promised_on, false) THEN 'late' END AS shipping,
           coalesce(p.accepted_at <= d.until AND p.refused_at <= d.until, false) AS is_cut
      FROM days d JOIN parts p ON p.opened_at BETWEEN d.since AND d.until"""

_COUNTS = text(f"""
    SELECT s.id AS seller_id, d::date AS day, count(j.answer) AS answered,
           count(*) FILTER (WHERE j.answer = 'accepted') AS accepted, count(*) FILTER (WHERE j.answer = 'silent') AS silent,
           count(j.shipping) AS due, count(*) FILTER (WHERE j.shipping = 'late') AS late, count(*) FILTER (WHERE j.is_cut) AS cut
      FROM organizations s CROSS JOIN generate_series(cast(:first AS timestamp), cast(:last AS timestamp), interval '1 day') d
      LEFT JOIN ({JUDGED}) j ON j.seller_id = s.id AND j.day = d::date
     WHERE 'seller' = ANY (s.kinds) AND (s.created_at AT TIME ZONE 'UTC')::date <= d::date
     GROUP BY s.id, d ORDER BY s.id, d""")

_LOCK = text("SELECT pg_advisory_xact_lock(hashtext('seller_scores'))")


@dataclass(frozen=True, slots=True)
class Counts:
    """Seller orders of one seller in the window; the columns of SellerScore say what each is."""

    answered: int
    accepted: int
    silent: int
    due: int
    late: int
    cut: int


@dataclass(frozen=True, slots=True)
class Rates:
    """In basis points; None while fewer than LEAST are counted."""

    acceptance_bps: int | None
    late_bps: int | None
    cancellation_bps: int | None
    return_bps: int | None = None
    rating_bps: int | None = None


def rates(counts: Counts) -> Rates:
    """The rates that these counts make."""
    return Rates(rate(counts.accepted, counts.answered), rate(counts.late, counts.due), rate(counts.cut, counts.accepted))


def rate(count: int, of: int) -> int | None:
    """`count / of` in basis points, to the nearest one and halves up; None when fewer than LEAST are counted."""
    return money.half_up(count * scores.BEST_BPS, of) if of >= LEAST else None


def score(found: Rates) -> int:
    """The mean of what is measured by WEIGHTS, 10000 at best, to the nearest basis point; NEUTRAL_BPS when nothing is."""
    good = {"acceptance": found.acceptance_bps, "late": turned(found.late_bps), "cancellation": turned(found.cancellation_bps)}
    measured = {name: bps for name, bps in good.items() if bps is not None}
    if not measured:
        return scores.NEUTRAL_BPS
    return money.half_up(sum(WEIGHTS[name] * bps for name, bps in measured.items()), sum(WEIGHTS[name] for name in measured))


def turned(bps: int | None) -> int | None:
    """The good side of a rate that is better when it is lower."""
    return None if bps is None else scores.BEST_BPS - bps


def needed(good: int, of: int, goal_bps: int) -> int:
    """How many more of `of`, all of them good, bring `good / of` to `goal_bps` (below 10000); 0 when it is there."""
    missing = goal_bps * of - scores.BEST_BPS * good
    return max(0, -(-missing // (scores.BEST_BPS - goal_bps)))


def asked(first: date, last: date, moment: datetime, seller_id: str | None = None) -> dict[str, Any]:
    """The values of JUDGED for these days, as of `moment`."""
    return {"since": clock.midnight(first - timedelta(days=WINDOW_DAYS - 1)), "first": first, "last": last, "moment": moment, "window": WINDOW_DAYS,
            "silence": SILENCE, "seller_id": seller_id}


def compute(first: date, last: date) -> int:
    """Count these days of every seller anew and keep them; returns how many scores were kept.

    Effects: rows of seller_scores replaced; one who computes at the same time waits.
    """
    moment = clock.now()
    with tenancy.as_market():
        db.session.execute(_LOCK)
        found = db.session.execute(_COUNTS, asked(first, last, moment)).all()
        scores.keep([_row(row.seller_id, row.day, Counts(*row[2:]), moment) for row in found])
    return len(found)


def _row(seller_id: str, day: date, counts: Counts, moment: datetime) -> dict[str, Any]:
    measured = rates(counts)
    return {"seller_id": seller_id, "day": day, "window_days": WINDOW_DAYS, **asdict(counts), **asdict(measured),
            "score_bps": score(measured), "computed_at": moment}


def on_round(_payload: Mapping[str, Any]) -> None:
    """Compute today, and finish the days since the last one that was kept."""
    today = clock.today()
    with tenancy.as_market():
        kept = db.session.scalar(select(func.max(SellerScore.day)).where(SellerScore.day <= today))
    earliest = today - timedelta(days=FILLED_DAYS)
    compute(max(kept or earliest, earliest), today)
