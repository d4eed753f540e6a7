"""What `flask ops verify` compares about money: the ledger with itself, with orders, payments and credit lines."""

from __future__ import annotations

from sqlalchemy import text

from marketplace.core.checks import Check
from marketplace.core.db import db
from marketplace.ledger import service as ledger

_PAYMENTS = """
    SELECT p.id FROM payments p LEFT JOIN (
        SELECT e.about->>'payment_id' AS id, sum(x.amount_minor) AS minor FROM journal_entries e
          JOIN postings x ON x.entry_id = e.id JOIN ledger_accounts d ON d.id = x.destination_id
         WHERE e.key LIKE 'captured:%' AND d.name LIKE 'order:clearing:%' AND x.number = 1 GROUP BY 1) b ON b.id = p.id
     WHERE (p.status IN ('captured', 'authorized')) <> (b.id IS NOT NULL) OR coalesce(b.minor, p.amount_minor) <> p.amount_minor"""
_AMOUNTS = """
    SELECT p.id FROM payments p JOIN orders o ON o.id = p.order_id WHERE p.amount_minor <> o.total_minor OR p.currency <> o.currency"""
_CREDIT = """
    SELECT c.id FROM credit_lines c LEFT JOIN (
        SELECT p.buyer_id, p.reseller_id, p.currency, sum(p.amount_minor - p.received_minor - p.credited_minor) AS minor FROM payments p
         WHERE p.method = 'on_account' AND p.status IN ('authorized', 'captured') GROUP BY 1, 2, 3) u USING (buyer_id, reseller_id, currency)
     WHERE c.reserved_minor + c.receivable_minor <> coalesce(u.minor, 0)"""
_RECEIVABLE = """
    SELECT p.id FROM payments p LEFT JOIN (
        SELECT e.about->>'order_id' AS order_id,
               sum(CASE WHEN s.name LIKE 'buyer:receivable:%' THEN x.amount_minor ELSE 0 END)
             - sum(CASE WHEN d.name LIKE 'buyer:receivable:%' THEN x.amount_minor ELSE 0 END) AS minor
          FROM journal_entries e JOIN postings x ON x.entry_id = e.id
          JOIN ledger_accounts s ON s.id = x.source_id JOIN ledger_accounts d ON d.id = x.destination_id
         WHERE s.name LIKE 'buyer:receivable:%' OR d.name LIKE 'buyer:receivable:%' GROUP BY 1) b ON b.order_id = p.order_id
      LEFT JOIN (SELECT payment_id, sum(amount_minor - excess_minor) AS minor FROM received_payments GROUP BY 1) r ON r.payment_id = p.id
     WHERE p.method = 'on_account' AND (p.amount_minor - p.received_minor - p.credited_minor <> coalesce(b.minor, 0)
                                        OR p.received_minor <> coalesce(r.minor, 0))"""


def checks() -> list[Check]:
    """Compare; runs as the market."""
    return [
        _sums(), _clearing(), _signs(),
        _query("payments with the ledger", "payments", _PAYMENTS),
        _query("payments with their orders", "payments", _AMOUNTS),
        _query("credit lines with orders on account", "credit_lines", _CREDIT),
        _query("orders on account with the ledger and the payments received", "payments", _RECEIVABLE),
    ]


def _query(name: str, table: str, query: str) -> Check:
    return Check(name, db.session.scalar(text(f"SELECT count(*) FROM {table}")), list(db.session.scalars(text(query))))


def _sums() -> Check:
    totals: dict[str, int] = {}
    found = ledger.balances()
    for (_, currency), minor in found.items():
        totals[currency] = totals.get(currency, 0) + minor
    return Check("ledger, sum of all accounts per currency", len(found), [f"{c}: {minor}" for c, minor in totals.items() if minor])


def _clearing() -> Check:
    found = {key: minor for key, minor in ledger.balances().items() if ":clearing:" in key[0] and not key[0].startswith("refund:")}
    return Check("clearing accounts are empty", len(found), [f"{name} {c}: {minor}" for (name, c), minor in found.items() if minor])


def _signs() -> Check:
    found = {key: minor for key, minor in ledger.balances().items()
             if key[0].startswith(("seller:", "operator:commission", "tax:"))}
    return Check("nobody is below zero", len(found), [f"{name} {c}: {minor}" for (name, c), minor in found.items() if minor < 0])
