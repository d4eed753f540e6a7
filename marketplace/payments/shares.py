"""The frozen split of an order's lines: written when it is placed, taken back in part, moved to another seller."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from marketplace.core import batch, clock, money
from marketplace.core.db import db
from marketplace.core.ids import new_id
from marketplace.ledger.service import Move
from marketplace.orders.models import Allocation, Order, OrderLine, SellerOrder
from marketplace.payments import commission, refunding, split
from marketplace.payments.models import LineShare

TAX = "tax"


def freeze(order: Order, seller_order_ids: list[str] | None = None) -> list[dict[str, Any]]:
    """Write the shares of an order's allocations and charges (of all its seller orders when None); two reads, one write."""
    query = (
        select(SellerOrder, Allocation.id, Allocation.goods_minor, Allocation.seller_goods_minor, Allocation.tax_minor,
               OrderLine.brand_id, OrderLine.category_id)
        .join(Allocation, Allocation.seller_order_id == SellerOrder.id).join(OrderLine, OrderLine.id == Allocation.order_line_id)
        .where(SellerOrder.order_id == order.id).order_by(Allocation.id))
    if seller_order_ids is not None:
        query = query.where(SellerOrder.id.in_(seller_order_ids))
    lines = db.session.execute(query).all()
    known = commission.rules(order.currency, clock.now())
    rows = [_line(line.SellerOrder, line, commission.choose(known, line.SellerOrder.seller_id, line.brand_id, line.category_id)) for line in lines]
    rows += [_charges(part, commission.choose(known, part.seller_id, None, None)) for part in dict.fromkeys(line.SellerOrder for line in lines)
             if part.freight_minor + part.surcharge_minor]
    batch.insert(LineShare, rows)
    return rows


def _line(part: SellerOrder, line: Any, terms: dict[str, Any]) -> dict[str, Any]:
    share = split.split(line.goods_minor, line.seller_goods_minor, terms)
    return _row(part, line.id, (line.goods_minor, line.seller_goods_minor, line.tax_minor), share, terms)


def _charges(part: SellerOrder, terms: dict[str, Any]) -> dict[str, Any]:
    minor = part.freight_minor + part.surcharge_minor
    return _row(part, None, (minor, minor, part.charges_tax_minor), split.charges(minor, terms), terms)


def _row(part: SellerOrder, allocation_id: str | None, amounts: tuple[int, int, int], share: split.Share,
         terms: dict[str, Any]) -> dict[str, Any]:
    goods, seller_goods, tax = amounts
    return {
        "id": new_id("shr"), "order_id": part.order_id, "seller_order_id": part.id, "allocation_id": allocation_id,
        "seller_id": part.seller_id, "reseller_id": part.reseller_id, "currency": part.currency, "goods_minor": goods,
        "seller_goods_minor": seller_goods, "tax_minor": tax, "commission_minor": share.commission,
        "commission_tax_minor": share.commission_tax, "net_minor": share.net, "margin_minor": share.margin, "rule": terms,
        "refunded": {},
    }


def accounts(share: Any) -> dict[str, str]:
    """Which ledger account holds each part of a share, before it is released."""
    seller, reseller = f"seller:payable:{share['seller_id']}", f"reseller:payable:{share['reseller_id']}"
    return {"net": seller, "margin": reseller, "commission": "operator:commission", "commission_tax": "tax:commission", TAX: seller}


def as_row(share: LineShare) -> dict[str, Any]:
    """A share as the plain row that `freeze` gives."""
    return {column.key: getattr(share, column.key) for column in LineShare.__table__.columns}


def out_of(clearing: str, rows: list[dict[str, Any]]) -> list[Move]:
    """The moves that split money in a clearing account among the shares' parties."""
    moves = []
    for row in rows:
        where = accounts(row)
        for part in (*split.PARTS, TAX):
            moves.append(Move(clearing, where[part], row[f"{part}_minor"], row["currency"]))
    return moves


def take_back(share: LineShare, pieces: int, of: int, tax_minor: int) -> dict[str, int]:
    """Give back `pieces` more of a share's `of` units and the tax that falls to them; returns the minor units by part.

    Effects: raises the share's cumulative refund. Exact once all pieces are back.
    """
    before = dict(share.refunded)
    done = before.get("pieces", 0) + pieces
    amounts = [share.net_minor, share.margin_minor, share.commission_minor, share.commission_tax_minor]
    given = [before.get(part, 0) for part in split.PARTS]
    now = dict(zip(split.PARTS, refunding.parts_at(amounts, given, money.of_pieces(sum(amounts), of, 0, done)), strict=True))
    now[TAX] = before.get(TAX, 0) + tax_minor
    share.refunded = {**now, "pieces": done}
    return {part: now[part] - before.get(part, 0) for part in (*split.PARTS, TAX)}


def take_all(share: LineShare) -> dict[str, int]:
    """Give back a share of which nothing was given back before."""
    return take_back(share, 1, 1, share.tax_minor)


def back_to(destination: str, share: LineShare, taken: dict[str, int]) -> list[Move]:
    """The moves that bring what was taken back from the parties to one account."""
    where = accounts(as_row(share))
    return [Move(where[part], destination, minor, share.currency) for part, minor in taken.items()]


def left(share: LineShare, part: str) -> int:
    """What of a part was not given back."""
    return int(getattr(share, f"{part}_minor")) - int(share.refunded.get(part, 0))
