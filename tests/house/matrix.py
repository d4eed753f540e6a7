"""The outsider matrix: what every id in an address or a body names, and two worlds that must never meet.

A new route needs no line here unless it brings a new kind of id or a body: then the matrix fails until it has one.
"""

from __future__ import annotations

import re
from types import SimpleNamespace

from marketplace.catalog.models import CatalogImport, ProductChange
from marketplace.channel.models import AssortmentRule
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.ids import new_id
from marketplace.identity import buying, keys
from marketplace.identity.models import Address
from marketplace.offers.models import FreightRule, OfferImport, OrderMinimum, SellerPause
from marketplace.orders import carts, fulfilment
from marketplace.orders import service as orders
from marketplace.orders.models import Allocation, SellerOrder
from marketplace.payments import received
from marketplace.payments import service as payments
from marketplace.pricing.models import MarkupRule, PriceListAssignment
from tests.factories import Market, add
from tests.resellers import shops

PORTALS = {"/seller": "seller", "/manufacturer": "manufacturer", "/reseller": "reseller", "/operator": "operator"}

# What an id in an address names, by who stands there; None: the same for everybody, or the operator's, who sees all.
PATH_IDS = {
    "buyer": {"key_id": "key_buyer", "address_id": "address", "cost_center_id": "cost_center", "order_id": "order", "variant_id": None, "slug": None,
              "picture_id": None, "filename": None, "gateway": None, "kind": None},
    "seller": {"key_id": "key_seller", "offer_id": "offer", "import_id": "offer_import", "seller_order_id": "seller_order", "shipment_id": "shipment",
               "location_id": "location", "rule_id": "freight", "minimum_id": "minimum", "pause_id": "pause", "variant_id": None, "kind": None},
    "manufacturer": {"key_id": "key_manufacturer", "authorization_id": "authorization", "change_id": "change", "import_id": "catalog_import", "variant_id": "variant",
                     "kind": None},
    "reseller": {"key_id": "key_reseller", "assignment_id": "assignment", "buyer_id": "buyer", "order_id": "order", "price_list_id": "price_list", "variant_id": "variant",
                 "received_id": "received", "storefront_id": "storefront", "rule_id": "assortment", "markup_id": "markup", "kind": None},
    "operator": {"key_id": None, "order_id": None, "row_id": None, "decision_id": None, "verdict_id": None, "task_id": None, "transfer_id": None, "seller_id": None,
                 "kind": None, "scope": None, "version": None},
}

ADDRESS = {"label": "x", "name": "x", "line1": "x", "postcode": "1", "city": "x", "country": "DE"}
TIERS = [{"min_quantity": 1, "amount_minor": 5}]


def by_people(endpoint: str) -> bool:
    """Whether only signed-in people may use a route: a key is told so, whatever id it names (`test_keys` asks as people)."""
    return endpoint.endswith(("_keys.revoke", "-keys-api.revoke"))


# A sound body for each route that needs one before it looks at its id.
BODIES = {
    "account.save_address": ADDRESS, "account.switch_cost_center": {"is_active": "0"}, "cart.put": {},
    "storefront-account.addresses_change": ADDRESS, "storefront-account.cost_centers_switch": {"is_active": False},
    "manufacturer-sellers-api.revoke": {"because": "x"}, "manufacturer_sellers.revoke": {"because": "x"},
    "manufacturer-catalog-api.propose": {"name": "x"}, "manufacturer_catalog.propose": {"name": "x"},
    "reseller-api.customers_credit": {"limit_minor": 1, "terms_days": 1}, "reseller_customers.set_credit": {"limit": "1", "terms_days": "1"},
    "reseller-api.customers_group": {"group": "x"}, "reseller_customers.put_in_group": {"group": "x"},
    "reseller-api.customers_methods": {"methods": ["card"]}, "reseller_customers.set_methods": {"methods": "card"},
    "reseller-api.lists_assign": {"customer_group": "x", "storefront_id": "own:storefront"},
    "reseller_lists.assign": {"target": "storefront:own:storefront"},
    "reseller-api.lists_price": {"rows": [{"variant_id": "own:variant", "amount_minor": 5}]},
    "reseller_lists.edit": {"variant_id": "own:variant", "min_quantity": "1", "price": "1.00"},
    "reseller-api.orders_paid": {"amount_minor": 1, "reference": "x", "received_on": "2026-01-01"},
    "reseller.record_payment": {"amount": "1.00", "reference": "x", "received_on": "2026-01-01"},
    "reseller_lists.upload": {"file": True},
    "reseller_lists.add": {"number": "DH-800", "min_quantity": "1", "price": "1.00"},
    "reseller_lists.remove": {"variant_id": "own:variant", "min_quantity": "1"},
    "reseller-api.storefronts_change": {"name": "x"}, "reseller_storefronts.save": {"name": "x"},
    "reseller-api.assortment_set": {"rules": []}, "reseller_storefronts.add_rule": {"effect": "deny", "brand_id": "own:brand"},
    "reseller-api.markup_set": {"markup_bps": 1}, "reseller_storefronts.set_markup": {"percent": "1.00"},
    "seller-offers-api.set_prices": {"tiers": TIERS}, "seller_offers.set_price": {"price": "1.00"},
    "seller-offers-api.set_stock": {"location_id": "own:location", "available": 1},
    "seller_offers.set_stock": {"location_id": "own:location", "available": "1"},
    "seller-orders-api.refuse_order": {"because": "x"},
    "seller_orders.refuse": {"because": "x", "allocation_id": "own:allocation", "quantity": "1"},
    "seller-orders-api.ship_order": {"carrier": "x", "tracking_number": "1", "lines": [{"allocation_id": "own:allocation", "quantity": 1}]},
    "seller_orders.ship": {"carrier": "x", "tracking_number": "1", "allocation_id": "own:allocation", "quantity": "1"},
}

# Ids in bodies and queries: (role, method, path, body); "?" is where another's id goes, and its kind follows.
BODY_IDS = [
    ("buyer_admin", "POST", "/api/v1/storefront/orders", {"address_id": "?", "payment_method": "on_account"}, "address"),
    ("buyer_admin", "POST", "/api/v1/storefront/orders",
     {"address_id": "own:address", "payment_method": "on_account", "cost_center_id": "?"}, "cost_center"),
    ("buyer_admin", "POST", "/api/v1/storefront/orders",
     {"address_id": "own:address", "payment_method": "on_account", "cart_id": "?"}, "cart"),
    ("buyer_admin", "GET", "/api/v1/storefront/cart?address_id=?", None, "address"),
    ("buyer_admin", "POST", "/checkout", {"address_id": "?", "payment_method": "on_account"}, "address"),
    ("buyer_admin", "POST", "/checkout", {"address_id": "own:address", "payment_method": "on_account", "cost_center_id": "?"}, "cost_center"),
    ("manufacturer", "POST", "/api/v1/manufacturer/authorizations", {"seller_id": "own:seller", "brand_id": "?"}, "brand"),
    ("manufacturer", "POST", "/manufacturer/sellers/", {"seller_id": "own:seller", "brand_id": "?"}, "brand"),
    ("manufacturer", "GET", "/api/v1/manufacturer/channel/sell-through?brand_id=?", None, "brand"),
    ("manufacturer", "GET", "/api/v1/manufacturer/channel/sell-through?variant_id=?", None, "variant"),
    ("seller", "POST", "/api/v1/seller/offers", {"variant_id": "own:free_variant", "seller_sku": "x", "tiers": TIERS,
                                                 "stock": [{"location_id": "?", "available": 1}]}, "location"),
    ("seller", "POST", "/seller/offers/publish", {"variant_id": "own:free_variant", "seller_sku": "x", "price": "1.00", "location_id": "?",
                                                  "available": "1"}, "location"),
    ("seller", "PUT", "/api/v1/seller/offers/own:offer/stock", {"location_id": "?", "available": 1}, "location"),
    ("seller", "POST", "/seller/offers/own:offer/stock", {"location_id": "?", "available": "1"}, "location"),
    ("seller", "POST", "/api/v1/seller/orders/own:seller_order/refuse",
     {"because": "x", "lines": [{"allocation_id": "?", "quantity": 1}]}, "allocation"),
    ("seller", "POST", "/api/v1/seller/orders/own:seller_order/shipments",
     {"carrier": "x", "tracking_number": "1", "lines": [{"allocation_id": "?", "quantity": 1}]}, "allocation"),
    ("seller", "POST", "/seller/orders/own:seller_order/shipments",
     {"carrier": "x", "tracking_number": "1", "allocation_id": "?", "quantity": "1"}, "allocation"),
    ("reseller", "GET", "/api/v1/reseller/orders?buyer_id=?", None, "buyer"),
    ("reseller", "PUT", "/api/v1/reseller/storefronts/own:storefront/assortment", {"rules": [], "organization_id": "?"}, "buyer"),
    ("reseller", "POST", "/api/v1/reseller/price-lists/own:price_list/assignments", {"organization_id": "?"}, "buyer"),
    ("reseller", "POST", "/api/v1/reseller/price-lists/own:price_list/assignments",
     {"storefront_id": "?", "customer_group": "x"}, "storefront"),
    ("reseller", "POST", "/reseller/price-lists/own:price_list/targets", {"target": "customer:?"}, "buyer"),
    ("reseller", "POST", "/reseller/price-lists/own:price_list/targets", {"target": "storefront:?"}, "storefront"),
]

# Ids in bodies and queries that are the same for everybody: the shared catalog, and who sells.
SHARED = {"variant_id": "the shared catalog", "category_id": "the shared catalog", "brand_id": "the shared catalog, but for grants",
          "seller_id": "sellers are known on the square"}


def kind_of(path: str) -> str:
    """Who stands at an address: a portal's kind, or a storefront's buyer."""
    return PORTALS.get("/" + path.removeprefix("/api/v1").strip("/").split("/")[0], "buyer")


def parameters(path: str) -> list[str]:
    return re.findall(r"<(?:[^:>]+:)?([^>]+)>", path)


def filled(value, own: dict[str, str], other: str = ""):
    """`value` with "own:kind" and "?" put in."""
    if isinstance(value, dict):
        return {name: filled(one, own, other) for name, one in value.items()}
    if isinstance(value, list):
        return [filled(one, own, other) for one in value]
    if not isinstance(value, str):
        return value
    value = re.sub(r"own:(\w+)", lambda found: own[found[1]], value)
    return value.replace("=?", f"={other}").replace(":?", f":{other}") if value != "?" else other


class World:
    """One reseller with its storefront and two customers, two sellers, a manufacturer; `own` and `neighbour` name their rows."""

    def __init__(self, market: Market) -> None:
        self.market = market
        self.maker, self.reseller = market.manufacturer(), market.reseller()
        self.brand = market.brand(self.maker)
        self.front = market.storefront(self.reseller)
        self.sellers = [market.seller() for _ in range(2)]
        self.variants = [market.variant(self.brand) for _ in range(3)]
        self.offers = [market.offer(seller, variant) for seller, variant in zip(self.sellers, self.variants, strict=False)]
        self.buyers = [market.buyer(self.reseller, credit_minor=10**9) for _ in range(2)]
        bought = [self._buy(buyer) for buyer in self.buyers]
        self.own = {"brand": self.brand.id, "free_variant": self.variants[2].id, "seller": self.sellers[0].id,
                    **bought[0], **self._sold(0), **self._made(), **self._office(bought[0]["order"])}
        self.neighbour = {**bought[1], **self._sold(1)}
        db.session.flush()

    def order(self, buyer, variants) -> str:
        """An order of this buyer, on account; its id."""
        actor, context = self.market.actor(buyer), buying.context(self.front, buyer)
        address = db.session.scalars(db.select(Address.id).filter_by(organization_id=buyer.id)).one()
        cart = carts.open_cart(actor, context)
        for variant in variants:
            carts.put_line(actor, cart.id, variant.id, 2)
        order = orders.place(actor, context, cart.id, orders.Checkout(address, "on_account"))
        payments.start(actor, context, order)
        return order.id

    def _buy(self, buyer) -> dict[str, str]:
        order_id = self.order(buyer, self.variants[:2])
        actor, context = self.market.actor(buyer), buying.context(self.front, buyer)
        address = db.session.scalars(db.select(Address).filter_by(organization_id=buyer.id)).one()
        open_cart = carts.open_cart(actor, context)
        carts.put_line(actor, open_cart.id, self.variants[0].id, 1)
        return {"key_buyer": self._key(actor), "buyer": buyer.id, "address": address.id, "order": order_id, "cart": open_cart.id,
                "cost_center": self.market.cost_center(buyer).id}

    def _sold(self, number: int) -> dict[str, str]:
        seller = self.sellers[number]
        part = db.session.scalars(db.select(SellerOrder).filter_by(seller_id=seller.id).order_by(SellerOrder.id)).first()
        allocation = db.session.scalars(db.select(Allocation).filter_by(seller_order_id=part.id)).one()
        actor = self.market.actor(seller)
        fulfilment.accept(actor, part.id)
        parcel = fulfilment.ship(actor, part.id, ("DHL", "1"), {allocation.id: 1})
        minimum = add(OrderMinimum(id=new_id("min"), seller_id=seller.id, currency="EUR", minimum_minor=1, rule="surcharge", surcharge_minor=0))
        pause = add(SellerPause(id=new_id("pau"), seller_id=seller.id, starts_at=clock.now(), ends_at=clock.now()))
        file = add(OfferImport(id=new_id("oim"), seller_id=seller.id, file_name="x.csv", content=b"x", sha256="x", status="done", total=0,
                               done=0, counts={}, errors=[], unread=[], created_by="test", created_at=clock.now()))
        return {"key_seller": self._key(actor), "offer": self.offers[number].id, "seller_order": part.id, "allocation": allocation.id, "shipment": parcel.id,
                "minimum": minimum.id, "pause": pause.id, "offer_import": file.id, "location": self.market._main(seller).id,
                "freight": db.session.scalars(db.select(FreightRule.id).filter_by(seller_id=seller.id)).first()}

    def _made(self) -> dict[str, str]:
        file = add(CatalogImport(
            id=new_id("imp"), manufacturer_id=self.maker.id, file_name="x.csv", format="csv", content=b"MPN;Name\n1;x\n", sha256=new_id("x"),
            mapping={}, mode="full", retires_gone=False, status="received", total=0, done=0, counts={}, unmapped=[], created_by="test",
            created_at=clock.now()))
        change = add(ProductChange(id=new_id("chg"), manufacturer_id=self.maker.id, variant_id=self.variants[0].id, status="proposed",
                                   old={}, new={"name": "y"}, author="somebody", created_at=clock.now()))
        grant = db.session.scalar(db.text("SELECT id FROM seller_authorizations WHERE manufacturer_id = :id LIMIT 1"), {"id": self.maker.id})
        return {"key_manufacturer": self._key(self.market.actor(self.maker)), "variant": self.variants[0].id, "catalog_import": file.id, "change": change.id, "authorization": grant}

    def _office(self, order_id: str) -> dict[str, str]:
        came = received.record(self.market.actor(self.reseller), order_id, received.Receipt(1, "own", clock.today()))
        prices = shops.contract(self.market, self.reseller, self.variants[0], 900, organization_id=self.buyers[0].id)
        target = db.session.scalars(db.select(PriceListAssignment.id).filter_by(price_list_id=prices.id)).one()
        rule = add(AssortmentRule(id=new_id("asr"), reseller_id=self.reseller.id, storefront_id=self.front.id, effect="allow",
                                  brand_id=self.brand.id))
        markup = add(MarkupRule(id=new_id("mkr"), reseller_id=self.reseller.id, storefront_id=self.front.id, brand_id=self.brand.id, markup_bps=1))
        return {"received": came.id, "key_reseller": self._key(self.market.actor(self.reseller)), "storefront": self.front.id, "price_list": prices.id, "assignment": target, "assortment": rule.id,
                "markup": markup.id}

    def _key(self, actor) -> str:
        return keys.make(actor, "ERP")[0].id

    def people(self) -> dict[str, SimpleNamespace]:
        """Who may ask: role -> headers and host."""
        roles = {"buyer": (self.buyers[0], "buyer"), "buyer_viewer": (self.buyers[0], "viewer"), "buyer_admin": (self.buyers[0], "buyer_admin"),
                 "seller": (self.sellers[0], ""), "seller_clerk": (self.sellers[0], "seller_clerk"), "manufacturer": (self.maker, ""),
                 "reseller": (self.reseller, ""), "sales_rep": (self.reseller, "sales_rep"), "operator": (self.market.operator(), "")}
        return {name: SimpleNamespace(
            kind=one.kinds[0], host=self.front.host if one.kinds[0] == "buyer" else "localhost",
            headers={"Authorization": "Bearer " + shops.key(self.market.actor(one, role))}) for name, (one, role) in roles.items()}
