"""The cart, the checkout and the orders for programs.

Placing an order takes an Idempotency-Key: the same key and body give the same order, another body is
refused. A cart is ordered once in any case.
"""

from __future__ import annotations

from typing import Any, ClassVar

from flask import request

from marketplace.core import idempotency
from marketplace.core.errors import Invalid
from marketplace.web import auth, lists
from marketplace.web.api import answer, blueprint
from resellers.checkout import checkout, numbers, orders
from resellers.checkout.schemas import (
    CartQuantity,
    Lines,
    Numbers,
    PageQuery,
    PaymentPage,
    Placed,
    Placing,
    PlanQuery,
    Wish,
)
from resellers.checkout.shapes import OrderPage, OrderShown, Reordered, ResolvedRows, Review

blp = blueprint(
    "storefront-orders", __name__, "/api/v1/storefront",
    description="A buyer's cart, checkout and orders. On a storefront's host only.",
)


class KeyMissing(Invalid):
    """An order without an Idempotency-Key could be placed twice."""

    code: ClassVar[str] = "idempotency_key_missing"
    message = "Send an Idempotency-Key header of 8 to 100 characters with this request."


def _review(address_id: str | None = None) -> Any:
    actor = auth.require_actor()
    return answer(checkout.review(actor, auth.buying_context(), checkout.ship_to(actor, address_id)))


@blp.get("/cart")
@blp.arguments(PlanQuery, location="query")
@blp.response(200, Review)
def cart_show(args: dict[str, Any]) -> Any:
    """The person's cart, and what would happen if it were ordered now."""
    return _review(args.get("address_id"))


@blp.put("/cart/lines/<variant_id>")
@blp.arguments(CartQuantity)
@blp.response(200, Review)
def cart_put(data: dict[str, Any], variant_id: str) -> Any:
    """Let the cart hold this quantity of a variant."""
    checkout.put(auth.require_actor(), auth.buying_context(), {"variant_id": variant_id, **data})
    return _review()


@blp.delete("/cart/lines/<variant_id>")
@blp.response(200, Review)
def cart_remove(variant_id: str) -> Any:
    """Take a variant out of the cart."""
    checkout.remove(auth.require_actor(), auth.buying_context(), variant_id)
    return _review()


@blp.put("/cart/wish")
@blp.arguments(Wish)
@blp.response(200, Review)
def cart_wish(data: dict[str, Any]) -> Any:
    """Say how the cart is to be planned: as recommended, cheapest, in the fewest parcels, or fastest."""
    checkout.wish(auth.require_actor(), auth.buying_context(), data["wish"])
    return _review()


@blp.post("/cart/lines")
@blp.arguments(Lines)
@blp.response(200, Reordered)
def cart_add(data: dict[str, Any]) -> Any:
    """Add several products to the cart, each as far as it can be; says what was left out and why."""
    return answer(checkout.add_all(auth.require_actor(), auth.buying_context(), data["lines"]))


@blp.post("/cart/numbers")
@blp.arguments(Numbers)
@blp.response(200, ResolvedRows)
def cart_numbers(data: dict[str, Any]) -> Any:
    """What part numbers and GTINs are, row by row; nothing is put into the cart."""
    return answer({"rows": numbers.resolved(auth.require_actor(), auth.buying_context(), data["rows"])})


@blp.post("/orders")
@blp.arguments(Placing)
@blp.response(201, Placed)
@blp.alt_response(409, description="The key was used for something else, or the cart has changed.")
def orders_place(data: dict[str, Any]) -> Any:
    """Order the cart and start its payment. Needs the header Idempotency-Key."""
    actor = auth.require_actor()
    key = request.headers.get("Idempotency-Key", "")
    if not 8 <= len(key) <= 100:
        raise KeyMissing(field="Idempotency-Key")
    stored = idempotency.begin(actor.organization_id, key, actor.user_id.encode() + request.get_data())
    if stored is None:
        placed = checkout.place(actor, auth.buying_context(), data)
        stored = idempotency.finish(actor.organization_id, key, placed)
    return answer(stored, 201)


@blp.get("/orders")
@blp.arguments(PageQuery, location="query")
@blp.response(200, OrderPage)
def orders_list(args: dict[str, Any]) -> Any:
    """The company's orders, newest first or as asked."""
    return answer(orders.listed(auth.require_actor(), lists.given(args), orders.Asked(args["q"], args.get("status"))))


@blp.get("/orders/<order_id>")
@blp.response(200, OrderShown)
@blp.alt_response(404, description="Not there, or another company's.")
def orders_show(order_id: str) -> Any:
    """One order with its parts, parcels, payment and timeline."""
    return answer(orders.shown(auth.require_actor(), order_id))


@blp.post("/orders/<order_id>/payment-page")
@blp.response(200, PaymentPage)
def orders_pay(order_id: str) -> Any:
    """Open the provider's hosted page for this order's card payment; asked again, the same page."""
    return answer({"url": checkout.payment_page(auth.require_actor(), order_id)})


@blp.post("/orders/<order_id>/reorder")
@blp.response(200, Reordered)
def orders_reorder(order_id: str) -> Any:
    """Put the order's products into the cart again; says what was left out and why."""
    return answer(checkout.reorder(auth.require_actor(), auth.buying_context(), order_id))
