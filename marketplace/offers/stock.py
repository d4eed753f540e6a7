"""Stock that is promised to orders: taken in sorted order, kept, given back, or shipped.

Invariants: `available` never goes below zero; what left it for an order stands in `reserved` and in a
held Reservation until it is shipped or given back. Levels are always locked in id order, after
reservations, so that two orders cannot wait for each other. Runs as the market: stock is the sellers',
orders are not. It does not know whether an order is paid.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import select, text

from marketplace.core import batch, clock
from marketplace.core.db import db
from marketplace.core.errors import Conflict
from marketplace.core.ids import new_id
from marketplace.core.transitions import advance
from marketplace.offers.models import Reservation, ReservationStatus, StockLevel

BATCH = 500
Wanted = tuple[str, int, str, str, str]


class OutOfStock(Conflict):
    """Less is left than was asked for; `details["lines"]` says of which level, wanted and available."""

    code: ClassVar[str] = "out_of_stock"
    message = "There is not enough stock left."


class NothingHeld(Conflict):
    """The allocation holds less than was to be shipped or given back."""

    code: ClassVar[str] = "nothing_held"
    message = "Less is reserved than this."


def reserve(wanted: Iterable[Wanted], expires_at: datetime | None) -> None:
    """Take stock for allocations, all of it or nothing.

    Shapes:  wanted is (stock level id, quantity >= 1, order id, allocation id, seller id); a level may
             come several times.
    Effects: moves units from available to reserved, one Reservation each, held until `expires_at`
             (None: without end). Three statements.
    Raises:  OutOfStock; then nothing was taken.
    """
    rows = list(wanted)
    if any(quantity < 1 for _, quantity, *_ in rows):
        raise ValueError("a reservation takes at least one unit")
    totals: dict[str, int] = defaultdict(int)
    for level_id, quantity, *_ in rows:
        totals[level_id] += quantity
    if not totals:
        return
    _take(dict(sorted(totals.items())))
    now = clock.now()
    batch.insert(Reservation, [
        {"id": new_id("rsv"), "stock_level_id": level_id, "seller_id": seller_id, "order_id": order_id,
         "allocation_id": allocation_id, "quantity": quantity, "status": ReservationStatus.HELD.value,
         "expires_at": expires_at, "created_at": now}
        for level_id, quantity, order_id, allocation_id, seller_id in rows
    ])


_KEEP = text("UPDATE reservations SET expires_at = NULL WHERE order_id = :order AND status = 'held' AND expires_at IS NOT NULL")
_LOCK = text("SELECT id, available FROM stock_levels WHERE id = ANY (:ids) ORDER BY id FOR NO KEY UPDATE")
_TAKE = text("""
    UPDATE stock_levels s SET available = s.available - w.n, reserved = s.reserved + w.n
      FROM unnest(CAST(:ids AS text[]), CAST(:numbers AS bigint[])) AS w(id, n)
     WHERE s.id = w.id AND s.available >= w.n""")


def _take(totals: Mapping[str, int]) -> None:
    ids = list(totals)
    left = {row.id: row.available for row in db.session.execute(_LOCK, {"ids": ids})}
    short = [
        {"stock_level_id": level_id, "wanted": number, "available": left.get(level_id, 0)}
        for level_id, number in totals.items() if left.get(level_id, 0) < number
    ]
    if short:
        raise OutOfStock(lines=short)
    taken: Any = db.session.execute(_TAKE, {"ids": ids, "numbers": list(totals.values())})
    if taken.rowcount != len(ids):
        raise RuntimeError("stock that was locked is not there any more")


def keep(order_id: str) -> list[tuple[str, int]]:
    """Hold an order's stock without end, once it is paid; what had expired is taken again if it can be.

    Returns: (allocation id, quantity) of what is gone for good; empty when all is held.
    """
    db.session.execute(_KEEP, {"order": order_id})
    gone = []
    for row in sorted(_locked(Reservation.order_id == order_id, Reservation.expires_at.is_not(None)), key=lambda row: row.stock_level_id):
        try:
            reserve([(row.stock_level_id, row.quantity, order_id, row.allocation_id, row.seller_id)], None)
        except OutOfStock:
            gone.append((row.allocation_id, row.quantity))
        row.expires_at = None
    db.session.flush()
    return gone


def release(quantities: Mapping[str, int]) -> None:
    """Give units of allocations (by id) back to where they came from; a constant number of statements. Raises: NothingHeld."""
    _let_go(quantities, ReservationStatus.RELEASED, "given back")


def release_order(order_id: str) -> None:
    """Give back all that an order still holds; what had expired already was given back before."""
    held = _locked(Reservation.order_id == order_id, Reservation.status == ReservationStatus.HELD.value)
    totals: dict[str, int] = defaultdict(int)
    for row in held:
        totals[row.stock_level_id] += row.quantity
        advance(row, ReservationStatus.RELEASED, "offers.stock", "order cancelled")
    if totals:
        _put_back(totals, to_available=True)


def consume(quantities: Mapping[str, int]) -> None:
    """Units of allocations (by id) have left the warehouse; a constant number of statements. Raises: NothingHeld."""
    _let_go(quantities, ReservationStatus.CONSUMED, "shipped")


def _let_go(quantities: Mapping[str, int], to: ReservationStatus, because: str) -> None:
    held = _locked(Reservation.allocation_id.in_(sorted(quantities)), Reservation.status == ReservationStatus.HELD.value)
    there: dict[str, int] = defaultdict(int)
    for row in held:
        there[row.allocation_id] += row.quantity
    for allocation_id, quantity in quantities.items():
        if not 1 <= quantity <= there[allocation_id]:
            raise NothingHeld(allocation_id=allocation_id, wanted=quantity)
    rest, totals = dict(quantities), defaultdict[str, int](int)
    for row in held:
        part = min(row.quantity, rest[row.allocation_id])
        row.quantity, rest[row.allocation_id] = row.quantity - part, rest[row.allocation_id] - part
        totals[row.stock_level_id] += part
        if row.quantity == 0:
            row.expires_at = None
            advance(row, to, "offers.stock", because)
    _put_back(totals, to_available=to is ReservationStatus.RELEASED)


def _put_back(totals: Mapping[str, int], *, to_available: bool) -> None:
    levels = db.session.scalars(
        select(StockLevel).where(StockLevel.id.in_(sorted(totals))).order_by(StockLevel.id)
        .with_for_update(key_share=True).execution_options(populate_existing=True)
    )
    for level in levels:
        level.reserved -= totals[level.id]
        if to_available:
            level.available += totals[level.id]
        else:
            level.consumed += totals[level.id]
    db.session.flush()


def _locked(*conditions: Any) -> list[Reservation]:
    query = select(Reservation).where(*conditions).order_by(Reservation.id).with_for_update()
    return list(db.session.scalars(query, execution_options={"populate_existing": True}))


def release_expired() -> int:
    """Give back the stock of orders that were not paid in time; returns how many reservations.

    Effects: an expired reservation keeps its quantity and its `expires_at`, so that `keep` can take
             the same again. Those that a payment is just keeping are left alone.
    """
    expired = list(db.session.scalars(
        select(Reservation)
        .where(Reservation.status == ReservationStatus.HELD.value, Reservation.expires_at <= clock.now())
        .order_by(Reservation.id).limit(BATCH).with_for_update(skip_locked=True),
        execution_options={"populate_existing": True},
    ))
    totals: dict[str, int] = defaultdict(int)
    for row in expired:
        totals[row.stock_level_id] += row.quantity
        advance(row, ReservationStatus.RELEASED, "offers.stock", "not paid in time")
    if totals:
        _put_back(totals, to_available=True)
    return len(expired)
