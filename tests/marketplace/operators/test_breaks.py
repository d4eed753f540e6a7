"""`flask ops verify` recomputes from the sources: one break of each kind is planted, found, and named."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from marketplace.ledger import service as ledger
from marketplace.ledger.service import Move
from marketplace.operators import checks
from marketplace.orders import fulfilment
from marketplace.payments import gateway, hosted
from marketplace.web.sandbox import store
from tests.journeys.test_order_to_payout import Shop, allocations, drained, parts
from tests.marketplace.web.sandbox.test_contract import choose, payment_of, provider  # noqa: F401 - a fixture


@pytest.fixture
def order(market):
    shop = Shop(market)
    variant = market.variant(market.brand(market.manufacturer()))
    seller = market.seller(freight_minor=500)
    market.offer(seller, variant, price_minor=1000, stock=50)
    made = shop.order((variant, 5))
    (part,) = parts(made)
    clerk = market.actor(seller)
    fulfilment.accept(clerk, part.id)
    fulfilment.ship(clerk, part.id, ("DHL", "1Z"), {allocations(part)[0].id: 2})
    drained()
    return made


def found() -> set[str]:
    return {check.name for check in checks.run_all() if check.breaks}


UPDATES = {
    "stock that is reserved for nobody": (
        "UPDATE stock_levels SET reserved = reserved + 1, available = available - 1", {"stock reserved = reservations held"}),
    "stock that somebody wrote by hand": (
        "UPDATE stock_levels SET available = available + 5", {"stock available = counted - reserved - shipped"}),
    "stock that left without a parcel": (
        "UPDATE stock_levels SET consumed = consumed + 1, available = available - 1", {"shipped units with what left the stock"}),
    "stock that was given away": (
        "UPDATE reservations SET quantity = quantity - 1 WHERE status = 'held'",
        {"stock reserved = reservations held", "open allocations with held reservations"}),
    "a reservation for nothing": (
        "UPDATE reservations SET allocation_id = 'alc_nobody'",
        {"open allocations with held reservations", "reservations with the allocations they are for"}),
    "an order's total": (
        "UPDATE orders SET total_minor = total_minor + 1",
        {"order totals with their seller orders", "payments with their orders"}),
    "an order's total and all that was derived from it": (
        "UPDATE orders SET total_minor = total_minor + 1, goods_minor = goods_minor + 1", {
            "order totals with their seller orders", "payments with their orders"}),
    "a seller order's goods": (
        "UPDATE seller_orders SET goods_minor = goods_minor + 1", {"seller order totals with their allocations"}),
    "an allocation's price": (
        "UPDATE allocations SET unit_price_minor = unit_price_minor + 1", {"allocations with quantity times unit price"}),
    "a line's quantity": (
        "UPDATE order_lines SET quantity = quantity + 1", {"order lines with what was allocated"}),
    "units that no parcel holds": (
        "UPDATE allocations SET shipped = shipped + 1", {
            "shipped units with parcels", "shipped units with what left the stock", "open allocations with held reservations"}),
    "a share of the split": (
        "UPDATE line_shares SET net_minor = net_minor + 1, margin_minor = margin_minor - 1 WHERE allocation_id IS NOT NULL",
        {"what each party has in the ledger with shares, refunds and transfers"}),
    "credit that was forgotten": (
        "UPDATE credit_lines SET reserved_minor = reserved_minor - 1", {"credit lines with orders on account"}),
    "credit that is invoiced by nobody": (
        "UPDATE credit_lines SET reserved_minor = reserved_minor - 1, receivable_minor = receivable_minor + 1", {"credit lines with orders on account"}),
    "a credit line that is gone": (
        "DELETE FROM credit_lines", {"credit lines with orders on account"}),
    "a seller order that was shipped by nobody": (
        "UPDATE seller_orders SET status = 'shipped'", {"states of orders with their seller orders", "states of seller orders with their last steps"}),
    "an order that arrived by itself": (
        "UPDATE orders SET status = 'delivered'", {"states of orders with their seller orders"}),
    "a payment that captured itself": (
        "UPDATE payments SET status = 'captured'", {"states of payments with their last steps"}),
}


@pytest.mark.parametrize("kind", UPDATES)
def test_a_planted_break_of_each_kind_is_found(order, session, kind):
    statement, names = UPDATES[kind]
    assert found() == set()
    session.execute(sa.text(statement))
    assert found() == names


NAMED = {
    "UPDATE orders SET total_minor = total_minor + 1": "total 71.41 EUR, sum 71.40 EUR, seller orders 71.40 EUR",
    "UPDATE seller_orders SET goods_minor = goods_minor + 1": "goods 55.01 EUR, allocated goods 55.00 EUR",
    "UPDATE order_lines SET quantity = quantity + 1": "quantity 6, allocated 5",
    "UPDATE allocations SET shipped = shipped + 1": "shipped 3, in parcels 2",
    "UPDATE stock_levels SET reserved = reserved + 1": "reserved 4, held 3",
    "UPDATE stock_levels SET available = available + 5": "available 50, left of counted 45",
    "UPDATE credit_lines SET reserved_minor = reserved_minor - 1": "used 71.39 EUR, owed 71.40 EUR",
    "UPDATE credit_lines SET reserved_minor = reserved_minor - 1, receivable_minor = receivable_minor + 1": "receivable 0.01 EUR, invoiced 0.00 EUR",
    "UPDATE seller_orders SET status = 'shipped'": "status shipped, last step partly_shipped",
    "UPDATE orders SET status = 'delivered'": "status delivered, by its seller orders processing",
}


@pytest.mark.parametrize("statement", NAMED)
def test_a_break_says_what_differs_and_by_how_much(order, session, statement):
    session.execute(sa.text(statement))
    lines = [line for check in checks.run_all() for line in check.breaks]
    assert any(NAMED[statement] in line for line in lines), lines


def test_money_that_changed_hands_without_a_reason_is_found(order, session):
    (part,) = parts(order)
    ledger.post("planted", "planted", [Move(f"seller:payable:{part.seller_id}", f"reseller:payable:{part.reseller_id}", 7, "EUR")])
    (check,) = [check for check in checks.run_all() if check.breaks]
    assert check.name == "what each party has in the ledger with shares, refunds and transfers"
    assert len(check.breaks) == 2 and part.seller_id in " ".join(check.breaks)


def test_money_that_the_provider_has_and_the_books_do_not_is_found(market, provider):  # noqa: F811
    shop = Shop(market)
    variant = market.variant(market.brand(market.manufacturer()))
    market.offer(market.seller(freight_minor=500), variant, price_minor=1000)
    payment = payment_of(shop.order((variant, 2), method="card"))
    page = hosted.open_page(payment.id)
    choose(page, "pay")
    hosted.look(page.rpartition("/")[2])
    assert found() == set()
    books = provider.config["BOOKS"]
    charge = store.every(books, "charge")[0]
    store.put(books, charge | {"amount": charge["amount"] + 1})
    assert found() == {"the provider's balance with the ledger", "charges one by one with the provider's"}


def test_a_sandbox_that_does_not_answer_is_looked_for_where_the_setting_says(market, provider, monkeypatch):  # noqa: F811
    shop = Shop(market)
    variant = market.variant(market.brand(market.manufacturer()))
    market.offer(market.seller(), variant)
    hosted.open_page(payment_of(shop.order((variant, 2), method="card")).id)
    for url, said in (("http://127.0.0.1:9", "(Asked at http://127.0.0.1:9, SANDBOX_URL is set.)"), ("", "SANDBOX_URL is not set.")):
        monkeypatch.setenv("SANDBOX_URL", url)
        monkeypatch.setattr(gateway, "SANDBOX", "http://127.0.0.1:9")
        (broken,) = [line for check in checks.run_all() for line in check.breaks]
        assert said in broken
