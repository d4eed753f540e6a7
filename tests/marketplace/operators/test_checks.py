"""The verdict on the books: made by a worker, kept, shown by page, API and command, never recomputed for a look."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from marketplace.core import jobs, tenancy
from marketplace.core.db import db
from marketplace.operators import checks
from marketplace.operators.models import Verification
from marketplace.payments.models import OperatorTask


@pytest.fixture
def operator(market, client):
    return client(market.user(market.operator()))


def work():
    db.session.commit()
    jobs.drain(checks.TOPIC)
    tenancy.act_for([tenancy.MARKET])


def test_before_the_first_comparison_the_page_says_so(operator):
    assert "Nothing was compared yet" in operator.get("/operator/money").get_data(as_text=True)


def test_the_operator_asks_and_reads_balanced(operator):
    assert operator.post("/operator/money/compare").status_code == 303
    work()
    page = operator.get("/operator/money").get_data(as_text=True)
    assert "Balanced: everything below was compared" in page and "reservations" in page.lower()


def test_a_break_is_in_the_verdict_and_becomes_a_task(operator, market, session):
    offer = market.offer(market.seller(), market.variant(market.brand(market.manufacturer())), stock=5)
    session.execute(sa.text("UPDATE stock_levels SET reserved = 3, available = available - 3 WHERE offer_id = :id"), {"id": offer.id})
    assert operator.post("/api/v1/operator/money/checks").status_code == 202
    work()
    verdict = operator.get("/api/v1/operator/money/checks").json["items"][0]
    assert verdict["breaks"] == 1
    assert [len(one["breaks"]) for one in verdict["comparisons"] if one["breaks"]] == [1]
    assert session.scalar(sa.select(OperatorTask.kind)) == "books.broken"
    assert "1 break was found" in operator.get("/operator/money").get_data(as_text=True)


def test_what_is_still_broken_is_one_task_that_leads_to_what_differs_and_goes_when_it_is_mended(operator, market, session):
    offer = market.offer(market.seller(), market.variant(market.brand(market.manufacturer())), stock=5)
    broken = sa.text("UPDATE stock_levels SET reserved = :held, available = counted - :held WHERE offer_id = :id")
    session.execute(broken, {"held": 3, "id": offer.id})
    for _ in range(2):
        checks.verify("schedule")
    assert len(operator.get("/api/v1/operator/tasks").json["items"]) == 1
    assert 'href="/operator/money">See what differs</a>' in operator.get("/operator/money/tasks").get_data(as_text=True)
    session.execute(broken, {"held": 0, "id": offer.id})
    checks.verify("schedule")
    assert operator.get("/api/v1/operator/tasks").json["items"] == []


def test_more_breaks_than_a_page_shows_are_counted_and_in_the_file(operator, market, session):
    offer = market.offer(market.seller(), market.variant(market.brand(market.manufacturer())), stock=5)
    session.execute(sa.text("INSERT INTO reservations (id, stock_level_id, seller_id, order_id, allocation_id, quantity, status, created_at) "
                            "SELECT 'rsv_' || n, l.id, l.seller_id, 'ord_x', 'alc_' || n, 1, 'held', now() FROM stock_levels l, generate_series(1, 120) n "
                            "WHERE l.offer_id = :id"), {"id": offer.id})
    checks.verify("command")
    page = operator.get("/operator/money").get_data(as_text=True)
    assert "121 breaks were found" in page and '<td class="num">120</td>' in page and "More are in the file." in page
    assert page.index("reservations with the allocations") < page.index("order totals with"), "what is broken comes first"
    verdict = operator.get("/api/v1/operator/money/checks").json["items"][0]
    assert {one["found"] for one in verdict["comparisons"]} == {0, 1, 120}
    file = operator.get(f"/operator/money/breaks/{verdict['id']}.csv").get_data(as_text=True)
    assert f"/operator/money/breaks/{verdict['id']}.csv" in page and file.count("rsv_") == 100


def test_a_verdict_cannot_be_changed_afterwards(session):
    checks.verify("command")
    with pytest.raises(sa.exc.DBAPIError, match=r"append-only|permission denied"), session.begin_nested():
        session.execute(sa.update(Verification).values(breaks=0))


def test_who_only_looks_may_not_ask_for_a_comparison(market, client):
    viewer = client(market.user(market.operator(), "operator_viewer"))
    assert viewer.post("/operator/money/compare").status_code == 403
    page = viewer.get("/operator/money")
    assert page.status_code == 200 and "Compare now" not in page.get_data(as_text=True)
