"""The strip of categories below a storefront's header.

The names of the top categories in which a guest of this storefront finds anything are kept for a minute:
they lead to lists, and the lists themselves are never kept. No price, stock or buyer is in here.
"""

from __future__ import annotations

import time
from typing import Any

from flask import Flask, current_app

from marketplace.identity import buying
from marketplace.web import auth
from resellers.storefront import facets

SECONDS = 60
MOST = 12


def register(app: Flask) -> None:
    """Let the storefront's layout ask for the strip."""
    app.extensions["storefront_menu"] = {}
    app.jinja_env.globals["storefront_menu"] = shown


def shown() -> list[dict[str, Any]]:
    """[{"slug", "name"}] of this host's storefront, in name order; empty on the market's own host."""
    storefront = auth.current_storefront()
    if storefront is None:
        return []
    kept: dict[str, tuple[float, list[dict[str, Any]]]] = current_app.extensions["storefront_menu"]
    until, found = kept.get(storefront.id, (0.0, []))
    if time.monotonic() > until:
        found = facets.entrances(buying.of(storefront, None))["categories"][:MOST]
        kept[storefront.id] = (time.monotonic() + SECONDS, found)
    return found
