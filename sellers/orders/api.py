"""A seller's orders as JSON; the same verbs and rules as the pages."""

from __future__ import annotations

from typing import Any

from marketplace.orders import fulfilment
from marketplace.web import api, lists
from marketplace.web.auth import require_actor
from sellers.orders import queries, schemas

blueprint = api.blueprint("seller-orders-api", __name__, "/api/v1/seller/orders", "Orders a seller fulfils.")


@blueprint.get("")
@blueprint.arguments(schemas.ListQuery, location="query")
@blueprint.response(200, schemas.OrderList)
def list_orders(query: dict[str, Any]) -> dict[str, Any]:
    """Seller orders, newest first or as asked."""
    return queries.listed(require_actor(), query.get("view"), lists.given(query))


@blueprint.get("/<seller_order_id>")
@blueprint.response(200, schemas.OrderOut)
def show_order(seller_order_id: str) -> dict[str, Any]:
    """One seller order with lines, parcels and timeline."""
    return queries.shown(require_actor(), seller_order_id)


@blueprint.post("/<seller_order_id>/accept")
@blueprint.response(200, schemas.OrderOut)
def accept_order(seller_order_id: str) -> dict[str, Any]:
    """Take the order."""
    actor = require_actor()
    fulfilment.accept(actor, seller_order_id)
    return queries.shown(actor, seller_order_id)


@blueprint.post("/<seller_order_id>/refuse")
@blueprint.arguments(schemas.Refusal)
@blueprint.response(200, schemas.OrderOut)
def refuse_order(data: dict[str, Any], seller_order_id: str) -> dict[str, Any]:
    """Refuse the order, or some units of it; they are routed to another seller, else cancelled."""
    actor = require_actor()
    quantities = _quantities(data["lines"]) if "lines" in data else None
    fulfilment.refuse(actor, seller_order_id, data["because"], quantities)
    return queries.shown(actor, seller_order_id)


@blueprint.post("/<seller_order_id>/shipments")
@blueprint.arguments(schemas.Parcel)
@blueprint.response(201, schemas.OrderOut)
def ship_order(data: dict[str, Any], seller_order_id: str) -> dict[str, Any]:
    """Send a parcel with some or all of what is open."""
    actor = require_actor()
    parcel = (data["carrier"], data["tracking_number"])
    fulfilment.ship(actor, seller_order_id, parcel, _quantities(data["lines"]))
    return queries.shown(actor, seller_order_id)


@blueprint.post("/shipments/<shipment_id>/deliver")
@blueprint.response(200, schemas.OrderOut)
def deliver_shipment(shipment_id: str) -> dict[str, Any]:
    """Say that a parcel has arrived; a second call changes nothing."""
    actor = require_actor()
    return queries.shown(actor, fulfilment.deliver(actor, shipment_id).seller_order_id)


def _quantities(lines: list[dict[str, Any]]) -> dict[str, int]:
    return {line["allocation_id"]: line["quantity"] for line in lines}
