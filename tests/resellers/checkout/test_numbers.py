"""Ordering by number: what is pasted, and what each row is for this buyer."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.db import db
from marketplace.orders.models import CartLine
from resellers.checkout import numbers
from tests.resellers.shops import contract, count_statements

API = "/api/v1/storefront/cart"


@pytest.mark.parametrize(("line", "number", "quantity"), [
    ("DH-800 5", "DH-800", 5), ("DH-800\t5", "DH-800", 5), ("DH-800;5", "DH-800", 5), ("DH 800, 12", "DH 800", 12), ("  DH-800  ", "DH-800", 1),
    ("DH 800 A", "DH 800 A", 1), ("0400000000001", "0400000000001", 1), ("DH-800;5;pieces", "DH-800", 5), ("DH-800;Drill;5", "DH-800", 5),
    ("DH-800 2 pcs", "DH-800", 2), ("DH-800 2x", "DH-800", 2), ("DH-800 x 2", "DH-800", 2), ("DH-800,5,", "DH-800", 5), ("DH-800 5,00", "DH-800", 5),
    ("DH 800; 120", "DH 800", 120),
])
def test_a_pasted_line_is_a_number_and_how_many(line, number, quantity):
    found = numbers.read(f"\n{line}\n\n")
    assert [(row["number"], row["quantity"]) for row in found] == [(number, quantity)]


@pytest.mark.parametrize("line", [
    "DH-800 1,5", "DH-800 1,000", "DH-800 1.000", "DH-800 1 000", "DH 800 120", "DH-800,1,5", "DH-800;5;7", "DH-800;5;boxes", "DH-800;many",
    "DH-800 -5", "DH-800 1'000", "DH-800 1234567890", "DH-800 " + "5" * 300,
])
def test_a_quantity_that_may_mean_two_things_is_not_guessed(line):
    assert [(row["quantity"], row["line"]) for row in numbers.read(line)] == [(None, line[:numbers.LONGEST])]


@given(st.sampled_from(["DH-800", "0400000000001", "DH 800 A"]), st.sampled_from(["\t", ";", " ; ", ", "]), st.integers(0, 999_999_999))
def test_a_plain_whole_number_behind_a_separator_is_how_many(number, apart, quantity):
    assert [(row["number"], row["quantity"]) for row in numbers.read(f"{number}{apart}{quantity}")] == [(number, quantity)]


@given(st.text(alphabet="DH-80 1234567890.,;\t'xpcs\xa0²٣+", max_size=40))
def test_no_pasted_line_has_another_quantity_than_the_number_written_last(text):
    for row in numbers.read(text):
        assert row["number"] and row["line"]
        if row["quantity"] is None or row["number"] == row["line"]:
            assert row["quantity"] in (None, 1)
            continue
        behind = row["line"].removeprefix(row["number"])
        assert row["quantity"] == int(re.findall(r"[0-9]+", re.sub(r"(?<=[0-9])[.,]00\b", "", behind))[-1])


def states(buyer, *rows) -> list[tuple[str, int, int | None]]:
    found = buyer.send("POST", f"{API}/numbers", {"rows": [{"number": number, "quantity": quantity} for number, quantity in rows]})
    assert found.status_code == 200, found.json
    return [(row["state"], len(row["choices"]), row["nearest"]) for row in found.json["rows"]]


def test_each_row_is_resolved_or_explained(market, here, buyer):
    twin = market.variant(market.brand(market.manufacturer()), "Other hammer", mpn="DH 800")
    market.offer(here.seller, twin)
    packed = market.variant(here.brand, "Boxed", mpn="BX-1")
    market.offer(here.seller, packed, min_quantity=10)
    assert states(buyer, ("dh800", 2), (here.variant.gtin.lstrip("0"), 2), ("BX-1", 3), ("BX-1", 10), ("XX-9", 1)) == [
        ("ambiguous", 2, None), ("ok", 1, None), ("bad_quantity", 1, 10), ("ok", 1, None), ("not_found", 0, None)]


def test_nothing_is_resolved_that_this_buyer_may_not_see_and_prices_are_its_own(market, here, buyer):
    hidden = market.variant(here.brand, "Nobody sells it", mpn="NO-1")
    assert states(buyer, ("NO-1", 1), (hidden.gtin, 1)) == [("not_found", 0, None)] * 2
    contract(market, here.reseller, here.variant, 1010, organization_id=here.buyer.id)
    found = buyer.send("POST", f"{API}/numbers", {"rows": [{"number": "DH-800"}]}).json["rows"][0]
    assert found["quantity"] == 1 and found["choices"][0]["unit_minor"] == 1010


def test_two_hundred_rows_cost_no_more_statements_than_one(market, here, buyer):
    states(buyer, ("DH-800", 1))
    one = count_statements(lambda: states(buyer, ("DH-800", 1)))
    many = count_statements(lambda: states(buyer, *[(f"DH-{number}", 1) for number in range(700, 900)]))
    assert many == one
    refused = buyer.send("POST", f"{API}/numbers", {"rows": [{"number": "x"}] * 201})
    assert refused.status_code == 422 and refused.json["error"]["field"] == "rows"


def test_several_lines_are_added_as_far_as_they_can_be(market, here, buyer):
    gone = market.variant(here.brand, "Gone")
    report = buyer.send("POST", f"{API}/lines", {"lines": [
        {"variant_id": here.variant.id, "quantity": 2}, {"variant_id": here.variant.id, "quantity": 3}, {"variant_id": gone.id, "quantity": 1}]}).json
    assert len(report["added"]) == 2 and [(row["name"], row["code"]) for row in report["refused"]] == [("Gone", "not_sold")]
    assert db.session.scalars(db.select(CartLine.quantity)).all() == [5]


def test_a_person_pastes_checks_and_confirms(client, market, here):
    person = client(market.user(here.buyer), host=here.storefront.host)
    page = person.post("/cart/numbers", data={"numbers": "DH-800 4\nXX-9 1"}).get_data(as_text=True)
    assert "1 of 2 rows are clear." in page and "Not found." in page and db.session.scalars(db.select(CartLine)).all() == []
    form = {name: re.search(f'name="{name}"[^>]* value="([^"]+)"', page)[1] for name in ("variant_id", "quantity")}
    assert person.post("/cart/lines", data=form).status_code == 303
    assert db.session.scalars(db.select(CartLine.quantity)).all() == [4]
    assert person.post("/cart/lines", data={**form, "quantity": "0"}).status_code == 303
    assert db.session.scalars(db.select(CartLine.quantity)).all() == [4]
    refused = person.post("/cart/numbers", data={"numbers": "x\n" * 201})
    assert refused.status_code == 422 and "At most 200" in refused.get_data(as_text=True)


def test_an_unclear_quantity_is_asked_back_with_its_line(client, market, here):
    person = client(market.user(here.buyer), host=here.storefront.host)
    page = person.post("/cart/numbers", data={"numbers": "DH-800 1,5\nXX-9 1,000\nDH-800 2000000"}).get_data(as_text=True)
    assert "0 of 3 rows are clear." in page and "DH-800 1,5" in page and "XX-9 1,000" in page
    assert "It is not clear how many are meant. Say it here." in page and "Write it again with a semicolon between them." in page
    assert re.findall(r'name="quantity"[^>]* value="([^"]*)"', page) == ["", "120"], "nothing is guessed, and no more is proposed than there is"
    assert "2,000,000 cannot be ordered: 120 can." in page


def test_numbers_that_are_too_many_stay_in_their_field(client, market, here):
    person = client(market.user(here.buyer), host=here.storefront.host)
    refused = person.post("/cart/numbers", data={"numbers": "DH-800 4\n" * 201})
    page = refused.get_data(as_text=True)
    assert refused.status_code == 422 and "At most 200 numbers at once." in page and page.count("DH-800 4") == 201


def test_a_row_without_a_quantity_is_left_out_with_its_product(market, here, client):
    brand = here.brand
    variants = [market.variant(brand) for _ in range(3)]
    for variant in variants:
        market.offer(here.seller, variant)
    browser = client(market.user(here.buyer), host=here.storefront.host)
    answer = browser.post("/cart/lines", data={"variant_id": [*(one.id for one in variants), " "], "quantity": ["", "7", "9", "3"]})
    assert answer.status_code == 303
    lines = browser.get("/api/v1/storefront/cart").json["lines"]
    assert {line["variant_id"]: line["quantity"] for line in lines} == {variants[1].id: 7, variants[2].id: 9}


def test_a_checked_quantity_that_is_refused_leaves_what_was_pasted(client, market, here):
    person = client(market.user(here.buyer), host=here.storefront.host)
    page = person.post("/cart/numbers", data={"numbers": "DH-800 4\nXX-9 1"}).get_data(as_text=True)
    kept = html.unescape(re.search(r'name="numbers" value="([^"]+)"', page)[1])
    refused = person.post("/cart/lines", data={"numbers": kept, "variant_id": here.variant.id, "quantity": "1e3"})
    page = refused.get_data(as_text=True)
    assert refused.status_code == 422 and "Line 1: This is not a whole number." in page
    assert re.search(r"<textarea[^>]*>DH-800 4\s+XX-9 1</textarea>", page)


def test_the_language_of_what_a_form_led_to_is_changed_where_the_form_stood(client, market, here):
    person, stood = client(market.user(here.buyer), host=here.storefront.host), f"http://{here.storefront.host}/orders?q=1&lang=en"
    page = person.post("/cart/numbers", data={"numbers": "DH-800 4"}, headers={"Referer": stood}).get_data(as_text=True)
    assert person.get("/cart/numbers").status_code == 405
    address = html.unescape(re.search(r'href="([^"]+)" lang="es"', page)[1])
    assert address == "/orders?q=1&lang=es" and person.get(address).headers["Location"] == "/orders?q=1"
