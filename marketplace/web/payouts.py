"""Payout accounts by page and by API: alike for sellers and resellers, below the finances of their portal.

Papers and bank details are given on the provider's own page; we lead there and look at the account when the person is back.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from marshmallow import fields
from werkzeug.wrappers import Response

from marketplace.payments import accounts, places
from marketplace.web import api as programs
from marketplace.web import auth
from marketplace.web.api import Schema


class PayoutAccountOut(Schema):
    """Whether an organization can receive money."""

    status = fields.String(allow_none=True, metadata={"description": "'pending', 'active', 'restricted' or 'rejected'; null before the account is opened"})
    waiting = fields.List(fields.Dict(), metadata={"description": "What waits for the account: {currency, amount_minor}"})


class PayoutAccountOpened(PayoutAccountOut):
    """The same, with the way to the provider's page."""

    url = fields.String(metadata={"description": "The provider's page; it works once, for minutes"})


def register(app: Flask, name: str, prefix: str, finances: str) -> None:
    """Open the page below `prefix`/finances/payout-account, which leads back to the endpoint `finances`, and the same by the API."""
    app.register_blueprint(_pages(name, f"{prefix}/finances/payout-account", finances))
    programs.api.register_blueprint(_programs(name, f"/api/v1{prefix}/finances/payout-account"))


def _pages(name: str, prefix: str, finances: str) -> Blueprint:
    blueprint = Blueprint(f"{name}_payouts", __name__, url_prefix=prefix)
    here = f"{name}_payouts"

    @blueprint.get("")
    def show() -> str:
        """How the account stands, and the way to the provider."""
        actor = auth.require_actor()
        return render_template("payout_account.html", standing=accounts.standing(actor), here=here, finances=finances,
                               may="payout:write" in actor.permissions)

    @blueprint.post("")
    def set_up() -> str:
        """Open the account, and lead on to the provider's page."""
        page = accounts.set_up(auth.require_actor(), places.market_url(url_for(f"{here}.returned")))
        return render_template("payout_leave.html", page=page)

    @blueprint.get("/return")
    def returned() -> Response:
        """Back from the provider: look at the account now, before its message comes."""
        account = accounts.refresh(auth.require_actor())
        if account is not None and account.status == "active":
            flash(_("Your payout account can receive money now. What waited for it is on its way."))
        else:
            flash(_("The provider has not let your account receive money yet."), "warning")
        return redirect(url_for(f"{here}.show"), 303)

    return blueprint


def _programs(name: str, prefix: str) -> programs.Blueprint:
    blueprint = programs.blueprint(f"{name}-payouts-api", __name__, prefix, "The account at the payment provider that receives money.")

    @blueprint.get("")
    @blueprint.response(200, PayoutAccountOut)
    def show() -> dict[str, Any]:
        """Whether the organization can receive money, and what waits for that."""
        return accounts.standing(auth.require_actor())

    @blueprint.post("")
    @blueprint.response(200, PayoutAccountOpened)
    def set_up() -> dict[str, Any]:
        """Open the account, and get a fresh address of the provider's page; repeated, of the same account."""
        actor = auth.require_actor()
        url = accounts.set_up(actor, places.market_url(url_for(f"{name}_payouts.returned")))
        return {**accounts.standing(actor), "url": url}

    return blueprint
