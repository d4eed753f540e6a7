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
