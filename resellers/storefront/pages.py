"""The storefront's pages: home, lists and search, the product page.

On the market's own host there is no storefront: its front door leads to the portals.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from marshmallow import ValidationError
from werkzeug.wrappers import Response

from marketplace.core.errors import Invalid, NotFound
from marketplace.web import auth
from resellers.checkout import orders
from resellers.storefront import api, facets, products, queries
from resellers.storefront.queries import Filters
from resellers.storefront.schemas import ProductQuery, SearchQuery

blueprint = Blueprint(
    "storefront", __name__, template_folder="../templates", static_folder="../static", static_url_path="/storefront-static",
)


@blueprint.get("/")
def home() -> str | Response:
    """The front page: search first; then last orders for a buyer, brands and categories for all."""
    if auth.current_storefront() is None:
        return redirect(url_for("start"), 303)
    actor, context = auth.current_actor(), auth.buying_context()
    last = orders.listed(actor, limit=5)["items"] if actor and "order:read" in actor.permissions else []
    return render_template(
        "resellers/storefront/home.html", last=last, **facets.entrances(context),
        found=queries.listed(context, Filters(sort="newest", limit=8)),
    )


@blueprint.get("/search")
def search() -> str:
    """Everything that matches, with filters."""
    return _list(_asked(SearchQuery))


@blueprint.get("/category/<slug>")
def category(slug: str) -> str:
    """Everything in a category and below it. Raises: NotFound for a category that is none."""
    here = facets.category(slug)
    if here is None:
        raise NotFound
    return _list({**_asked(SearchQuery), "category": slug}, here=here)


def _list(args: dict[str, Any], here: dict[str, Any] | None = None) -> str:
    context, filters = auth.buying_context(), api.filters(args)
    view = request.args.get("view")
    return render_template(
        "resellers/storefront/list.html", found=queries.listed(context, filters), filters=filters, here=here,
        facets=facets.facets(context, filters), view="grid" if view == "grid" else "list", link=_link,
    )


def _asked(schema: type[Any]) -> dict[str, Any]:
    given = {name: value for name, value in request.args.items() if value.strip() and name != "view"}
    try:
        return schema().load(given)
    except ValidationError as error:
        name = next(iter(error.normalized_messages()))
        raise Invalid(f"{name}: {error.normalized_messages()[name][0]}", field=name) from None


def _link(**changes: Any) -> str:
    """This page's address with some arguments changed or, when None, left out; always from the first page."""
    kept = {**request.args.to_dict(), "cursor": None, **changes}
    return url_for(request.endpoint or "", **(request.view_args or {}), **{k: v for k, v in kept.items() if v not in (None, "")})


@blueprint.get("/products/<variant_id>")
def product(variant_id: str) -> str:
    """One product: what it is, what it costs this buyer, when it is there, and who would deliver it."""
    context = auth.buying_context()
    quantity = _asked(ProductQuery)["quantity"]
    return render_template(
        "resellers/storefront/product.html", product=products.shown(context, variant_id), quantity=quantity,
        offers=products.offers(context, variant_id, quantity),
    )
