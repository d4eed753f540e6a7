"""The seller's JSON API for offers, stock, files and terms; the same verbs and rules as the pages."""

from __future__ import annotations

from typing import Any

from flask import Response

from marketplace.core.errors import NotFound
from marketplace.offers import service as verbs
from marketplace.pricing import feeds
from marketplace.web import api, files, forms, lists
from marketplace.web.auth import require_actor
from sellers.offers import authorizations, publishing, queries, schemas

blueprint = api.blueprint("seller-offers-api", __name__, "/api/v1/seller", "For sellers: offers, stock and terms.")


def plain(row: queries.OfferRow) -> dict[str, Any]:
    """An offer as JSON."""
    names = ("id", "variant_id", "seller_sku", "name", "mpn", "gtin", "brand", "currency", "lead_time_days",
             "min_quantity", "multiple", "max_quantity", "condition", "status", "active", "inactive_reasons")
    return {
        **{name: getattr(row, name) for name in names},
        "tiers": [{"min_quantity": quantity, "amount_minor": minor} for quantity, minor in row.tiers],
        "stock": [{"location_id": id_, "code": code, "available": available, "reserved": reserved}
                  for id_, code, available, reserved in row.stock],
        "valid_from": row.valid_from.isoformat(), "valid_to": row.valid_to and row.valid_to.isoformat(),
    }


def _offer(offer_id: str) -> dict[str, Any]:
    row = queries.offer(require_actor(), offer_id)
    if row is None:
        raise NotFound
    return plain(row)


@blueprint.get("/offers")
@blueprint.arguments(schemas.OfferQuery, location="query")
@blueprint.response(200, schemas.SellerOfferPage)
def list_offers(query: dict[str, Any]) -> Response:
    """The offers, newest first or as asked."""
    page = queries.offers(require_actor(), query["q"], query["state"], lists.given(query))
    return api.answer({"items": [plain(row) for row in page.items], "next_cursor": page.next_cursor})


@blueprint.post("/offers")
@blueprint.arguments(schemas.OfferBody)
@blueprint.response(201, schemas.SellerOffer)
def publish_offer(data: dict[str, Any]) -> dict[str, Any]:
    """Make or change the offer with this SKU, with prices and stock."""
    return _offer(publishing.publish(require_actor(), data).id)


@blueprint.get("/offers/<offer_id>")
@blueprint.response(200, schemas.SellerOffer)
def show_offer(offer_id: str) -> dict[str, Any]:
    """One offer: prices, stock, whether it is active, and why not."""
    return _offer(offer_id)


@blueprint.put("/offers/<offer_id>/prices")
@blueprint.arguments(schemas.TiersBody)
@blueprint.response(200, schemas.SellerOffer)
def set_prices(data: dict[str, Any], offer_id: str) -> dict[str, Any]:
    """Replace the offer's base prices."""
    actor = require_actor()
    offer = verbs.own(actor, offer_id, "offer:write")
    publishing.set_prices(actor, offer, [(tier["min_quantity"], tier["amount_minor"]) for tier in data["tiers"]])
    return _offer(offer_id)


@blueprint.put("/offers/<offer_id>/stock")
@blueprint.arguments(schemas.StockBody)
@blueprint.response(200, schemas.SellerOffer)
def set_stock(data: dict[str, Any], offer_id: str) -> dict[str, Any]:
    """Say how many units are free to promise at one location."""
    verbs.set_stock(require_actor(), offer_id, data["location_id"], data["available"])
    return _offer(offer_id)


@blueprint.post("/offers/<offer_id>/withdraw")
@blueprint.response(200, schemas.SellerOffer)
def withdraw_offer(offer_id: str) -> dict[str, Any]:
    """Take the offer out of the market."""
    verbs.withdraw(require_actor(), offer_id)
    return _offer(offer_id)


@blueprint.get("/authorizations")
@blueprint.arguments(schemas.AuthorizationQuery, location="query")
@blueprint.response(200, schemas.GrantedPage)
def list_authorizations(query: dict[str, Any]) -> Any:
    """What the seller may sell, newest first or as asked."""
    return authorizations.of(require_actor(), query["q"], lists.given(query))


@blueprint.get("/offer-imports")
@blueprint.arguments(schemas.OfferImportQuery, location="query")
@blueprint.response(200, schemas.OfferImportPage)
def list_imports(query: dict[str, Any]) -> Any:
    """Offer files, newest first or as asked."""
    return queries.imports(require_actor(), lists.given(query))


@blueprint.post("/offer-imports")
@blueprint.doc(requestBody=api.file_body())
@blueprint.response(202, schemas.OfferImportOut)
@forms.accepts_files
def receive_import() -> Any:
    """Send an offer file (CSV or XLSX) as the body, or as the form field `file`."""
    actor = require_actor()
    return feeds.receive(actor, actor.organization_id, *forms.uploaded("offers"))


@blueprint.get("/offer-imports/<import_id>")
@blueprint.response(200, schemas.OfferImportOut)
def show_import(import_id: str) -> Any:
    """How far a file is, and the first rows that were refused."""
    return feeds.own(require_actor(), import_id)


@blueprint.get("/offer-imports/<import_id>/refused.csv")
@blueprint.response(200, content_type="text/csv")
def refused_rows(import_id: str) -> Response:
    """Every refused row as it was sent, with line, code and column."""
    return files.attachment(feeds.error_file(feeds.own(require_actor(), import_id)), "refused")


@blueprint.get("/delivery")
@blueprint.response(200, schemas.DeliveryOut)
def show_delivery() -> dict[str, Any]:
    """Warehouses, freight rules, order minimums and pauses."""
    return queries.delivery(require_actor())


@blueprint.delete("/locations/<location_id>")
@blueprint.response(204)
@blueprint.alt_response(409, description="There is stock, or orders went out from it.")
def remove_location(location_id: str) -> None:
    """Take away a warehouse from which nothing was ordered and in which nothing lies."""
    verbs.remove_location(require_actor(), location_id)


@blueprint.delete("/freight-rules/<rule_id>")
@blueprint.response(204)
def remove_freight_rule(rule_id: str) -> None:
    """No longer deliver by a rule."""
    verbs.remove_freight_rule(require_actor(), rule_id)


@blueprint.delete("/minimums/<minimum_id>")
@blueprint.response(204)
def remove_minimum(minimum_id: str) -> None:
    """No longer ask for a minimum."""
    verbs.remove_minimum(require_actor(), minimum_id)


@blueprint.delete("/pauses/<pause_id>")
@blueprint.response(204)
def end_pause(pause_id: str) -> None:
    """Come back from a pause, or give up a coming one."""
    verbs.end_pause(require_actor(), pause_id)


@blueprint.post("/locations")
@blueprint.arguments(schemas.LocationBody)
@blueprint.response(201, schemas.SavedTerms)
def save_location(data: dict[str, Any]) -> Any:
    """Make or change the warehouse with this code."""
    actor = require_actor()
    return verbs.save_location(actor, actor.organization_id, verbs.LocationInput(**data))


@blueprint.post("/freight-rules")
@blueprint.arguments(schemas.FreightBody)
@blueprint.response(201, schemas.SavedTerms)
def save_freight_rule(data: dict[str, Any]) -> Any:
    """Make or change the freight rule for a country and currency."""
    actor = require_actor()
    return verbs.save_freight_rule(actor, actor.organization_id, verbs.FreightInput(**data))


@blueprint.post("/minimums")
@blueprint.arguments(schemas.MinimumBody)
@blueprint.response(201, schemas.SavedTerms)
def save_minimum(data: dict[str, Any]) -> Any:
    """Set the order minimum in a currency."""
    actor = require_actor()
    return verbs.save_minimum(actor, actor.organization_id, verbs.MinimumInput(**data))


@blueprint.post("/pauses")
@blueprint.arguments(schemas.PauseBody)
@blueprint.response(201, schemas.SavedTerms)
def pause(data: dict[str, Any]) -> Any:
    """Take all offers out of matching for a window."""
    actor = require_actor()
    return verbs.pause(actor, actor.organization_id, data["starts_at"], data["ends_at"])
