"""The sandbox's addresses: the API that our client speaks to, the hosted page, and the sender of signed webhooks."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import os
import re
import threading
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from flask import Flask, Response, current_app, redirect, render_template_string, request
from flask.cli import with_appcontext
from werkzeug.serving import make_server

from marketplace.core import config
from marketplace.web.sandbox import provider, store
from marketplace.web.sandbox.store import Refused

PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Sandbox payment</title>
<style>body{font:16px/1.5 system-ui;margin:8vh auto;max-width:26rem;padding:0 1rem;color:#1b2430}p.note{background:#fff3c9;border:2px dashed #7a5b00;padding:.75rem;border-radius:8px;color:#4d3900}
button{font:inherit;font-weight:600;padding:.6rem 1rem;border-radius:6px;border:1px solid #667;margin:.25rem .5rem .25rem 0;background:#fff}button.pay{background:#1d6b3f;color:#fff;border-color:#1d6b3f}strong{font-size:1.6rem}</style>
<main><p class="note"><b>Sandbox.</b> This is a stand-in for the payment provider. No real money moves here.</p>
<h1>Pay your order</h1><p><strong>{{ amount }} {{ session.currency|upper }}</strong></p>
{% if declined %}<p role="alert">The card was declined. Try again, or pay later.</p>{% endif %}
{% if session.status == "open" %}<form method="post"><button class="pay" name="do" value="pay">Pay</button><button name="do" value="decline">Decline</button><button name="do" value="later">Pay later</button></form>
{% else %}<p>This page is closed: {{ session.payment_status }}.</p><p><a href="{{ session.success_url }}">Back to the shop</a></p>{% endif %}</main></html>"""


def create(path: Path, secret: str, address: str, webhook_url: str = "") -> Flask:
    """The sandbox with its books at `path`; `address` is where people reach it."""
    app = Flask("sandbox", static_folder=None)
    app.config.update(BOOKS=store.connect(path), KEY=f"sk_sandbox_{secret}", SECRET=secret, ADDRESS=address, HOOK=webhook_url)
    app.register_error_handler(Refused, _refused)
    for rule, view, method in ROUTES:
        app.add_url_rule(rule, view.__name__, view, methods=[method])
    return app


def _refused(error: Refused) -> tuple[dict[str, Any], int]:
    return {"error": {"type": error.kind, "message": error.message}}, error.status


def _books() -> Any:
    if request.headers.get("Authorization") != f"Bearer {current_app.config['KEY']}":
        raise Refused(401, "invalid_request_error", "This key is not known here.")
    return current_app.config["BOOKS"]


def _given() -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in request.form.items():
        *path, last = re.findall(r"[^\[\]]+", name)
        here = found
        for step in path:
            here = here.setdefault(step, {})
        here[last] = value
    return found


def _once(work: Callable[[Any, dict[str, Any]], dict[str, Any]]) -> dict[str, Any]:
    books, given = _books(), _given()
    return store.once(books, request.headers.get("Idempotency-Key", ""), {"path": request.path, **given}, lambda: work(books, given))


def create_session() -> dict[str, Any]:
    """POST /v1/checkout/sessions."""
    return _once(lambda books, given: provider.open_session(books, given, current_app.config["ADDRESS"]))


def show_session(id_: str) -> dict[str, Any]:
    """GET a session, its intent in full when asked."""
    books = _books()
    session = store.get(books, id_)
    if session["payment_intent"] and any("payment_intent" in value for value in request.args.values()):
        session["payment_intent"] = store.get(books, session["payment_intent"])
    return session


def create_refund() -> dict[str, Any]:
    """POST /v1/refunds."""
    return _once(provider.refund)


def create_transfer() -> dict[str, Any]:
    """POST /v1/transfers."""
    return _once(provider.transfer)


def show_balance() -> dict[str, Any]:
    """GET /v1/balance, the platform's or a connected account's."""
    return provider.balance(_books(), request.headers.get("Stripe-Account", ""))


def show_page(id_: str) -> str:
    """The hosted page."""
    session = store.get(current_app.config["BOOKS"], id_)
    return render_template_string(PAGE, session=session, amount=f"{session['amount_total'] / 100:.2f}", declined=request.args.get("declined"))


def decide(id_: str) -> Response:
    """What the buyer chose on the hosted page."""
    books = current_app.config["BOOKS"]
    session, choice = store.get(books, id_), request.form.get("do")
    if choice == "pay":
        session = store.once(books, f"page:{id_}", {}, lambda: provider.pay(books, session))
        deliver(current_app.config)
        return redirect(session["success_url"], 303)
    if choice == "later":
        return redirect(session["cancel_url"] or session["success_url"], 303)
    return redirect(f"/pay/{id_}?declined=1", 303)


ROUTES = (
    ("/v1/checkout/sessions", create_session, "POST"), ("/v1/checkout/sessions/<id_>", show_session, "GET"),
    ("/v1/refunds", create_refund, "POST"), ("/v1/transfers", create_transfer, "POST"), ("/v1/balance", show_balance, "GET"),
    ("/pay/<id_>", show_page, "GET"), ("/pay/<id_>", decide, "POST"),
)


def sign(body: bytes, secret: str, at: int) -> str:
    """The header that proves a message, as the provider makes it."""
    return f"t={at},v1=" + hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()


def deliver(settings: Any) -> None:
    """Send every event that was not taken yet; what fails is sent again by the next round."""
    if not settings["HOOK"]:
        return
    for event in store.unsent(settings["BOOKS"]):
        body = json.dumps(event).encode()
        headers = {"Stripe-Signature": sign(body, settings["SECRET"], int(time.time())), "Content-Type": "application/json"}
        try:
            with urllib.request.urlopen(urllib.request.Request(settings["HOOK"], body, headers), timeout=5):
                store.sent(settings["BOOKS"], event["id"])
        except (OSError, http.client.HTTPException):
            return


@click.command("sandbox")
@click.option("--port", default=8100, help="Where it listens, on this machine only.")
@with_appcontext
def command(port: int) -> None:
    """Serve the payment sandbox."""
    settings = current_app.config["SETTINGS"]
    hook = f"http://127.0.0.1:{os.environ.get('PUBLIC_PORT', '8000')}/webhooks/sandbox"
    app = create(settings.var / "sandbox.sqlite", os.environ.get("SANDBOX_SECRET", config.DEVELOPMENT_SECRET), f"http://localhost:{port}", hook)

    def again() -> None:
        while True:
            time.sleep(2)
            deliver(app.config)

    threading.Thread(target=again, daemon=True).start()
    make_server("127.0.0.1", port, app, threaded=True).serve_forever()
