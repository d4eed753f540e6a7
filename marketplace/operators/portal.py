"""The operator's portal and the market's command line, put on the application."""

from __future__ import annotations

import importlib
import os

from flask import Flask
from flask_babel import lazy_gettext as _

from marketplace.operators import activity, api, duties, find, pages, scores
from marketplace.operators.matching import api as matching_api
from marketplace.operators.matching import pages as matching_pages
from marketplace.operators.policies import api as policy_api
from marketplace.operators.policies import pages as policy_pages
from marketplace.web import portal
from marketplace.web.api import api as json_api


def register(app: Flask) -> None:
    """Open the portal on `app`."""
    for shown in (pages, policy_pages, matching_pages):
        app.register_blueprint(shown.blueprint)
    for spoken in (api, policy_api, matching_api):
        json_api.register_blueprint(spoken.blueprint)
    scores.register(app)
    portal.add(app, name="operator", prefix="/operator", kind="operator", label=_("Operator"), nav=[
        ("home", _("Pulse"), "operator.home", "market:read"),
        ("orders", _("Orders"), "operator.orders", "market:read"),
        ("matching", _("Matching"), "operator_matching.home", "market:read"),
        ("money", _("Money"), "operator.money", "money:read"),
        ("work", _("Work"), "operator.work", "market:read"),
        ("companies", _("Companies"), "operator.companies", "company:read"),
        ("trail", _("Trail"), "operator.trail", "market:read"),
    ], pages=find.PAGES, sources=find.SOURCES, works=activity.WORKS)
    duties.take_up()
    if os.environ.get("FLASK_RUN_FROM_CLI") == "true":  # a process that serves carries no command line
        importlib.import_module("marketplace.operators.commands").register(app)
