"""The reseller's portal and the storefronts: their pages, their API, their navigation."""

from __future__ import annotations

from flask import Flask
from flask_babel import lazy_gettext as _l

from marketplace.web import keys, moves, payouts, portal
from marketplace.web.api import api
from resellers import find
from resellers.checkout import account, order_pages
from resellers.checkout import api as checkout_api
from resellers.checkout import pages as checkout_pages
from resellers.office import api as office_api
from resellers.office import customer_pages, price_list_pages, storefront_pages
from resellers.office import pages as office_pages
from resellers.storefront import api as storefront_api
from resellers.storefront import menu, shelf
from resellers.storefront import pages as storefront_pages_of_visitors

NAV = [
    ("home", _l("Home"), "reseller.home", "order:read"),
    ("orders", _l("Orders"), "reseller.orders", "order:read"),
    ("customers", _l("Customers"), "reseller_customers.index", "customer:read"),
    ("price_lists", _l("Price lists"), "reseller_lists.index", "price_list:read"),
    ("storefront", _l("Storefront"), "reseller_storefronts.index", "storefront:read"),
    ("finances", _l("Finances"), "reseller.finances", "finance:read"),
]
PAGES = (
    storefront_pages_of_visitors.blueprint, checkout_pages.cart, checkout_pages.pages, order_pages.blueprint, account.pages,
    office_pages.blueprint, storefront_pages.blueprint, customer_pages.blueprint, price_list_pages.blueprint,
)
PROGRAMS = (storefront_api.blp, checkout_api.blp, account.api, office_api.blp)


def register(app: Flask) -> None:
    """Open the portal and the storefronts on `app`."""
    portal.add(app, name="reseller", prefix="/reseller", kind="reseller", label=_l("Reseller"), nav=NAV,
               pages=find.PAGES, sources=find.SOURCES)
    for part in (payouts, moves):
        part.register(app, "reseller", "/reseller", "reseller.finances")
    keys.register(app, "storefront", "/account", "layout/storefront.html")
    shelf.register(app)
    menu.register(app)
    for pages in PAGES:
        app.register_blueprint(pages)
    for programs in PROGRAMS:
        api.register_blueprint(programs)
