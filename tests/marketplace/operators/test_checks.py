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
    session.execute(sa.text("UPDATE stock_levels SET reserved = 3 WHERE offer_id = :id"), {"id": offer.id})
    assert operator.post("/api/v1/operator/money/checks").status_code == 202
    work()
    verdict = operator.get("/api/v1/operator/money/checks").json["items"][0]
    assert verdict["breaks"] == 1
    assert [len(one["breaks"]) for one in verdict["comparisons"] if one["breaks"]] == [1]
    assert session.scalar(sa.select(OperatorTask.kind)) == "books.broken"
    assert "1 break was found" in operator.get("/operator/money").get_data(as_text=True)


def test_a_verdict_cannot_be_changed_afterwards(session):
    checks.verify("command")
    with pytest.raises(sa.exc.DBAPIError, match=r"append-only|permission denied"), session.begin_nested():
        session.execute(sa.update(Verification).values(breaks=0))


def test_who_only_looks_may_not_ask_for_a_comparison(market, client):
    viewer = client(market.user(market.operator(), "operator_viewer"))
    assert viewer.post("/operator/money/compare").status_code == 403
    assert viewer.get("/operator/money").status_code == 200
