from sqlalchemy import select, update

from marketplace.offers import stock, verify
from marketplace.offers.models import StockLevel


def test_a_lost_unit_is_found_and_named(market, session):
    offer = market.offer(market.seller(), market.variant(market.brand(market.manufacturer())), stock=10)
    level = session.scalar(select(StockLevel).filter_by(offer_id=offer.id))
    stock.reserve([(level.id, 3, "ord_1", "alc_1", level.seller_id)], None)
    assert [check.breaks for check in verify.checks()] == [[], []]
    session.execute(update(StockLevel).values(reserved=2))
    assert verify.checks()[0].breaks == [f"{level.id}: article {offer.seller_sku}, reserved 2, held 3"]
