"""The sellers' portal, put on the application: home, offers, orders, finances, score."""

from __future__ import annotations

from flask import Flask
from flask_babel import lazy_gettext as _

from marketplace.web import moves, payouts, portal
from sellers import activity, finances, find, home, offers, orders, scores

PARTS = (home, offers, orders, finances, scores)


def register(app: Flask) -> None:
    """Open the portal on `app`."""
    for part in PARTS:
        part.register(app)
    for part in (payouts, moves):
        part.register(app, "seller", "/seller", "seller_finances.index")
    portal.add(app, name="seller", prefix="/seller", kind="seller", label=_("Seller"), nav=[
        ("home", _("Home"), "seller_home.home", "offer:read"),
        ("orders", _("Orders"), "seller_orders.index", "seller_order:read"),
        ("offers", _("Offers"), "seller_offers.index", "offer:read"),
        ("delivery", _("Delivery"), "seller_terms.terms", "offer:read"),
        ("finances", _("Finances"), "seller_finances.index", "finance:read"),
        ("scores", _("Score"), "seller_scores.index", "seller_order:read"),
        ("authorizations", _("Authorizations"), "seller_terms.authorizations", "authorization:read"),
    ], pages=find.PAGES, sources=find.SOURCES, works=activity.WORKS)
