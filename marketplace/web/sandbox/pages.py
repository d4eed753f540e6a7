"""What people see of the sandbox: the page to pay on, and the page on which a seller sets up its payouts."""

from __future__ import annotations

import time

from flask import Response, current_app, redirect, render_template_string, request

from marketplace.web.sandbox import accounts, provider, store
from marketplace.web.sandbox.sender import deliver
from marketplace.web.sandbox.store import Refused

FRAME = """<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Sandbox payment</title>
<style>body{font:16px/1.5 system-ui;margin:8vh auto;max-width:26rem;padding:0 1rem;color:#1b2430}p.note{background:#fff3c9;border:2px dashed #7a5b00;padding:.75rem;border-radius:8px;color:#4d3900}
button{font:inherit;font-weight:600;padding:.6rem 1rem;border-radius:6px;border:1px solid #667;margin:.25rem .5rem .25rem 0;background:#fff}button.pay{background:#1d6b3f;color:#fff;border-color:#1d6b3f}strong{font-size:1.6rem}</style>
<main><p class="note"><b>Sandbox.</b> This is a stand-in for the payment provider. No real money moves here.</p>
"""
PAGE = FRAME + """<h1>Pay your order</h1><p><strong>{{ amount }} {{ session.currency|upper }}</strong></p>
{% if declined %}<p role="alert">The card was declined. Try again, or pay later.</p>{% endif %}
{% if session.status == "open" %}<form method="post"><button class="pay" name="do" value="pay">Pay</button><button name="do" value="decline">Decline</button><button name="do" value="later">Pay later</button></form>
{% elif session.processing %}<p>The money is on its way.</p><form method="post"><button class="pay" name="do" value="arrive">It arrives</button><button name="do" value="fail">It does not come</button></form>
<p><a href="{{ session.success_url }}">Back to the shop</a></p>
{% else %}<p>This page is closed: {{ session.payment_status }}.</p><p><a href="{{ session.success_url }}">Back to the shop</a></p>{% endif %}</main></html>"""
ONBOARD = FRAME + """<h1>Receive payouts</h1><p>{{ account.display_name }}</p>
<p>The provider asks here who you are and for your bank account. The sandbox asks for nothing.</p>
<form method="post"><button class="pay" name="do" value="submit">Submit my details</button><button name="do" value="leave">Not now</button></form></main></html>"""


def show_page(id_: str) -> str:
    """The hosted page."""
    session = store.get(current_app.config["BOOKS"], id_)
    return render_template_string(PAGE, session=session, amount=f"{session['amount_total'] / 100:.2f}", declined=request.args.get("declined"))


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
    return render_template_string(ONBOARD, account=store.get(current_app.config["BOOKS"], _link(id_)["account"]))


def _link(id_: str) -> dict:
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
