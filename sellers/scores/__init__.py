"""A seller's score: what it is made of, how it goes, and the orders behind it."""

from flask import Flask

from marketplace.web.api import api as json_api
from sellers.scores import api, pages


def register(app: Flask) -> None:
    """Serve the pages and the JSON API."""
    app.register_blueprint(pages.blueprint)
    json_api.register_blueprint(api.blueprint)
