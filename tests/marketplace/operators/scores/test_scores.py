"""The operator sees every seller's score, and the orders behind each; nobody else does."""

from __future__ import annotations

import pytest

from marketplace.analytics import scores
from marketplace.core import clock
from marketplace.identity import keys
from tests.marketplace.analytics.scored import DAY, HOUR, Past, Story, good
from tests.resellers.shops import Program

API = "/api/v1/operator/scores"


@pytest.fixture
def past(market):
    found = Past(market)
    found.best, found.worst, then = found.seller("Best Ltd"), found.seller("Worst Ltd"), clock.now() - 21 * DAY
    found.many(found.best, 10, good(then))
    found.many(found.worst, 10, Story(then, refused=then + HOUR))
    scores.compute((then + DAY).date(), clock.today())
    return found


@pytest.mark.parametrize("role", ["operator", "operator_viewer"])
def test_the_list_shows_the_lowest_first_and_is_filtered_sorted_and_saved(client, market, past, role):
    browser = client(market.user(market.operator(), role))
    page = browser.get("/operator/scores").get_data(as_text=True)
    assert 0 < page.index("Worst Ltd") < page.index("Best Ltd") and "100%" in page
    page = browser.get("/operator/scores?q=best&sort=-score").get_data(as_text=True)
    assert "Best Ltd" in page and "Worst Ltd" not in page and 'aria-sort="descending"' in page
    assert "No seller with a score" in browser.get("/operator/scores?q=nobody").get_data(as_text=True)
    rows = browser.get("/operator/scores.csv?sort=-score").get_data(as_text=True).splitlines()
    assert rows[1].startswith("Best Ltd,10000,10000,0,0,10,10,0,10,0,0,") and rows[2].startswith("Worst Ltd,0,0,,,10,0,")


def test_one_sellers_page_leads_to_the_orders_behind_it(client, market, past):
    browser = client(market.user(market.operator()))
    page = browser.get(f"/operator/scores/{past.worst.id}").get_data(as_text=True)
    assert "Worst Ltd" in page and "0 of 10" in page and f"/operator/scores/{past.worst.id}/orders?rate=acceptance" in page
    page = browser.get(f"/operator/scores/{past.worst.id}/orders?rate=acceptance&is_against=1").get_data(as_text=True)
    assert page.count(f"/operator/orders/{past.order.id}") == 10 and "refused" in page
    assert len(browser.get(f"/operator/scores/{past.worst.id}/orders.csv").get_data(as_text=True).splitlines()) == 11
    for path in (f"/operator/scores/{past.buyer.id}", "/operator/scores/org_x/orders", f"/operator/scores/{past.worst.id}/orders?rate=x"):
        assert browser.get(path).status_code == 404, path


def test_a_program_of_the_operator_reads_the_same(client, market, past):
    program = Program(client, market, market.operator())
    assert [row["seller"] for row in program.get(f"{API}?sort=-score").json["items"]] == ["Best Ltd", "Worst Ltd"]
    first = program.get(f"{API}?limit=1").json
    second = program.get(f"{API}?limit=1&cursor={first['next_cursor']}").json
    assert [first["items"][0]["seller"], second["items"][0]["seller"], second["next_cursor"]] == ["Worst Ltd", "Best Ltd", None]
    one = program.get(f"{API}/{past.worst.id}").json
    assert (one["score_bps"], one["acceptance_bps"], one["late_bps"]) == (0, 0, None) and len(one["weeks"]) >= 3
    orders = program.get(f"{API}/{past.worst.id}/orders?sort=order").json["items"]
    assert len(orders) == 10 and {row["order_id"] for row in orders} == {past.order.id}
    assert program.get(f"{API}/org_x").status_code == 404


def test_nobody_else_finds_it_and_a_key_without_the_right_is_refused(client, market, past):
    paths = ["/operator/scores", "/operator/scores.csv", f"/operator/scores/{past.best.id}", f"/operator/scores/{past.best.id}/orders", API, f"{API}/{past.best.id}",
             f"{API}/{past.best.id}/orders"]
    operator = market.actor(market.operator())
    _, token = keys.make(operator, "money only", ["money:read"])
    outsiders = [Program(client, market, one) for one in (past.best, past.worst, past.buyer_of, market.manufacturer())]
    outsiders.append(Program(client, market, past.buyer, past.front.host))
    for path in paths:
        assert [browser.get(path).status_code for browser in outsiders] == [404] * 5, path
        assert client().get(path, headers={"Authorization": f"Bearer {token}"}).status_code == 403, path
