"""Every route against everybody who has no business there, generated from the URL map, so that none is forgotten."""

from __future__ import annotations

import re

import pytest

from marketplace.web import portal
from tests.factories import ADMIN

KINDS = {"/seller": "seller", "/manufacturer": "manufacturer", "/reseller": "reseller", "/operator": "operator"}
UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}


def routes(app) -> list[tuple[str, str, str]]:
    """(method, path with made-up ids, endpoint) of every route but static files."""
    found = []
    for rule in app.url_map.iter_rules():
        path = re.sub(r"<(?:[^:>]+:)?([^>]+)>", r"x_\1", rule.rule)
        found += [(method, path, rule.endpoint) for method in sorted(rule.methods - {"HEAD", "OPTIONS"}) if rule.endpoint != "static"]
    return sorted(found)


def kind_of(path: str) -> str | None:
    first = "/" + path.removeprefix("/api/v1").strip("/").split("/")[0]
    return KINDS.get(first)


def test_a_guest_gets_no_further_than_the_door(app, client, market):
    market.operator()
    guest = client()
    for method, path, _ in routes(app):
        if kind_of(path):
            answer = guest.open(path, method=method)
            assert answer.status_code == (401 if path.startswith("/api/") else 303), (method, path)
            assert path.startswith("/api/") or answer.headers["Location"].startswith("/sign-in")


@pytest.mark.parametrize("kind", sorted(KINDS.values()))
def test_another_kind_of_company_finds_nothing(app, client, market, kind):
    browser = client(market.user(getattr(market, kind)(), ADMIN[kind]))
    for method, path, _ in routes(app):
        theirs = kind_of(path)
        if theirs is not None and theirs != kind:
            assert browser.open(path, method=method).status_code == 404, (method, path)


@pytest.mark.parametrize("kind", sorted(KINDS.values()))
def test_an_unknown_id_is_never_an_error_of_ours(app, client, market, kind):
    browser = client(market.user(getattr(market, kind)(), ADMIN[kind]))
    for method, path, _ in routes(app):
        if kind_of(path) == kind and "x_" in path:
            assert browser.open(path, method=method).status_code in {303, 404, 409, 422}, (method, path)


def test_a_portal_is_not_there_on_a_storefronts_host(app, client, market):
    storefront = market.storefront(market.reseller())
    guest = client(host=storefront.host)
    for prefix in KINDS:
        assert guest.get(prefix + "/").status_code == 404


def test_a_storefronts_pages_are_not_there_on_the_markets_host(app, client, market):
    market.operator()
    guest = client()
    for method, path, endpoint in routes(app):
        blueprint = endpoint.rpartition(".")[0] or None
        if kind_of(path) is None and blueprint not in portal.EVERYWHERE and path not in {"/", "/start"}:
            assert guest.open(path, method=method).status_code == 404, (method, path)
