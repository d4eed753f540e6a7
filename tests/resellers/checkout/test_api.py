"""From the cart to the order by program, for every audience."""

from __future__ import annotations

import pytest

from marketplace.channel import authorization
from marketplace.channel.models import SellerAuthorization
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.ids import new_id
from marketplace.identity.models import Address, Organization
from marketplace.orders.models import Order
from marketplace.payments.models import PaymentMethodRule
from tests.factories import add
from tests.resellers.shops import Program

API = "/api/v1/storefront"


def address_of(organization) -> str:
    return db.session.scalars(db.select(Address.id).filter_by(organization_id=organization.id)).first()


def fill(program, here, quantity: int = 3):
    return program.send("PUT", f"{API}/cart/lines/{here.variant.id}", {"quantity": quantity})


def order(program, here, key: str = "key-12345678", **changes):
    body = {"address_id": address_of(here.buyer), "payment_method": "card", **changes}
    return program.send("POST", f"{API}/orders", body, **{"Idempotency-Key": key})


def test_the_cart_says_what_will_happen(here, buyer):
    review = fill(buyer, here).json
    assert review["complete"] is True and review["methods"] == ["card"] and len(review["parts"]) == 1
    part = review["parts"][0]
    assert part["lines"][0]["quantity"] == 3 and part["goods_minor"] == 3 * part["lines"][0]["unit_minor"]
    assert review["total_minor"] == sum(review[name] for name in ("goods_minor", "freight_minor", "surcharge_minor", "tax_minor"))
    assert "seller_unit" not in str(review) and "seller_goods" not in str(review)


def test_a_tip_says_how_much_more_makes_freight_free(market, here, buyer):
    db.session.execute(db.update(SellerAuthorization).filter_by(seller_id=here.other_seller.id).values(status="revoked"))
    part = fill(buyer, here, 1).json["parts"][0]
    assert part["freight_minor"] == 500
    assert part["tips"] == [{"kind": "free_freight", "missing_minor": 5000 - 1100, "pieces": 4, "name": "Drill hammer 800", "variant_id": here.variant.id}]


def test_a_line_says_what_becomes_of_it(here, buyer):
    line = fill(buyer, here, 40).json["lines"][0]
    assert line["missing"] == 0 and line["sellers"] and line["goods_minor"] == 40 * line["unit_minor"] and line["arrives_on"]
    short = fill(buyer, here, 500).json
    assert short["complete"] is False and short["methods"] == [] and short["lines"][0]["missing"] == 500 - 120
    assert short["lines"][0]["reasons"] == ["NOT_ENOUGH_STOCK"] and short["lines"][0]["unit_minor"] is None


def test_ways_to_pay_that_are_closed_say_why(market, here, buyer):
    assert fill(buyer, here).json["closed_methods"] == [{"method": "on_account", "because": "not_granted", "most_minor": None}]
    line = market.credit(here.buyer, here.reseller, 100)
    review = buyer.get(f"{API}/cart").json
    assert review["methods"] == ["card"] and review["closed_methods"] == [{"method": "on_account", "because": "credit_too_small", "most_minor": 100}]
    line.receivable_minor = 900
    assert buyer.get(f"{API}/cart").json["closed_methods"][0]["most_minor"] == 0, "a limit that was lowered leaves nothing, not less"
    line.limit_minor = 10**9
    db.session.execute(db.update(PaymentMethodRule).values(max_minor=200))
    closed = buyer.get(f"{API}/cart").json
    assert closed["methods"] == [] and {one["because"] for one in closed["closed_methods"]} == {"above_limit"}


def test_an_order_at_another_total_than_the_seen_one_is_refused_and_changes_nothing(market, here, buyer):
    seen = fill(buyer, here).json["total_minor"]
    for seller in (here.seller, here.other_seller):
        market.price(market.base_list(seller), here.variant, 5000, valid_from=clock.now())
    refused = order(buyer, here, expected_total_minor=seen)
    assert refused.status_code == 409 and refused.json["error"]["code"] == "total_changed"
    assert refused.json["error"]["field"] == "expected_total_minor" and db.session.scalars(db.select(Order)).all() == []
    now = refused.json["error"]["details"]["total_minor"]
    assert now > seen and order(buyer, here, "key-87654321", expected_total_minor=now).status_code == 201


def test_orders_are_found_by_either_number_and_by_status(here, buyer):
    fill(buyer, here)
    number = order(buyer, here, po_number="PO-77").json["number"]
    def found(query):
        return [one["number"] for one in buyer.get(f"{API}/orders?{query}").json["items"]]
    assert found("q=po-7") == found(f"q={number[-4:]}") == found("status=pending_payment") == [number]
    assert found("q=none") == found("status=delivered") == []
    assert buyer.get(f"{API}/orders?status=lost").json["error"]["field"] == "status"


def test_a_company_orders_alone_and_sees_its_order(here, buyer):
    fill(buyer, here)
    placed = order(buyer, here, po_number="PO-7")
    assert placed.status_code == 201 and placed.json["payment_needed"] is True and placed.json["status"] == "pending_payment"
    shown = buyer.get(f"{API}/orders/{placed.json['id']}").json
    assert shown["po_number"] == "PO-7" and shown["lines"][0]["name"] == "Drill hammer 800"
    assert shown["total_minor"] == placed.json["total_minor"] == sum(part["total_minor"] for part in shown["parts"])
    assert "seller_goods" not in str(shown) and "seller_unit" not in str(shown)
    assert [one["id"] for one in buyer.get(f"{API}/orders").json["items"]] == [placed.json["id"]]


def test_on_account_needs_no_payment_page(market, here, buyer):
    market.credit(here.buyer, here.reseller, 1_000_000)
    fill(buyer, here)
    placed = order(buyer, here, payment_method="on_account").json
    assert placed["payment_needed"] is False
    assert buyer.get(f"{API}/orders/{placed['id']}").json["payment"]["status"] == "authorized"


def test_the_same_key_gives_the_same_order_and_another_body_is_refused(here, buyer):
    fill(buyer, here)
    first, again = order(buyer, here), order(buyer, here)
    assert again.status_code == 201, again.json
    assert first.json == again.json
    other = order(buyer, here, po_number="PO-8")
    assert other.status_code == 409 and other.json["error"]["code"] == "idempotency_key_reused"
    assert db.session.scalar(db.select(db.func.count()).select_from(Order)) == 1


def test_an_order_without_a_key_is_refused(here, buyer):
    fill(buyer, here)
    refused = buyer.send("POST", f"{API}/orders", {"address_id": address_of(here.buyer), "payment_method": "card"})
    assert refused.status_code == 422 and refused.json["error"]["code"] == "idempotency_key_missing"


def test_another_companys_address_in_the_body_is_not_found_and_nothing_is_ordered(market, here, buyer):
    stranger = market.buyer(here.reseller)
    fill(buyer, here)
    assert order(buyer, here, address_id=address_of(stranger)).status_code == 404
    assert db.session.scalar(db.select(db.func.count()).select_from(Order)) == 0
    assert buyer.get(f"{API}/cart?address_id={address_of(stranger)}").status_code == 404


def test_another_companys_cart_and_cost_center_in_the_body_are_not_found(client, market, here, buyer):
    stranger = market.buyer(here.reseller)
    theirs = Program(client, market, stranger, host=here.storefront.host)
    cart_id = fill(theirs, here).json["cart_id"]
    fill(buyer, here)
    assert order(buyer, here, cart_id=cart_id).status_code == 404
    assert order(buyer, here, "key-abcdefgh", cost_center_id=market.cost_center(stranger).id).status_code == 404


def test_a_payment_method_that_is_not_allowed_is_refused_and_nothing_is_ordered(here, buyer):
    fill(buyer, here)
    refused = order(buyer, here, payment_method="on_account")
    assert refused.status_code == 422 and refused.json["error"]["code"] == "payment_method_not_allowed"
    add(PaymentMethodRule(id=new_id("pmr"), reseller_id=here.reseller.id, organization_id=here.buyer.id,
                          customer_group=None, methods=["on_account"], max_minor=None))
    assert order(buyer, here, "key-abcdefgh").status_code == 422
    assert db.session.scalar(db.select(db.func.count()).select_from(Order)) == 0


@pytest.mark.parametrize("extra", [{"total_minor": 1}, {"buyer_id": "org_x"}, {"status": "placed"}, {"unit_minor": 1}])
def test_fields_that_are_not_the_clients_are_refused(here, buyer, extra):
    fill(buyer, here)
    assert order(buyer, here, **extra).status_code == 422


@pytest.mark.parametrize("quantity", [0, -3, 1.5, "2", 10**9, None, True])
def test_a_quantity_that_is_none_is_refused(here, buyer, quantity):
    assert buyer.send("PUT", f"{API}/cart/lines/{here.variant.id}", {"quantity": quantity}).status_code == 422
    assert buyer.get(f"{API}/cart").json["lines"] == []


def test_another_companys_order_is_not_found(client, market, here, buyer):
    fill(buyer, here)
    order_id = order(buyer, here).json["id"]
    stranger = Program(client, market, market.buyer(here.reseller), host=here.storefront.host)
    for method, path in (("GET", ""), ("POST", "/reorder"), ("POST", "/payment-page")):
        assert stranger.send(method, f"{API}/orders/{order_id}{path}").status_code == 404
    assert stranger.get(f"{API}/orders").json["items"] == []


def test_a_buyer_of_another_reseller_is_nobody_here(client, market, here):
    elsewhere = Program(client, market, market.buyer(market.reseller()), host=here.storefront.host)
    assert elsewhere.get(f"{API}/orders").status_code == 401
    assert elsewhere.get(f"{API}/addresses").status_code == 401


def test_a_guest_may_look_and_is_asked_to_sign_in_for_the_rest(client, market, here):
    guest = Program(client, market, host=here.storefront.host)
    for path in ("/cart", "/orders", "/addresses", "/cost-centers"):
        assert guest.get(API + path).status_code == 401


def test_a_viewer_sees_orders_and_may_not_order(client, market, here):
    viewer = Program(client, market, here.buyer, here.storefront.host, "viewer")
    assert viewer.get(f"{API}/orders").status_code == 200
    assert fill(viewer, here).status_code == 200
    assert order(viewer, here).status_code == 403


def test_a_revoked_authorization_refuses_the_cart_line_and_the_order(market, here, buyer):
    fill(buyer, here)
    maker = market.actor(db.session.get(Organization, here.brand.manufacturer_id))
    for row in db.session.scalars(db.select(SellerAuthorization).filter_by(brand_id=here.brand.id)):
        authorization.revoke(maker, row.id, "contract ended")
    db.session.commit()
    assert fill(buyer, here, 4).status_code in {404, 422}
    assert buyer.get(f"{API}/cart").json["complete"] is False
    refused = order(buyer, here)
    assert refused.status_code == 409 and refused.json["error"]["code"] == "cannot_fulfil"


def test_ordering_again_fills_the_cart_at_todays_price_and_says_what_is_left_out(here, buyer):
    fill(buyer, here)
    order_id = order(buyer, here).json["id"]
    report = buyer.send("POST", f"{API}/orders/{order_id}/reorder").json
    assert [line["quantity"] for line in report["added"]] == [3] and report["refused"] == []
    db.session.execute(db.update(SellerAuthorization).values(status="revoked"))
    report = buyer.send("POST", f"{API}/orders/{order_id}/reorder").json
    assert report["added"] == [] and report["refused"][0]["name"] == "Drill hammer 800"


def test_a_company_keeps_its_own_address_book(client, market, here, buyer):
    place = {"label": "North", "name": "Acme", "line1": "Kai 2", "postcode": "20457", "city": "Hamburg", "country": "DE"}
    made = buyer.send("POST", f"{API}/addresses", place)
    assert made.status_code == 201 and len(buyer.get(f"{API}/addresses").json["items"]) == 2
    assert buyer.send("PUT", f"{API}/addresses/{made.json['id']}", {**place, "city": "Kiel"}).json["city"] == "Kiel"
    stranger = Program(client, market, market.buyer(here.reseller), host=here.storefront.host)
    assert stranger.send("PUT", f"{API}/addresses/{made.json['id']}", place).status_code == 404
    assert buyer.send("POST", f"{API}/addresses", {**place, "organization_id": here.reseller.id}).status_code == 422
    plain = Program(client, market, here.buyer, here.storefront.host, "buyer")
    assert plain.send("POST", f"{API}/addresses", place).status_code == 403
    for somebody, status in ((stranger, 404), (plain, 403), (buyer, 204), (buyer, 404)):
        assert somebody.send("DELETE", f"{API}/addresses/{made.json['id']}").status_code == status
    assert len(buyer.get(f"{API}/addresses").json["items"]) == 1


@pytest.mark.parametrize(("change", "field"), [({"country": "QQ"}, "country"), ({"country": "DE\n"}, "country"), ({"city": "Ham\nburg"}, "city")])
def test_an_address_lies_in_a_country_and_each_field_is_one_line(here, buyer, change, field):
    place = {"label": "North", "name": "Acme", "line1": "Kai 2", "postcode": "20457", "city": "Hamburg", "country": "DE", **change}
    refused = buyer.send("POST", f"{API}/addresses", place)
    assert refused.status_code == 422 and refused.json["error"]["field"] == field


def test_a_filter_of_spaces_is_none(here, buyer):
    fill(buyer, here)
    assert order(buyer, here, po_number="PO 1").status_code == 201
    for words, found in (("%20%20", 1), ("%20po%201%20", 1), ("po%202", 0)):
        assert len(buyer.get(f"{API}/orders?q={words}").json["items"]) == found, words


def test_a_purchase_order_number_is_one_line(here, buyer):
    fill(buyer, here)
    refused = order(buyer, here, po_number="PO 1\nPO 2")
    assert refused.status_code == 422 and refused.json["error"]["field"] == "po_number"
    assert db.session.scalars(db.select(Order)).all() == []


def test_where_no_tax_rule_is_known_nothing_is_sold_without_tax(market, here, buyer):
    db.session.execute(db.update(Organization).filter_by(id=here.seller.id).values(country="US"))
    db.session.execute(db.update(SellerAuthorization).filter_by(seller_id=here.other_seller.id).values(status="revoked"))
    fill(buyer, here)
    home = market.address(here.buyer, label="Home of the seller", country="US")
    review = buyer.get(f"{API}/cart?address_id={home.id}").json
    assert review["complete"] is False and review["lines"][0]["reasons"] == ["NO_TAX_RULE"]
    assert order(buyer, here, address_id=home.id).json["error"]["code"] == "cannot_fulfil"


def test_a_closed_cost_center_cannot_be_booked_on(here, buyer):
    center = buyer.send("POST", f"{API}/cost-centers", {"code": "4711", "name": "Workshop"}).json
    assert buyer.send("POST", f"{API}/cost-centers", {"code": "4711", "name": "Again"}).status_code == 409
    buyer.send("PUT", f"{API}/cost-centers/{center['id']}", {"is_active": False})
    fill(buyer, here)
    assert order(buyer, here, cost_center_id=center["id"]).status_code == 404
