"""The reseller's portal and the storefronts: their pages, their API, their navigation."""

from __future__ import annotations

from flask import Flask
from flask_babel import lazy_gettext as _l

from marketplace.web import portal

NAV: list[tuple[str, object, str, str]] = []


def register(app: Flask) -> None:
    """Open the portal and the storefronts on `app`."""
    portal.add(app, name="reseller", prefix="/reseller", kind="reseller", label=_l("Reseller"), nav=NAV)
