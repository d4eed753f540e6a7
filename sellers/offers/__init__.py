"""Keeping offers: the list, publishing one, files of many, delivery terms, authorizations."""

from flask import Flask

from marketplace.web.api import api as json_api
from sellers.offers import api, import_pages, pages, term_pages


def register(app: Flask) -> None:
    """Serve the pages and the JSON API."""
    for blueprint in (pages.blueprint, import_pages.blueprint, term_pages.blueprint):
        app.register_blueprint(blueprint)
    for blueprint in (api.blueprint,):
        json_api.register_blueprint(blueprint)
