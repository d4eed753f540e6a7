"""What the provider does with money: sessions, charges, refunds, transfers, balances."""

from __future__ import annotations

import sqlite3
import time
from typing import Any

from marketplace.web.sandbox import store
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
    charge = store.put(books, {
        "id": store.new_id("ch"), "object": "charge", "amount": session["amount_total"], "amount_refunded": 0, "transferred": 0,
        "currency": session["currency"], "transfer_group": session["transfer_group"], "paid": True, "livemode": False,
    })
    intent = store.put(books, {
        "id": store.new_id("pi"), "object": "payment_intent", "status": "succeeded", "amount": session["amount_total"],
        "amount_received": session["amount_total"], "currency": session["currency"], "latest_charge": charge["id"],
        "metadata": session["metadata"], "livemode": False,
    })
    session |= {"status": "complete", "payment_status": "paid", "payment_intent": intent["id"]}
    store.put(books, session)
    store.tell(books, "checkout.session.completed", session)
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


def transfer(books: sqlite3.Connection, given: dict[str, Any]) -> dict[str, Any]:
    """Send part of a charge to a connected account; never more than it was."""
    charge, amount = store.get(books, given["source_transaction"]), int(given["amount"])
    if amount < 1 or charge["transferred"] + amount > charge["amount"]:
        raise Refused(400, "invalid_request_error", "The transfers are larger than the charge.")
    if charge["currency"] != given["currency"]:
        raise Refused(400, "invalid_request_error", "A transfer is in the currency of its charge.")
    charge["transferred"] += amount
    store.put(books, charge)
    made = store.put(books, {
        "id": store.new_id("tr"), "object": "transfer", "amount": amount, "currency": given["currency"],
        "destination": given["destination"], "source_transaction": charge["id"], "transfer_group": given.get("transfer_group"),
        "metadata": given.get("metadata", {}), "reversed": False,
    })
    store.tell(books, "transfer.created", made)
    return made


def balance(books: sqlite3.Connection, account: str) -> dict[str, Any]:
    """A connected account's balance by currency; the platform's own for an empty account."""
    totals: dict[str, int] = {}
    for made in store.every(books, "transfer"):
        sign = 1 if made["destination"] == account else -1 if not account else 0
        totals[made["currency"]] = totals.get(made["currency"], 0) + sign * made["amount"]
    if not account:
        for charge in store.every(books, "charge"):
            totals[charge["currency"]] = totals.get(charge["currency"], 0) + charge["amount"] - charge["amount_refunded"]
    return {"object": "balance", "available": [{"currency": c, "amount": a} for c, a in sorted(totals.items())], "livemode": False}
