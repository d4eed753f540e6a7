"""A wholesaler's invoices, sold again: what is dirty is refused with a count, the rest is sold to the last penny."""

from __future__ import annotations

import csv
import os
import random
import threading
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from werkzeug.serving import make_server

from marketplace.core import clock, services, tenancy
from marketplace.core.db import db
from marketplace.operators.replay import goods, lines, trade
from marketplace.operators.replay.commands import replay
from marketplace.orders.models import SellerOrder
from marketplace.payments.models import Payment, Payout
from marketplace.web.sandbox import accounts, sender
from marketplace.web.sandbox import app as sandbox

DATA = Path(os.environ.get("MARKETSQUARE_DATA", Path(__file__).parents[3] / "../shared/data"))
SALES = DATA / "uci_online_retail/online_retail.csv.gz"
SECRET = "a-secret-of-the-test"
ORDERS = 40


@pytest.fixture
def provider(tmp_path, monkeypatch):
    """The sandbox on a port of its own, whose bank works much faster than a bank."""
    app = sandbox.create(tmp_path / "books.sqlite", SECRET, "", f"http://127.0.0.1:{(inbox := services.free_port())}/webhooks/sandbox")
    server = make_server("127.0.0.1", 0, app, threaded=True)
    app.config["ADDRESS"] = f"http://127.0.0.1:{server.server_port}"
    ended = threading.Event()

    def bank() -> None:
        while not ended.wait(0.5):
            accounts.round_of_payouts(app.config["BOOKS"])
            sender.deliver(app.config)

    threads = [threading.Thread(target=server.serve_forever), threading.Thread(target=bank)]
    for thread in threads:
        thread.start()
    for name, value in {"SANDBOX_URL": app.config["ADDRESS"], "SANDBOX_SECRET": SECRET, "PUBLIC_PORT": str(inbox)}.items():
        monkeypatch.setenv(name, value)
    yield app
    ended.set()
    server.shutdown()
    for thread in threads:
        thread.join()
    server.server_close()
    app.config["BOOKS"].close()


@pytest.fixture
def run(app, committed, provider):
    def call(*arguments):
        answer = app.test_cli_runner().invoke(replay, ["orders", *map(str, arguments)])
        tenancy.act_for([tenancy.MARKET])
        return answer

    return call


def row(invoice, code, quantity=6, **changed):
    given = {"InvoiceNo": str(invoice), "StockCode": code, "Description": f"THING {code[:5]}", "Quantity": str(quantity),
             "InvoiceDate": "2010-12-01 08:26:00", "UnitPrice": "2.55", "CustomerID": "17850.0", "Country": "United Kingdom"}
    return given | changed


DIRTY = [
    [row("C536400", "20001", -3)], [row("A563185", "B")], [row(536401, "20001", CustomerID="")], [row(536402, "POST", 1)],
    [row(536403, "20001", Description="")], [row(536404, "20001", -2)], [row(536405, "20001", UnitPrice="0.0")],
    [row(536406, "20001", Country="Unspecified")],
]


def sales(path, orders=ORDERS):
    """A file of `orders` good invoices over three weeks, between them one of each kind of dirt."""
    chance, at = random.Random(1), datetime(2010, 12, 1, 8)
    rows = [one for invoice in DIRTY for one in invoice]
    for number in range(orders):
        at += timedelta(hours=chance.randint(1, 20))
        customer = 12340 + number % 12
        country = "Germany" if customer % 5 == 0 else "United Kingdom"
        shared = {"InvoiceDate": f"{at:%Y-%m-%d %H:%M:%S}", "CustomerID": f"{customer}.0", "Country": country}
        for code in chance.sample(range(20001, 20041), chance.randint(1, 8)):
            rows.append(row(537000 + number, str(code), chance.choice((1, 6, 24)), UnitPrice=f"{code % 9 + 0.95:.2f}", **shared))
        rows.append(row(537000 + number, "DOT", 1, **shared))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, lines.COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    return path


def test_each_kind_of_dirty_row_is_refused_for_its_own_reason(tmp_path):
    found = lines.read(sales(tmp_path / "sales.csv", 1))
    assert [invoice.refusal for invoice in found] == [*lines.REASONS, None]
    assert found[-1].refused == {"not_a_product": 1}


def test_rows_of_one_product_are_one_line_and_a_code_is_the_same_in_small_letters():
    (found,) = lines.invoices([row(1, "85123A", 6), row(1, "85123a", 2), row(1, "22139", 1)])
    assert found.lines == {"85123A": 8, "22139": 1}


def test_the_same_file_makes_the_same_offers_around_the_files_price():
    prices, wanted = {"20001": 255, "20002": 1000}, {"20001": 100, "20002": 5}
    rows = goods.spread("Brand", prices, wanted, 12)
    assert rows == goods.spread("Brand", prices, wanted, 12)
    offers = [one for mine in rows for one in mine]
    assert all(4 <= sum(1 for one in offers if one[2] == code) <= 6 for code in prices)
    assert all(7.9 <= float(one[3]) <= 9.5 for one in offers if one[2] == "20002")


def test_another_file_is_refused_by_its_columns(run, tmp_path):
    (tmp_path / "other.csv").write_text("a,b\n1,2\n")
    answer = run(tmp_path / "other.csv")
    assert answer.exit_code == 1 and "does not have the columns" in answer.output


def test_forty_invoices_become_orders_that_are_paid_shipped_and_paid_out_to_the_penny(run, tmp_path):
    answer = run(sales(tmp_path / "sales.csv"))
    assert answer.exit_code == 0, answer.output
    said = answer.output
    assert f"{ORDERS + len(DIRTY)} invoices: {ORDERS} orders placed, {len(DIRTY)} refused" in said
    for reason in lines.REASONS:
        assert f"1 {reason}: " in said
    assert "seller orders per order" in said and "orders/s" in said and said.rstrip().endswith("balanced")
    assert "outbox drained" in said and "stock exact" in said and "NOT balanced" not in said
    paid = dict(db.session.execute(sa.select(Payment.method, sa.func.count()).group_by(Payment.method)).all())
    assert set(paid) == {"card", "on_account"} and sum(paid.values()) == ORDERS
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Payout)) > 0
    again = run(tmp_path / "sales.csv")
    assert again.exit_code == 1 and "needs an empty market" in again.output


def test_a_seller_who_comes_a_moment_too_late_stops_nothing(run, tmp_path, monkeypatch):
    open_parts, late = trade._open_parts, []

    def out_of_time(trading):
        found = open_parts(trading)
        if found and not late:
            late.append(found[0][0])
            db.session.get_one(SellerOrder, late[0]).accept_by = clock.now()
        return found

    monkeypatch.setattr(trade, "_open_parts", out_of_time)
    answer = run(sales(tmp_path / "sales.csv", 12))
    assert answer.exit_code == 0 and answer.output.rstrip().endswith("balanced"), answer.output
    part = db.session.get_one(SellerOrder, late[0])
    assert (part.status, part.cancelled_because) == ("cancelled", "not accepted in time")


@pytest.mark.skipif(not SALES.is_file(), reason="the sales file is not on this machine")
def test_a_slice_of_the_real_file_passes_and_balances(run):
    answer = run(SALES, "--limit", 12)
    assert answer.exit_code == 0, answer.output
    assert "12 invoices: " in answer.output and answer.output.rstrip().endswith("balanced")
