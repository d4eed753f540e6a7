"""What a buyer sees of a product that a seller sends from two warehouses."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.db import db
from marketplace.orders import fulfilment
from marketplace.orders.models import Allocation, SellerOrder
from resellers.checkout.lines import summed
from tests.resellers.checkout.test_api import API, order

ROWS = st.lists(st.fixed_dictionaries({"line": st.integers(1, 3), "unit_minor": st.sampled_from([5, 6]), "quantity": st.integers(1, 9)}))


@given(ROWS)
def test_rows_of_a_line_and_price_become_one_and_no_unit_is_lost(rows):
    found = summed(rows, ("quantity",))
    assert sum(row["quantity"] for row in found) == sum(row["quantity"] for row in rows)
    assert [(row["line"], row["unit_minor"]) for row in found] == list(dict.fromkeys((row["line"], row["unit_minor"]) for row in rows))


def test_a_product_from_two_warehouses_of_one_seller_is_one_line_to_the_buyer(client, market, here, buyer):
    product = market.variant(here.brand, "Drill bit", mpn="DB-1")
    offer = market.offer(here.seller, product, price_minor=300, stock=5)
    market.stock(offer, market.location(here.seller, "SECOND"), 3)
    market.credit(here.buyer, here.reseller, 1_000_000)
    buyer.send("PUT", f"{API}/cart/lines/{product.id}", {"quantity": 8})
    (part,) = buyer.get(f"{API}/cart").json["parts"]
    assert [(line["quantity"], line["goods_minor"]) for line in part["lines"]] == [(8, 8 * 330)]
    placed = order(buyer, here, payment_method="on_account").json["id"]
    db.session.expire_all()
    one = db.session.scalars(db.select(SellerOrder).filter_by(order_id=placed)).one()
    rows = db.session.scalars(db.select(Allocation).filter_by(seller_order_id=one.id)).all()
    assert len(rows) == 2, "the seller still sees each warehouse"
    actor = market.actor(here.seller)
    fulfilment.accept(actor, one.id)
    fulfilment.ship(actor, one.id, ("DHL", "JD1"), {row.id: row.quantity for row in rows})
    (shown,) = buyer.get(f"{API}/orders/{placed}").json["parts"]
    assert [(line["quantity"], line["shipped"], line["goods_minor"]) for line in shown["lines"]] == [(8, 8, 8 * 330)]
    assert [line["quantity"] for line in shown["shipments"][0]["lines"]] == [8]
