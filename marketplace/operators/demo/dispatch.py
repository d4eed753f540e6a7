"""What sellers do on a morning: accept or refuse what came in, ship whole or in parts, and see parcels arrive."""

from __future__ import annotations

import random

from sqlalchemy import select

from marketplace.core import clock, jobs, tenancy
from marketplace.core.db import db
from marketplace.identity.access import Actor
from marketplace.orders import deadlines, fulfilment
from marketplace.orders.models import Allocation, SellerOrder, SellerOrderStatus, Shipment

S = SellerOrderStatus
REFUSED, REFUSED_IN_PART, SILENT, AT_ONCE, IN_PARTS, ARRIVES = 0.05, 0.02, 0.04, 0.6, 0.12, 0.55
"""How likely each is, for a part or parcel on a morning."""
REASONS = ("Not on the shelf after all", "Damaged in the warehouse", "Discontinued by the maker", "Too late for this week's tour")
CARRIERS = (("DHL", "JD"), ("DPD", "05"), ("UPS", "1Z"), ("GLS", "61"))


def work(sellers: dict[str, Actor], chance: random.Random) -> None:
    """One morning of all sellers. Effects: those of the verbs, and the work they ask for, done."""
    tenancy.act_for([tenancy.MARKET])
    for parcel in db.session.scalars(select(Shipment).filter_by(delivered_at=None).order_by(Shipment.id)).all():
        if chance.random() < ARRIVES:
            fulfilment.deliver(sellers[parcel.seller_id], parcel.id)
    waiting = select(SellerOrder).where(SellerOrder.status.in_((S.OPEN, S.ACCEPTED, S.PARTLY_SHIPPED))).order_by(SellerOrder.id)
    for part in db.session.scalars(waiting).all():
        seller = sellers[part.seller_id]
        if part.status == S.OPEN.value and not _answer(part, seller, chance):
            continue
        if chance.random() < AT_ONCE:
            _ship(part, seller, chance)
    deadlines.on_round({})
    jobs.settle()
    tenancy.act_for([tenancy.MARKET])


def _answer(part: SellerOrder, seller: Actor, chance: random.Random) -> bool:
    """Whether the seller took its part, or what it did not refuse of it."""
    draw, late = chance.random(), part.accept_by is not None and part.accept_by <= clock.now()
    if late or draw < SILENT:
        return False
    if draw < SILENT + REFUSED:
        fulfilment.refuse(seller, part.id, chance.choice(REASONS))
        return False
    fulfilment.accept(seller, part.id)
    if draw < SILENT + REFUSED + REFUSED_IN_PART:
        short = next((row for row in _rows(part) if row.quantity > 1), None)
        if short is not None:
            fulfilment.refuse(seller, part.id, chance.choice(REASONS), {short.id: short.quantity // 2})
    return True


def _ship(part: SellerOrder, seller: Actor, chance: random.Random) -> None:
    left = {row.id: fulfilment.left(row) for row in _rows(part) if fulfilment.left(row)}
    if not left:
        return
    if chance.random() < IN_PARTS:
        left = {id_: (count + 1) // 2 for id_, count in left.items()}
    carrier, start = chance.choice(CARRIERS)
    fulfilment.ship(seller, part.id, (carrier, f"{start}{chance.randint(10**10, 10**11 - 1)}"), left)


def _rows(part: SellerOrder) -> list[Allocation]:
    return list(db.session.scalars(select(Allocation).filter_by(seller_order_id=part.id).order_by(Allocation.id)))
