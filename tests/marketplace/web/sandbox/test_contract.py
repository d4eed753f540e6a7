"""The real client against the sandbox over loopback: what our gateway relies on, call by call."""

from __future__ import annotations

import json
import threading
import time
import urllib.parse
import urllib.request

import pytest
import stripe
from werkzeug.serving import make_server

from marketplace.core import clock, jobs, tenancy
from marketplace.core.db import db
from marketplace.ledger import service as ledger
from marketplace.operators import checks
from marketplace.orders.models import Order
from marketplace.payments import gateway, hosted, service
from marketplace.payments.gateway_stripe import BadSignature
from marketplace.payments.models import Payment, WebhookReceipt
from marketplace.web.sandbox import app as sandbox
from tests.journeys.test_order_to_payout import Shop

SECRET = "a-secret-of-the-test"


@pytest.fixture
def provider(tmp_path, monkeypatch):
    """The sandbox on a port of its own, and the settings that lead there."""
    app = sandbox.create(tmp_path / "books.sqlite", SECRET, "http://127.0.0.1:0")
    server = make_server("127.0.0.1", 0, app, threaded=True)
    app.config["ADDRESS"] = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    monkeypatch.setenv("SANDBOX_URL", app.config["ADDRESS"])
    monkeypatch.setenv("SANDBOX_SECRET", SECRET)
    yield app
    server.shutdown()
    thread.join()
    server.server_close()
    app.config["BOOKS"].close()


@pytest.fixture
def order(market):
    shop = Shop(market)
    variant = market.variant(market.brand(market.manufacturer()))
    market.offer(market.seller(freight_minor=500), variant, price_minor=1000)
    return shop.order((variant, 2), method="card")


def choose(page: str, what: str) -> None:
    """Press a button of the hosted page, without following where it leads."""

    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *args):
            return None

    try:
        urllib.request.build_opener(Stay).open(page, urllib.parse.urlencode({"do": what}).encode()).close()
    except urllib.error.HTTPError as answer:
        assert answer.code == 303
        answer.close()


def told(provider, at: float | None = None) -> tuple[bytes, str]:
    """The newest event as the sandbox would send it."""
    body = json.dumps(sandbox.store.unsent(provider.config["BOOKS"])[-1]).encode()
    return body, sandbox.sign(body, SECRET, int(at or time.time()))


def payment_of(order: Order) -> Payment:
    return db.session.scalars(db.select(Payment).filter_by(order_id=order.id)).one()


def test_a_paid_page_books_the_whole_split_once(provider, order, client):
    page = hosted.open_page(payment_of(order).id)
    assert hosted.open_page(payment_of(order).id) == page
    with urllib.request.urlopen(page) as shown:
        assert "No real money moves here" in shown.read().decode()
    choose(page, "pay")
    body, signature = told(provider)
    for _ in range(3):
        assert client().post("/webhooks/sandbox", data=body, headers={"Stripe-Signature": signature}).status_code == 204
    db.session.commit()
    jobs.drain_all()
    tenancy.act_for([tenancy.MARKET])
    assert payment_of(order).status == "captured"
    assert ledger.balance("provider:pending", "EUR") == -order.total_minor
    assert db.session.scalar(db.select(db.func.count()).select_from(WebhookReceipt)) == 1
    assert [check.name for check in checks.run_all() if check.breaks] == []


def test_a_declined_or_postponed_payment_leaves_the_order_waiting(provider, order):
    page = hosted.open_page(payment_of(order).id)
    choose(page, "decline")
    assert gateway.current().paid(payment_of(order).session_id) is None
    assert gateway.current().paid(payment_of(order).session_id) is None
    assert db.session.get(Order, order.id).status == "pending_payment"


def test_declining_in_an_old_tab_does_not_unsay_a_payment(provider, order):
    page = hosted.open_page(payment_of(order).id)
    for choice, said in (("decline", "The card was declined"), ("later", "The money is on its way"), ("arrive", "This is paid")):
        choose(page, choice)
        with urllib.request.urlopen(f"{page}?declined=1") as shown:
            text = shown.read().decode()
        assert said in text and ("Nothing was charged" in text) == (choice == "decline"), choice


@pytest.mark.parametrize("forged", ["", "t=1,v1=00", "v1=abc"])
def test_a_message_that_is_not_signed_is_refused(provider, order, client, forged):
    answer = client().post("/webhooks/sandbox", data=b'{"id": "evt_1", "type": "checkout.session.completed"}',
                           headers={"Stripe-Signature": forged})
    assert (answer.status_code, answer.json["error"]["code"]) == (422, "bad_signature")
    assert db.session.scalar(db.select(db.func.count()).select_from(WebhookReceipt)) == 0


@pytest.mark.parametrize("body", [
    b"", b"[]", b"null", b"{", b"{}", b'{"id": "evt_1"}', b'{"id": "evt_1", "type": "refund.created"}',
    b'{"id": "evt_1", "type": "refund.created", "data": []}', b'{"id": "evt_1", "type": "refund.created", "data": {"object": "re_1"}}',
    b'{"id": "evt_1", "type": "refund.created", "data": {"object": {"id": 1}}}',
    b'{"id": {"a": 1}, "type": "refund.created", "data": {"object": {"id": "re_1"}}}',
    b'{"id": "evt_1", "type": ["refund.created"], "data": {"object": {"id": "re_1"}}}',
    b'{"id": "evt_1", "type": "refund.created", "related_object": "re_1"}',
])
def test_a_message_that_is_signed_and_no_event_is_refused(provider, order, client, body):
    answer = client().post("/webhooks/sandbox", data=body,
                           headers={"Stripe-Signature": sandbox.sign(body, SECRET, int(time.time()))})
    assert (answer.status_code, answer.json["error"]["code"]) == (422, "bad_message")
    assert db.session.scalar(db.select(db.func.count()).select_from(WebhookReceipt)) == 0


@pytest.mark.parametrize("minutes", [-10, 10])
def test_a_message_from_another_time_is_refused(provider, order, minutes):
    choose(hosted.open_page(payment_of(order).id), "pay")
    body, signature = told(provider, clock.now().timestamp() + minutes * 60)
    with pytest.raises(BadSignature):
        gateway.current().event(body, signature)


def test_another_amount_than_ours_books_nothing(provider, order):
    choose(hosted.open_page(payment_of(order).id), "pay")
    payment = payment_of(order)
    payment.amount_minor += 1
    db.session.flush()
    service.capture(payment.id, gateway.current().paid(payment.session_id))
    assert (payment.status, ledger.balances()) == ("pending", {})


def test_a_key_with_other_parameters_is_refused(provider, order):
    hosted.open_page(payment_of(order).id)
    payment = payment_of(order)
    payment.amount_minor += 100
    with pytest.raises(stripe.IdempotencyError), db.session.no_autoflush:
        gateway.current().open_session(payment, order, "http://shop.localhost")
    db.session.expire(payment)
