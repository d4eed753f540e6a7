"""The reseller's portal for programs: storefront, customers, price lists, orders, money."""

from __future__ import annotations

from typing import Any

from marketplace.channel import assortment
from marketplace.channel.assortment import Audience, Rule
from marketplace.identity import companies
from marketplace.identity import storefronts as shops
from marketplace.payments import conditions as terms
from marketplace.payments import received, statements
from marketplace.pricing import service as pricing
from marketplace.web import auth, forms, lists, moves
from marketplace.web.api import answer, blueprint, file_body
from resellers.office import customers, price_files, price_lists, queries, shapes, storefronts
from resellers.office.schemas import (
    AssignIn,
    AssortmentSet,
    CreditIn,
    CustomersQuery,
    GroupIn,
    Items,
    ListIn,
    ListsQuery,
    Look,
    MarkupIn,
    MethodsIn,
    OrdersQuery,
    PreviewQuery,
    PriceEnd,
    PricesQuery,
    ReceivedIn,
    RowsIn,
)

blp = blueprint("reseller-api", __name__, "/api/v1/reseller", description="A reseller's own business. On the market's host.")


@blp.get("/home")
@blp.response(200, shapes.ResellerHome)
def home() -> Any:
    """Sales and margin of 30 days, and open matters."""
    actor = auth.require_actor()
    return answer({"pulse": queries.pulse(actor), "tasks": queries.tasks(actor)})


@blp.get("/orders")
@blp.arguments(OrdersQuery, location="query")
@blp.response(200, Items)
def orders_list(args: dict[str, Any]) -> Any:
    """Orders on the reseller's storefronts, newest first, each with its margin."""
    filters = {name: args[name] for name in ("status", "buyer_id", "number") if name in args}
    return answer(queries.orders(auth.require_actor(), lists.given(args), **filters))


@blp.get("/orders/<order_id>")
@blp.response(200, shapes.ResellerOrderShown)
def orders_show(order_id: str) -> Any:
    """One order: what the customer pays, what the reseller keeps."""
    return answer(queries.order(auth.require_actor(), order_id))


@blp.post("/orders/<order_id>/payments")
@blp.arguments(ReceivedIn)
@blp.response(201, shapes.ResellerOrderShown)
@blp.alt_response(409, description="The order is not on account, or the reference was recorded with another amount or date.")
def orders_paid(data: dict[str, Any], order_id: str) -> Any:
    """Record what the customer paid for an order on account; the same payment again changes nothing."""
    actor = auth.require_actor()
    received.record(actor, order_id, received.Receipt(**data))
    return answer(queries.order(actor, order_id), 201)


@blp.post("/orders/<order_id>/payments/<received_id>/take-back")
@blp.response(200, shapes.ResellerOrderShown)
@blp.alt_response(409, description="The payment settled its order.")
def orders_not_paid(order_id: str, received_id: str) -> Any:
    """A payment was recorded by mistake: it is owed again."""
    actor = auth.require_actor()
    received.take_back(actor, order_id, received_id)
    return answer(queries.order(actor, order_id))


@blp.get("/finances")
@blp.response(200, moves.Statement)
def finances() -> Any:
    """Balances, transfers and payouts."""
    return answer(statements.of(auth.require_actor(), "reseller"))


@blp.get("/storefronts")
@blp.response(200, Items)
def storefronts_list() -> Any:
    """The reseller's storefronts."""
    return answer({"items": [storefronts.look(one) for one in shops.of(auth.require_actor())], "next_cursor": None})


@blp.get("/storefronts/choices")
@blp.response(200, shapes.ScopeChoices)
def storefronts_choices() -> Any:
    """What assortment rules and markups can name: brands and categories."""
    found = storefronts.choices(auth.require_actor())
    return answer({kind: [{"id": id_, "name": name} for id_, name in rows] for kind, rows in found.items()})


@blp.patch("/storefronts/<storefront_id>")
@blp.arguments(Look)
@blp.response(200, shapes.StorefrontShown)
def storefronts_change(data: dict[str, Any], storefront_id: str) -> Any:
    """Change a storefront's look or host name."""
    return answer(storefronts.look(shops.change(auth.require_actor(), storefront_id, data)))


@blp.get("/storefronts/<storefront_id>/assortment")
@blp.response(200, Items)
def assortment_list(storefront_id: str) -> Any:
    """The rules that hold for everybody."""
    return answer({"items": storefronts.rules(auth.require_actor(), storefront_id), "next_cursor": None})


@blp.put("/storefronts/<storefront_id>/assortment")
@blp.arguments(AssortmentSet)
@blp.response(204)
def assortment_set(data: dict[str, Any], storefront_id: str) -> None:
    """Replace the rules of one level: everybody, one group, or one customer."""
    rules = [Rule(**rule) for rule in data["rules"]]
    audience = Audience(data.get("organization_id"), data.get("customer_group"))
    assortment.set_rules(auth.require_actor(), storefront_id, rules, audience)


@blp.get("/storefronts/<storefront_id>/preview")
@blp.arguments(PreviewQuery, location="query")
@blp.response(200, Items)
def preview(args: dict[str, Any], storefront_id: str) -> Any:
    """Real products at today's price and at a markup to be tried."""
    found = storefronts.preview(auth.require_actor(), storefront_id, args.get("markup_bps"))
    return answer({"items": found, "next_cursor": None})


@blp.put("/storefronts/<storefront_id>/markup")
@blp.arguments(MarkupIn)
@blp.response(204)
def markup_set(data: dict[str, Any], storefront_id: str) -> None:
    """Set the markup for all, or for one brand or category."""
    bps = data.pop("markup_bps")
    pricing.set_markup(auth.require_actor(), storefront_id, bps, **data)


@blp.get("/storefronts/<storefront_id>/markups")
@blp.response(200, Items)
def markups_list(storefront_id: str) -> Any:
    """The markups of brands and categories, which go before the storefront's own."""
    return answer({"items": storefronts.markups(auth.require_actor(), storefront_id), "next_cursor": None})


@blp.delete("/storefronts/<storefront_id>/markups/<markup_id>")
@blp.response(204)
def markups_remove(storefront_id: str, markup_id: str) -> None:
    """Take the markup of a brand or category away: the next wider one holds."""
    pricing.remove_markup(auth.require_actor(), storefront_id, markup_id)


@blp.get("/customers")
@blp.arguments(CustomersQuery, location="query")
@blp.response(200, Items)
def customers_list(args: dict[str, Any]) -> Any:
    """The reseller's customers."""
    return answer(customers.listed(auth.require_actor(), args["q"], lists.given(args)))


@blp.get("/customers/<buyer_id>")
@blp.response(200, shapes.CustomerShown)
def customers_show(buyer_id: str) -> Any:
    """One customer with every condition and its source."""
    return answer(customers.conditions(auth.require_actor(), buyer_id))


@blp.put("/customers/<buyer_id>/group")
@blp.arguments(GroupIn)
@blp.response(204)
def customers_group(data: dict[str, Any], buyer_id: str) -> None:
    """Put a customer in a group, or in none."""
    companies.put_in_group(auth.require_actor(), buyer_id, data["group"])


@blp.put("/customers/<buyer_id>/methods")
@blp.arguments(MethodsIn)
@blp.response(204)
def customers_methods(data: dict[str, Any], buyer_id: str) -> None:
    """Say which payment methods a customer may use."""
    terms.set_methods(auth.require_actor(), buyer_id, data["methods"])


@blp.put("/customers/<buyer_id>/credit")
@blp.arguments(CreditIn)
@blp.response(204)
def customers_credit(data: dict[str, Any], buyer_id: str) -> None:
    """Set a customer's credit limit and terms."""
    terms.set_credit(auth.require_actor(), buyer_id, data["limit_minor"], data["terms_days"])


@blp.get("/price-lists")
@blp.arguments(ListsQuery, location="query")
@blp.response(200, Items)
def lists_all(args: dict[str, Any]) -> Any:
    """The reseller's price lists."""
    return answer(price_lists.overview(auth.require_actor(), args["q"], lists.given(args)))


@blp.post("/price-lists")
@blp.arguments(ListIn)
@blp.response(201, shapes.ListMade)
def lists_create(data: dict[str, Any]) -> Any:
    """Make an empty list."""
    return answer(price_lists.head(pricing.create_list(auth.require_actor(), **data)), 201)


@blp.get("/price-lists/<price_list_id>/prices")
@blp.arguments(PricesQuery, location="query")
@blp.response(200, shapes.ListRows)
def lists_rows(args: dict[str, Any], price_list_id: str) -> Any:
    """A list's prices of today."""
    return answer(price_lists.rows(auth.require_actor(), price_list_id, args["q"], lists.given(args)))


@blp.put("/price-lists/<price_list_id>/prices")
@blp.arguments(RowsIn)
@blp.response(204)
def lists_price(data: dict[str, Any], price_list_id: str) -> None:
    """Set prices; a product's tiers are replaced together."""
    rows = [(row["variant_id"], row["min_quantity"], row["amount_minor"]) for row in data["rows"]]
    price_lists.set_rows(auth.require_actor(), price_list_id, rows)


@blp.post("/price-lists/<price_list_id>/file")
@blp.doc(requestBody=file_body())
@blp.response(200, shapes.FileTaken)
@forms.accepts_files
def lists_file(price_list_id: str) -> Any:
    """Set the prices of a file (CSV or XLSX), sent as the body or as the form field `file`: all of its rows, or none."""
    return answer({"products": price_files.load(auth.require_actor(), price_list_id, forms.uploaded("prices")[1])})


@blp.delete("/price-lists/<price_list_id>/prices/<variant_id>")
@blp.arguments(PriceEnd, location="query")
@blp.response(204)
def lists_unprice(args: dict[str, Any], price_list_id: str, variant_id: str) -> None:
    """Take a product off a list, or only its price from one quantity on; it holds from now on."""
    pricing.end_prices(auth.require_actor(), price_list_id, variant_id, args.get("min_quantity"))


@blp.get("/price-lists/<price_list_id>/assignments")
@blp.response(200, Items)
def lists_targets(price_list_id: str) -> Any:
    """For whom a list holds."""
    return answer({"items": price_lists.targets(auth.require_actor(), price_list_id), "next_cursor": None})


@blp.post("/price-lists/<price_list_id>/assignments")
@blp.arguments(AssignIn)
@blp.response(201, shapes.Assigned)
def lists_assign(data: dict[str, Any], price_list_id: str) -> Any:
    """Let a list hold for a customer, a storefront, or a group of one."""
    return answer({"id": pricing.assign(auth.require_actor(), price_list_id, **data).id}, 201)


@blp.delete("/assignments/<assignment_id>")
@blp.response(204)
def lists_unassign(assignment_id: str) -> None:
    """End an assignment."""
    pricing.unassign(auth.require_actor(), assignment_id)
