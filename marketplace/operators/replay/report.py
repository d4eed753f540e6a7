"""What a replay came to: counted in the database, beside what the trade refused."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import text

from marketplace.core.checks import Check
from marketplace.core.db import db
from marketplace.operators import checks
from marketplace.operators.replay.goods import Goods
from marketplace.operators.replay.lines import REASONS, Invoice
from marketplace.operators.replay.trade import Trade

_COUNTS = {
    "order lines": "SELECT count(*) FROM order_lines",
    "seller orders": "SELECT count(*) FROM seller_orders WHERE hop = 0",
    "seller orders routed again": "SELECT count(*) FROM seller_orders WHERE hop > 0",
    "orders paid by card": "SELECT count(*) FROM payments WHERE method = 'card' AND status = 'captured'",
    "orders paid on account": "SELECT count(*) FROM payments WHERE method = 'on_account' AND status = 'captured'",
    "orders not paid": "SELECT count(*) FROM payments WHERE status <> 'captured'",
    "parcels delivered": "SELECT count(*) FROM shipments WHERE delivered_at IS NOT NULL",
    "refunds": "SELECT count(*) FROM refunds",
    "transfers sent": "SELECT count(*) FROM transfers WHERE status = 'sent'",
    "transfers not sent": "SELECT count(*) FROM transfers WHERE status <> 'sent'",
    "transfers paid out to a bank": "SELECT count(*) FROM transfers WHERE payout_id IS NOT NULL OR (gateway = 'bank' AND status = 'sent')",
    "payouts recorded": "SELECT count(*) FROM payouts",
}
_STOCK = text("""
    WITH imported AS (SELECT key AS sku, CAST(value AS bigint) AS units FROM jsonb_each_text(CAST(:imported AS jsonb))),
         sent AS (SELECT a.stock_level_id AS id, sum(l.quantity) AS units FROM shipment_lines l JOIN allocations a ON a.id = l.allocation_id
                   GROUP BY 1)
    SELECT i.sku, i.units, s.available, s.reserved, coalesce(sent.units, 0) AS sent
      FROM imported i LEFT JOIN offers o ON o.seller_sku = i.sku LEFT JOIN stock_levels s ON s.offer_id = o.id LEFT JOIN sent ON sent.id = s.id
     WHERE i.units IS DISTINCT FROM s.available + s.reserved + coalesce(sent.units, 0) ORDER BY 1""")
_LEFT = text("SELECT topic, count(*) AS n FROM outbox WHERE done_at IS NULL GROUP BY 1 ORDER BY 1")
SHOWN = 20


@dataclass(frozen=True)
class Report:
    """One run: figures, refusals by reason, and the comparisons."""

    invoices: int
    placed: int
    seconds: float
    counts: dict[str, int]
    refused: Counter[str]
    rows: Counter[str]
    dropped: Counter[str]
    checks: list[Check]

    @property
    def is_sound(self) -> bool:
        """Whether every comparison came out even."""
        return not any(check.breaks for check in self.checks)


def of(trade: Trade, goods: Goods, invoices: list[Invoice], seconds: float) -> Report:
    """Count and compare; runs as the market."""
    rows = sum((invoice.refused for invoice in invoices), Counter())
    counts = {name: db.session.scalar(text(query)) for name, query in _COUNTS.items()}
    compared = [_stock(goods), _outbox(), *checks.run_all()]
    return Report(len(invoices), trade.placed, seconds, counts, trade.refused, rows, trade.dropped, compared)


def _stock(goods: Goods) -> Check:
    found = db.session.execute(_STOCK, {"imported": json.dumps(goods.stock)})
    return Check("stock exact: imported = available + reserved + sent", len(goods.stock), [
        f"{row.sku}: {row.units} imported, {row.available} available, {row.reserved} reserved, {row.sent} sent" for row in found])


def _outbox() -> Check:
    done = db.session.scalar(text("SELECT count(*) FROM outbox"))
    return Check("outbox drained", done, [f"{row.topic}: {row.n} left" for row in db.session.execute(_LEFT)])


def lines(report: Report) -> Iterator[str]:
    """The report as a person reads it."""
    rate = report.placed / report.seconds if report.seconds else 0
    parts = report.counts["seller orders"] / report.placed if report.placed else 0
    yield f"{report.invoices} invoices: {report.placed} orders placed, {sum(report.refused.values())} refused"
    yield f"  {parts:.2f} seller orders per order; {rate:.1f} orders/s over {report.seconds:.0f} s, each followed to the payout"
    yield "invoices refused:"
    yield from _reasons(report.refused)
    yield "rows refused in the file:"
    yield from _reasons(report.rows)
    if report.dropped:
        yield "rows of orders refused by the market:"
        yield from _reasons(report.dropped)
    yield "followed through:"
    yield from (f"  {number:>8} {name}" for name, number in report.counts.items())
    for check in report.checks:
        yield f"{check.name}: {check.compared} compared, {len(check.breaks)} breaks"
        yield from (f"  {line}" for line in check.breaks[:SHOWN])
    yield "balanced" if report.is_sound else "NOT balanced"


def _reasons(counted: Counter[str]) -> Iterator[str]:
    for reason, number in counted.most_common():
        yield f"  {number:>8} {reason}" + (f": {REASONS[reason]}" if reason in REASONS else "")
