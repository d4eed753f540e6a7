"""What an address or a form may hold without leading anybody elsewhere or failing."""

from __future__ import annotations

import dataclasses

import pytest
from flask import Flask, request

from marketplace.web import auth
from marketplace.web.app import believe
from tests.resellers import shops
from tests.web import PASSWORD


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


def test_a_host_name_that_is_nobodys_has_no_pages_but_says_that_it_lives(client, market):
    user = market.user(market.seller())
    stranger = client(host="evil.example")
    for path in ("/", "/sign-in", "/start", "/seller/", "/api/v1/seller/offers"):
        answer = stranger.get(path)
        assert answer.status_code == 404 and "password" not in answer.get_data(as_text=True), path
    stranger.csrf = client().token()
    assert stranger.post("/sign-in", data={"email": user.email, "password": PASSWORD}).status_code == 404
    assert "/start" not in stranger.get("/").get_data(as_text=True) and stranger.get("/static/market.css").status_code == 200
    assert stranger.get("/healthz").status_code == 200
    assert client(host="127.0.0.1:8000").get("/sign-in").status_code == 200


def test_in_production_the_machines_own_names_are_nobodys_too(app, client, monkeypatch):
    monkeypatch.setitem(app.config, "SETTINGS", dataclasses.replace(app.config["SETTINGS"], environment="production", base_domain="market.example"))
    assert client(host="market.example").get("/sign-in").status_code == 200
    assert client(host="localhost").get("/sign-in").status_code == 404


@pytest.mark.parametrize(("hops", "address"), [(0, "127.0.0.1"), (1, "203.0.113.9"), (2, "198.51.100.7")])
def test_as_many_proxies_are_believed_as_are_said(hops, address):
    shell = Flask("behind")
    believe(shell, hops)
    shell.add_url_rule("/", "who", lambda: request.remote_addr)
    answer = shell.test_client().get("/", headers={"X-Forwarded-For": "192.0.2.66, 198.51.100.7, 203.0.113.9"})
    assert answer.get_data(as_text=True) == address


def test_who_signs_in_comes_back_to_the_page_with_all_that_was_asked(client, market):
    guest = client(host=market.storefront(market.reseller()).host)
    for path in ("/search?q=bolt&sort=price", "/sign-in?next=/search?q%3Dbolt%26sort%3Dprice"):
        page = guest.get(path).get_data(as_text=True)
        assert 'href="/sign-in?next=/search?q%3Dbolt%26sort%3Dprice"' in page.replace("%3F", "?").replace("%2F", "/"), path
