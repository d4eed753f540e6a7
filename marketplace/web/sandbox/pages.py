"""What people see of the sandbox: the page to pay on, and the page on which a seller sets up its payouts."""

from __future__ import annotations

import time
from decimal import Decimal
from pathlib import Path
from typing import Any

from babel.numbers import format_currency
from flask import Flask, current_app, redirect, render_template, request
from flask_babel import Babel, get_locale
from werkzeug import Response

from marketplace.core import money
from marketplace.web.sandbox import accounts, provider, store
from marketplace.web.sandbox.sender import deliver
from marketplace.web.sandbox.store import Refused

TRANSLATIONS = Path(__file__).parents[1] / "translations"
PLACES = ("/pay/", "/onboard/")


def register(app: Flask) -> None:
    """Speak the browser's language on the sandbox's pages."""
    Babel(app, locale_selector=_language, default_translation_directories=str(TRANSLATIONS))
    app.jinja_env.globals["get_locale"] = get_locale


def _language() -> str:
    best = request.accept_languages.best_match(["en", "es", "pt"], "en")
    return "pt_BR" if best == "pt" else best or "en"


def gone(message: str) -> str:
    """The page instead of one that is not there."""
    return render_template("sandbox/gone.html", message=message)


def show_page(id_: str) -> str:
    """The hosted page."""
    session = store.get(current_app.config["BOOKS"], id_)
    currency = session["currency"].upper()
    amount = format_currency(Decimal(money.decimal(session["amount_total"], currency)), currency, locale=str(get_locale()))
    return render_template("sandbox/pay.html", session=session, amount=amount, declined=request.args.get("declined"))


def decide(id_: str) -> Response:
    """What the buyer chose on the hosted page, or what became of a slow payment."""
    books = current_app.config["BOOKS"]
    session, choice = store.get(books, id_), request.form.get("do")
    acts = {"pay": provider.pay, "later": provider.pay_later, "arrive": provider.arrive, "fail": provider.fail}
    if choice not in acts:
        return redirect(f"/pay/{id_}?declined=1", 303)
    key = f"page:{choice}:{id_}"
    session = store.once(books, key, {}, lambda: acts[choice](books, session))
    deliver(current_app.config)
    return redirect(session["success_url"], 303)


def show_onboarding(id_: str) -> str:
    """The page on which an organization sets up its payouts."""
    return render_template("sandbox/onboard.html", account=store.get(current_app.config["BOOKS"], _link(id_)["account"]))


def _link(id_: str) -> dict[str, Any]:
    found = store.get(current_app.config["BOOKS"], id_)
    if found["used"] or found["expires"] < time.time():
        raise Refused(404, "invalid_request_error", "This link was used, or is too old. Ask for a new one.")
    return found


def onboard(id_: str) -> Response:
    """What the organization chose there."""
    books, found = current_app.config["BOOKS"], _link(id_)
    store.put(books, found | {"used": True})
    if request.form.get("do") == "submit":
        accounts.become(books, found["account"], "active")
        deliver(current_app.config)
    return redirect(found["return_url"], 303)
