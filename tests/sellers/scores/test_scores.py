"""A seller's score by page and by API: its own, with the orders behind it; nobody else's."""

from __future__ import annotations

import pytest

from marketplace.analytics import scores
from marketplace.core import clock
from marketplace.identity import keys
from tests.marketplace.analytics.scored import DAY, HOUR, Past, Story, good
from tests.resellers.shops import Program

API = "/api/v1/seller/scores"


@pytest.fixture
def past(market):
    return Past(market)


@pytest.fixture
def seller(past):
    """Twelve orders three weeks ago, of which one was refused and one shipped late; and another seller with a silent one."""
    found, other, then = past.seller("Nordkabel"), past.seller("Rival"), clock.now() - 21 * DAY
    past.many(found, 10, good(then))
    found.refused = past.part(found, Story(then, refused=then + HOUR))
    found.late = past.part(found, Story(then, accepted=then + HOUR, shipped=then + 9 * DAY))
    found.rivals = past.part(other, Story(then, silent=then + 2 * DAY))
    scores.compute((then + DAY).date(), clock.today())
    return found


def test_the_page_tells_rates_counts_and_what_it_would_take(client, market, seller):
    page = client(market.user(seller, "seller_clerk")).get("/seller/scores/").get_data(as_text=True)
    assert "93.03%" in page and "91.67%" in page and "11 of 12" in page and "9.09%" in page and "1 of 11" in page
    assert "8 orders in a row without a fault bring it to 95%" in page and "The goal of 5% is reached." in page
    assert "Returns and ratings are not measured yet" in page and 'data-chart="lines"' in page
    assert "/seller/scores/orders?rate=late&amp;is_against=1" in page and "Rival" not in page


def test_the_orders_behind_a_rate_lead_to_the_orders(client, market, seller):
    browser = client(market.user(seller))
    page = browser.get("/seller/scores/orders?rate=late&is_against=1").get_data(as_text=True)
    assert f"/seller/orders/{seller.late.id}" in page and seller.refused.number not in page and seller.rivals.number not in page
    rows = browser.get("/seller/scores/orders.csv?rate=acceptance&sort=order").get_data(as_text=True).splitlines()
    assert len(rows) == 13 and sum(",refused" in row for row in rows) == 1 and "number,opened_at,promised_on,verdict" in rows[0]
    assert "Nothing counts against it" in browser.get("/seller/scores/orders?rate=cancellation&is_against=1").get_data(as_text=True)
    assert browser.get("/seller/scores/orders?rate=beauty").status_code == 404


def test_a_program_reads_the_same(client, market, seller):
    program = Program(client, market, seller)
    found = program.get(API).json
    assert {name: found[name] for name in ("seller", "answered", "accepted", "due", "late", "cut", "acceptance_bps", "late_bps", "cancellation_bps", "score_bps")} == {
        "seller": "Nordkabel", "answered": 12, "accepted": 11, "due": 11, "late": 1, "cut": 0, "acceptance_bps": 9167, "late_bps": 909,
        "cancellation_bps": 0, "score_bps": 9303}
    assert (found["return_bps"], found["rating_bps"], found["window_days"], found["is_measured"]) == (None, None, 90, True)
    assert found["weeks"][-1]["score_bps"] == 9303 and len(found["rates"]) == 3
    (row,) = program.get(f"{API}/orders?rate=acceptance&is_against=true").json["items"]
    assert (row["number"], row["verdict"]) == (seller.refused.number, "refused") and "order_id" not in row
    refused = program.get(f"{API}/orders?rate=beauty")
    assert refused.status_code == 422 and refused.json["error"]["field"] == "rate"


def test_before_anything_was_computed_the_page_says_so(client, market):
    newcomer = market.seller()
    assert "Not computed yet" in client(market.user(newcomer)).get("/seller/scores/").get_data(as_text=True)
    assert "No orders here" in client(market.user(newcomer)).get("/seller/scores/orders").get_data(as_text=True)
    found = Program(client, market, newcomer).get(API).json
    assert (found["score_bps"], found["day"], found["is_measured"], found["rates"], found["weeks"]) == (None, None, False, [], [])


def test_a_newcomer_is_told_how_many_orders_are_missing(client, market, past):
    newcomer = past.seller()
    past.part(newcomer, good(clock.now() - 5 * DAY))
    scores.compute(clock.today(), clock.today())
    page = client(market.user(newcomer)).get("/seller/scores/").get_data(as_text=True)
    assert "90%" in page and "neutral: too few orders" in page and "Measured from 10 orders on: 9 are missing." in page


@pytest.mark.parametrize("path", ["/seller/scores/", "/seller/scores/orders", "/seller/scores/orders.csv", API, f"{API}/orders"])
def test_outsiders_find_nothing_and_a_key_without_the_right_is_refused(client, market, seller, past, path):
    outsiders = [Program(client, market, one) for one in (past.buyer_of, market.manufacturer(), market.operator())]
    for outsider in (*outsiders, Program(client, market, past.buyer, past.front.host)):
        assert outsider.get(path).status_code == 404, outsider.actor.kinds
    actor = market.actor(seller)
    _, token = keys.make(actor, "offers only", ["offer:read"])
    assert client().get(path, headers={"Authorization": f"Bearer {token}"}).status_code == 403


def test_another_seller_sees_only_its_own(client, market, seller):
    rival = Program(client, market, market.seller("Third"))
    assert rival.get(API).json["seller"] == "Third" and rival.get(f"{API}/orders").json["items"] == []
