"""What pages and API show of the channel: pages of rows, and rows turned for a chart."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _

from marketplace.analytics import queries
from marketplace.analytics.queries import Wanted
from marketplace.core import clock, paging
from marketplace.core.paging import Page
from marketplace.identity.access import Actor

MAX_SERIES = 5
STOCK_KEY = ("sort_key", "variant_id", "seller", "seller_id", "country")
LISTING_KEY = ("sort_key", "variant_id", "offer_id")


def stock(actor: Actor, cursor: str | None, limit: int = 100) -> Page:
    """A page of stock in the channel."""
    return _page(lambda after: queries.stock_in_channel(actor, after, limit + 1), cursor, STOCK_KEY, limit)


def listings(actor: Actor, cursor: str | None, seller_id: str | None = None, limit: int = 100) -> Page:
    """A page of who lists what at which price."""
    return _page(lambda after: queries.listings_with_price(actor, seller_id, after, limit + 1), cursor, LISTING_KEY, limit)


def _page(
    ask: Callable[[list[str] | None], list[dict[str, Any]]], cursor: str | None, key: tuple[str, ...], limit: int
) -> Page:
    after = paging.decode(cursor) if cursor else None
    if after is not None and len(after) != len(key):
        after = None
    rows = ask(after)
    last = rows[limit - 1] if len(rows) > limit else None
    return Page(rows[:limit], paging.encode([last[name] for name in key]) if last else None)


def charted(rows: list[dict[str, Any]], wanted: Wanted) -> tuple[list[date], list[dict[str, Any]]]:
    """Weeks and one series a label, the largest first; the small ones are summed as the last."""
    weeks = [wanted.since + timedelta(weeks=n) for n in range((wanted.until - wanted.since).days // 7 + 1)]
    units = _by_label(rows)
    order = sorted(units, key=lambda label: (-sum(units[label].values()), label))
    series = [{"name": label, "data": [units[label].get(week, 0) for week in weeks]} for label in order[:MAX_SERIES]]
    if rest := order[MAX_SERIES:]:
        series.append({"name": _("others"), "data": [sum(units[label].get(week, 0) for label in rest) for week in weeks]})
    return weeks, series


def _by_label(rows: list[dict[str, Any]]) -> dict[str, dict[date, int]]:
    units: dict[str, dict[date, int]] = {}
    for row in rows:
        units.setdefault(row["label"], {})[row["week"]] = row["units"]
    return units


def against_last_week(rows: list[dict[str, Any]], wanted: Wanted) -> list[dict[str, Any]]:
    """Units a label in the running week and in the whole week before, the largest first; who had none in both is left out."""
    this = wanted.until - timedelta(days=6)
    found = [{"label": label, "now": weeks.get(this, 0), "before": weeks.get(this - timedelta(weeks=1), 0)}
             for label, weeks in _by_label(rows).items()]
    return sorted((one for one in found if one["now"] or one["before"]), key=lambda one: (-one["now"], -one["before"], one["label"]))


def this_and_last_week(actor: Actor) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Totals by currency of the running week, and of the one before up to the same weekday."""
    now = Wanted.weeks(1)
    elapsed = (clock.today() - now.since).days
    before = Wanted(now.since - timedelta(weeks=1), now.since - timedelta(weeks=1) + timedelta(days=elapsed))
    return queries.totals(actor, now), queries.totals(actor, before)
