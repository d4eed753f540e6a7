"""Connected accounts of the sandbox: opening, onboarding links, capability, payouts to a bank that is not there."""

from __future__ import annotations

import sqlite3
import time
from typing import Any

from marketplace.web.sandbox import store
from marketplace.web.sandbox.store import Refused

LINK_LIVES = 300
CAPABILITY = "v2.core.account[configuration.recipient].capability_status_updated"
LIVE = ("pending", "in_transit", "paid")


def open_account(books: sqlite3.Connection, given: dict[str, Any]) -> dict[str, Any]:
    """Open an account that cannot receive anything before its onboarding."""
    recipient = given.get("configuration", {}).get("recipient", {})
    if not recipient.get("capabilities", {}).get("stripe_balance", {}).get("stripe_transfers", {}).get("requested"):
        raise Refused(400, "invalid_request_error", "Ask for the capability stripe_balance.stripe_transfers.")
    return store.put(books, {
        "id": store.new_id("acct"), "object": "v2.core.account", "display_name": given.get("display_name"),
        "contact_email": given.get("contact_email"), "identity": given.get("identity"), "metadata": given.get("metadata", {}),
        "livemode": False, "configuration": {"recipient": {"capabilities": {"stripe_balance": {"stripe_transfers": {"status": "restricted"}}}}},
    })


def status(account: dict[str, Any]) -> str:
    """Whether an account can receive transfers."""
    return account["configuration"]["recipient"]["capabilities"]["stripe_balance"]["stripe_transfers"]["status"]


def become(books: sqlite3.Connection, account_id: str, word: str) -> dict[str, Any]:
    """Give an account's capability another status, and tell."""
    account = store.get(books, account_id)
    if status(account) != word:
        account["configuration"]["recipient"]["capabilities"]["stripe_balance"]["stripe_transfers"]["status"] = word
        store.put(books, account)
        store.tell_thin(books, CAPABILITY, account)
    return account


def link(books: sqlite3.Connection, given: dict[str, Any], address: str) -> dict[str, Any]:
    """An onboarding link: works once, for minutes."""
    account = store.get(books, given["account"])
    wanted = given["use_case"]["account_onboarding"]
    id_ = store.new_id("acctlink")
    made = store.put(books, {"id": id_, "object": "v2.core.account_link", "account": account["id"], "used": False,
                             "return_url": wanted.get("return_url") or wanted["refresh_url"], "refresh_url": wanted["refresh_url"],
                             "url": f"{address}/onboard/{id_}", "expires": int(time.time()) + LINK_LIVES, "livemode": False})
    return {name: made[name] for name in ("object", "account", "url", "livemode")}


def balance(books: sqlite3.Connection, account: str) -> dict[str, int]:
    """What lies on a connected account, by currency."""
    totals = store.total(books, "transfer", "amount", "amount_reversed", destination=account)
    for status in LIVE:
        for currency, amount in store.total(books, "payout", "amount", account=account, status=status).items():
            totals[currency] = totals.get(currency, 0) - amount
    return totals


def pay_out(books: sqlite3.Connection, account: str) -> list[dict[str, Any]]:
    """Send everything on an account on its way to the bank: one payout per currency."""
    made = []
    for currency, amount in sorted(balance(books, account).items()):
        if amount < 1:
            continue
        payout = store.put(books, {
            "id": store.new_id("po"), "object": "payout", "account": account, "amount": amount, "currency": currency, "status": "in_transit",
            "created": int(time.time()), "arrival_date": int(time.time()) + 86_400, "automatic": True, "failure_code": None, "failure_message": None, "livemode": False,
        })
        for transfer in store.found(books, "transfer", destination=account, currency=currency, payout=None):
            store.put(books, transfer | {"payout": payout["id"]})
        store.tell(books, "payout.created", payout, account)
        made.append(payout)
    return made


def arrive(books: sqlite3.Connection, payout_id: str) -> dict[str, Any]:
    """The bank took a payout."""
    payout = store.get(books, payout_id)
    if payout["status"] == "in_transit":
        payout = store.put(books, payout | {"status": "paid"})
        store.tell(books, "payout.paid", payout, payout["account"])
    return payout


def bounce(books: sqlite3.Connection, payout_id: str) -> dict[str, Any]:
    """The bank gave a payout back, even one that it took before: it lies on the account again."""
    payout = store.get(books, payout_id)
    if payout["status"] in LIVE:
        payout = store.put(books, payout | {"status": "failed", "failure_code": "account_closed",
                                            "failure_message": "The bank account has been closed."})
        for transfer in store.found(books, "transfer", payout=payout_id):
            store.put(books, transfer | {"payout": None})
        store.tell(books, "payout.failed", payout, payout["account"])
    return payout


def round_of_payouts(books: sqlite3.Connection) -> None:
    """What time would do: what is under way arrives, then what lies on the accounts starts."""
    for payout in store.found(books, "payout", status="in_transit"):
        arrive(books, payout["id"])
    for account in store.every(books, "v2.core.account"):
        pay_out(books, account["id"])


def entries(books: sqlite3.Connection, payout_id: str) -> list[dict[str, Any]]:
    """The balance transactions of one payout: the transfers that it took, as payments to the account."""
    return [
        {"id": f"txn_{made['id']}", "object": "balance_transaction", "type": "payment", "amount": made["amount"], "fee": 0,
         "net": made["amount"], "currency": made["currency"],
         "source": {"id": f"py_{made['id']}", "object": "charge", "source_transfer": made["id"]}}
        for made in store.found(books, "transfer", payout=payout_id)
    ]
