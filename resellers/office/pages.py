"""Pages of the reseller's own business: home, orders, finances."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from marketplace.identity import storefronts
from marketplace.web import auth
from resellers.office import money, queries

blueprint = Blueprint("reseller", __name__, url_prefix="/reseller", template_folder="../templates")


@blueprint.get("/")
def home() -> str:
    """How the business goes: sales, margin, open matters."""
    actor = auth.require_actor()
    return render_template(
        "resellers/office/home.html", pulse=queries.pulse(actor), tasks=queries.tasks(actor), storefronts=storefronts.of(actor),
        last=queries.orders(actor, {"limit": 5})["items"],
    )


@blueprint.get("/orders")
def orders() -> str:
    """Orders on the reseller's storefronts."""
    args = {name: request.args.get(name, "").strip() for name in ("status", "buyer_id", "number", "cursor")}
    found = queries.orders(auth.require_actor(), args)
    return render_template("resellers/office/orders.html", found=found, args=args)


@blueprint.get("/orders/<order_id>")
def order(order_id: str) -> str:
    """One order: what the customer pays, what the reseller keeps."""
    return render_template("resellers/office/order.html", order=queries.order(auth.require_actor(), order_id))


@blueprint.get("/finances")
def finances() -> str:
    """What the market owes the reseller, and what was sent to it."""
    return render_template("resellers/office/finances.html", statement=money.statement(auth.require_actor()))
