"""What `flask ops verify` compares about money: the ledger with itself, with orders, payments and credit lines."""

from __future__ import annotations

from sqlalchemy import text

from marketplace.core import money
from marketplace.core.checks import Check, compared, states
from marketplace.core.db import db
from marketplace.ledger import service as ledger

_PAYMENTS = """
    SELECT o.number || ' ' || p.id AS id, p.currency, p.status, p.amount_minor, b.minor AS in_the_ledger_minor FROM payments p
      JOIN orders o ON o.id = p.order_id LEFT JOIN (
        SELECT e.about->>'payment_id' AS id, sum(x.amount_minor) AS minor FROM journal_entries e
          JOIN postings x ON x.entry_id = e.id JOIN ledger_accounts d ON d.id = x.destination_id
         WHERE e.key LIKE 'captured:%' AND d.name LIKE 'order:clearing:%' AND x.number = 1 GROUP BY 1) b ON b.id = p.id
     WHERE (p.status IN ('captured', 'authorized')) <> (b.id IS NOT NULL) OR coalesce(b.minor, p.amount_minor) <> p.amount_minor"""
_AMOUNTS = """
    SELECT o.number || ' ' || p.id AS id, p.currency, p.amount_minor, o.total_minor AS order_total_minor FROM payments p JOIN orders o ON o.id = p.order_id
     WHERE p.amount_minor <> o.total_minor OR p.currency <> o.currency"""
_CREDIT = """
    SELECT * FROM (
        SELECT coalesce(c.id, 'no credit line') AS id, currency, (SELECT name FROM organizations WHERE id = buyer_id) AS customer, coalesce(c.reserved_minor + c.receivable_minor, 0) AS used_minor,
               coalesce(u.minor, 0) AS owed_minor, coalesce(c.receivable_minor, 0) AS receivable_minor, 0 AS invoiced_minor
          FROM credit_lines c FULL JOIN (
            SELECT p.buyer_id, p.reseller_id, p.currency, sum(p.amount_minor - p.received_minor - p.credited_minor) AS minor FROM payments p
             WHERE p.method = 'on_account' AND p.status IN ('authorized', 'captured') GROUP BY 1, 2, 3) u USING (buyer_id, reseller_id, currency)) t
     WHERE used_minor <> owed_minor OR receivable_minor <> invoiced_minor"""
"""What is used of a credit line is what its orders owe; nothing of it is invoiced, as long as the market makes no invoices."""
_RECEIVABLE = """
    SELECT o.number || ' ' || p.id AS id, p.currency, p.amount_minor - p.received_minor - p.credited_minor AS open_minor,
           coalesce(b.minor, 0) AS in_the_ledger_minor, p.received_minor, coalesce(r.minor, 0) AS payments_received_minor
      FROM payments p JOIN orders o ON o.id = p.order_id LEFT JOIN (
        SELECT e.about->>'order_id' AS order_id,
               sum(CASE WHEN s.name LIKE 'buyer:receivable:%' THEN x.amount_minor ELSE 0 END)
             - sum(CASE WHEN d.name LIKE 'buyer:receivable:%' THEN x.amount_minor ELSE 0 END) AS minor
          FROM journal_entries e JOIN postings x ON x.entry_id = e.id
          JOIN ledger_accounts s ON s.id = x.source_id JOIN ledger_accounts d ON d.id = x.destination_id
         WHERE s.name LIKE 'buyer:receivable:%' OR d.name LIKE 'buyer:receivable:%' GROUP BY 1) b ON b.order_id = p.order_id
      LEFT JOIN (SELECT payment_id, sum(amount_minor - excess_minor) AS minor FROM received_payments
            WHERE taken_back_at IS NULL GROUP BY 1) r ON r.payment_id = p.id
     WHERE p.method = 'on_account' AND (p.amount_minor - p.received_minor - p.credited_minor <> coalesce(b.minor, 0)
                                        OR p.received_minor <> coalesce(r.minor, 0))"""

_OWED = text("""
    WITH shares AS (
        SELECT s.* FROM line_shares s JOIN payments p ON p.order_id = s.order_id AND p.status IN ('authorized', 'captured')),
    parts AS (
        SELECT 'seller' AS who, seller_id AS id, currency, sum(net_minor + tax_minor - coalesce(CAST(refunded->>'net' AS bigint), 0)
               - coalesce(CAST(refunded->>'tax' AS bigint), 0)) AS minor FROM shares GROUP BY 1, 2, 3
        UNION ALL
        SELECT 'reseller', reseller_id, currency, sum(margin_minor - coalesce(CAST(refunded->>'margin' AS bigint), 0)) FROM shares GROUP BY 1, 2, 3
        UNION ALL
        SELECT 'operator', 'commission', currency, sum(commission_minor - coalesce(CAST(refunded->>'commission' AS bigint), 0))
          FROM shares GROUP BY 1, 2, 3
        UNION ALL
        SELECT 'tax', 'commission', currency, sum(commission_tax_minor - coalesce(CAST(refunded->>'commission_tax' AS bigint), 0))
          FROM shares GROUP BY 1, 2, 3
        UNION ALL
        SELECT split_part(release_key, ':', 2), organization_id, currency, -sum(amount_minor - reversed_minor)
          FROM transfers WHERE status IN ('sent', 'reversed') GROUP BY 1, 2, 3),
    owed AS (SELECT who, id, currency, sum(minor) AS minor FROM parts GROUP BY 1, 2, 3),
    moved AS (
        SELECT destination_id AS account_id, amount_minor AS minor FROM postings UNION ALL SELECT source_id, -amount_minor FROM postings),
    books AS (
        SELECT split_part(a.name, ':', 1) AS who, CASE WHEN split_part(a.name, ':', 2) = 'commission' THEN 'commission' ELSE split_part(a.name, ':', 3) END AS id,
               a.currency, sum(m.minor) AS minor
          FROM ledger_accounts a JOIN moved m ON m.account_id = a.id
         WHERE a.name LIKE 'seller:%' OR a.name LIKE 'reseller:%' OR a.name IN ('operator:commission', 'tax:commission') GROUP BY 1, 2, 3)
    SELECT who, id, currency, coalesce(b.minor, 0) AS booked, coalesce(o.minor, 0) AS owed, g.name
      FROM books b FULL JOIN owed o USING (who, id, currency) LEFT JOIN (SELECT id, name FROM organizations) g USING (id) ORDER BY 1, 2, 3""")


def checks() -> list[Check]:
    """Compare; runs as the market."""
    return [
        _sums(), _owed(), _clearing(), _signs(),
        compared("payments with the ledger", "payments", _PAYMENTS),
        compared("payments with their orders", "payments", _AMOUNTS),
        compared("credit lines with orders on account", "credit_lines", _CREDIT),
        compared("orders on account with the ledger and the payments received", "payments", _RECEIVABLE),
        states("states of payments with their last steps", "payments", "id", ("created", "authorized")),
        states("states of transfers with their last steps", "transfers", "id", ("created",)),
        states("states of refunds with their last steps", "refunds", "id", ("created",)),
    ]


def _sums() -> Check:
    totals: dict[str, int] = {}
    found = ledger.balances()
    for (_, currency), minor in found.items():
        totals[currency] = totals.get(currency, 0) + minor
    return Check("ledger, sum of all accounts per currency", len(found), [f"{c}: {money.said(minor, c)}" for c, minor in totals.items() if minor])


def _owed() -> Check:
    """The parties' accounts from the frozen shares of the orders, less what was given back and sent on."""
    found = db.session.execute(_OWED).all()
    return Check("what each party has in the ledger with shares, refunds and transfers", len(found), [
        f"{row.who} {f'{row.name} ' if row.name else ''}{row.id}: {money.said(int(row.booked), row.currency)} in the ledger, {money.said(int(row.owed), row.currency)} by shares and transfers"
        for row in found if row.booked != row.owed])


def _clearing() -> Check:
    found = {key: minor for key, minor in ledger.balances().items() if ":clearing:" in key[0] and not key[0].startswith("refund:")}
    return Check("clearing accounts are empty", len(found), [f"{name}: {money.said(minor, c)}" for (name, c), minor in found.items() if minor])


def _signs() -> Check:
    found = {key: minor for key, minor in ledger.balances().items()
             if key[0].startswith(("seller:", "operator:commission", "tax:"))}
    return Check("nobody is below zero", len(found), [f"{name}: {money.said(minor, c)}" for (name, c), minor in found.items() if minor < 0])
