"""What a manufacturer should look at in its channel: products that nobody has, and offers without an authorization.

The same rules as the other questions of the channel: own products only, never a buyer, one statement each.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import text

from marketplace.analytics import queries
from marketplace.analytics.queries import Wanted
from marketplace.identity.access import Actor

SHOWN = 5

STOCK_OUTS = text("""
    SELECT v.id AS variant_id, v.name AS product, v.mpn, coalesce(sold.units, 0)::bigint AS units, count(*) OVER () AS count
      FROM variants v
      JOIN (SELECT o.variant_id, sum(k.available) AS available
              FROM offers o JOIN variants w ON w.id = o.variant_id JOIN stock_levels k ON k.offer_id = o.id
             WHERE w.manufacturer_id = :manufacturer AND o.status = 'active' GROUP BY 1) stock ON stock.variant_id = v.id
      LEFT JOIN (SELECT f.variant_id, sum(f.units) AS units FROM daily_facts f
                  WHERE f.manufacturer_id = :manufacturer AND f.kind = 'sell_through' AND f.day BETWEEN :since AND :until
                  GROUP BY 1) sold ON sold.variant_id = v.id
     WHERE v.manufacturer_id = :manufacturer AND v.status = 'active' AND stock.available = 0
     ORDER BY units DESC, v.sort_key, v.id LIMIT :limit""")

UNAUTHORIZED = text(f"""
    SELECT o.id AS offer_id, v.id AS variant_id, v.name AS product, v.mpn, s.name AS seller, count(*) OVER () AS count
      FROM offers o JOIN variants v ON v.id = o.variant_id JOIN organizations s ON s.id = o.seller_id
     WHERE v.manufacturer_id = :manufacturer AND o.status = 'active'
       AND NOT {queries.AUTHORIZED}
     ORDER BY s.name, v.sort_key, o.id LIMIT :limit""")


def found(actor: Actor, wanted: Wanted) -> dict[str, list[dict[str, Any]]]:
    """The first rows of each alert, each row with the `count` of all: "stock_outs" (what sold best goes first) and "unauthorized".

    Raises: Forbidden.
    """
    values = {"since": wanted.since, "until": wanted.until, "limit": SHOWN}
    return {"stock_outs": queries.ask(actor, STOCK_OUTS, values), "unauthorized": queries.ask(actor, UNAUTHORIZED, values)}
