"""A seller's money: what is held, free, sent and paid out, and how each order was split."""

from flask import Flask

from marketplace.web.api import api as json_api
from sellers.finances import api, pages


def register(app: Flask) -> None:
    """Serve the page, its file and the JSON API."""
    app.register_blueprint(pages.blueprint)
    json_api.register_blueprint(api.blueprint)
