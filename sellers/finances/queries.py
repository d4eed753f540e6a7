"""What a seller sees of the money of each order: the split at its own prices.

The reseller's margin and the buyer's price are never given out. Amounts are minor units of the row's currency.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select

from marketplace.core import money, paging, tenancy
from marketplace.core.db import db
from marketplace.identity.access import Actor, authorize
from marketplace.ledger.models import JournalEntry
from marketplace.orders.models import SellerOrder
from marketplace.payments import shares
from marketplace.payments.models import LineShare

COLUMNS = ("order", "state", "currency", "goods", "freight", "tax", "commission", "commission_tax", "given_back", "net")
AMOUNTS = COLUMNS[3:]


SORTS: paging.Sorts = {"placed": SellerOrder.id, "order": SellerOrder.number, "goods": SellerOrder.seller_goods_minor}


def splits(actor: Actor, ask: paging.Ask = paging.FIRST) -> dict[str, Any]:
    """A page of the seller's paid orders with their split, newest first or as asked; three statements. Raises: Forbidden.

    goods + freight + tax - commission - commission_tax - given_back = net, for every row.
    """
    authorize(actor, "finance:read")
    # an order gets its accept_by when it is paid: before, its split is only a plan
    query = select(SellerOrder).where(SellerOrder.seller_id == actor.organization_id, SellerOrder.accept_by.is_not(None))
    with tenancy.as_market():
        found = paging.sorted_page(query, SellerOrder.id, ask, SORTS)
        ids = [part.id for part in found.items]
        lines = db.session.scalars(select(LineShare).where(LineShare.seller_order_id.in_(ids))).all()
        released = set(db.session.scalars(select(JournalEntry.key).where(JournalEntry.key.in_([f"released:{id_}" for id_ in ids]))))
    items = [_split(part, [line for line in lines if line.seller_order_id == part.id], f"released:{part.id}" in released)
             for part in found.items]
    return {"items": items, "next_cursor": found.next_cursor}


def _split(part: SellerOrder, lines: list[LineShare], is_released: bool) -> dict[str, Any]:
    def total(column: str, charges: bool | None = None) -> int:
        return sum(getattr(line, column) for line in lines if charges is None or charges == (line.allocation_id is None))

    given_back = sum(line.net_minor + line.tax_minor - shares.left(line, "net") - shares.left(line, shares.TAX) for line in lines)
    return {
        "id": part.id, "number": part.number, "currency": part.currency,
        "state": "cancelled" if part.status == "cancelled" else "released" if is_released else "held",
        "goods_minor": total("seller_goods_minor", charges=False), "freight_minor": total("seller_goods_minor", charges=True),
        "tax_minor": total("tax_minor"), "commission_minor": total("commission_minor"),
        "commission_tax_minor": total("commission_tax_minor"), "given_back_minor": given_back,
        "net_minor": total("net_minor") + total("tax_minor") - given_back,
    }


def rows(actor: Actor, sort: str = "") -> Iterator[list[str]]:
    """Every paid order's split as plain decimals, in the order of COLUMNS."""
    cursor = None
    while True:
        found = splits(actor, paging.Ask(cursor, paging.MAX_LIMIT, sort))
        for one in found["items"]:
            yield [one["number"], one["state"], one["currency"],
                   *(money.decimal(one[f"{name}_minor"], one["currency"]) for name in AMOUNTS)]
        cursor = found["next_cursor"]
        if cursor is None:
            return
