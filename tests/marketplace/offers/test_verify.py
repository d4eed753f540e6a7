from sqlalchemy import select, update

from marketplace.offers import service, stock, verify
from marketplace.offers.models import StockLevel


def test_a_lost_unit_is_found_and_named(market, session):
    offer = market.offer(market.seller(), market.variant(market.brand(market.manufacturer())), stock=10)
    level = session.scalar(select(StockLevel).filter_by(offer_id=offer.id))
    stock.reserve([(level.id, 3, "ord_1", "alc_1", level.seller_id)], None)
    assert not any(check.breaks for check in verify.checks())
    session.execute(update(StockLevel).values(reserved=2))
    assert verify.checks()[0].breaks == [f"{level.id}: article {offer.seller_sku}, reserved 2, held 3"]


def test_what_a_seller_counts_anew_stands_beside_what_is_reserved_and_shipped(market, session):
    seller = market.seller()
    offer = market.offer(seller, market.variant(market.brand(market.manufacturer())), stock=10)
    level = session.scalar(select(StockLevel).filter_by(offer_id=offer.id))
    stock.reserve([(level.id, 6, "ord_1", "alc_1", level.seller_id)], None)
    stock.consume({"alc_1": 2})
    service.set_stock(market.actor(seller), offer.id, level.location_id, 50)
    stock.release({"alc_1": 1})
    session.refresh(level)
    assert (level.available, level.reserved, level.consumed, level.counted) == (51, 3, 2, 56)
    assert not any(check.breaks for check in verify.checks())
