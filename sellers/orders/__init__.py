"""A seller's orders: accept or refuse, ship in parts, deliver; with packing slips."""

from flask import Flask

from marketplace.web.api import api as json_api
from sellers.orders import api, pages


def register(app: Flask) -> None:
    """Serve the pages and the JSON API."""
    app.register_blueprint(pages.blueprint)
    json_api.register_blueprint(api.blueprint)
