"""The seller's first page: what is to be done today."""

from flask import Flask

from sellers.home import pages


def register(app: Flask) -> None:
    """Serve the home page."""
    app.register_blueprint(pages.blueprint)
