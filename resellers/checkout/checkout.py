"""The buyer's way from the cart to the order, the same for the page and the program.

Nothing that decides about money is taken from the client: prices, freight, tax and allowed methods are
worked out here again, from the cart, the address and the buyer.
"""

from __future__ import annotations

from collections import Counter
from typing import Any, ClassVar

from sqlalchemy import select

from marketplace.catalog.models import Brand, Product, Variant
from marketplace.core.db import db
from marketplace.core.errors import Conflict, NotFound
from marketplace.identity import companies
from marketplace.identity.access import Actor, authorize
from marketplace.identity.buying import BuyingContext
from marketplace.identity.models import Address
from marketplace.orders import carts
from marketplace.orders import service as ordering
from marketplace.orders.models import Cart, CartLine, OrderLine
from marketplace.payments import hosted
from marketplace.payments import service as payments
from marketplace.routing import service as routing
from marketplace.routing.plans import Plan
from resellers.checkout import choices, orders, tips
from resellers.checkout.lines import summed
from resellers.storefront.products import SAYABLE

NOT_OFFERED = "NOT_OFFERED"
OUTCOME = ("goods_minor", "unit_minor", "arrives_on")
PARTS_OF_A_LINE = ("quantity", "goods_minor", "tax_minor")
AMOUNTS = ("goods_minor", "freight_minor", "surcharge_minor", "tax_minor", "total_minor")


class TotalChanged(Conflict):
    """The order would cost something else than what the buyer has seen; nothing was ordered."""

    code: ClassVar[str] = "total_changed"
    message = "The cart, prices, freight or stock changed in the meantime. Please check the new total."


def ship_to(actor: Actor, address_id: str | None) -> Address | None:
    """The address asked for, or the first of the book. Raises: NotFound for anybody else's."""
    if address_id:
        return companies.address(actor, address_id)
    return next(iter(companies.addresses(actor)), None)


def review(actor: Actor, context: BuyingContext, address: Address | None) -> dict[str, Any]:
    """What would happen if the cart were ordered now, as JSON values.

    Shapes:  {"cart_id", "lines" with what becomes of each, "parts" by seller with "tips", amounts, "methods" open to this buyer,
             "closed_methods" with why not, "credit_left_minor", "complete", "ship_to", "wish", "choices": the ways to plan it}.
    Units:   minor units of the storefront's currency.
    Effects: makes the person's open cart when there is none.
    """
    cart = carts.open_cart(actor, context)
    lines = wanted(cart)
    found = {
        "cart_id": cart.id, "currency": context.currency, "ship_to": place_of(address), "lines": lines, "parts": [],
        "methods": [], "closed_methods": [], "credit_left_minor": None, "complete": False, "wish": cart.wish, "choices": [],
        **dict.fromkeys(AMOUNTS, 0),
    }
    if lines:
        _plan(found, context.to(address.country, address.region or "") if address else context)
    return found


def put(actor: Actor, context: BuyingContext, data: dict[str, Any]) -> None:
    """Put a loaded `schemas.CartLine` into the person's open cart; "add" adds to what is there.

    Raises: what `orders.carts.put_line` refuses.
    """
    carts.put_line(actor, carts.open_cart(actor, context).id, data["variant_id"], data["quantity"], adding=data.get("add", False))


def wish(actor: Actor, context: BuyingContext, wanted: str) -> None:
    """Say how the person's open cart is to be planned. Raises: what `orders.carts.wish` refuses."""
    carts.wish(actor, carts.open_cart(actor, context).id, wanted)


def remove(actor: Actor, context: BuyingContext, variant_id: str) -> None:
    """Take a product out of the person's open cart."""
    carts.remove_line(actor, carts.open_cart(actor, context).id, variant_id)


def _plan(found: dict[str, Any], context: BuyingContext) -> None:
    plans = routing.plans(context, [(line["id"], line["variant_id"], line["quantity"]) for line in found["lines"]])
    plan = plans[found["wish"]]
    found["choices"] = choices.of(plans, found["wish"])
    named = {line["id"]: line for line in found["lines"]}
    found["parts"] = [_part(part, named, tips.of(part, plan.problem)) for part in plan.parts]
    for amount in AMOUNTS:
        found[amount] = sum(getattr(part, amount) for part in plan.parts)
    for line in found["lines"]:
        line.update(_outcome(line, plan))
    found["complete"] = all(line["missing"] == 0 for line in found["lines"])
    if found["complete"]:
        _ways_to_pay(found, context)


def _outcome(line: dict[str, Any], plan: Plan) -> dict[str, Any]:
    """What becomes of a cart's line: its price, who sends it and until when; what is missing, and why."""
    given = [(part, one) for part in plan.parts for one in part.lines if one.line_id == line["id"]]
    quantity, goods = sum(one.quantity for _, one in given), sum(one.goods_minor for _, one in given)
    prices = {one.unit_minor for _, one in given}
    missing = line["quantity"] - quantity
    return {
        "missing": missing, "goods_minor": goods, "unit_minor": prices.pop() if len(prices) == 1 else None,
        "sellers": list(dict.fromkeys(part.name for part, _ in given)), "reasons": _reasons(line, plan) if missing else [],
        "arrives_on": max((part.promised_on for part, _ in given)).isoformat() if given else None,
    }


def _reasons(line: dict[str, Any], plan: Plan) -> list[str]:
    """Why not all of a line can be delivered, as codes that a buyer may know; nothing of an offer that is not for this buyer at all."""
    told = [set(row["codes"]) for row in plan.excluded[line["id"]]]
    codes = {code for one in told if one <= SAYABLE for code in one}
    able = plan.candidates[line["id"]]
    if not able:
        return sorted(codes) or [NOT_OFFERED]
    if any(one.supply.minimum and one.supply.minimum.rule == "block" for one in able):
        codes.add("SELLER_MINIMUM")
    if sum(level.available for one in able for level in one.levels) < line["quantity"]:
        codes.add("NOT_ENOUGH_STOCK")
    else:  # enough is there, and cannot be parted so
        parted = {"NOT_MULTIPLE": any(one.supply.multiple > 1 for one in able), "ABOVE_MAXIMUM": any(one.maximum is not None for one in able)}
        codes |= {code for code, holds in parted.items() if holds}
    return sorted(codes) or ["NOT_ENOUGH_STOCK"]


def _ways_to_pay(found: dict[str, Any], context: BuyingContext) -> None:
    ways = payments.methods(context, found["total_minor"])
    found["methods"] = [way.name for way in ways if way.because is None]
    found["closed_methods"] = [{"method": way.name, "because": way.because, "most_minor": way.most_minor} for way in ways if way.because]
    found["credit_left_minor"] = next((way.most_minor for way in ways if way.name == payments.ON_ACCOUNT and way.because != "above_limit"), None)


def wanted(cart: Cart) -> list[dict[str, Any]]:
    """The cart's lines with what a person calls them; one statement."""
    rows = db.session.execute(
        select(CartLine.id, CartLine.variant_id, CartLine.quantity, Variant.name, Variant.mpn, Brand.name.label("brand"),
               ("/pictures/" + Product.picture_id).label("picture_url"))
        .join(Variant, Variant.id == CartLine.variant_id).join(Brand, Brand.id == Variant.brand_id)
        .join(Product, Product.id == Variant.product_id).where(CartLine.cart_id == cart.id).order_by(CartLine.id)
    )
    return [{**row._mapping, **dict.fromkeys(OUTCOME), "missing": 0, "sellers": [], "reasons": []} for row in rows]


def _part(part: Any, named: dict[str, Any], proposed: list[dict[str, Any]]) -> dict[str, Any]:
    lines = summed((
        {"variant_id": one.variant_id, "name": named[one.line_id]["name"], "mpn": named[one.line_id]["mpn"],
         "quantity": one.quantity, "unit_minor": one.unit_minor, "goods_minor": one.goods_minor, "tax_minor": one.tax_minor}
        for one in part.lines
    ), PARTS_OF_A_LINE)
    return {
        "seller": part.name, "promised_on": part.promised_on.isoformat(), "lines": lines,
        "tips": [{**tip, "name": next(line["name"] for line in lines if line["variant_id"] == tip["variant_id"])} for tip in proposed],
        **{amount: getattr(part, amount) for amount in AMOUNTS},
    }


def place_of(address: Address | None) -> dict[str, Any] | None:
    """An address as JSON values."""
    if address is None:
        return None
    return {"id": address.id, **{name: getattr(address, name) for name in companies.ADDRESS_FIELDS}}


def place(actor: Actor, context: BuyingContext, data: dict[str, Any]) -> dict[str, Any]:
    """Order the person's open cart and start its payment, in one unit of work.

    Shapes:  `data` is a loaded `schemas.Placing`; it may name the cart and the total that the client has seen.
    Effects: the order, its seller orders and reservations, and the payment's intent; no network call.
    Raises:  Forbidden without order:place; NotFound for another company's address; TotalChanged; and what
             `orders.service.place` and `payments.service.start` refuse.
    """
    authorize(actor, "order:place", actor.organization_id)
    cart_id = data.get("cart_id") or carts.open_cart(actor, context).id
    order = ordering.place(actor, context, cart_id, ordering.Checkout(
        address_id=data["address_id"], payment_method=data["payment_method"],
        po_number=data.get("po_number"), cost_center_id=data.get("cost_center_id"),
    ))
    if data.get("expected_total_minor") not in (None, order.total_minor):
        raise TotalChanged(field="expected_total_minor", total_minor=order.total_minor, expected_minor=data["expected_total_minor"])
    payment = payments.start(actor, context, order)
    db.session.flush()
    return {
        "id": order.id, "number": order.number, "status": order.status, "currency": order.currency,
        "total_minor": order.total_minor, "payment_method": order.payment_method,
        "payment_needed": payment.method == "card",
    }


def payment_page(actor: Actor, order_id: str) -> str:
    """The address of the hosted page on which this order is paid. Effects: may call the provider."""
    authorize(actor, "order:place", actor.organization_id)
    order = orders.own(actor, order_id)
    payment = orders.payment_of(order.id)
    if payment is None:
        raise NotFound
    return hosted.open_page(payment.id)


def reorder(actor: Actor, context: BuyingContext, order_id: str) -> dict[str, list[dict[str, Any]]]:
    """Put an order's lines into the cart again, at today's prices: as `add_all`."""
    order = orders.own(actor, order_id)
    rows = db.session.execute(
        select(OrderLine.variant_id, OrderLine.name, OrderLine.quantity).filter_by(order_id=order.id).order_by(OrderLine.number))
    return add_all(actor, context, [dict(row._mapping) for row in rows])


def add_all(actor: Actor, context: BuyingContext, lines: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Add each line to the cart as far as it can be: {"added": [...], "refused": [... with code and message]}.

    Shapes:  lines have "variant_id" and "quantity"; what is refused has a "name": its line's, else the product's, else the id.
    """
    wanted = Counter[str]()
    for line in lines:
        wanted[line["variant_id"]] += line["quantity"]
    refused = carts.put_lines(actor, carts.open_cart(actor, context).id, wanted, adding=True)
    names = _names([id_ for id_, refusal in refused.items() if not isinstance(refusal, NotFound)])
    report: dict[str, list[dict[str, Any]]] = {"added": [], "refused": []}
    for line in lines:
        id_, refusal = line["variant_id"], refused.get(line["variant_id"])
        if refusal is None:
            report["added"].append(line)
        else:
            report["refused"].append({"name": names.get(id_, id_), **line, "code": refusal.code, "message": refusal.message})
    return report


def _names(variant_ids: list[str]) -> dict[str, str]:
    return dict(db.session.execute(select(Variant.id, Variant.name).where(Variant.id.in_(variant_ids))).all())
