"""The sandbox's addresses: the API that our client speaks to, and the command that serves it and its pages."""

from __future__ import annotations

import itertools
import os
import re
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from flask import Flask, current_app, request
from werkzeug.serving import make_server

from marketplace.core import config
from marketplace.web.sandbox import accounts, pages, provider, store
from marketplace.web.sandbox.sender import deliver, sign
from marketplace.web.sandbox.store import Refused

__all__ = ["command", "create", "sign"]

BEAT = 2.0
PAYOUT_BEATS = 10
"""A bank takes a day; here every twentieth second what lies on the accounts is paid out, and the payouts before arrive."""


def create(path: Path, secret: str, address: str, webhook_url: str = "") -> Flask:
    """The sandbox with its books at `path`; `address` is where people reach it."""
    app = Flask("sandbox", static_folder=None, root_path=str(Path(__file__).parent))
    app.config.update(BOOKS=store.connect(path), KEY=f"sk_sandbox_{secret}", SECRET=secret, ADDRESS=address, HOOK=webhook_url)
    app.register_error_handler(Refused, _refused)
    pages.register(app)
    for rule, view, method in ROUTES:
        app.add_url_rule(rule, f"{view.__name__}:{rule}", view, methods=[method])
    return app


def _refused(error: Refused) -> tuple[dict[str, Any] | str, int]:
    if request.path.startswith(pages.PLACES):
        return pages.gone(error.message), error.status
    said = {"type": error.kind, "message": error.message} | ({"code": error.code} if error.code else {})
    return {"error": said}, error.status


def _books() -> Any:
    if request.headers.get("Authorization") != f"Bearer {current_app.config['KEY']}":
        raise Refused(401, "invalid_request_error", "This key is not known here.")
    return current_app.config["BOOKS"]


def _given() -> dict[str, Any]:
    if request.is_json:
        return request.get_json()
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
        intent = store.get(books, session["payment_intent"])
        if intent["latest_charge"] and any("latest_charge" in value for value in request.args.values()):
            intent["latest_charge"] = store.get(books, intent["latest_charge"])
        session["payment_intent"] = intent
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


def expire_session(id_: str) -> dict[str, Any]:
    """POST /v1/checkout/sessions/ID/expire."""
    return _once(lambda books, given: provider.expire(books, store.get(books, id_)))


def list_sessions() -> dict[str, Any]:
    """GET /v1/checkout/sessions, of one payment intent."""
    wanted = request.args.get("payment_intent")
    books = _books()
    return _listed(store.found(books, "checkout.session", payment_intent=wanted) if wanted else store.every(books, "checkout.session"))


def show_object(id_: str) -> dict[str, Any]:
    """GET one refund, transfer, payout or account, as it is now."""
    found = store.get(_books(), id_)
    if found.get("account", "") != request.headers.get("Stripe-Account", ""):
        raise Refused(404, "invalid_request_error", f"No such object: {id_}")
    return found


def list_objects() -> dict[str, Any]:
    """GET charges, refunds or transfers, newest first."""
    size = _size()
    rows = store.newest(_books(), KINDS[request.path.rpartition("/")[2]], request.args.get("starting_after"), size + 1)
    return _page(rows[:size], len(rows) > size)


def list_payouts() -> dict[str, Any]:
    """GET /v1/payouts of one connected account."""
    return _listed(store.found(_books(), "payout", account=request.headers.get("Stripe-Account", "")))


def list_entries() -> dict[str, Any]:
    """GET /v1/balance_transactions of one payout."""
    books, payout = _books(), store.get(_books(), request.args["payout"])
    if payout["account"] != request.headers.get("Stripe-Account", ""):
        raise Refused(404, "invalid_request_error", "No such payout.")
    return _listed(accounts.entries(books, payout["id"]))


def _listed(rows: list[dict[str, Any]]) -> dict[str, Any]:
    rows, after = rows[::-1], request.args.get("starting_after")
    start = next((number + 1 for number, row in enumerate(rows) if row["id"] == after), 0)
    stop = start + _size()
    return _page(rows[start:stop], stop < len(rows))


def _size() -> int:
    return min(int(request.args.get("limit", 10)), 100)


def _page(rows: list[dict[str, Any]], has_more: bool) -> dict[str, Any]:
    return {"object": "list", "url": request.path, "data": rows, "has_more": has_more}


def reverse_transfer(id_: str) -> dict[str, Any]:
    """POST /v1/transfers/ID/reversals."""
    return _once(lambda books, given: provider.reverse(books, store.get(books, id_), given))


def open_account() -> dict[str, Any]:
    """POST /v2/core/accounts."""
    return _once(accounts.open_account)


def link_account() -> dict[str, Any]:
    """POST /v2/core/account_links."""
    return _once(lambda books, given: accounts.link(books, given, current_app.config["ADDRESS"]))


def show_platform() -> dict[str, Any]:
    """GET /v1/account: the platform itself."""
    _books()
    return {"id": "acct_sandbox", "object": "account", "country": "DE", "charges_enabled": True, "payouts_enabled": True}


def list_endpoints() -> dict[str, Any]:
    """GET /v1/webhook_endpoints: the one that the sandbox was started with."""
    _books()
    hook = current_app.config["HOOK"]
    return _listed([{"id": "we_sandbox", "object": "webhook_endpoint", "url": hook, "status": "enabled", "api_version": None,
                     "enabled_events": ["*"]}] if hook else [])


KINDS = {"charges": "charge", "refunds": "refund", "transfers": "transfer"}
ROUTES = (
    ("/v1/checkout/sessions", create_session, "POST"), ("/v1/checkout/sessions", list_sessions, "GET"),
    ("/v1/checkout/sessions/<id_>", show_session, "GET"), ("/v1/checkout/sessions/<id_>/expire", expire_session, "POST"),
    ("/v1/refunds", create_refund, "POST"), ("/v1/refunds", list_objects, "GET"), ("/v1/refunds/<id_>", show_object, "GET"),
    ("/v1/charges", list_objects, "GET"), ("/v1/transfers", create_transfer, "POST"), ("/v1/transfers", list_objects, "GET"),
    ("/v1/transfers/<id_>", show_object, "GET"), ("/v1/transfers/<id_>/reversals", reverse_transfer, "POST"),
    ("/v1/balance", show_balance, "GET"), ("/v1/balance_transactions", list_entries, "GET"), ("/v1/payouts", list_payouts, "GET"),
    ("/v1/payouts/<id_>", show_object, "GET"),
    ("/v1/account", show_platform, "GET"), ("/v1/webhook_endpoints", list_endpoints, "GET"),
    ("/v2/core/accounts", open_account, "POST"), ("/v2/core/accounts/<id_>", show_object, "GET"),
    ("/v2/core/account_links", link_account, "POST"),
    ("/pay/<id_>", pages.show_page, "GET"), ("/pay/<id_>", pages.decide, "POST"),
    ("/onboard/<id_>", pages.show_onboarding, "GET"), ("/onboard/<id_>", pages.onboard, "POST"),
)


@click.command("sandbox")
@click.option("--port", type=click.IntRange(1, 65_535), default=8100, help="Where it listens, on this machine only.")
def command(port: int) -> None:
    """Serve the payment sandbox."""
    settings = config.from_environment()
    hook = f"http://127.0.0.1:{os.environ.get('PUBLIC_PORT', '8000')}/webhooks/sandbox"
    app = create(settings.var / "sandbox.sqlite", os.environ.get("SANDBOX_SECRET", config.DEVELOPMENT_SECRET), f"http://localhost:{port}", hook)

    def again() -> None:
        for beat in itertools.count(1):
            time.sleep(BEAT)
            if beat % PAYOUT_BEATS == 0:
                accounts.round_of_payouts(app.config["BOOKS"])
            deliver(app.config)

    threading.Thread(target=again, daemon=True).start()
    make_server("127.0.0.1", port, app, threaded=True).serve_forever()
