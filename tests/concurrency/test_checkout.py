"""Several connections at one checkout: a cart is ordered once, and the last unit sold once."""

from __future__ import annotations

import threading
from types import SimpleNamespace

import pytest

from marketplace.core import locks, tenancy
from marketplace.core.db import db
from marketplace.core.errors import MarketError
from marketplace.orders import carts, service, verify
from marketplace.routing import policy, quota
from resellers.checkout import checkout
from tests.factories import Market
from tests.marketplace.orders import world

TOGETHER = 20


@pytest.fixture
def together(app, committed):
    """Do each work in a transaction of its own, all at once; answers and refusals in the order of the works."""

    def run(works: list) -> list:
        db.session.commit()
        found: list = [None] * len(works)
        ready = threading.Barrier(len(works))

        def one(number: int) -> None:
            with app.app_context():
                tenancy.act_for([tenancy.MARKET])
                ready.wait()
                try:
                    found[number] = locks.retrying(lambda: transaction(works[number]))
                except MarketError as refused:
                    found[number] = refused
                finally:
                    db.session.remove()
                    tenancy.forget()

        threads = [threading.Thread(target=one, args=(number,)) for number in range(len(works))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        db.session.expire_all()
        return found

    return run


def transaction(work):
    """One unit of work."""
    try:
        answer = work()
        db.session.commit()
        return answer
    except BaseException:
        db.session.rollback()
        raise


def test_the_same_cart_at_once_becomes_one_order(together):
    here = world.square(Market(), stock=100)
    cart = world.fill(here, 5)
    orders = together([lambda: world.place(here, cart).id] * TOGETHER)
    assert len(set(orders)) == 1 and orders[0].startswith("ord_")
    assert [world.stock_of(offer) for offer in here.offers] == [(100, 0), (100, 0), (95, 5)]


def test_the_last_units_are_sold_once_each_and_all_others_are_told(together):
    here = world.square(Market(), prices=(1000,), stock=3)
    buyers = [buyer(here) for _ in range(10)]
    answers = together([lambda one=one, cart=cart: world.place(one, cart).id for one, cart in buyers])
    sold = [answer for answer in answers if isinstance(answer, str)]
    assert len(sold) == 3 and world.stock_of(here.offers[0]) == (0, 3)
    told = [answer.code for answer in answers if not isinstance(answer, str)]
    assert set(told) == {"cannot_fulfil"}, "every other buyer hears why"
    assert not any(check.breaks for check in verify.checks())


def test_two_hundred_buyers_at_scarce_stock_oversell_nothing_and_all_get_an_answer(together):
    here = world.square(Market(), prices=(1000, 1000, 1000), stock=20)
    buyers = [buyer(here) for _ in range(200)]
    answers = together([lambda one=one, cart=cart: world.place(one, cart).id for one, cart in buyers])
    sold = [answer for answer in answers if isinstance(answer, str)]
    refused = [answer for answer in answers if not isinstance(answer, str)]
    assert len(answers) == 200 and None not in answers, "everybody has an order or a refusal, and nobody an error"
    assert {answer.code for answer in refused} == {"cannot_fulfil"}
    assert all(line["variant_id"] == here.variant.id for answer in refused for line in answer.details["lines"])
    assert all(answer.details["lines"] for answer in refused), "who is refused hears which line it was"
    left = [world.stock_of(offer) for offer in here.offers]
    assert sum(reserved for _, reserved in left) == len(sold) and all(available >= 0 for available, _ in left)
    assert len(sold) >= 50, "and most of what there was is sold"
    assert not any(check.breaks for check in verify.checks())


def test_orders_that_are_placed_at_once_are_all_counted_for_their_quotas(together):
    here = world.square(Market(), prices=(1000, 1000), stock=100)
    first, second = here.sellers
    quotas = [{"name": name, "brand_id": None, "countries": [], "drift_minor": 500, "shares": {first.id: share, second.id: 10_000 - share}}
              for name, share in (("One", 7_000), ("Two", 3_000))]
    policy.set_policy(here.market.actor(here.market.operator()), {"quotas": quotas})
    buyers = [buyer(here) for _ in range(TOGETHER)]
    answers = together([lambda one=one, cart=cart: world.place(one, cart).id for one, cart in buyers])
    assert all(isinstance(answer, str) for answer in answers)
    counted = [sum(counts.values()) for counts in quota.counts(quota.key(one, None) for one in quotas).values()]
    assert counted == [TOGETHER, TOGETHER]
    given = db.session.execute(db.text("SELECT seller_id, count(*) FROM seller_orders GROUP BY 1")).all()
    assert dict(map(tuple, given)) == quota.counts([quota.key(quotas[0], None)])[quota.key(quotas[0], None)]


def buyer(here: SimpleNamespace) -> tuple[SimpleNamespace, str]:
    """Another person of the company with one unit in the cart."""
    one = SimpleNamespace(**{**vars(here), "actor": here.market.actor(here.buyer)})
    cart = carts.open_cart(one.actor, one.context).id
    carts.put_line(one.actor, cart, one.variant.id, 1)
    return one, cart


def test_who_plans_again_keeps_no_stock_from_others_meanwhile(app, together, monkeypatch):
    here = world.square(Market(), stock=10)
    cart, plan, free = world.fill(here, 5), service.routing.plan, []

    def beside(statement: str, level: str) -> None:
        with app.app_context():
            tenancy.act_for([tenancy.MARKET])
            transaction(lambda: db.session.execute(db.text(statement), {"id": level}))
            db.session.remove()
            tenancy.forget()

    def overtaken(*asked, **how):
        found = plan(*asked, **how)
        level = found.parts[0].lines[0].stock_level_id
        statement = "SELECT 1 FROM stock_levels WHERE id = :id FOR UPDATE NOWAIT" if free else "UPDATE stock_levels SET available = 0 WHERE id = :id"
        other = threading.Thread(target=lambda: (beside(statement, free[0] if free else level), free.append(level)))
        other.start()
        other.join(30)
        return found

    monkeypatch.setattr(service.routing, "plan", overtaken)
    (order,) = together([lambda: world.place(here, cart).id])
    assert order.startswith("ord_")
    assert len(free) == 2 and free[0] != free[1], "it was planned again, and the first stock could be taken by others then"


def test_what_is_added_to_a_cart_at_once_adds_up(together):
    here = world.square(Market(), stock=100)
    line = {"variant_id": here.variant.id, "quantity": 1}
    one = [lambda: checkout.put(here.actor, here.context, {**line, "add": True})] * 8
    many = [lambda: checkout.add_all(here.actor, here.context, [line, line])["refused"]] * 4
    assert not any(together(one + many)), "nobody is refused"
    cart = carts.open_cart(here.actor, here.context)
    assert [kept.quantity for kept in carts.lines(cart)] == [8 + 4 * 2]


def test_payment_and_expiry_at_once_leave_the_order_either_paid_or_cancelled(together):
    here = world.square(Market(), stock=10)
    order = world.place(here, world.fill(here, 5)).id
    together([lambda: service.mark_paid(order, "paid"), lambda: service.cancel_unpaid(order, "late")] * 5)
    found = db.session.get_one(service.Order, order)
    db.session.refresh(found)
    available, reserved = world.stock_of(here.offers[2])
    assert (found.status, available, reserved) in {("placed", 5, 5), ("cancelled", 10, 0)}
