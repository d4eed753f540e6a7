"""What the provider does with money: sessions, charges, refunds, transfers, balances."""

from __future__ import annotations

import sqlite3
import time
from typing import Any

from marketplace.web.sandbox import accounts, store
from marketplace.web.sandbox.store import Refused

LONGEST = 24 * 3600


def open_session(books: sqlite3.Connection, given: dict[str, Any], address: str) -> dict[str, Any]:
    """Open a hosted page for the sum of its line items."""
    rows = given["line_items"].values()
    amount = sum(int(row["quantity"]) * int(row["price_data"]["unit_amount"]) for row in rows)
    currency = {row["price_data"]["currency"] for row in rows}
    if amount < 1 or len(currency) != 1:
        raise Refused(400, "invalid_request_error", "A session needs one currency and an amount above zero.")
    id_ = store.new_id("cs_sandbox")
    return store.put(books, {
        "id": id_, "object": "checkout.session", "url": f"{address}/pay/{id_}", "status": "open", "payment_status": "unpaid",
        "amount_total": amount, "currency": currency.pop(), "client_reference_id": given.get("client_reference_id"),
        "metadata": given.get("metadata", {}), "success_url": given["success_url"], "cancel_url": given.get("cancel_url", ""),
        "payment_intent": None, "transfer_group": given.get("payment_intent_data", {}).get("transfer_group"),
        "expires_at": int(time.time()) + LONGEST, "livemode": False,
    })


def pay(books: sqlite3.Connection, session: dict[str, Any]) -> dict[str, Any]:
    """The buyer pays: one intent, one charge, one event."""
    if session["status"] != "open":
        return session
    return _money(books, session, _intent(books, session, "processing"), "checkout.session.completed")


def _intent(books: sqlite3.Connection, session: dict[str, Any], status: str) -> dict[str, Any]:
    return store.put(books, {
        "id": store.new_id("pi"), "object": "payment_intent", "status": status, "amount": session["amount_total"],
        "amount_received": 0, "currency": session["currency"], "latest_charge": None, "metadata": session["metadata"], "livemode": False,
    })


def _money(books: sqlite3.Connection, session: dict[str, Any], intent: dict[str, Any], kind: str) -> dict[str, Any]:
    charge = store.put(books, {
        "id": store.new_id("ch"), "object": "charge", "amount": session["amount_total"], "amount_refunded": 0, "transferred": 0,
        "currency": session["currency"], "transfer_group": session["transfer_group"], "metadata": session["metadata"], "paid": True,
        "balance_transaction": None, "livemode": False,
    })
    store.put(books, intent | {"status": "succeeded", "amount_received": intent["amount"], "latest_charge": charge["id"]})
    session |= {"status": "complete", "payment_status": "paid", "payment_intent": intent["id"], "processing": False}
    store.put(books, session)
    store.tell(books, kind, session)
    return session


def pay_later(books: sqlite3.Connection, session: dict[str, Any]) -> dict[str, Any]:
    """The buyer chooses a slow method: the page is done, the money is on its way."""
    if session["status"] != "open":
        return session
    intent = _intent(books, session, "processing")
    session |= {"status": "complete", "payment_intent": intent["id"], "processing": True}
    store.put(books, session)
    store.tell(books, "checkout.session.completed", session)
    return session


def arrive(books: sqlite3.Connection, session: dict[str, Any]) -> dict[str, Any]:
    """The money of a slow method arrives."""
    if not session.get("processing"):
        return session
    return _money(books, session, store.get(books, session["payment_intent"]), "checkout.session.async_payment_succeeded")


def fail(books: sqlite3.Connection, session: dict[str, Any]) -> dict[str, Any]:
    """The money of a slow method does not come."""
    if not session.get("processing"):
        return session
    store.put(books, store.get(books, session["payment_intent"]) | {"status": "requires_payment_method"})
    session["processing"] = False
    store.put(books, session)
    store.tell(books, "checkout.session.async_payment_failed", session)
    return session


def expire(books: sqlite3.Connection, session: dict[str, Any]) -> dict[str, Any]:
    """Close a page on which nobody paid. Raises: Refused when it is not open."""
    if session["status"] != "open":
        raise Refused(400, "invalid_request_error", "Only an open session can be expired.")
    session["status"] = "expired"
    store.put(books, session)
    store.tell(books, "checkout.session.expired", session)
    return session


def refund(books: sqlite3.Connection, given: dict[str, Any]) -> dict[str, Any]:
    """Send part of a charge back; never more than it was."""
    charge, amount = store.get(books, given["charge"]), int(given["amount"])
    if amount < 1 or charge["amount_refunded"] + amount > charge["amount"]:
        raise Refused(400, "invalid_request_error", "The refund is larger than what is left of the charge.")
    charge["amount_refunded"] += amount
    store.put(books, charge)
    return store.put(books, {"id": store.new_id("re"), "object": "refund", "charge": charge["id"], "amount": amount,
                             "currency": charge["currency"], "status": "succeeded", "metadata": given.get("metadata", {})})


def fail_refund(books: sqlite3.Connection, refund_id: str) -> dict[str, Any]:
    """The buyer's bank gave a refund back: the money lies with us again."""
    made = store.get(books, refund_id)
    if made["status"] == "succeeded":
        charge = store.get(books, made["charge"])
        store.put(books, charge | {"amount_refunded": charge["amount_refunded"] - made["amount"]})
        made = store.put(books, made | {"status": "failed"})
        store.tell(books, "refund.failed", made)
    return made


def transfer(books: sqlite3.Connection, given: dict[str, Any]) -> dict[str, Any]:
    """Send part of a charge to a connected account; never more than it was."""
    charge, amount = store.get(books, given["source_transaction"]), int(given["amount"])
    if amount < 1 or charge["transferred"] + amount > charge["amount"]:
        raise Refused(400, "invalid_request_error", "The transfers are larger than the charge.")
    if charge["currency"] != given["currency"]:
        raise Refused(400, "invalid_request_error", "A transfer is in the currency of its charge.")
    destination = store.get(books, given["destination"])
    if destination["object"] != "v2.core.account" or accounts.status(destination) != "active":
        raise Refused(400, "invalid_request_error", "The destination account cannot receive transfers.", "insufficient_capabilities_for_transfer")
    charge["transferred"] += amount
    store.put(books, charge)
    made = store.put(books, {
        "id": store.new_id("tr"), "object": "transfer", "amount": amount, "currency": given["currency"],
        "destination": given["destination"], "source_transaction": charge["id"], "transfer_group": given.get("transfer_group"),
        "metadata": given.get("metadata", {}), "reversed": False, "amount_reversed": 0,
    })
    store.tell(books, "transfer.created", made)
    return made


def reverse(books: sqlite3.Connection, made: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """Take a transfer back, in part or whole, from what still lies on the account."""
    amount = int(given.get("amount") or made["amount"] - made["amount_reversed"])
    there = accounts.balance(books, made["destination"]).get(made["currency"], 0)
    if amount < 1 or amount > min(made["amount"] - made["amount_reversed"], there):
        raise Refused(400, "invalid_request_error", "The account does not hold as much of this transfer.", "balance_insufficient")
    made["amount_reversed"] += amount
    store.put(books, made | {"reversed": made["amount_reversed"] == made["amount"]})
    store.tell(books, "transfer.reversed", made)
    return store.put(books, {"id": store.new_id("trr"), "object": "transfer_reversal", "transfer": made["id"], "amount": amount,
                             "currency": made["currency"], "metadata": given.get("metadata", {})})


def balance(books: sqlite3.Connection, account: str) -> dict[str, Any]:
    """A connected account's balance by currency; the platform's own for an empty account."""
    totals = accounts.balance(books, account) if account else _platform(books)
    return {"object": "balance", "available": [{"currency": c, "amount": a} for c, a in sorted(totals.items())], "pending": [], "livemode": False}


def _platform(books: sqlite3.Connection) -> dict[str, int]:
    totals = store.total(books, "charge", "amount", "amount_refunded")
    for currency, minor in store.total(books, "transfer", "amount", "amount_reversed").items():
        totals[currency] = totals.get(currency, 0) - minor
    return totals
