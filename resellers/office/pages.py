"""Pages of the reseller's own business: home, orders, finances."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request

from marketplace.identity import storefronts
from marketplace.web import auth, files
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


@blueprint.get(f"/orders.{files.KIND}")
def orders_file(kind: str) -> Response:
    """The same as a file."""
    actor, args = auth.require_actor(), {name: request.args.get(name, "") for name in ("status", "buyer_id", "number")}
    rows = files.all_pages(lambda cursor: queries.orders(actor, {**args, "cursor": cursor, "limit": 200}))
    columns = ("number", "placed_at", "buyer", "status", "payment_method", "goods", "total", "margin", "currency")
    return files.named(kind, "orders", columns, rows)


@blueprint.get("/orders/<order_id>")
def order(order_id: str) -> str:
    """One order: what the customer pays, what the reseller keeps."""
    return render_template("resellers/office/order.html", order=queries.order(auth.require_actor(), order_id))


@blueprint.get("/finances")
def finances() -> str:
    """What the market owes the reseller, and what was sent to it."""
    return render_template("resellers/office/finances.html", statement=money.statement(auth.require_actor()))
