"""The manufacturer's portal: its prefix, its navigation, its pages and API."""

from flask import Flask
from flask_babel import lazy_gettext as _l

from manufacturers import activity, find
from manufacturers.catalog import api as catalog_api
from manufacturers.catalog import pages as catalog_pages
from manufacturers.channel import api as channel_api
from manufacturers.channel import pages as channel_pages
from manufacturers.sellers import api as sellers_api
from manufacturers.sellers import pages as sellers_pages
from marketplace.web import portal
from marketplace.web.api import api


def register(app: Flask) -> None:
    """Open the portal on `app`."""
    for pages in (channel_pages, catalog_pages, sellers_pages):
        app.register_blueprint(pages.blueprint)
    for rest in (channel_api, catalog_api, sellers_api):
        api.register_blueprint(rest.blueprint)
    portal.add(app, name="manufacturer", prefix="/manufacturer", kind="manufacturer", label=_l("Manufacturer"), nav=[
        ("home", _l("Home"), "manufacturer_channel.home", "channel:read"),
        ("channel", _l("Sell-through"), "manufacturer_channel.sell_through", "channel:read"),
        ("stock", _l("Stock"), "manufacturer_channel.stock", "channel:read"),
        ("listings", _l("Listings"), "manufacturer_channel.listings", "channel:read"),
        ("products", _l("Products"), "manufacturer_catalog.products", "catalog:read"),
        ("imports", _l("Imports"), "manufacturer_catalog.import_list", "catalog:read"),
        ("sellers", _l("Sellers"), "manufacturer_sellers.listing", "authorization:read"),
    ], pages=find.PAGES, sources=find.SOURCES, works=activity.WORKS)
