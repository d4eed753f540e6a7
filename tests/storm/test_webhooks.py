"""T7: a storm of messages, repeated, shuffled, dropped and forged, ends where single messages in order would have."""

from __future__ import annotations

import json
import random
import time

import pytest

from marketplace.core import jobs, tenancy
from marketplace.core.db import db
from marketplace.ledger import service as ledger
from marketplace.operators import checks
from marketplace.payments import gateway, hosted, reconcile
from marketplace.payments.models import Payment, WebhookReceipt
from marketplace.web.sandbox import app as sandbox
from tests.figures import figure
from tests.journeys.test_order_to_payout import Shop
from tests.marketplace.web.sandbox.test_contract import SECRET, choose, provider

ORDERS, FORGED, SEED = figure(40, 200), 500, 20261124
__all__ = ["provider"]


@pytest.fixture
def events(market, provider) -> list[dict]:
    """Card orders that were all paid on their pages; what the provider has to tell about them."""
    shop = Shop(market)
    variant = market.variant(market.brand(market.manufacturer()))
    market.offer(market.seller(freight_minor=500), variant, price_minor=1000, stock=10 * ORDERS)
    for number in range(ORDERS):
        order = shop.order((variant, 1 + number % 5), method="card")
        payment = db.session.scalars(db.select(Payment).filter_by(order_id=order.id)).one()
        choose(hosted.open_page(payment.id), "pay")
    db.session.commit()
    books = provider.config["BOOKS"]
    return [json.loads(row[0]) for row in books.execute("SELECT body FROM events ORDER BY rowid")]


def forgeries(events: list[dict], chance: random.Random) -> list[tuple[bytes, str]]:
    """Messages that the provider never sent like this."""
    now, made = int(time.time()), []
    for _ in range(FORGED):
        event = json.loads(json.dumps(chance.choice(events)))
        true = json.dumps(event).encode()
        event["id"] = f"evt_forged_{chance.randrange(10**9)}"
        kind = chance.choice(["unsigned", "stale", "future", "other secret", "amount", "currency", "account", "garbage"])
        body, signature = json.dumps(event).encode(), sandbox.sign(true, SECRET, now)
        if kind == "unsigned":
            signature = ""
        elif kind in {"stale", "future"}:
            signature = sandbox.sign(body, SECRET, now + (-400 if kind == "stale" else 400))
        elif kind == "other secret":
            signature = sandbox.sign(body, "another-secret", now)
        elif kind == "garbage":
            body, signature = chance.randbytes(200), f"t={now},v1={'0' * 64}"
        else:
            event["data"]["object"] |= {"amount": {"amount_total": 1}, "currency": {"currency": "usd"}, "account": {}}[kind]
            event |= {"account": "acct_forged"} if kind == "account" else {}
            body = json.dumps(event).encode()
        made.append((body, signature))
    return made


def told(client, messages: list[tuple[bytes, str]]) -> list[int]:
    found = [client.post("/webhooks/sandbox", data=body, headers={"Stripe-Signature": signature}).status_code for body, signature in messages]
    db.session.commit()
    jobs.drain_all()
    tenancy.act_for([tenancy.MARKET])
    return found


def signed(event: dict) -> tuple[bytes, str]:
    body = json.dumps(event).encode()
    return body, sandbox.sign(body, SECRET, int(time.time()))


def state() -> dict:
    """All that the messages were to bring about."""
    db.session.expire_all()
    return {
        "payments": {row.id: (row.status, row.charge_id) for row in db.session.scalars(db.select(Payment))},
        "orders": {row.id: row.status for row in db.session.execute(db.text("SELECT id, status FROM orders"))},
        "ledger": ledger.balances(), "entries": sorted(db.session.scalars(db.text("SELECT key FROM journal_entries"))),
    }


def in_order(app, client, events) -> dict:
    """The state after each message was told once, in order; undone again."""
    db.session.commit()
    point = db._app_engines[app][None].begin_nested()
    assert set(told(client, [signed(event) for event in events])) == {204}
    found = state()
    db.session.rollback()
    point.rollback()
    db.session.expire_all()
    return found


def test_a_storm_of_messages_ends_as_if_each_had_come_once_and_in_order(app, client, events):
    browser, chance = client(), random.Random(SEED)
    wanted = in_order(app, browser, events)
    assert {status for status, _ in wanted["payments"].values()} == {"captured"}
    dropped = chance.sample(events, len(events) // 10)
    true = [signed(event) for event in events if event not in dropped for _ in range(chance.randint(1, 5))]
    false = forgeries(events, chance)
    mixed = true + false
    chance.shuffle(mixed)
    answers = told(browser, mixed)
    for message, answer in zip(mixed, answers, strict=True):
        assert answer == (422 if message in false else 204), f"seed {SEED}: {message}"
    forged = db.select(db.func.count()).select_from(WebhookReceipt).where(WebhookReceipt.event_id.like("evt_forged%"))
    assert db.session.scalar(forged) == 0
    waiting = [status for status, _ in state()["payments"].values() if status != "captured"]
    assert waiting == ["pending"] * len(dropped)

    assert jobs.at_once(reconcile.ask) == len(dropped)
    jobs.drain_all()
    tenancy.act_for([tenancy.MARKET])
    assert state() == wanted, f"seed {SEED}"
    assert [check.name for check in checks.run_all() if check.breaks] == []
    assert reconcile.ask() == 0


def test_messages_that_are_believed_without_a_signature_are_noticed(client, events, monkeypatch):
    monkeypatch.setattr(type(gateway.current()), "event", lambda self, body, signature: json.loads(body))
    false = [one for one in forgeries(events, random.Random(SEED)) if one[0].startswith(b"{")]
    assert 204 in told(client(), false[:20])
    assert db.session.scalar(db.select(db.func.count()).select_from(WebhookReceipt)) > 0
