"""The sellers' scores as the operator sees them: all of them, and each with the orders behind it."""

from flask import Flask

from marketplace.operators.scores import api, pages
from marketplace.web.api import api as json_api


def register(app: Flask) -> None:
    """Serve the pages and the JSON API."""
    app.register_blueprint(pages.blueprint)
    json_api.register_blueprint(api.blueprint)
