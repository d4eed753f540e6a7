"""The storefront's pages: home, lists and search, what is proposed while typing, the product, products side by side.

On the market's own host there is no storefront: its front door leads to the portals.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from marshmallow import ValidationError, fields
from werkzeug.wrappers import Response

from marketplace.core.errors import NotFound
from marketplace.core.paging import Ask
from marketplace.identity.buying import BuyingContext
from marketplace.web import auth, forms
from resellers.checkout import orders
from resellers.storefront import api, bought, facets, menu, products, queries
from resellers.storefront.queries import Filters
from resellers.storefront.schemas import CompareQuery, ProductQuery, SearchQuery

SUGGESTED = 7
LAST = 5
LIST = {*SearchQuery().fields, "view"}
blueprint = Blueprint(
    "storefront", __name__, template_folder="../templates", static_folder="../static", static_url_path="/storefront-static",
)


@blueprint.get("/")
def home() -> str | Response:
    """The front page: search first; then what is bought often and last orders for a buyer, categories and brands for all."""
    if auth.current_storefront() is None:
        return redirect(url_for("start"), 303)
    actor, context = auth.current_actor(), auth.buying_context()
    reader = actor if actor and "order:read" in actor.permissions else None
    return render_template(
        "resellers/storefront/home.html", ways=menu.shown(), often=bought.often(reader, context) if reader else [],
        last=orders.listed(reader, Ask(limit=LAST))["items"] if reader else [],
        newest=[] if actor else queries.listed(context, Filters(sort="newest", limit=8))["items"],
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
    filters = api.filters(args)
    view = request.args.get("view")
    return render_template(
        "resellers/storefront/list.html", found=api.found(filters), filters=filters, here=here,
        facets=facets.facets(auth.buying_context(), filters), view="grid" if view == "grid" else "list", link=_link, toggle=_toggle, known=_known(),
    )


def _asked(schema: type[Any]) -> dict[str, Any]:
    """What a page knows of its address; what a mail or an advertisement put there besides is passed over. Raises: forms.Refused."""
    made = schema()
    given = {name: [value for value in values if value.strip()] for name, values in request.args.lists() if name in made.fields}
    try:
        return made.load({name: values if isinstance(made.fields.get(name), fields.List) else values[0] for name, values in given.items() if values})
    except ValidationError as error:
        raise forms.Refused(forms.by_field(error)) from None


def _link(**changes: Any) -> str:
    """This page's address with some arguments changed or, when None, left out; always from the first page."""
    kept = {**_known(), "cursor": None, **changes}
    return url_for(request.endpoint or "", **(request.view_args or {}), **{k: v for k, v in kept.items() if v not in (None, "", [])})


def _known() -> dict[str, list[str]]:
    return {name: values for name, values in request.args.lists() if name in LIST}


def _toggle(name: str, value: str) -> str:
    """This page's address with one value of an attribute chosen, or not any more."""
    one, chosen = f"{name}:{value}", request.args.getlist("attribute")
    return _link(attribute=[kept for kept in chosen if kept != one] if one in chosen else [*chosen, one])


@blueprint.get("/suggest")
def suggest() -> str:
    """What matches so far, while somebody types: part of a page."""
    query = request.args.get("q", "").strip()[:200]
    found = queries.listed(auth.buying_context(), Filters(query=query, sort="relevance", limit=SUGGESTED))["items"] if len(query) > 1 else []
    return render_template("resellers/storefront/suggest.html", found=found, query=query)


@blueprint.get("/products/<variant_id>")
def product(variant_id: str) -> str:
    """One product: what it is, what it costs this buyer, when it is there, and who would deliver it."""
    context = auth.buying_context()
    asked = _asked(ProductQuery)["quantity"] if request.args.get("quantity", "").strip() else None
    try:
        shown = products.shown(context, variant_id)
    except NotFound:
        return _gone(context, variant_id)
    quantity = asked or shown["min_quantity"]
    return render_template(
        "resellers/storefront/product.html", product=shown, quantity=quantity, offers=products.offers(context, variant_id, quantity),
    )


def _gone(context: BuyingContext, variant_id: str) -> str:
    """For a product that the buyer knows from an order or a cart and that is sold no more. Raises: NotFound for any other."""
    product = bought.known(context, variant_id)
    if product is None:
        raise NotFound
    return render_template("resellers/storefront/gone.html", product=product, found=products.alternatives(context, variant_id))


@blueprint.get("/products/<variant_id>/alternatives")
def alternatives(variant_id: str) -> str:
    """What could be bought instead."""
    return render_template(
        "resellers/storefront/alternatives.html", found=products.alternatives(auth.buying_context(), variant_id), variant_id=variant_id,
    )


@blueprint.get("/compare")
def compare() -> str:
    """Up to four products side by side; those that are not there for this buyer are left out."""
    return render_template("resellers/storefront/compare.html", **products.compared(auth.buying_context(), _asked(CompareQuery)["id"]))
