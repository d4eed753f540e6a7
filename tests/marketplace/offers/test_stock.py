from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace.core import clock
from marketplace.core.ids import new_id
from marketplace.offers import stock
from marketplace.offers.models import Reservation, StockLevel


@pytest.fixture
def level(market, session):
    offer = market.offer(market.seller(), market.variant(market.brand(market.manufacturer())), stock=10)
    return session.scalar(select(StockLevel).filter_by(offer_id=offer.id))


def wanted(level, quantity, order="ord_1", allocation=None):
    return (level.id, quantity, order, allocation or new_id("alc"), level.seller_id)


def numbers(session, level):
    session.refresh(level)
    return level.available, level.reserved


def test_one_level_on_two_lines_is_summed_before_it_is_taken(session, level):
    with pytest.raises(stock.OutOfStock) as refused:
        stock.reserve([wanted(level, 6), wanted(level, 5)], None)
    assert refused.value.details["lines"] == [{"stock_level_id": level.id, "wanted": 11, "available": 10}]
    assert numbers(session, level) == (10, 0)
    stock.reserve([wanted(level, 6), wanted(level, 4)], None)
    assert numbers(session, level) == (0, 10)


def test_when_one_line_is_short_nothing_of_the_order_is_taken(market, session, level):
    other = market.stock(market.offer(market.seller(), market.variant(market.brand(market.manufacturer())), stock=1),
                         market.location(market.seller(), "B"), 1)
    with pytest.raises(stock.OutOfStock):
        stock.reserve([wanted(level, 1), wanted(other, 2)], None)
    assert numbers(session, level) == (10, 0)
    assert session.scalars(select(Reservation)).all() == []


def test_shipping_in_parts_and_giving_back_the_rest_leaves_the_numbers_exact(session, level):
    stock.reserve([wanted(level, 8, allocation="alc_1")], None)
    stock.consume({"alc_1": 3})
    stock.release({"alc_1": 5})
    assert numbers(session, level) == (7, 0)
    with pytest.raises(stock.NothingHeld):
        stock.release({"alc_1": 1})


def test_an_unpaid_order_gives_its_stock_back_at_its_time_and_not_before(session, level):
    until = clock.now() + timedelta(minutes=30)
    stock.reserve([wanted(level, 4)], until)
    with clock.at(until - timedelta(seconds=5)):
        assert stock.release_expired() == 0
    with clock.at(until + timedelta(seconds=1)):
        assert stock.release_expired() == 1
    assert numbers(session, level) == (10, 0)


def test_a_paid_order_keeps_its_stock_for_good(session, level):
    until = clock.now() + timedelta(minutes=30)
    stock.reserve([wanted(level, 4)], until)
    assert stock.keep("ord_1") == []
    with clock.at(until + timedelta(hours=1)):
        assert stock.release_expired() == 0
    assert numbers(session, level) == (6, 4)


def test_a_payment_after_expiry_takes_the_stock_again_or_says_what_is_gone(session, level):
    until = clock.now() + timedelta(minutes=30)
    stock.reserve([wanted(level, 4, "ord_1", "alc_1"), wanted(level, 6, "ord_2", "alc_2")], until)
    with clock.at(until + timedelta(seconds=1)):
        assert stock.release_expired() == 2
        assert stock.keep("ord_1") == []
        assert numbers(session, level) == (6, 4)
        stock.reserve([wanted(level, 1, "ord_3")], None)
        assert stock.keep("ord_2") == [("alc_2", 6)]
        assert stock.keep("ord_2") == []
    assert numbers(session, level) == (5, 5)
    stock.consume({"alc_1": 4})


def test_stock_given_back_by_cancelling_is_not_taken_again_by_a_late_payment(session, level):
    stock.reserve([wanted(level, 4, "ord_1", "alc_1")], clock.now() + timedelta(minutes=30))
    stock.release({"alc_1": 4})
    assert stock.keep("ord_1") == []
    assert numbers(session, level) == (10, 0)
