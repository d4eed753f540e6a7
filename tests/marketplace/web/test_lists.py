"""Lists sorted by their headings: the same order on the page, in the API and in the file, and no other than the list offers."""

from __future__ import annotations

import re

import pytest

from marketplace.core.db import db
from marketplace.orders.models import Order, SellerOrder
from tests.house import matrix
from tests.marketplace.orders import world

TOTALS = (7, 2, 11)


@pytest.fixture
def here(market):
    """Three orders of different sizes, the largest neither first nor last."""
    found = world.square(market, stock=100)
    for quantity in TOTALS:
        world.place(found, world.fill(found, quantity))
    for part in db.session.scalars(db.select(SellerOrder)):
        part.status = "open"
    db.session.flush()
    return found


def numbers(column, sort: str) -> list[str]:
    model = column.class_
    order = (column.desc(), model.id.desc()) if sort.startswith("-") else (column, model.id)
    return list(db.session.scalars(db.select(model.number).order_by(*order)))


@pytest.mark.parametrize("sort", ["total", "-total"])
def test_an_operators_orders_are_sorted_alike_by_page_api_and_file(client, market, here, sort):
    operator = client(market.user(market.operator()))
    expected = numbers(Order.total_minor, sort)
    assert expected != numbers(Order.id, "-id")
    assert [row["number"] for row in operator.get(f"/api/v1/operator/orders?sort={sort}").json["items"]] == expected
    page = operator.get(f"/operator/orders?sort={sort}").get_data(as_text=True)
    assert re.findall(r"\d{6}-[0-9A-Z]{6}", re.sub(r"(?s).*<tbody>", "", page))[:3] == expected
    assert f'aria-sort="{"descending" if sort.startswith("-") else "ascending"}"' in page
    file = operator.get(f"/operator/orders.csv?sort={sort}").get_data(as_text=True)
    assert re.findall(r"\d{6}-[0-9A-Z]{6}", file) == expected


def test_pages_of_a_sorted_list_follow_each_other(client, market, here):
    seller = client(market.user(here.sellers[2]))
    path, found, cursor = "/api/v1/seller/orders?sort=-goods&limit=1", [], ""
    while cursor is not None:
        answer = seller.get(path + (f"&cursor={cursor}" if cursor else "")).json
        found += [row["goods_minor"] for row in answer["items"]]
        cursor = answer["next_cursor"]
    assert len(found) == len(TOTALS) and found == sorted(found, reverse=True)


@pytest.mark.parametrize("path", ["/api/v1/operator/orders", "/operator/orders", "/operator/companies"])
def test_what_a_list_cannot_be_sorted_by_is_said(client, market, here, path):
    operator = client(market.user(market.operator()))
    refused = operator.get(f"{path}?sort=colour")
    assert refused.status_code == 422
    if path.startswith("/api"):
        assert refused.json["error"]["field"] == "sort"


def test_a_resellers_next_page_keeps_the_customer_that_was_asked_for(client, market):
    many = matrix.World(market)
    db.session.execute(db.text("UPDATE stock_levels SET available = 1000"))
    for _ in range(50):
        many.order(many.buyers[1], many.variants[:1])
    page = client(market.user(many.reseller)).get(f"/reseller/orders?buyer_id={many.buyers[1].id}").get_data(as_text=True)
    (following,) = re.findall(r'href="([^"]+)" rel="next"', page)
    assert f"buyer_id={many.buyers[1].id}" in following
