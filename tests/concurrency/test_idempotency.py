"""T8: one Idempotency-Key, asked for twenty times at once, is one order and one answer; and T2 through the whole checkout."""

from __future__ import annotations

import random
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask.testing import FlaskClient

from marketplace.core import clock, idempotency, tenancy
from marketplace.core.db import db
from marketplace.core.ids import new_id
from marketplace.operators import checks
from marketplace.orders.models import Cart, CartLine
from tests.concurrency.test_stock import wide
from tests.factories import Market, add
from tests.resellers import shops

TOGETHER, KEY = 20, "the-same-key"
CARTS, THREADS, SKUS, LINES, SEED = 1_000, 16, 30, 5, 20261124
__all__ = ["wide"]


class Person:
    """A person with a program's key, of a company of its own or of `organization`."""

    def __init__(self, square: shops.Square, organization=None):
        market = square.market
        self.square, self.organization = square, organization or market.buyer(square.reseller, credit_minor=10**12)
        self.actor = market.actor(self.organization)
        self.key = shops.key(self.actor)
        self.address = db.session.scalar(db.text("SELECT id FROM addresses WHERE organization_id = :id"), {"id": self.organization.id})

    def cart(self, *wanted: tuple[str, int]) -> str:
        cart = add(Cart(id=new_id("crt"), buyer_id=self.organization.id, user_id=self.actor.user_id, storefront_id=self.square.storefront.id,
                        status="open", created_at=clock.now()))
        for variant, quantity in wanted:
            add(CartLine(id=new_id("cli"), cart_id=cart.id, buyer_id=self.organization.id, variant_id=variant, quantity=quantity))
        return cart.id

    def place(self, app, cart: str, key: str, **more: str):
        body = {"address_id": self.address, "payment_method": "on_account", "cart_id": cart, **more}
        return FlaskClient(app, app.response_class).post(
            "/api/v1/storefront/orders", json=body, base_url=f"http://{self.square.storefront.host}",
            headers={"Authorization": f"Bearer {self.key}", "Idempotency-Key": key})


def orders() -> int:
    """How many orders there are by now."""
    db.session.rollback()
    with tenancy.as_market():
        return db.session.scalar(db.text("SELECT count(*) FROM orders"))


@pytest.fixture
def square(wide):
    return shops.square(Market())


def asked_twenty_times_at_once(app, square) -> list[str]:
    """Let one key be used twenty times at once, then for another body, then by another company; what is wrong with the answers."""
    company, other = Person(square), Person(square)
    cart, theirs = company.cart((square.variant.id, 2)), other.cart((square.variant.id, 1))
    db.session.commit()
    gate = threading.Barrier(TOGETHER)

    def one(_):
        gate.wait(30)
        return company.place(app, cart, KEY)

    with ThreadPoolExecutor(TOGETHER) as pool:
        answers = list(pool.map(one, range(TOGETHER)))
    after = orders()
    reused, independent = company.place(app, cart, KEY, po_number="other"), other.place(app, theirs, KEY)
    wrong = {
        "not every answer is a success": {answer.status_code for answer in answers} != {201},
        "the answers differ": len({answer.get_data() for answer in answers}) != 1,
        "it is not one order": after != 1,
        "another body is not refused": (reused.status_code, reused.json.get("error", {}).get("code")) != (409, "idempotency_key_reused"),
        "another company's key is not its own": independent.status_code != 201 or independent.json["id"] == answers[0].json.get("id"),
        "the books break": any(check.breaks for check in checks.run_all()),
    }
    return [name for name, is_so in wrong.items() if is_so]


def test_the_same_key_at_once_is_one_order_and_one_answer(wide, square):
    assert asked_twenty_times_at_once(wide, square) == []
    assert orders() == 2


def test_a_key_that_is_forgotten_is_caught(wide, square, monkeypatch):
    monkeypatch.setattr(idempotency, "begin", lambda *_: None)
    assert "another body is not refused" in asked_twenty_times_at_once(wide, square)


def test_a_key_that_all_companies_share_is_caught(wide, square, monkeypatch):
    begin, finish = idempotency.begin, idempotency.finish
    shared = square.reseller.id

    def acting(verb):
        def as_one(_organization_id, *rest):
            with tenancy.as_market():
                return verb(shared, *rest)
        return as_one

    monkeypatch.setattr(idempotency, "begin", acting(begin))
    monkeypatch.setattr(idempotency, "finish", acting(finish))
    assert "another company's key is not its own" in asked_twenty_times_at_once(wide, square)


def test_no_deadlock_reaches_a_client_of_the_whole_checkout(wide, square):
    market, chance = square.market, random.Random(SEED)
    variants = [market.variant(square.brand) for _ in range(SKUS)]
    for variant in variants:
        for seller in (square.seller, square.other_seller):
            market.offer(seller, variant, price_minor=chance.randint(500, 1500), stock=CARTS // 5)
    companies = [Person(square).organization for _ in range(8)]
    asked = []
    for number in range(CARTS):
        person = Person(square, companies[number % len(companies)])
        asked.append((person, person.cart(*[(one.id, chance.randint(1, 3)) for one in chance.sample(variants, LINES)]), f"cart-number-{number}"))
    db.session.commit()
    with ThreadPoolExecutor(THREADS) as pool:
        told = Counter(answer.status_code for answer in pool.map(lambda job: job[0].place(wide, *job[1:]), asked))
    assert set(told) <= {201, 409}, f"seed {SEED}: {told}"
    assert told[201] > CARTS // 2
    db.session.rollback()
    assert [check.name for check in checks.run_all() if check.breaks] == []
