"""The storefront's catalog for programs: lists, search, product, offers, counts.

Answers are hand-shaped values straight to orjson: these are the market's most visited routes.
"""

from __future__ import annotations

from typing import Any

from flask import Response

from marketplace.web import auth
from marketplace.web.api import answer, blueprint
from resellers.storefront import attributes, bought, facets, products, queries, typos
from resellers.storefront.queries import Filters
from resellers.storefront.schemas import (
    Facets,
    Found,
    Items,
    ListPage,
    ListQuery,
    OffersAnswer,
    ProductAnswer,
    ProductQuery,
    SearchQuery,
)

blp = blueprint(
    "storefront-catalog", __name__, "/api/v1/storefront",
    description="What a storefront shows to this buyer, at this buyer's prices. On a storefront's host only.",
)


def filters(args: dict[str, Any]) -> Filters:
    """The filters of checked arguments; a search is ordered by relevance unless told otherwise."""
    query = args.get("q", "").strip()
    return Filters(
        query=query, brand=args.get("brand"), category=args.get("category"),
        attributes=attributes.chosen(args["attribute"]), in_stock=args["in_stock"],
        sort=args.get("sort") or ("relevance" if query else "name"), cursor=args.get("cursor"), limit=args["limit"],
    )


@blp.get("/products")
@blp.arguments(ListQuery, location="query")
@blp.response(200, ListPage)
def products_list(args: dict[str, Any]) -> Response:
    """Products in this buyer's assortment."""
    return answer(queries.listed(auth.buying_context(), filters(args)))


@blp.get("/search")
@blp.arguments(SearchQuery, location="query")
@blp.response(200, Found)
def products_search(args: dict[str, Any]) -> Response:
    """Products that match words, parts of words, part numbers or GTINs."""
    return answer(found(filters(args)))


def found(asked: Filters) -> dict[str, Any]:
    """One page of what matches; where nothing does, what may have been meant instead."""
    context = auth.buying_context()
    page = queries.listed(context, asked)
    nothing = not page["items"] and not asked.cursor
    return {**page, "did_you_mean": typos.meant(context, asked) if nothing else None}


@blp.get("/facets")
@blp.arguments(SearchQuery, location="query")
@blp.response(200, Facets)
def products_facets(args: dict[str, Any]) -> Response:
    """How many products each filter would leave."""
    return answer(facets.facets(auth.buying_context(), filters(args)))


@blp.get("/products/<variant_id>")
@blp.arguments(ProductQuery, location="query")
@blp.response(200, ProductAnswer)
@blp.alt_response(404, description="Not there, or not there for this buyer.")
def product(args: dict[str, Any], variant_id: str) -> Response:
    """One product: content, this buyer's price by quantity, and why."""
    return answer(products.shown(auth.buying_context(), variant_id))


@blp.get("/products/<variant_id>/offers")
@blp.arguments(ProductQuery, location="query")
@blp.response(200, OffersAnswer)
@blp.alt_response(404, description="Not there, or not there for this buyer.")
def product_offers(args: dict[str, Any], variant_id: str) -> Response:
    """The product's offers ranked for this buyer at this quantity, the winner first."""
    context = auth.buying_context()
    products.seen(context, variant_id)
    return answer({"currency": context.currency, "quantity": args["quantity"],
                   "items": products.offers(context, variant_id, args["quantity"])})


@blp.get("/products/<variant_id>/alternatives")
@blp.response(200, Items)
@blp.alt_response(404, description="Not there, or not there for this buyer.")
def product_alternatives(variant_id: str) -> Response:
    """Products of the same category that are called most alike."""
    return answer({"items": products.alternatives(auth.buying_context(), variant_id)})


@blp.get("/bought")
@blp.response(200, Items)
def bought_often() -> Response:
    """The products that the buyer's company ordered most often, at today's price."""
    return answer({"items": bought.often(auth.require_actor(), auth.buying_context())})
