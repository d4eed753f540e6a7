"""The channel as its manufacturer sees it: its own brands only, and never a buyer.

Weeks are ISO weeks, named by their Monday; amounts are the sellers' goods values, net, per currency.
Every question is a constant number of statements.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Boolean, Date, Integer, String, Subquery, or_, select, text

from marketplace.core import clock, paging, tenancy
from marketplace.core.db import Query, db
from marketplace.identity.access import Actor, authorize

BY_NAME, NEWEST = "product", "-week"
SEARCHED = ("product", "mpn", "seller")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of the sell-through is asked for; None means all."""

    since: date
    until: date
    brand_id: str | None = None
    variant_id: str | None = None
    seller_id: str | None = None
    country: str | None = None

    @classmethod
    def weeks(cls, count: int = 8, **filters: str | None) -> "Wanted":
        """The last `count` weeks, the present one included."""
        monday = clock.today() - timedelta(days=clock.today().weekday())
        return cls(monday - timedelta(weeks=count - 1), monday + timedelta(days=6), **filters)


_WHERE = """f.manufacturer_id = :manufacturer AND f.kind = 'sell_through' AND f.day BETWEEN :since AND :until
    AND (cast(:brand_id AS text) IS NULL OR f.brand_id = :brand_id)
    AND (cast(:variant_id AS text) IS NULL OR f.variant_id = :variant_id)
    AND (cast(:seller_id AS text) IS NULL OR f.seller_id = :seller_id)
    AND (cast(:country AS text) IS NULL OR f.country = :country)"""

_SELL_THROUGH = text(f"""
    SELECT concat_ws(' ', date_trunc('week', f.day)::date, f.variant_id, f.seller_id, f.country, f.currency, f.region) AS id,
           date_trunc('week', f.day)::date AS week, f.variant_id, v.sort_key, v.name AS product, v.mpn, f.seller_id,
           s.name AS seller, f.country, f.region, f.currency, sum(f.units)::bigint AS units,
           sum(f.amount_minor)::bigint AS amount_minor,
           concat(date_trunc('week', f.day)::date, lpad(sum(f.units)::text, 19, '0')) AS week_key
      FROM daily_facts f JOIN variants v ON v.id = f.variant_id JOIN organizations s ON s.id = f.seller_id
     WHERE {_WHERE}
     GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11""").columns(
    **dict.fromkeys(("id", "variant_id", "sort_key", "product", "mpn", "seller_id", "seller", "country", "region", "currency", "week_key"), String()),
    week=Date(), units=BigInteger(), amount_minor=BigInteger()).subquery("sold")
SELL_THROUGH_SORTS: paging.Sorts = {"week": _SELL_THROUGH.c.week_key, "product": _SELL_THROUGH.c.sort_key, "seller": _SELL_THROUGH.c.seller,
                                    "units": _SELL_THROUGH.c.units, "amount": _SELL_THROUGH.c.amount_minor}

_GROUPED = """
    SELECT date_trunc('week', f.day)::date AS week, {label} AS label, sum(f.units)::bigint AS units
      FROM daily_facts f JOIN organizations s ON s.id = f.seller_id JOIN variants v ON v.id = f.variant_id
     WHERE {where} GROUP BY 1, 2 ORDER BY 1, 2"""
_BY = {
    "seller": text(_GROUPED.format(label="s.name", where=_WHERE)),
    "country": text(_GROUPED.format(label="f.country", where=_WHERE)),
    "product": text(_GROUPED.format(label="v.name", where=_WHERE)),
}

_TOTALS = text(f"""
    SELECT f.currency, sum(f.units)::bigint AS units, sum(f.amount_minor)::bigint AS amount_minor,
           count(DISTINCT f.seller_id) AS sellers, count(DISTINCT f.variant_id) AS products
      FROM daily_facts f WHERE {_WHERE} GROUP BY 1 ORDER BY 1""")

_STOCK = text("""
    SELECT v.id || ' ' || o.seller_id || ' ' || l.country AS id, v.id AS variant_id, v.sort_key, v.name AS product, v.mpn,
           o.seller_id, s.name AS seller, l.country,
           sum(k.available)::bigint AS available, sum(k.reserved)::bigint AS reserved
      FROM variants v JOIN offers o ON o.variant_id = v.id JOIN stock_levels k ON k.offer_id = o.id
      JOIN stock_locations l ON l.id = k.location_id JOIN organizations s ON s.id = o.seller_id
     WHERE v.manufacturer_id = :manufacturer AND o.status = 'active'
     GROUP BY v.sort_key, v.id, v.name, v.mpn, o.seller_id, s.name, l.country""").columns(
    **dict.fromkeys(("id", "variant_id", "sort_key", "product", "mpn", "seller_id", "seller", "country"), String()),
    available=BigInteger(), reserved=BigInteger()).subquery("stock")
STOCK_SORTS: paging.Sorts = {"product": _STOCK.c.sort_key, "seller": _STOCK.c.seller, "available": _STOCK.c.available, "reserved": _STOCK.c.reserved}

AUTHORIZED = """EXISTS (SELECT FROM seller_authorizations a WHERE a.seller_id = o.seller_id AND a.brand_id = o.brand_id
                    AND a.status = 'active' AND a.valid_from <= :today AND (a.valid_to IS NULL OR a.valid_to >= :today))"""
"""Whether the offer `o` is authorized today."""

_LISTINGS = text(f"""
    SELECT o.id AS id, o.id AS offer_id, v.id AS variant_id, v.sort_key, v.name AS product, v.mpn, o.seller_id, s.name AS seller, s.country,
           o.seller_sku, o.currency, o.condition, o.lead_time_days, price.amount_minor, coalesce(price.amount_minor, -1) AS price_key,
           coalesce(stock.available, 0)::bigint AS available,
           {AUTHORIZED} AS authorized
      FROM variants v JOIN offers o ON o.variant_id = v.id JOIN organizations s ON s.id = o.seller_id
      LEFT JOIN LATERAL (SELECT p.amount_minor FROM prices p JOIN price_lists l ON l.id = p.price_list_id
                          WHERE l.owner_id = o.seller_id AND l.is_base AND l.currency = o.currency
                            AND p.variant_id = o.variant_id AND p.valid_from <= :now
                            AND (p.valid_to IS NULL OR p.valid_to > :now)
                          ORDER BY p.min_quantity, p.valid_from DESC LIMIT 1) price ON true
      LEFT JOIN LATERAL (SELECT sum(k.available) AS available FROM stock_levels k WHERE k.offer_id = o.id) stock ON true
     WHERE v.manufacturer_id = :manufacturer AND o.status = 'active'
       AND (cast(:seller_id AS text) IS NULL OR o.seller_id = :seller_id)""").columns(
    **dict.fromkeys(("id", "offer_id", "variant_id", "sort_key", "product", "mpn", "seller_id", "seller", "country", "seller_sku", "currency",
                     "condition"), String()),
    lead_time_days=Integer(), amount_minor=BigInteger(), price_key=BigInteger(), available=BigInteger(), authorized=Boolean()).subquery("listings")
LISTING_SORTS: paging.Sorts = {"product": _LISTINGS.c.sort_key, "seller": _LISTINGS.c.seller, "price": _LISTINGS.c.price_key,
                               "available": _LISTINGS.c.available}

_STOCK_TOTAL = text("""
    SELECT count(DISTINCT o.seller_id) AS sellers, count(DISTINCT o.variant_id) AS products,
           coalesce(sum(k.available), 0)::bigint AS units,
           count(DISTINCT o.id) FILTER (WHERE k.available = 0) AS empty
      FROM offers o JOIN variants v ON v.id = o.variant_id JOIN stock_levels k ON k.offer_id = o.id
     WHERE v.manufacturer_id = :manufacturer AND o.status = 'active'""")


def sell_through(actor: Actor, wanted: Wanted, page: paging.Ask = paging.FIRST) -> paging.Page:
    """Units and value by week, product, seller, country and region; the newest week and the most units first, or as asked."""
    return _page(actor, (_SELL_THROUGH, SELL_THROUGH_SORTS), replace(page, sort=page.sort or NEWEST), _values(wanted))


def all_sold(actor: Actor, wanted: Wanted, sort: str = "") -> Iterator[dict[str, Any]]:
    """All of the same, for a file."""
    return _all(actor, (_SELL_THROUGH, SELL_THROUGH_SORTS), sort or NEWEST, _values(wanted))


def by_week(actor: Actor, wanted: Wanted, group: str = "seller") -> list[dict[str, Any]]:
    """Units by week and one more: 'seller', 'country' or 'product'; for charts."""
    return ask(actor, _BY[group], _values(wanted))


def totals(actor: Actor, wanted: Wanted) -> list[dict[str, Any]]:
    """One row a currency: units, value, and how many sellers and products took part."""
    return ask(actor, _TOTALS, _values(wanted))


def stock_in_channel(actor: Actor, page: paging.Ask = paging.FIRST, words: str = "") -> paging.Page:
    """What active offers have in stock, by product, seller and country of the warehouse; by product's name or as asked.

    Shapes:  `words` stand in the product's name, its part number or the seller's name; here and below.
    """
    return _page(actor, (_STOCK, STOCK_SORTS), page, {"words": words})


def listings_with_price(actor: Actor, page: paging.Ask = paging.FIRST, seller_id: str | None = None, words: str = "") -> paging.Page:
    """Which sellers list which product at which base price (for one piece, net, in the offer's currency); by name or as asked."""
    return _page(actor, (_LISTINGS, LISTING_SORTS), page, {"seller_id": seller_id, "words": words})


def all_stock(actor: Actor, sort: str = "", words: str = "") -> Iterator[dict[str, Any]]:
    """All of the same stock, for a file."""
    return _all(actor, (_STOCK, STOCK_SORTS), sort, {"words": words})


def all_listings(actor: Actor, sort: str = "", seller_id: str | None = None, words: str = "") -> Iterator[dict[str, Any]]:
    """All of the same listings, for a file."""
    return _all(actor, (_LISTINGS, LISTING_SORTS), sort, {"seller_id": seller_id, "words": words})


def _page(actor: Actor, of: tuple[Subquery, paging.Sorts], page: paging.Ask, values: dict[str, Any]) -> paging.Page:
    rows, sorts = of
    with tenancy.as_market():
        found = paging.sorted_rows(_asked(actor, rows, values), rows.c.id, replace(page, sort=page.sort or BY_NAME), sorts)
    return paging.Page([dict(row._mapping) for row in found.items], found.next_cursor)


def _all(actor: Actor, of: tuple[Subquery, paging.Sorts], sort: str, values: dict[str, Any]) -> Iterator[dict[str, Any]]:
    rows, sorts = of
    with tenancy.as_market():
        found = paging.sorted_all(_asked(actor, rows, values), rows.c.id, sort or BY_NAME, sorts).mappings().all()
    return (dict(row) for row in found)


def _asked(actor: Actor, rows: Subquery, values: dict[str, Any]) -> Query:
    authorize(actor, "channel:read")
    known = {**values, "manufacturer": actor.organization_id, "now": clock.now(), "today": clock.today()}
    query = select(rows)
    if words := values.get("words"):
        query = query.where(or_(*(rows.c[name].icontains(words, autoescape=True) for name in SEARCHED)))
    return query.params({name: known[name] for name in query.compile().params if name in known})


def stock_total(actor: Actor) -> dict[str, Any]:
    """Units in stock, sellers and products they are of, and offers with an empty place."""
    return ask(actor, _STOCK_TOTAL, {})[0]


def _values(wanted: Wanted) -> dict[str, Any]:
    return {"since": wanted.since, "until": wanted.until, "brand_id": wanted.brand_id, "variant_id": wanted.variant_id,
            "seller_id": wanted.seller_id, "country": wanted.country}


def ask(actor: Actor, question: Any, values: dict[str, Any]) -> list[dict[str, Any]]:
    """Answer as the market, narrowed to the actor's organization: stock and prices are the sellers' rows."""
    authorize(actor, "channel:read")
    now: datetime = clock.now()
    values = {**values, "manufacturer": actor.organization_id, "now": now, "today": clock.today()}
    wanted = {name: values[name] for name in question.compile().params}
    with tenancy.as_market():
        return [dict(row) for row in db.session.execute(question, wanted).mappings()]
