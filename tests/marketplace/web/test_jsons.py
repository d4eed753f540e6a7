"""What comes in as JSON is strict JSON, and what cannot be stored is refused, not a fault of ours."""

from __future__ import annotations

import pytest

from tests.resellers.shops import Program, square

PATH = "/api/v1/storefront/cost-centers"


@pytest.mark.parametrize("body", [
    b'{"code": "1", "name": NaN}', b'{"code": "1", "code": "2", "name": "x"}', b'{"code": "1", "name": "a\\u0000b"}',
    b'{"code": "1", "name": "a\\ud800b"}', b'{"code": "1", "na\\u0000me": "x"}', b"[1, 2", b"\xff\xfe", b"[" * 5000 + b"]" * 5000,
    b'{"code": "1", "name": "x", "organization_id": "org_1"}', b'["code"]', b'"x"', b"null"])
def test_a_body_that_is_not_strict_json_is_refused(client, market, body):
    here = square(market)
    buyer = Program(client, market, here.buyer, here.storefront.host)
    answer = buyer.client.post(PATH, data=body, headers={**buyer.headers, "Content-Type": "application/json"})
    assert answer.status_code in {400, 422}, answer.get_data()
    assert answer.json["error"]["code"]
    assert buyer.get(PATH).json["items"] == []


def test_a_backslash_before_such_a_word_is_only_text(client, market):
    here = square(market)
    buyer = Program(client, market, here.buyer, here.storefront.host)
    answer = buyer.send("POST", PATH, {"code": "1", "name": "a\\u0000b"})
    assert (answer.status_code, answer.json["name"]) == (201, "a\\u0000b")


@pytest.mark.parametrize("path", ["/search?q=a%00b", "/api/v1/storefront/search?q=%00", "/products/x%00", "/api/v1/storefront/products/%00"])
def test_an_address_with_a_nul_is_refused(client, market, path):
    here = square(market)
    assert Program(client, market, here.buyer, here.storefront.host).get(path).status_code in {404, 422}


def test_a_form_with_a_nul_is_refused(client, market):
    here = square(market)
    browser = client(market.user(here.buyer), host=here.storefront.host)
    assert browser.post("/account/cost-centers", data={"code": "1", "name": "a\0b"}).status_code == 422


@pytest.mark.parametrize("part", [b"form-data", b'form-data; filename="offers.csv"'])
def test_a_part_of_a_form_without_a_name_is_refused(client, market, part):
    browser = client(market.user(market.seller()))
    body = b"--x\r\nContent-Disposition: " + part + b"\r\n\r\nseller_sku\r\n--x--\r\n"
    for path in ("/api/v1/seller/offer-imports", "/seller/imports/"):
        answer = browser.post(path, data=body, headers={"Content-Type": "multipart/form-data; boundary=x"})
        assert answer.status_code == 422 and "A part of this form has no name." in answer.get_data(as_text=True)


@pytest.mark.parametrize(("path", "body", "kind", "status", "field", "why"), [
    ("cost-centers", b'{"code": "1", "name": "x"}', "application/x-www-form-urlencoded", 400, "Content-Type", "application/json"),
    ("cost-centers", b'{"code": "1", "code": "2", "name": "x"}', "application/json", 400, "code", "twice"),
    ("cost-centers", b'{"code": "1", "name": NaN}', "application/json", 400, "json", "NaN"),
    ("cost-centers", b'{"code": "1",', "application/json", 400, "json", "not JSON"),
    ("cost-centers", b"null", "application/json", 422, "json", "Invalid input type"),
    ("cost-centers", b'{"code": "1", "name": "a\\u0000b"}', "application/json", 422, "name", "not allowed"),
    ("cost-centers", b'{"code": " ", "name": "x"}', "application/json", 422, "code", "Length"),
    ("cart/numbers", b'{"rows": [{"number": "x"}, {"number": ""}]}', "application/json", 422, "rows.1.number", "Length"),
    ("cart/numbers", b'{"rows": [{"number": "x"}, {"number": "a\\u0000"}]}', "application/json", 422, "rows.1.number", "not allowed"),
    ("cart/numbers", b'{"rows": [5]}', "application/json", 422, "rows.0", "Invalid input type"),
    ("orders", b'{"address_id": "adr_none", "payment_method": "card"}', "application/json", 404, "address_id", "not in the address book"),
])
def test_a_refusal_says_what_is_wrong_and_names_the_place(client, market, path, body, kind, status, field, why):
    here = square(market)
    buyer = Program(client, market, here.buyer, here.storefront.host, "buyer_admin")
    headers = {**buyer.headers, "Content-Type": kind, "Idempotency-Key": "the-same-key"}
    answer = buyer.client.post(f"/api/v1/storefront/{path}", data=body, headers=headers)
    assert (answer.status_code, answer.json["error"]["field"]) == (status, field), answer.json
    assert why in answer.json["error"]["message"]


@pytest.mark.parametrize(("path", "name"), [("products?q=motor", "q"), ("orders?state=open", "state"), ("search?q=motor&per_page=50", "per_page")])
def test_a_misspelt_filter_is_named_and_does_not_look_like_an_answer(client, market, path, name):
    here = square(market)
    answer = Program(client, market, here.buyer, here.storefront.host).get(f"/api/v1/storefront/{path}")
    assert (answer.status_code, answer.json["error"]["field"]) == (422, name)
