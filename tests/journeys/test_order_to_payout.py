"""From a cart to released money, by the verbs alone, with everything compared at the end."""

from __future__ import annotations

from datetime import timedelta

import pytest

from marketplace.core import clock, jobs, tenancy
from marketplace.core.db import db
from marketplace.identity import buying
from marketplace.ledger import service as ledger
from marketplace.operators import checks
from marketplace.orders import carts, deadlines, fulfilment
from marketplace.orders import service as orders
from marketplace.orders.models import Allocation, Order, SellerOrder
from marketplace.payments import releases
from marketplace.payments import service as payments
from marketplace.payments.credit import CreditExceeded


class Shop:
    """A storefront with one buyer and its person."""

    def __init__(self, market, credit_minor: int = 1_000_000):
        self.reseller = market.reseller()
        self.storefront = market.storefront(self.reseller, markup_bps=1000)
        self.buyer = market.buyer(self.reseller, credit_minor=credit_minor)
        self.actor = market.actor(self.buyer)
        self.address = market.address(self.buyer)
        self.context = buying.context(self.storefront, self.buyer)

    def cart(self, *wanted):
        cart = carts.open_cart(self.actor, self.context)
        for variant, quantity in wanted:
            carts.put_line(self.actor, cart.id, variant.id, quantity)
        return cart

    def order(self, *wanted, method: str = "on_account") -> Order:
        cart = self.cart(*wanted)
        order = orders.place(self.actor, self.context, cart.id, orders.Checkout(self.address.id, method))
        payments.start(self.actor, self.context, order)
        return order


@pytest.fixture
def shop(market):
    return Shop(market)


@pytest.fixture
def goods(market):
    """Two variants of one brand, and two sellers of the same prices; the first has the cheaper freight."""
    brand = market.brand(market.manufacturer())
    first, second = market.variant(brand), market.variant(brand)
    cheap, dear = market.seller(freight_minor=500), market.seller(freight_minor=700)
    for seller in (cheap, dear):
        for variant in (first, second):
            market.offer(seller, variant, price_minor=1000, stock=50)
    return first, second, cheap, dear


def drained():
    deadlines.on_round({})
    db.session.commit()
    db.session.expunge_all()
    jobs.drain_all()
    tenancy.act_for([tenancy.MARKET])


def broken():
    return [(check.name, check.breaks) for check in checks.run_all() if check.breaks]


def parts(order):
    return list(db.session.scalars(db.select(SellerOrder).filter_by(order_id=order.id).order_by(SellerOrder.id)))


def allocations(part):
    return list(db.session.scalars(db.select(Allocation).filter_by(seller_order_id=part.id)))


def test_an_order_on_account_is_split_shipped_and_released_to_the_cent(market, shop, goods):
    first, _, cheap, _ = goods
    order = shop.order((first, 5))
    (part,) = parts(order)
    assert (order.goods_minor, order.freight_minor, order.tax_minor, order.total_minor) == (5500, 500, 1140, 7140)
    assert part.seller_id == cheap.id and part.status == "open"

    clerk = market.actor(cheap)
    fulfilment.accept(clerk, part.id)
    (allocation,) = allocations(part)
    sent = fulfilment.ship(clerk, part.id, ("DHL", "1Z"), {allocation.id: 2})
    assert part.status == "partly_shipped" and order.status == "processing"
    rest = fulfilment.ship(clerk, part.id, ("DHL", "2Z"), {allocation.id: 3})
    for parcel in (sent, rest):
        fulfilment.deliver(clerk, parcel.id)
    assert order.status == "delivered"
    assert ledger.balance(f"seller:payable:{cheap.id}", "EUR") == 5000 + 500 + 1140
    drained()
    with clock.at(clock.now() + timedelta(days=8)):
        drained()
    assert ledger.balance(f"seller:available:{cheap.id}", "EUR") == 6640
    assert ledger.balance(f"reseller:available:{shop.reseller.id}", "EUR") == 500
    assert broken() == []


def test_a_cart_is_ordered_once(market, shop, goods):
    cart = shop.cart((goods[0], 1))
    checkout = orders.Checkout(shop.address.id, "on_account")
    first = orders.place(shop.actor, shop.context, cart.id, checkout)
    again = orders.place(shop.actor, shop.context, cart.id, checkout)
    assert first.id == again.id
    assert payments.start(shop.actor, shop.context, first).id == payments.start(shop.actor, shop.context, again).id


def test_a_refused_order_goes_to_the_next_seller_at_the_agreed_price(market, shop, goods):
    first, _, cheap, dear = goods
    order = shop.order((first, 4))
    total = order.total_minor
    (part,) = parts(order)
    fulfilment.refuse(market.actor(cheap), part.id, "sold out in the shop")
    drained()
    old, new = parts(order)
    assert (old.status, new.status, new.seller_id) == ("cancelled", "open", dear.id)
    assert new.total_minor == total == order.total_minor
    assert ledger.balance(f"seller:payable:{cheap.id}", "EUR") == 0
    assert ledger.balance(f"seller:payable:{dear.id}", "EUR") == 4 * 1000 + 500 + new.tax_minor
    assert broken() == []


def test_what_nobody_can_deliver_is_cancelled_and_credited(market, shop, goods):
    first, _, cheap, dear = goods
    order = shop.order((first, 4))
    for _ in range(2):
        part = next(part for part in parts(order) if part.status == "open")
        seller = cheap if part.seller_id == cheap.id else dear
        fulfilment.refuse(market.actor(seller), part.id, "no stock")
        drained()
    assert db.session.get_one(Order, order.id, populate_existing=True).status == "cancelled"
    assert ledger.balance(f"buyer:receivable:{shop.buyer.id}", "EUR") == 0
    assert broken() == []


def test_a_seller_that_lets_its_time_pass_loses_the_order(market, shop, goods):
    order = shop.order((goods[0], 1))
    with clock.at(clock.now() + timedelta(hours=49)):
        drained()
    old, new = parts(order)
    assert (old.status, old.cancelled_because, new.seller_id) == ("cancelled", "not accepted in time", goods[3].id)


def test_an_order_above_the_credit_limit_changes_nothing(market, goods):
    shop = Shop(market, credit_minor=1000)
    with pytest.raises(CreditExceeded), db.session.begin_nested():
        shop.order((goods[0], 5))
    assert db.session.scalar(db.select(db.func.count()).select_from(Order)) == 0
    assert broken() == []


def test_what_a_reroute_spares_the_buyer_is_given_back(market, shop):
    """Ten units were agreed at 9.90 and three at 11.00; the new seller gets all thirteen at 9.90."""
    variant = market.variant(market.brand(market.manufacturer()))
    first, second = market.seller(freight_minor=500), market.seller(freight_minor=90_000)
    offer = market.offer(first, variant, price_minor=1000, stock=10, tiers={10: 900})
    market.stock(offer, market.location(first, "SECOND"), 3)
    market.offer(second, variant, price_minor=880, stock=50)
    order = shop.order((variant, 13))
    drained()
    assert sorted(row.unit_price_minor for row in db.session.scalars(db.select(Allocation))) == [990, 1100]
    fulfilment.refuse(market.actor(first), parts(order)[0].id, "closed")
    drained()
    new = parts(order)[1]
    assert (new.seller_id, new.goods_minor, new.freight_minor) == (second.id, 13 * 990, 500)
    spared = order.total_minor - new.total_minor
    assert spared == 330 + 63
    assert ledger.balance(f"buyer:receivable:{shop.buyer.id}", "EUR") == -new.total_minor
    assert broken() == []


def test_money_is_not_released_before_it_is_decided_who_delivers_the_rest(market, shop, goods):
    """The reaction to a refusal may be late, or dead: what it moves is still to be taken from where it stands."""
    first, _, cheap, _ = goods
    order = shop.order((first, 5))
    (part,), clerk = parts(order), market.actor(cheap)
    (row,) = allocations(part)
    fulfilment.accept(clerk, part.id)
    fulfilment.refuse(clerk, part.id, "two are broken", {row.id: 2})
    fulfilment.deliver(clerk, fulfilment.ship(clerk, part.id, ("DHL", "1"), {row.id: 3}).id)
    releases.release({"seller_order_id": part.id})
    assert not ledger.posted(f"released:{part.id}")
    drained()
    assert broken() == []
    with clock.at(clock.now() + releases.PATIENCE):
        drained()
    assert ledger.posted(f"released:{part.id}") and broken() == []
    assert ledger.balance(f"seller:payable:{cheap.id}", "EUR") == 0 < ledger.balance(f"seller:available:{cheap.id}", "EUR")
