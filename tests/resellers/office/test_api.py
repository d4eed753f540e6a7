"""The reseller's own business by program and by page: its own only, with its margin and nobody's cost."""

from __future__ import annotations

import io

import pytest

from marketplace.core.db import db
from marketplace.identity.models import Organization, Storefront
from marketplace.orders import fulfilment
from marketplace.orders.models import Allocation, SellerOrder
from tests.journeys.test_order_to_payout import drained
from tests.resellers.shops import Program
from tests.web import form_of

API = "/api/v1/reseller"


@pytest.fixture
def office(client, market, here):
    return Program(client, market, here.reseller)


def buy(client, market, here) -> str:
    market.credit(here.buyer, here.reseller, 10_000_000)
    buyer = Program(client, market, here.buyer, here.storefront.host)
    buyer.send("PUT", f"/api/v1/storefront/cart/lines/{here.variant.id}", {"quantity": 2})
    address = buyer.get("/api/v1/storefront/addresses").json["items"][0]["id"]
    placed = buyer.send("POST", "/api/v1/storefront/orders", {"address_id": address, "payment_method": "on_account"},
                        **{"Idempotency-Key": "office-test"})
    assert placed.status_code == 201, placed.json
    return placed.json["id"]


def test_an_order_shows_the_resellers_margin(client, market, here, office):
    order_id = buy(client, market, here)
    found = office.get(f"{API}/orders").json["items"]
    assert [(one["id"], one["buyer"]) for one in found] == [(order_id, "Acme")]
    assert found[0]["margin_minor"] * 11 == found[0]["goods_minor"]
    shown = office.get(f"{API}/orders/{order_id}").json
    assert sum(part["total_minor"] for part in shown["parts"]) == shown["total_minor"]
    assert "seller_goods" not in str(shown) and "net_minor" not in str(shown)
    home = office.get(f"{API}/home").json
    assert home["pulse"][0]["orders"] == 1 and home["pulse"][0]["margin_minor"] == found[0]["margin_minor"]
    assert home["tasks"]["waiting"] == 1


def open_parts(order_id: str) -> list[SellerOrder]:
    return list(db.session.scalars(db.select(SellerOrder).filter_by(order_id=order_id, status="open").order_by(SellerOrder.id)))


def refuse(market, here, part: SellerOrder, units: int | None = None) -> None:
    """The seller of `part` refuses some or all of it, and whoever could take over is asked."""
    line = db.session.scalars(db.select(Allocation).filter_by(seller_order_id=part.id)).one()
    seller = here.seller if part.seller_id == here.seller.id else here.other_seller
    fulfilment.refuse(market.actor(seller), part.id, "not on the shelf", {line.id: units} if units else None)
    drained()


def test_what_is_cancelled_leaves_the_resellers_sales_and_stands_beside_what_was_ordered(client, market, here, office):
    order_id, browser = buy(client, market, here), client(market.user(here.reseller))
    for _ in range(2):
        refuse(market, here, open_parts(order_id)[0])
    (one,) = office.get(f"{API}/orders").json["items"]
    assert (one["status"], one["goods_minor"]) == ("cancelled", 2640)
    assert (one["standing_goods_minor"], one["standing_total_minor"], one["margin_minor"]) == (0, 0, 0)
    home = office.get(f"{API}/home").json["pulse"][0]
    assert (home["sales_minor"], home["margin_minor"]) == (0, 0)
    assert office.get(f"{API}/customers").json["items"][0]["sales_minor"] == 0
    for path in ("/reseller/orders", f"/reseller/orders/{order_id}"):
        page = browser.get(path).get_data(as_text=True)
        assert "ordered: €26.40" in page and "€0.00" in page, path


def test_an_order_of_which_a_part_is_cancelled_shows_what_is_left(client, market, here, office):
    order_id = buy(client, market, here)
    refuse(market, here, open_parts(order_id)[0], 1)
    assert office.get(f"{API}/orders/{order_id}").json["standing_goods_minor"] == 2640, "another seller took it over"
    refuse(market, here, open_parts(order_id)[-1])
    shown = office.get(f"{API}/orders/{order_id}").json
    assert (shown["goods_minor"], shown["standing_goods_minor"], shown["margin_minor"]) == (2640, 1320, 120)
    assert sum(line["standing_goods_minor"] for part in shown["parts"] for line in part["lines"]) == 1320
    assert shown["standing_total_minor"] < shown["total_minor"]


def test_another_reseller_finds_nothing_of_it(client, market, here, office):
    order_id = buy(client, market, here)
    price_list = office.send("POST", f"{API}/price-lists", {"name": "Gold", "currency": "EUR"}).json["id"]
    other = Program(client, market, market.reseller())
    assert other.get(f"{API}/orders").json["items"] == [] and other.get(f"{API}/customers").json["items"] == []
    for method, path, body in (
        ("GET", f"/orders/{order_id}", None), ("GET", f"/customers/{here.buyer.id}", None),
        ("PUT", f"/customers/{here.buyer.id}/group", {"group": "x"}), ("PUT", f"/customers/{here.buyer.id}/methods", {"methods": ["card"]}),
        ("PUT", f"/customers/{here.buyer.id}/credit", {"limit_minor": 1, "terms_days": 1}),
        ("PATCH", f"/storefronts/{here.storefront.id}", {"name": "Mine"}), ("GET", f"/storefronts/{here.storefront.id}/preview", None),
        ("PUT", f"/storefronts/{here.storefront.id}/markup", {"markup_bps": 1}), ("GET", f"/storefronts/{here.storefront.id}/assortment", None),
        ("PUT", f"/storefronts/{here.storefront.id}/assortment", {"rules": []}), ("GET", f"/price-lists/{price_list}/prices", None),
        ("PUT", f"/price-lists/{price_list}/prices", {"rows": [{"variant_id": here.variant.id, "amount_minor": 1}]}),
        ("POST", f"/price-lists/{price_list}/assignments", {"organization_id": here.buyer.id}),
    ):
        answer = other.send(method, API + path, body)
        assert answer.status_code == 404, (method, path, answer.status_code)
    assert db.session.get(Storefront, here.storefront.id).name != "Mine"


def test_a_sales_rep_may_look_and_not_change(client, market, here):
    rep = Program(client, market, here.reseller, role="sales_rep")
    assert rep.get(f"{API}/customers").status_code == 200
    assert rep.send("PATCH", f"{API}/storefronts/{here.storefront.id}", {"name": "New"}).status_code == 403
    assert rep.send("POST", f"{API}/price-lists", {"name": "Gold", "currency": "EUR"}).status_code == 403
    assert rep.send("PUT", f"{API}/customers/{here.buyer.id}/credit", {"limit_minor": 1, "terms_days": 1}).status_code == 403


def test_a_buyer_and_a_guest_find_no_portal(client, market, here):
    assert Program(client, market).get(f"{API}/orders").status_code == 401
    assert Program(client, market, here.seller).get(f"{API}/orders").status_code == 404


def test_a_price_list_reaches_the_customer_it_is_assigned_to(client, market, here, office):
    made = office.send("POST", f"{API}/price-lists", {"name": "Gold", "currency": "EUR"}).json["id"]
    row = {"variant_id": here.variant.id, "min_quantity": 1, "amount_minor": 1075}
    assert office.send("PUT", f"{API}/price-lists/{made}/prices", {"rows": [row]}).status_code == 204
    assigned = office.send("POST", f"{API}/price-lists/{made}/assignments", {"organization_id": here.buyer.id}).json["id"]
    buyer = Program(client, market, here.buyer, here.storefront.host)
    shown = buyer.get(f"/api/v1/storefront/products/{here.variant.id}").json
    assert shown["unit_minor"] == 1075 and shown["tiers"][0]["why"]["level"] == "organization" and shown["tiers"][0]["why"]["list_id"] == made
    sources = office.get(f"{API}/customers/{here.buyer.id}").json["price_lists"]
    assert [(one["name"], one["source"]) for one in sources] == [("Gold", "organization")]
    assert office.send("DELETE", f"{API}/assignments/{assigned}").status_code == 204
    assert buyer.get("/api/v1/storefront/products").json["items"][0]["unit_minor"] == 1100


def test_a_price_for_no_product_and_a_stranger_as_target_are_refused(market, here, office):
    made = office.send("POST", f"{API}/price-lists", {"name": "Gold", "currency": "EUR"}).json["id"]
    unknown = office.send("PUT", f"{API}/price-lists/{made}/prices", {"rows": [{"variant_id": "var_none", "amount_minor": 5}]})
    assert unknown.status_code == 422 and unknown.json["error"]["code"] == "unknown_product"
    stranger = market.buyer(market.reseller())
    assert office.send("POST", f"{API}/price-lists/{made}/assignments", {"organization_id": stranger.id}).status_code == 404
    assert office.send("POST", f"{API}/price-lists", {"name": "Gold", "currency": "EUR"}).status_code == 409


@pytest.mark.parametrize("change", [{"reseller_id": "org_x"}, {"currency": "USD"}, {"markup_bps": 5}, {"id": "sto_x"}])
def test_fields_of_a_storefront_that_are_not_for_its_reseller_are_refused(here, office, change):
    assert office.send("PATCH", f"{API}/storefronts/{here.storefront.id}", change).status_code == 422


def test_a_storefront_changes_its_look_and_refuses_what_cannot_be_read(market, here, office):
    path = f"{API}/storefronts/{here.storefront.id}"
    assert office.send("PATCH", path, {"name": "Bolts & Co", "primary_color": "#7a1f1f"}).json["name"] == "Bolts & Co"
    assert office.send("PATCH", path, {"primary_color": "#ffee88"}).json["error"]["code"] == "color_too_light"
    other = market.storefront(market.reseller())
    assert office.send("PATCH", path, {"host": other.host}).json["error"]["code"] == "host_taken"
    assert office.send("PATCH", path, {"host": "no spaces here.localhost"}).status_code == 422


def test_the_markup_is_tried_before_it_holds(client, market, here, office):
    path = f"{API}/storefronts/{here.storefront.id}"
    tried = office.get(f"{path}/preview?markup_bps=2000").json["items"]
    assert [(one["now_minor"], one["then_minor"]) for one in tried] == [(1100, 1200)]
    assert office.send("PUT", f"{path}/markup", {"markup_bps": 2000}).status_code == 204
    guest = Program(client, market, host=here.storefront.host)
    assert guest.get("/api/v1/storefront/products").json["items"][0]["unit_minor"] == 1200
    assert office.send("PUT", f"{path}/markup", {"markup_bps": 0, "brand_id": here.brand.id}).status_code == 204
    assert guest.get("/api/v1/storefront/products").json["items"][0]["unit_minor"] == 1000
    [held] = office.get(f"{path}/markups").json["items"]
    assert (held["markup_bps"], held["brand"], held["category"]) == (0, here.brand.name, None)
    assert office.send("DELETE", f"{path}/markups/{held['id']}").status_code == 204
    assert guest.get("/api/v1/storefront/products").json["items"][0]["unit_minor"] == 1200


def test_an_assortment_rule_hides_a_brand_at_once(client, market, here, office):
    rule = {"effect": "deny", "brand_id": here.brand.id}
    assert office.send("PUT", f"{API}/storefronts/{here.storefront.id}/assortment", {"rules": [rule]}).status_code == 204
    guest = Program(client, market, host=here.storefront.host)
    assert guest.get("/api/v1/storefront/products").json["items"] == []


def test_a_file_of_prices_is_taken_whole_or_not_at_all(client, market, here):
    person = client(market.user(here.reseller))
    made = person.post("/reseller/price-lists", data={"name": "File", "currency": "EUR"})
    assert made.status_code == 303
    page = made.headers["Location"]

    def load(text: str, encoding: str = "utf-8"):
        return person.post(f"{page}/file", data={"file": (io.BytesIO(text.encode(encoding)), "prices.csv")}, content_type="multipart/form-data")

    refused = load("mpn,price\nDH-800,10.80\nNONE-1,3\nDH-800,1.234\n")
    assert refused.status_code == 422 and "No product has this number" in refused.get_data(as_text=True)
    beyond = load("mpn,price\nDH-800,999999999999999\n")
    assert beyond.status_code == 422 and "is more than any amount may be" in beyond.get_data(as_text=True)
    assert "No prices yet" in person.get(page).get_data(as_text=True)
    assert load("gtin,mpn,min_quantity,price\n,DH-800,1,10.80\n,dh800,5,10.20\n").status_code == 303
    shown = person.get(page).get_data(as_text=True)
    assert "10.80" in shown and "10.20" in shown
    for text, encoding in (("mpn;brand;price\nDH-800;;11,30\n", "utf-8"), ("mpn\tprice\r\nDH-800\t11.40\r\n", "utf-16"), ("mpn;price;größe\nDH-800;11,50;ü\n", "cp1252")):
        assert load(text, encoding).status_code == 303, encoding
    assert "11.50" in person.get(page).get_data(as_text=True)
    wrong = person.post(f"{page}/prices", data={"variant_id": here.variant.id, "min_quantity": "1", "price": "1.250,5"})
    assert wrong.status_code == 422 and 'value="1.250,5" id="price" aria-invalid="true"' in wrong.get_data(as_text=True)
    twice = load("mpn,price\n\nDH-800,1\ndh800,2\n")
    assert twice.status_code == 422 and '<td class="num">4</td><td>Row 3 prices this product' in twice.get_data(as_text=True)
    for content in ("", "<BMECAT>", "mpn,price\n", "mpn,name\nA,b\n", "mpn,price,Price\nDH-800,1,2\n"):
        assert load(content).status_code == 422, content


def test_every_page_of_the_portal_opens(client, market, here):
    order_id = buy(client, market, here)
    person = client(market.user(here.reseller))
    for path in ("/reseller/", "/reseller/orders", f"/reseller/orders/{order_id}", "/reseller/customers", f"/reseller/customers/{here.buyer.id}",
                 "/reseller/price-lists", f"/reseller/storefronts/{here.storefront.id}", "/reseller/finances"):
        answer = person.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
    assert person.post(f"/reseller/customers/{here.buyer.id}/group", data={"group": "gold"}).status_code == 303
    assert db.session.get(Organization, here.buyer.id).customer_group == "gold"
    assert person.post(f"/reseller/customers/{here.buyer.id}/credit", data={"limit": "1.234", "terms_days": "30"}).status_code == 422
    assert person.post(f"/reseller/customers/{here.buyer.id}/credit", data={"limit": "5000", "terms_days": "30"}).status_code == 303
    assert "5,000.00" in person.get(f"/reseller/customers/{here.buyer.id}").get_data(as_text=True)


@pytest.mark.parametrize(("form", "theirs", "mine"), [
    ("group", {"group": "gold"}, {"group": "silver"}),
    ("methods", {"methods": ["card"]}, {"methods": ["card", "on_account"]}),
    ("credit", {"limit": "5000", "terms_days": "60"}, {"limit": "700", "terms_days": "30"}),
])
def test_who_saves_a_condition_that_a_colleague_changed_meanwhile_is_told_and_keeps_what_was_typed(client, market, here, form, theirs, mine):
    person, page = client(market.user(here.reseller)), f"/reseller/customers/{here.buyer.id}"
    action = f"{page}/{form}"
    mark = form_of(person.get(page).get_data(as_text=True), action)["mark"]
    assert person.post(action, data={"mark": mark, **theirs}).status_code == 303
    late = person.post(action, data={"mark": mark, **mine})
    told = form_of(late.get_data(as_text=True), action)
    assert late.status_code == 409 and {name: told[name] for name in mine} == {name: [value] if isinstance(value, str) else value for name, value in mine.items()}
    held = form_of(person.get(page).get_data(as_text=True), action)
    assert held["mark"] == told["mark"] and held[next(iter(mine))] != told[next(iter(mine))]
    assert person.post(action, data=told).status_code == 303


def test_the_form_of_credit_begins_with_what_holds(client, market, here):
    person, page = client(market.user(here.reseller)), f"/reseller/customers/{here.buyer.id}"
    assert person.post(f"{page}/credit", data={"limit": "5000", "terms_days": "60"}).status_code == 303
    shown = person.get(page).get_data(as_text=True)
    assert 'value="5000.00" id="limit"' in shown and 'value="60" id="terms_days"' in shown


def test_a_refused_form_of_the_storefront_is_shown_again_with_what_was_typed(client, market, here):
    person = client(market.user(here.reseller))
    page = f"/reseller/storefronts/{here.storefront.id}"
    look = {"name": "Bolts & Co", "primary_color": "#0a5f9e", "host": here.storefront.host, "locale": "en", "guest_prices": "1"}
    for wrong, why in (({"host": "a b"}, "This is not a host name."), ({"host": "localhost"}, "This is not a host name."), ({"name": " "}, "This is needed.")):
        refused = person.post(page, data={**look, **wrong})
        text = refused.get_data(as_text=True)
        assert refused.status_code == 422 and why in text, wrong
        assert all(f'value="{value}"' in text for value in wrong.values() if value.strip())
    assert person.post(page, data={**look, "host": "Shop.Example.COM"}).status_code == 303
    assert db.session.get(Storefront, here.storefront.id).host == "shop.example.com"
    for typed, status in (("8.555", 422), ("1e2", 422), ("1000.01", 422), ("", 422), ("8,55", 303)):
        answer = person.post(f"{page}/markup", data={"percent": typed})
        assert answer.status_code == status and (status == 303 or f'value="{typed}"' in answer.get_data(as_text=True)), typed
    assert db.session.get(Storefront, here.storefront.id).markup_bps == 855
    assert "A rule allows or denies a brand or a category." in person.post(f"{page}/rules", data={"effect": "deny"}).get_data(as_text=True)


def test_what_a_body_names_and_nobody_knows_is_named_in_the_answer(client, market, here):
    office, shop = Program(client, market, here.reseller), f"{API}/storefronts/{here.storefront.id}"
    made = office.send("POST", f"{API}/price-lists", {"name": "Named", "currency": "EUR"}).json["id"]
    rules = [{"effect": "deny", "brand_id": here.variant.brand_id}] * 2 + [{"effect": "deny", "category_id": "cat_nobody"}]
    for method, path, body, field in (
        ("PUT", f"{shop}/markup", {"markup_bps": 100, "brand_id": "brd_nobody"}, "brand_id"),
        ("PUT", f"{shop}/markup", {"markup_bps": 100, "category_id": "cat_nobody"}, "category_id"),
        ("PUT", f"{shop}/assortment", {"rules": rules}, "rules.2.category_id"),
        ("PUT", f"{shop}/assortment", {"rules": [], "organization_id": "org_nobody"}, "organization_id"),
        ("POST", f"{API}/price-lists/{made}/assignments", {"organization_id": "org_nobody"}, "organization_id"),
        ("POST", f"{API}/price-lists/{made}/assignments", {"storefront_id": "sto_nobody"}, "storefront_id"),
    ):
        answer = office.send(method, path, body)
        assert answer.status_code == 404 and answer.json["error"]["field"] == field, (path, answer.json)


def test_a_program_learns_which_brands_and_categories_a_rule_can_name(client, market, here):
    office = Program(client, market, here.reseller)
    found = office.get(f"{API}/storefronts/choices").json
    (brand,) = [row for row in found["brands"] if row["id"] == here.brand.id]
    assert brand["name"] == here.brand.name and here.category.id in {row["id"] for row in found["categories"]}
    rule = {"effect": "deny", "brand_id": brand["id"]}
    assert office.send("PUT", f"{API}/storefronts/{here.storefront.id}/assortment", {"rules": [rule]}).status_code == 204
