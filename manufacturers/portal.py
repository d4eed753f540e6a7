"""The manufacturer's portal: its prefix, its navigation, its pages, API and command."""

from flask import Flask
from flask_babel import lazy_gettext as _l

from marketplace.catalog import commands
from marketplace.web import portal


def register(app: Flask) -> None:
    """Open the portal on `app`."""
    portal.add(app, name="manufacturer", prefix="/manufacturer", kind="manufacturer", label=_l("Manufacturer"), nav=[])
    app.cli.add_command(commands.catalog)
