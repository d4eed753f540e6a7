"""API keys: made by a person, shown once, no stronger than their maker, ended at once."""

from __future__ import annotations

import re

import pytest

from marketplace.identity import keys
from marketplace.identity.models import ApiKey


@pytest.fixture
def seller(market):
    return market.seller()


@pytest.fixture
def browser(client, market, seller):
    return client(market.user(seller))


def token_on(page) -> str:
    return re.search(r"msk_[\w-]{40,}", page.get_data(as_text=True))[0]


def test_a_person_makes_a_key_sees_it_once_and_a_program_gets_in(browser, client):
    made = browser.post("/seller/keys", data={"name": "ERP", "permissions": ["offer:read", "seller_order:read"]})
    assert made.status_code == 201
    assert made.headers["Cache-Control"] == "no-store"
    token = token_on(made)
    assert token not in browser.get("/seller/keys").get_data(as_text=True)
    bearer = {"Authorization": f"Bearer {token}"}
    assert client().get("/api/v1/seller/offers", headers=bearer).status_code == 200
    assert client().get("/api/v1/seller/finances", headers=bearer).status_code == 403


def test_a_revoked_key_is_refused_at_once(browser, client, session):
    token = token_on(browser.post("/seller/keys", data={"name": "ERP", "permissions": ["offer:read"]}))
    key_id = session.scalar(ApiKey.__table__.select().with_only_columns(ApiKey.id))
    assert browser.post(f"/seller/keys/{key_id}/revoke").status_code == 303
    assert client().get("/api/v1/seller/offers", headers={"Authorization": f"Bearer {token}"}).status_code == 401
    assert "revoked" in browser.get("/seller/keys").get_data(as_text=True)


def test_a_key_makes_and_revokes_no_keys(client, market, seller):
    key, token = keys.make(market.actor(seller), "ERP")
    bearer = {"Authorization": f"Bearer {token}"}
    assert client().post("/api/v1/seller/keys", json={"name": "more"}, headers=bearer).status_code == 403
    assert client().post(f"/api/v1/seller/keys/{key.id}/revoke", json={}, headers=bearer).status_code == 403
    assert client().get("/api/v1/seller/keys", headers=bearer).status_code == 403


def test_nobody_gives_a_key_what_it_may_not_do_itself(browser, session):
    for wanted in (["market:operate"], ["key:manage"], []):
        answer = browser.post("/api/v1/seller/keys", json={"name": "x", "permissions": wanted})
        assert (answer.status_code, answer.json["error"]["field"]) == (422, "permissions")
    page = browser.post("/seller/keys", data={"name": "x"})
    assert page.status_code == 422
    assert "rights that you have yourself" in page.get_data(as_text=True)
    assert session.scalar(ApiKey.__table__.select()) is None


def test_a_clerk_has_no_keys_and_a_buyer_admin_has_its_own(client, market, seller):
    assert client(market.user(seller, "seller_clerk")).get("/seller/keys").status_code == 403
    reseller = market.reseller()
    front = market.storefront(reseller)
    buyer = market.buyer(reseller)
    admin = client(market.user(buyer), host=front.host)
    token = admin.post("/api/v1/storefront/keys", json={"name": "Purchasing"}).json["token"]
    answer = client(host=front.host).get("/api/v1/storefront/orders", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200
    assert client(market.user(buyer, "buyer"), host=front.host).get("/account/keys").status_code == 403


def test_anothers_key_is_not_there_for_people_either(browser, market, session):
    other = market.seller()
    key, _ = keys.make(market.actor(other), "ERP")
    for path in ("/seller/keys/{}/revoke", "/api/v1/seller/keys/{}/revoke"):
        assert browser.post(path.format(key.id), json={}).status_code == browser.post(path.format("key_x"), json={}).status_code == 404
    session.refresh(key)
    assert key.revoked_at is None


def test_a_key_sees_its_companys_prices_only_with_the_right_to_see_prices(client, market):
    reseller = market.reseller()
    front = market.storefront(reseller)
    admin = market.actor(market.buyer(reseller))
    variant = market.variant(market.brand(market.manufacturer()))
    market.offer(market.seller(), variant)
    _, clerk = keys.make(admin, "Orders only", ["order:read"])
    _, buying = keys.make(admin, "Purchasing", ["storefront:buy"])
    for path in ("products", f"products/{variant.id}", f"products/{variant.id}/offers", f"products/{variant.id}/alternatives", "search?q=a", "facets"):
        asked = f"/api/v1/storefront/{path}"
        assert client(host=front.host).get(asked, headers={"Authorization": f"Bearer {clerk}"}).status_code == 403, path
        assert client(host=front.host).get(asked, headers={"Authorization": f"Bearer {buying}"}).status_code == 200, path


def test_a_key_of_another_company_is_told_so_and_not_given_a_guests_prices(client, market, seller):
    front = market.storefront(market.reseller())
    elsewhere = market.buyer(market.reseller())
    for organization in (seller, elsewhere):
        _, token = keys.make(market.actor(organization), "ERP")
        answer = client(host=front.host).get("/api/v1/storefront/products", headers={"Authorization": f"Bearer {token}"})
        assert (answer.status_code, answer.json["error"]["code"]) == (401, "unauthenticated")
        assert "host" in answer.json["error"]["message"]
