"""The whole market: the shell and the four portals. `app` for gunicorn, flask and rq."""

from __future__ import annotations

from flask import Flask

import manufacturers.portal
import marketplace.operators.portal
import resellers.portal
import sellers.portal
from marketplace.core.config import Settings
from marketplace.web.app import create_shell

PORTALS = (manufacturers.portal, sellers.portal, resellers.portal, marketplace.operators.portal)


def create_app(settings: Settings | None = None) -> Flask:
    """The application with everybody on the square."""
    app = create_shell(settings)
    for portal in PORTALS:
        portal.register(app)
    return app


def __getattr__(name: str) -> Flask:
    if name == "app":
        globals()["app"] = create_app()
        return globals()["app"]
    raise AttributeError(name)
