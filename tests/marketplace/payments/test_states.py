"""What a buyer's payment and refund may become, and how it is paid again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from marketplace.core import clock
from marketplace.core.db import db
from marketplace.ledger import service as ledger
from marketplace.orders import fulfilment
from marketplace.orders import service as orders
from marketplace.orders.models import Order
from marketplace.payments import service, webhooks
from marketplace.payments.hosted import NotPayable
from marketplace.payments.models import OperatorTask, PaymentMethodRule, Refund, WebhookReceipt
from marketplace.payments.service import MethodNotAllowed
from marketplace.web.sandbox import provider as banker
from marketplace.web.sandbox import store
from tests.journeys.test_order_to_payout import broken, drained, parts
from tests.marketplace.web.sandbox.test_contract import choose


def status(world, order) -> tuple[str, str]:
    return world.payment(order).status, db.session.get_one(Order, order.id, populate_existing=True).status


def test_a_slow_payment_is_under_way_until_it_arrives(world):
    order = world.order()
    page = world.page(order)
    choose(page, "later")
    world.deliver()
    assert status(world, order) == ("processing", "pending_payment")
    with pytest.raises(NotPayable):
        world.page(order)
    with clock.at(clock.now() + timedelta(hours=3)):
        drained()
    assert status(world, order) == ("processing", "pending_payment"), "a slow payment keeps its order"
    choose(page, "arrive")
    world.deliver()
    assert status(world, order) == ("captured", "placed") and broken() == []


def test_a_slow_payment_that_fails_is_paid_again_on_a_new_page(world):
    order = world.order()
    page = world.page(order)
    choose(page, "later")
    choose(page, "fail")
    world.deliver()
    assert status(world, order) == ("failed", "pending_payment")
    again = world.page(order)
    assert again != page and world.payment(order).attempt == 2
    choose(again, "pay")
    world.deliver()
    assert status(world, order) == ("captured", "placed")
    assert len(store.every(world.books, "charge")) == 1 and broken() == []


def test_an_expired_page_is_opened_anew(world):
    order = world.order()
    page = world.page(order)
    banker.expire(world.books, store.get(world.books, world.payment(order).session_id))
    world.deliver()
    assert status(world, order)[0] == "failed" and world.page(order) != page


def test_an_unpaid_order_closes_its_page_so_that_nobody_pays_for_nothing(world):
    order = world.order()
    page = world.page(order)
    with clock.at(clock.now() + timedelta(hours=3)):
        drained()
    assert status(world, order) == ("cancelled", "cancelled")
    choose(page, "pay")
    assert store.every(world.books, "charge") == []


def test_a_payment_of_the_last_moment_wins_over_the_cancellation(world):
    order = world.order()
    choose(world.page(order), "pay")  # and its message is late
    with clock.at(clock.now() + timedelta(hours=3)):
        drained()
    assert status(world, order)[0] == "captured" and broken() == []


def test_money_for_a_cancelled_order_goes_back_whole(world):
    order = world.order()
    page = world.page(order)
    choose(page, "later")
    world.deliver()
    orders.cancel_unpaid(order.id, "by hand")
    choose(page, "arrive")
    world.deliver()
    (refund,) = db.session.scalars(db.select(Refund))
    assert (refund.amount_minor, refund.status) == (order.total_minor, "succeeded")
    assert ledger.balance("provider:pending", "EUR") == 0 and broken() == []


def test_a_page_that_we_forgot_in_a_crash_is_found_by_its_order(world):
    order = world.order()
    choose(world.page(order), "pay")
    payment = world.payment(order)
    payment.session_id = payment.page_url = None
    db.session.flush()
    world.deliver()
    assert status(world, order)[0] == "captured"


def refunded(world):
    """An order of which nobody delivers anything."""
    order = world.order()
    world.pay(order)
    (part,) = parts(order)
    fulfilment.refuse(world.market.actor(world.seller), part.id, "no stock")
    drained()
    return order, db.session.scalars(db.select(Refund)).one()


def test_a_refund_that_comes_back_becomes_the_buyers_credit_once(world):
    order, refund = refunded(world)
    assert refund.status == "succeeded" and broken() == []
    banker.fail_refund(world.books, refund.provider_id)
    assert world.deliver() == ["refund.failed"]
    assert db.session.get_one(Refund, refund.id, populate_existing=True).status == "failed"
    assert ledger.balance(f"buyer:credit:{world.shop.buyer.id}", "EUR") == order.total_minor
    assert ledger.balance(f"refund:clearing:{order.id}", "EUR") == 0
    assert db.session.scalar(db.select(db.func.count()).select_from(OperatorTask).filter_by(kind="refund_failed")) == 1
    assert broken() == []


def test_a_refund_that_is_refused_for_good_is_credited_and_not_tried_for_ever(world):
    order = world.order()
    world.pay(order)
    charge = store.every(world.books, "charge")[0]
    store.put(world.books, charge | {"amount_refunded": charge["amount"]})  # somebody refunded it in the provider's dashboard
    (part,) = parts(order)
    fulfilment.refuse(world.market.actor(world.seller), part.id, "no stock")
    drained()
    (refund,) = db.session.scalars(db.select(Refund))
    assert refund.status == "failed"
    assert [name for name, _ in broken()] == ["the provider's balance with the ledger", "charges one by one with the provider's"]


def test_a_kind_that_nobody_knows_is_stored_and_closed(world):
    store.tell(world.books, "radar.early_fraud_warning.created", {"id": "issfr_1", "object": "radar.early_fraud_warning"})
    world.deliver()
    (receipt,) = db.session.scalars(db.select(WebhookReceipt))
    assert receipt.outcome == "not for us" and receipt.handled_at is not None
    webhooks.handle({"receipt_id": receipt.id})


def test_the_verb_refuses_a_method_that_the_relationship_does_not_grant(world):

    db.session.execute(db.delete(PaymentMethodRule))
    with pytest.raises(MethodNotAllowed), db.session.begin_nested():
        world.order(method="on_account")
    db.session.add(PaymentMethodRule(id="pmr_x", reseller_id=world.shop.reseller.id, organization_id=world.shop.buyer.id,
                                     customer_group=None, methods=["card"], max_minor=100))
    with pytest.raises(MethodNotAllowed), db.session.begin_nested():
        world.order(method="card")
    assert service.allowed_methods(world.shop.context, 100) == ["card"]

