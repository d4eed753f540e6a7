"""After the storm: what the diary, the market's rows and the provider's books say must be the same."""

from __future__ import annotations

import json
import sqlite3
import time
from collections import Counter

from marketplace.core.db import db
from tests.storm.buyers import Diary
from tests.storm.square import Running, application, flask

DRAINED_WITHIN = 10.0


def drained(here: Running) -> float:
    """Seconds until no work was due any more; as many as a minute when it never ends."""
    begun = time.monotonic()
    with application(here):
        while time.monotonic() < begun + 60:
            due = db.session.scalar(db.text("SELECT count(*) FROM outbox WHERE done_at IS NULL AND next_at <= now()"))
            waiting = db.session.scalar(db.text(
                "SELECT count(*) FROM outbox WHERE done_at IS NULL AND dead_at IS NULL AND attempts > 0"))
            db.session.rollback()
            if not due and not waiting and not _unsent(here):
                break
            time.sleep(0.1)
    return time.monotonic() - begun


def _unsent(here: Running) -> int:
    return _books(here, "SELECT count(*) FROM events WHERE sent = 0")[0][0]


def _books(here: Running, query: str) -> list[tuple]:
    books = sqlite3.connect(f"file:{here.var / 'sandbox.sqlite'}?mode=ro", uri=True)
    try:
        return books.execute(query).fetchall()
    finally:
        books.close()


def faults(here: Running, diary: Diary) -> list[str]:
    """Everything that is not as it must be, in words; empty when all is well."""
    found = [f"strange answer: {one}" for one in diary.strange] + [f"no answer: {one}" for one in diary.silent]
    with application(here):
        found += [*_orders(diary), *_payments(here, diary), *_stock(here), *_credit(diary)]
        found += [f"dead work: {row}" for row in db.session.execute(db.text("SELECT topic, last_error FROM outbox WHERE dead_at IS NOT NULL"))]
    verified = flask(here, "ops", "verify")
    if verified.returncode or "balanced" not in verified.stdout:
        found.append("ops verify: " + (verified.stdout + verified.stderr)[-2000:])
    return found


def _orders(diary: Diary) -> list[str]:
    rows = {row.id: row for row in db.session.execute(db.text(
        "SELECT o.id, o.buyer_id, o.total_minor, o.status, jsonb_object_agg(l.variant_id, l.quantity) AS lines"
        "  FROM orders o JOIN order_lines l ON l.order_id = o.id GROUP BY o.id"))}
    found = [f"lost: {one['id']}" for one in diary.acknowledged if one["id"] not in rows]
    told = Counter(one["id"] for one in diary.acknowledged)
    found += [f"acknowledged twice: {id_}" for id_, times in told.items() if times > 1]
    found += [f"nobody was told of {id_}" for id_ in rows if id_ not in told]
    for one in diary.acknowledged:
        row = rows.get(one["id"])
        if row and (row.buyer_id, row.total_minor, row.lines) != (one["buyer"], one["total_minor"], one["picks"]):
            found.append(f"not what was ordered: {one['id']}")
        if row and row.status != "placed":
            found.append(f"{row.id} is {row.status}")
    return found


def _payments(here: Running, diary: Diary) -> list[str]:
    cards = {one["id"]: one["total_minor"] for one in diary.acknowledged if one["card"]}
    charges = [json.loads(row[0]) for row in _books(here, "SELECT body FROM objects WHERE kind = 'charge'")]
    found = []
    if Counter((c["transfer_group"], c["amount"]) for c in charges) != Counter(cards.items()):
        found.append(f"{len(charges)} executions for {len(cards)} card orders, or other amounts")
    status = dict(db.session.execute(db.text("SELECT order_id, status FROM payments")).all())
    booked = Counter(db.session.scalars(db.text("SELECT about->>'order_id' FROM journal_entries WHERE key LIKE 'captured:%'")))
    for one in diary.acknowledged:
        wanted = "captured" if one["card"] else "authorized"
        if status.get(one["id"]) != wanted or booked[one["id"]] != 1:
            found.append(f"{one['id']} is {status.get(one['id'])}, booked {booked[one['id']]} times")
    return found


def _stock(here: Running) -> list[str]:
    """Nothing was shipped: what left the shelf stands in reservations of orders that live, and nowhere else."""
    rows = db.session.execute(db.text("""
        SELECT s.id, s.available, s.reserved, coalesce(sum(a.quantity - a.cancelled), 0) AS sold
          FROM stock_levels s LEFT JOIN allocations a ON a.stock_level_id = s.id GROUP BY s.id"""))
    return [f"stock {row.id}: {row.available} left, {row.reserved} reserved, {row.sold} sold of {here.levels[row.id]}" for row in rows
            if row.available + row.reserved != here.levels[row.id] or row.reserved != row.sold or row.available < 0]


def _credit(diary: Diary) -> list[str]:
    owed = Counter()
    for one in diary.acknowledged:
        owed[one["buyer"]] += 0 if one["card"] else one["total_minor"]
    rows = db.session.execute(db.text("SELECT buyer_id, reserved_minor FROM credit_lines"))
    return [f"{row.buyer_id} owes {row.reserved_minor}, ordered {owed[row.buyer_id]}" for row in rows if row.reserved_minor != owed[row.buyer_id]]
