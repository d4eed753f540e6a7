"""A seller's orders by page and by API: its own part, at its own price, with its clock."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from marketplace.core.db import db
from tests.marketplace.orders import world
from tests.resellers.shops import Program, count_statements

API = "/api/v1/seller/orders"


@pytest.fixture
def here(market) -> SimpleNamespace:
    found = world.square(market, freight_minor=500)
    found.order = world.paid(found, 5)
    (found.part,) = world.parts(found.order)
    (found.line,) = world.allocations(found.part)
    found.winner = found.sellers[2]
    return found


@pytest.fixture
def seller(client, market, here) -> Program:
    return Program(client, market, here.winner)


@pytest.fixture
def clerk(client, market, here):
    return client(market.user(here.winner, "seller_clerk"))


def test_the_list_shows_what_is_to_be_accepted_by_when_at_the_sellers_own_price(seller, here):
    (row,) = seller.get(f"{API}?view=to_accept").json["items"]
    assert (row["number"], row["status"], row["goods_minor"], row["total_minor"], row["lines"]) == (
        here.part.number, "open", 4000, 4500, 1)
    assert row["accept_by"] and not row["is_late"]
    assert seller.get(f"{API}?view=to_ship").json["items"] == []


def test_nothing_in_the_answer_tells_what_the_buyer_pays(seller, here):
    answers = [seller.get(f"{API}/{here.part.id}"), seller.get(API)]
    assert [answer.status_code for answer in answers] == [200, 200]
    text = "".join(answer.get_data(as_text=True) for answer in answers)
    for amount in (4400, 880, 4840, here.order.total_minor):
        assert f":{amount}," not in text and f":{amount}}}" not in text
    assert "margin" not in text and "tax" not in text
    assert here.line.id in text and "Hafenstr. 1" in text


def test_an_order_is_accepted_shipped_in_parts_and_delivered_by_api(seller, here):
    assert seller.send("POST", f"{API}/{here.part.id}/accept").json["status"] == "accepted"
    for number, units in enumerate((2, 3), 1):
        answer = seller.send("POST", f"{API}/{here.part.id}/shipments", {
            "carrier": "DHL", "tracking_number": f"T{number}", "lines": [{"allocation_id": here.line.id, "quantity": units}]})
        assert answer.status_code == 201, answer.json
    shown = seller.get(f"{API}/{here.part.id}").json
    assert shown["status"] == "shipped" and [parcel["lines"][0]["quantity"] for parcel in shown["shipments"]] == [2, 3]
    for parcel in shown["shipments"]:
        last = seller.send("POST", f"{API}/shipments/{parcel['id']}/deliver").json
    assert last["status"] == "delivered" and [step["state"] for step in last["timeline"]][-1] == "delivered"


def test_refusing_by_line_leaves_the_rest(seller, here):
    answer = seller.send("POST", f"{API}/{here.part.id}/refuse", {
        "because": "two broken", "lines": [{"allocation_id": here.line.id, "quantity": 2}]})
    assert answer.status_code == 200 and answer.json["lines"][0]["left"] == 3
    assert seller.send("POST", f"{API}/{here.part.id}/refuse", {"because": "all"}).json["status"] == "cancelled"


def test_what_is_refused_leaves_the_amounts_of_list_and_page(seller, clerk, here):
    seller.send("POST", f"{API}/{here.part.id}/refuse", {"because": "two broken", "lines": [{"allocation_id": here.line.id, "quantity": 2}]})
    (row,) = seller.get(API).json["items"]
    assert (row["goods_minor"], row["standing_goods_minor"], row["standing_total_minor"]) == (4000, 2400, 2900)
    assert "left: €24.00" in clerk.get("/seller/orders/").get_data(as_text=True)
    page = clerk.get(f"/seller/orders/{here.part.id}").get_data(as_text=True)
    assert "€24.00" in page and "ordered: €40.00" in page
    assert "€29.00" in page and "€45.00" not in page
    seller.send("POST", f"{API}/{here.part.id}/refuse", {"because": "all"})
    assert seller.get(f"{API}/{here.part.id}").json["standing_total_minor"] == 0


@pytest.mark.parametrize("body", [
    {}, {"because": ""}, {"because": "x", "lines": []}, {"because": "x", "price": 1},
    {"because": "x", "lines": [{"allocation_id": "a", "quantity": 0}]},
    {"because": "x", "lines": [{"allocation_id": "a", "quantity": 1.5}]},
    {"because": "x", "lines": [{"allocation_id": "a", "quantity": 10**12}]},
    {"because": "x", "lines": [{"allocation_id": "a", "quantity": 1}] * 2},
])
def test_a_refusal_of_another_shape_is_refused(seller, here, body):
    answer = seller.send("POST", f"{API}/{here.part.id}/refuse", body)
    assert answer.status_code == 422 and answer.json["error"]["code"]
    assert seller.get(f"{API}/{here.part.id}").json["status"] == "open"


def test_more_than_is_open_is_not_shipped(seller, here):
    seller.send("POST", f"{API}/{here.part.id}/accept")
    answer = seller.send("POST", f"{API}/{here.part.id}/shipments", {
        "carrier": "DHL", "tracking_number": "1", "lines": [{"allocation_id": here.line.id, "quantity": 6}]})
    assert (answer.status_code, answer.json["error"]["code"]) == (422, "bad_shipment")


def test_another_seller_finds_nothing(client, market, here):
    stranger = Program(client, market, here.sellers[0])
    assert stranger.get(API).json["items"] == []
    body = {"carrier": "DHL", "tracking_number": "1", "lines": [{"allocation_id": here.line.id, "quantity": 1}]}
    assert stranger.get(f"{API}/{here.part.id}").status_code == 404
    for path, data in (("accept", None), ("refuse", {"because": "x"}), ("shipments", body)):
        assert stranger.send("POST", f"{API}/{here.part.id}/{path}", data).status_code == 404
    page = client(market.user(here.sellers[0]))
    for path in ("", "/refuse"):
        assert page.get(f"/seller/orders/{here.part.id}{path}").status_code == 404
    assert page.post(f"/seller/orders/{here.part.id}/accept").status_code == 404
    assert world.parts(here.order)[0].status == "open"


def test_a_guest_and_a_manufacturer_are_not_let_in(client, market, here):
    assert Program(client, market).get(API).status_code == 401
    assert Program(client, market, market.manufacturer()).get(f"{API}/{here.part.id}").status_code in {403, 404}


def test_a_list_costs_the_same_number_of_statements_whatever_its_length(seller, here):
    seller.get(API)
    few = count_statements(lambda: seller.get(API))
    for _ in range(4):
        world.paid(here, 1)
    assert count_statements(lambda: seller.get(API)) == few
    assert len(seller.get(API).json["items"]) == 5


def test_a_clerk_works_through_the_pages(clerk, here):
    listed = clerk.get("/seller/orders/?view=to_accept").get_data(as_text=True)
    assert here.part.number in listed and "€40.00" in listed
    url = f"/seller/orders/{here.part.id}"
    assert clerk.post(f"{url}/accept").status_code == 303
    blank = clerk.post(f"{url}/shipments", data={"allocation_id": here.line.id, "quantity": "0", "carrier": "DHL", "tracking_number": "1"})
    assert blank.status_code == 422 and "at least one" in blank.get_data(as_text=True)
    sent = clerk.post(f"{url}/shipments", data={"allocation_id": here.line.id, "quantity": "5", "carrier": "DHL", "tracking_number": "T-77"})
    assert sent.status_code == 303
    page = clerk.get(url).get_data(as_text=True)
    assert "T-77" in page and "€48.40" not in page and "€44.00" not in page
    shipment = db.session.execute(db.text("SELECT id FROM shipments")).scalar_one()
    slip = clerk.get(f"{url}/slips/{shipment}")
    assert slip.status_code == 200 and "€" not in slip.get_data(as_text=True)
    assert clerk.get(f"{url}/slips/shp_none").status_code == 404
    assert clerk.post(f"/seller/orders/shipments/{shipment}/deliver").status_code == 303
    assert world.parts(here.order)[0].status == "delivered"


def test_refusing_by_page_says_what_it_does_first(clerk, here):
    url = f"/seller/orders/{here.part.id}/refuse"
    assert "another seller" in clerk.get(url).get_data(as_text=True)
    assert clerk.post(url, data={"allocation_id": here.line.id, "quantity": "5"}).status_code == 422
    assert clerk.post(url, data={"allocation_id": here.line.id, "quantity": "5", "because": "none left"}).status_code == 303
    assert world.parts(here.order)[0].status == "cancelled"


def parcel(here, number: str, units: str) -> dict:
    return {"carrier": "DHL", "tracking_number": number, "allocation_id": here.line.id, "quantity": units}


def test_what_is_pressed_twice_is_done_once_and_said_calmly(clerk, here):
    url = f"/seller/orders/{here.part.id}"
    said = {"accept": "This order is accepted already.", "shipments": "This parcel is on its way already."}
    for sent, words in (("accept", {}), ("shipments", parcel(here, "T-1", "2"))):
        assert clerk.post(f"{url}/{sent}", data=words).status_code == 303
        again = clerk.post(f"{url}/{sent}", data=words, follow_redirects=True)
        page = again.get_data(as_text=True)
        assert again.status_code == 200 and said[sent] in page
    assert page.count("Parcel T-1") == 1
    other = clerk.post(f"{url}/shipments", data=parcel(here, "T-1", "1"))
    assert other.status_code == 409 and "Another parcel of this order has this tracking number." in other.get_data(as_text=True)
    clerk.post(f"{url}/shipments", data=parcel(here, "T-2", "3"))
    assert "already" in clerk.post(f"{url}/shipments", data=parcel(here, "T-2", "3"), follow_redirects=True).get_data(as_text=True)


def test_what_is_done_already_is_a_conflict_by_api_without_inner_names(seller, here):
    body = {"carrier": "DHL", "tracking_number": "T-1", "lines": [{"allocation_id": here.line.id, "quantity": 5}]}
    for path, data, code in (("accept", None, "wrong_state"), ("shipments", body, "parcel_sent")):
        seller.send("POST", f"{API}/{here.part.id}/{path}", data)
        again = seller.send("POST", f"{API}/{here.part.id}/{path}", data)
        assert (again.status_code, again.json["error"]["code"]) == (409, code)
        assert "already" in again.json["error"]["message"] and "sor_" not in again.get_data(as_text=True)
    assert len(seller.get(f"{API}/{here.part.id}").json["shipments"]) == 1


def test_a_line_that_stands_twice_in_a_form_is_refused(clerk, here):
    url = f"/seller/orders/{here.part.id}"
    clerk.post(f"{url}/accept")
    twice = clerk.post(f"{url}/shipments", data={**parcel(here, "T-1", ""), "allocation_id": [here.line.id] * 2, "quantity": ["1", "2"]})
    assert twice.status_code == 422 and "Each line may stand once." in twice.get_data(as_text=True)


def test_a_refusal_sent_twice_takes_the_units_once(clerk, here):
    url = f"/seller/orders/{here.part.id}/refuse"
    assert 'name="seen" value="5"' in clerk.get(url).get_data(as_text=True)
    form = {"allocation_id": here.line.id, "quantity": "2", "seen": "5", "because": "two broken"}
    assert clerk.post(url, data=form).status_code == 303
    again = clerk.post(url, data=form)
    assert again.status_code == 409 and "has changed in the meantime" in again.get_data(as_text=True)
    assert world.allocations(here.part)[0].cancelled == 2
    clerk.post(url, data={**form, "quantity": "3", "seen": "3"})
    last = clerk.post(url, data={**form, "quantity": "3", "seen": "3"}, follow_redirects=True)
    assert last.status_code == 200 and "cannot be refused" in last.get_data(as_text=True)
    assert clerk.get(url).location == f"/seller/orders/{here.part.id}"


def test_the_money_is_said_to_be_released_once_nothing_is_open(clerk, here):
    url = f"/seller/orders/{here.part.id}"
    clerk.post(f"{url}/accept")
    said = []
    for number, units in (("T-1", "2"), ("T-2", "3")):
        clerk.post(f"{url}/shipments", data=parcel(here, number, units))
        shipment = db.session.execute(db.text("SELECT id FROM shipments WHERE tracking_number = :number"), {"number": number}).scalar_one()
        page = clerk.post(f"/seller/orders/shipments/{shipment}/deliver", follow_redirects=True).get_data(as_text=True)
        said.append(("waits for the rest of the order" in page, "is released after the hold" in page))
    assert said == [(True, False), (False, True)]


@pytest.mark.parametrize("text", ["D\x07HL", "DHL\nExpress", "DHL\u202etxe"])
def test_a_label_and_a_reason_are_one_line_without_control_characters(seller, clerk, here, text):
    seller.send("POST", f"{API}/{here.part.id}/accept")
    lines = {"lines": [{"allocation_id": here.line.id, "quantity": 2}]}
    for what, body in (("shipments", {"carrier": text, "tracking_number": "T1", **lines}), ("shipments", {"carrier": "DHL", "tracking_number": text, **lines}),
                       ("refuse", {"because": text})):
        assert seller.send("POST", f"{API}/{here.part.id}/{what}", body).status_code == 422
    form = {"carrier": "DHL", "tracking_number": text, "allocation_id": here.line.id, "quantity": "2"}
    refused = clerk.post(f"/seller/orders/{here.part.id}/shipments", data=form)
    assert refused.status_code == 422 and 'href="#tracking_number"' in refused.get_data(as_text=True)
    assert seller.get(f"{API}/{here.part.id}").json["shipments"] == []
