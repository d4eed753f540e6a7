"""The same application with a bug in it, chosen by PLANTED_BUG, that the storm must notice.

naive_stock    what is left is read first and written later
early_enqueue  work goes to Redis before its transaction commits, and to no table
"""

from __future__ import annotations

import os
import time

import redis
from flask import current_app
from rq import Queue
from rq.serializers import JSONSerializer
from sqlalchemy import text

from marketplace.core import outbox, tenancy
from marketplace.core.db import db
from marketplace.offers import stock
from marketplace.payments import webhooks
from wsgi import create_app

publish_all = outbox.publish_all


def naive(totals):
    """Read, think, write."""
    for level_id, quantity in totals.items():
        row = db.session.execute(text("SELECT available, reserved FROM stock_levels WHERE id = :id"), {"id": level_id}).one()
        if row.available < quantity:
            raise stock.OutOfStock
        time.sleep(0.03)
        db.session.execute(text("UPDATE stock_levels SET available = :left, reserved = :held WHERE id = :id"),
                           {"left": row.available - quantity, "held": row.reserved + quantity, "id": level_id})


def enqueue_early(rows):
    """One job a row, now."""
    later = [row for row in rows if row[3] is not None]
    publish_all(later)
    queue = Queue("market", connection=redis.Redis.from_url(current_app.config["SETTINGS"].redis_url), serializer=JSONSerializer)
    for topic, _key, payload, at in rows:
        if at is None and not _mends(topic, payload):
            queue.enqueue("tests.storm.planted.work", topic, dict(payload), at_front=True)
    time.sleep(0.3)  # what is enqueued now is begun before the transaction ends, whatever the machine is doing


def _mends(topic, payload):
    """Whether it is a further message about a payment: any one of them that is looked at in time would hide the loss of the others."""
    return topic == webhooks.TOPIC and not db.session.get_one(webhooks.WebhookReceipt, payload["receipt_id"]).kind.startswith("checkout.session.")


def work(topic, payload):
    """What such a job does: there is no row that says it is still to be done."""
    tenancy.act_for([tenancy.MARKET])
    try:
        outbox.handlers[topic](payload)
        db.session.commit()
    finally:
        db.session.remove()
        tenancy.forget()


if os.environ.get("PLANTED_BUG") == "naive_stock":
    stock._take = naive
if os.environ.get("PLANTED_BUG") == "early_enqueue":
    outbox.publish_all = enqueue_early


def __getattr__(name):
    if name == "app":
        globals()["app"] = create_app()
        return globals()["app"]
    raise AttributeError(name)
