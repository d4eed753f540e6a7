"""What a seller does with its part: accept or refuse, ship in parts, deliver.

Invariants: shipped + cancelled never exceeds the allocation; refused units leave the seller's part at once and
are published, so that they are routed again or refunded.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from sqlalchemy import select

from marketplace.core import audit, clock, events, tenancy
from marketplace.core.db import db
from marketplace.core.errors import Conflict, Invalid, NotFound
from marketplace.core.ids import new_id
from marketplace.core.transitions import DoneAlready, WrongState, advance
from marketplace.identity.access import Actor, authorize
from marketplace.offers import stock
from marketplace.orders import service
from marketplace.orders.events import QuantityRefused, SellerOrderAccepted, SellerOrderDelivered, ShipmentSent
from marketplace.orders.models import Allocation, Order, SellerOrder, SellerOrderStatus, Shipment, ShipmentLine

S = SellerOrderStatus
REFUSABLE = frozenset({S.OPEN.value, S.ACCEPTED.value, S.PARTLY_SHIPPED.value})


class BadShipment(Invalid):
    """Not a shipment of this seller order: unknown lines, or more than is still open."""

    code: ClassVar[str] = "bad_shipment"
    message = "A parcel holds what is still open in this order, at least one unit."


class ParcelSent(Conflict):
    """The same parcel, sent a second time."""

    code: ClassVar[str] = "parcel_sent"
    message = "This parcel is on its way already."


class TrackingTaken(Conflict):
    """Another parcel of the order has the number: one of both would never be found."""

    code: ClassVar[str] = "tracking_taken"
    message = "Another parcel of this order has this tracking number."


class OrderMoved(Conflict):
    """Other units are open than the person saw who decided."""

    code: ClassVar[str] = "order_moved"
    message = "This order has changed in the meantime. Please look at what is open now."


class TooLate(Conflict):
    """The time to accept has passed."""

    code: ClassVar[str] = "too_late"
    message = "The time to accept this order has passed: it is being routed again."


def own(actor: Actor, seller_order_id: str, permission: str = "seller_order:read") -> SellerOrder:
    """One of the actor's seller orders. Raises: Forbidden; NotFound for another seller's."""
    authorize(actor, permission)
    found = db.session.scalar(select(SellerOrder).filter_by(id=seller_order_id, seller_id=actor.organization_id))
    if found is None or found.status == S.WAITING.value:
        raise NotFound
    return found


def accept(actor: Actor, seller_order_id: str) -> SellerOrder:
    """Take a seller order. Raises: Forbidden, NotFound, WrongState, DoneAlready, TooLate."""
    part = _locked(actor, seller_order_id)
    if part.accepted_at is not None and part.status != S.CANCELLED.value:
        raise DoneAlready("This order is accepted already.", state=part.status)
    if part.status == S.OPEN.value and part.accept_by is not None and part.accept_by <= clock.now():
        raise TooLate
    with tenancy.as_market():
        advance(part, S.ACCEPTED, actor.user_id, "accepted by the seller")
        part.accepted_at = clock.now()
        audit.record(actor, "seller_order.accepted", part.id)
        events.publish(SellerOrderAccepted(part.id))
        _refresh(part)
    return part


def check_seen(actor: Actor, seller_order_id: str, seen: Mapping[str, int]) -> None:
    """Go on only while as many units of each allocation are open as the person saw. Raises: Forbidden, NotFound, WrongState, OrderMoved."""
    part = _refusable(actor, seller_order_id)
    with tenancy.as_market():
        if seen != {row.id: left(row) for row in allocations_of(part.id) if left(row)}:
            raise OrderMoved


def refuse(actor: Actor, seller_order_id: str, because: str, quantities: Mapping[str, int] | None = None) -> SellerOrder:
    """Refuse a seller order whole (quantities None), or some units of its allocations.

    Effects: the units' stock is given back, QuantityRefused. Raises: Forbidden, NotFound, WrongState, BadShipment.
    """
    part = _refusable(actor, seller_order_id)
    with tenancy.as_market():
        audit.record(actor, "seller_order.refused", part.id, after={"because": because, "quantities": dict(quantities or {})})
        withdraw(part, because, actor.user_id, quantities)
    return part


def _refusable(actor: Actor, seller_order_id: str) -> SellerOrder:
    part = _locked(actor, seller_order_id)
    if part.status not in REFUSABLE:
        raise WrongState(f"{part.number} is {part.status}: it cannot be refused.", state=part.status)
    return part


def withdraw(part: SellerOrder, because: str, by: str, quantities: Mapping[str, int] | None = None) -> None:
    """Take units (all that are open when None) away from a seller; runs as the market. Raises: BadShipment."""
    allocations = {row.id: row for row in allocations_of(part.id)}
    wanted = dict(quantities) if quantities is not None else {id_: left(row) for id_, row in allocations.items() if left(row)}
    _check(allocations, wanted)
    items = [{"allocation_id": id_, "quantity": quantity, "start": allocations[id_].cancelled} for id_, quantity in sorted(wanted.items())]
    for id_, quantity in sorted(wanted.items()):
        allocations[id_].cancelled += quantity
    stock.release(wanted)
    if all(row.cancelled == row.quantity for row in allocations.values()):
        advance(part, S.CANCELLED, by, because)
        part.cancelled_because = because
    elif part.status == S.PARTLY_SHIPPED.value and not any(map(left, allocations.values())):
        advance(part, S.SHIPPED, by, because)
        _finish(part, by)
    db.session.flush()
    events.publish(QuantityRefused(part.id, part.order_id, items, because))
    _refresh(part)


def ship(actor: Actor, seller_order_id: str, parcel: tuple[str, str], quantities: Mapping[str, int]) -> Shipment:
    """Send a parcel.

    Shapes:  parcel is (carrier, tracking number); quantities maps allocation ids to units >= 1.
    Effects: a Shipment, reserved stock consumed, ShipmentSent; the part becomes partly shipped or shipped.
    Raises:  Forbidden, NotFound, ParcelSent, TrackingTaken, WrongState, BadShipment.
    """
    part = _locked(actor, seller_order_id)
    _check_new(part, parcel, quantities)
    if part.status not in {S.ACCEPTED.value, S.PARTLY_SHIPPED.value}:
        raise WrongState(f"{part.number} is {part.status}: accept it before shipping.", state=part.status)
    with tenancy.as_market():
        allocations = {row.id: row for row in allocations_of(part.id)}
        _check(allocations, quantities)
        shipment = _write(part, parcel, quantities)
        for id_, quantity in sorted(quantities.items()):
            allocations[id_].shipped += quantity
        stock.consume(quantities)
        done = not any(map(left, allocations.values()))
        to = S.SHIPPED if done else S.PARTLY_SHIPPED
        if part.status != to.value:
            advance(part, to, actor.user_id, f"parcel {parcel[1]}")
        audit.record(actor, "shipment.sent", shipment.id, after={"tracking": parcel[1], "quantities": dict(quantities)})
        events.publish(ShipmentSent(shipment.id, part.id))
        _refresh(part)
    return shipment


def _check_new(part: SellerOrder, parcel: tuple[str, str], quantities: Mapping[str, int]) -> None:
    """Refuse a parcel whose number one of this order's has, the same one sent again before all."""
    sent = dict(list(db.session.execute(
        select(ShipmentLine.allocation_id, ShipmentLine.quantity).join(Shipment, Shipment.id == ShipmentLine.shipment_id)
        .where(Shipment.seller_order_id == part.id, Shipment.carrier == parcel[0], Shipment.tracking_number == parcel[1]))))
    if sent:
        raise ParcelSent if sent == dict(quantities) else TrackingTaken(field="tracking_number")


def _write(part: SellerOrder, parcel: tuple[str, str], quantities: Mapping[str, int]) -> Shipment:
    parties = {"seller_id": part.seller_id, "buyer_id": part.buyer_id, "reseller_id": part.reseller_id}
    shipment = Shipment(id=new_id("shp"), seller_order_id=part.id, carrier=parcel[0], tracking_number=parcel[1],
                        shipped_at=clock.now(), **parties)
    db.session.add(shipment)
    db.session.flush()
    db.session.add_all([ShipmentLine(shipment_id=shipment.id, allocation_id=id_, quantity=quantity, **parties)
                        for id_, quantity in quantities.items()])
    return shipment


def deliver(actor: Actor, shipment_id: str) -> Shipment:
    """A parcel has arrived; when it was the last one, the whole part is delivered. A second call does nothing."""
    authorize(actor, "seller_order:fulfil")
    shipment = db.session.scalar(select(Shipment).filter_by(id=shipment_id, seller_id=actor.organization_id).with_for_update())
    if shipment is None:
        raise NotFound
    part = _locked(actor, shipment.seller_order_id)
    if shipment.delivered_at is not None:
        return shipment
    with tenancy.as_market():
        shipment.delivered_at = clock.now()
        audit.record(actor, "shipment.delivered", shipment.id)
        db.session.flush()
        _finish(part, actor.user_id)
        _refresh(part)
    return shipment


def _finish(part: SellerOrder, by: str) -> None:
    """A part that is shipped, and of which no parcel is under way, is delivered."""
    under_way = db.session.scalar(select(Shipment.id).filter_by(seller_order_id=part.id, delivered_at=None).limit(1))
    if part.status == S.SHIPPED.value and under_way is None:
        advance(part, S.DELIVERED, by, "last parcel delivered")
        events.publish(SellerOrderDelivered(part.id, part.order_id))


def allocations_of(seller_order_id: str) -> list[Allocation]:
    """The allocations of a seller order, locked, in id order."""
    return list(db.session.scalars(
        select(Allocation).filter_by(seller_order_id=seller_order_id).order_by(Allocation.id).with_for_update(),
        execution_options={"populate_existing": True}))


def left(allocation: Allocation) -> int:
    """Units that are neither shipped nor cancelled."""
    return allocation.quantity - allocation.shipped - allocation.cancelled


def _check(allocations: Mapping[str, Allocation], wanted: Mapping[str, int]) -> None:
    if not wanted or any(id_ not in allocations or not 1 <= quantity <= left(allocations[id_]) for id_, quantity in wanted.items()):
        raise BadShipment(field="lines")


def _locked(actor: Actor, seller_order_id: str) -> SellerOrder:
    found = own(actor, seller_order_id, "seller_order:fulfil")
    with tenancy.as_market():
        db.session.scalars(select(Order.id).filter_by(id=found.order_id).with_for_update()).one()
        db.session.refresh(found, with_for_update=True)
    return found


def _refresh(part: SellerOrder) -> None:
    order = db.session.get_one(Order, part.order_id)
    db.session.flush()
    parts = db.session.scalars(select(SellerOrder).filter_by(order_id=order.id)).all()
    service.refresh_status(order, list(parts))
    db.session.flush()
