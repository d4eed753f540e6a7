"""What an address or a form may hold without leading anybody elsewhere or failing."""

from __future__ import annotations

import pytest

from marketplace.web import auth
from tests.resellers import shops


@pytest.mark.parametrize("path", ["//evil.example", "/\\evil.example", "/\t/evil.example", "/\n/evil.example", "https://evil.example", ""])
def test_nobody_is_sent_elsewhere(app, path):
    with app.test_request_context():
        assert auth.own_page(path, "/home") == "/home"


@pytest.mark.parametrize("query", ["endpoint=x", "_method=POST", "_external=1", "_anchor=a"])
def test_any_parameter_may_stand_beside_a_sortable_list(client, market, query):
    assert client(market.user(market.operator())).get(f"/operator/companies?{query}").status_code == 200


@pytest.mark.parametrize("number", ["²", "--5", "٣", "1" * 30])
def test_what_is_no_whole_number_is_refused_at_its_field(client, market, number):
    seller = market.seller()
    answer = client(market.user(seller)).post("/seller/delivery/freight", data={
        "currency": "EUR", "freight": "5", "transit_days": number, "country": "DE"})
    assert answer.status_code == 422


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "10.1.2.3"])
def test_a_storefront_cannot_take_the_markets_own_host_or_a_number(client, market, host):
    reseller = market.reseller()
    front = market.storefront(reseller)
    headers = {"Authorization": "Bearer " + shops.key(market.actor(reseller))}
    answer = client(host="localhost").patch(f"/api/v1/reseller/storefronts/{front.id}", json={"host": host}, headers=headers)
    assert answer.status_code == 422 and answer.json["error"]["field"] == "host"
