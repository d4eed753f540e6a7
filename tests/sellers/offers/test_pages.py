import io
import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace.core import clock, jobs
from marketplace.offers.models import FreightRule, Offer, OfferImport, OrderMinimum, SellerPause, StockLevel
from marketplace.pricing import feeds
from tests.web import form_of


@pytest.fixture
def world(market, client):
    seller, brand = market.seller(), market.brand(market.manufacturer(), "Nordkabel")
    market.authorize(seller, brand)
    return seller, market.variant(brand, "Copper cable"), client(market.user(seller))


def text(answer):
    assert answer.status_code == 200, answer.get_data(as_text=True)[:3000]
    return answer.get_data(as_text=True)


def test_a_product_is_found_and_published_with_tiers_and_stock(market, session, world):
    seller, variant, browser = world
    assert "Copper cable" in text(browser.get("/seller/offers/new?q=copper"))
    assert "Units at" in text(browser.get(f"/seller/offers/new/{variant.id}"))
    answer = browser.post("/seller/offers/publish", data={
        "variant_id": variant.id, "seller_sku": "K-1", "price": "12.50", "tier_from": ["10", "", ""],
        "tier_price": ["11.9", "", ""], "location_id": market._main(seller).id, "available": "40"})
    assert answer.status_code == 303, answer.get_data(as_text=True)[:3000]
    page = text(browser.get("/seller/offers/"))
    assert "K-1" in page and 'value="12.50"' in page and 'value="40"' in page
    assert "11.90" in text(browser.get(answer.location))


def test_a_search_that_finds_more_than_it_shows_says_so(market, world):
    _, variant, browser = world
    assert "More words find fewer" not in text(browser.get("/seller/offers/new?q=copper"))
    for _ in range(30):
        market.variant(market.brand(market.manufacturer()), "Copper rod")
    assert "The first 30 that fit. More words find fewer." in text(browser.get("/seller/offers/new?q=copper"))


def test_what_is_wrong_is_said_at_the_field_and_nothing_typed_is_lost(session, world):
    _, variant, browser = world
    answer = browser.post("/seller/offers/publish", data={"variant_id": variant.id, "seller_sku": "K-1", "price": "1.250,50"})
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert "is not an amount" in page and 'value="1.250,50"' in page and 'value="K-1"' in page
    assert session.scalars(select(Offer)).all() == []


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
def test_a_day_beyond_the_calendar_is_refused_at_its_field(session, world, day):
    _, variant, browser = world
    answer = browser.post("/seller/offers/publish", data={"variant_id": variant.id, "seller_sku": "K-1", "price": "12.50", "valid_to": day})
    assert answer.status_code == 422 and "This day lies between 2000 and 2199." in answer.get_data(as_text=True)


def test_price_and_stock_are_changed_in_the_list(market, session, world):
    seller, variant, browser = world
    offer = market.offer(seller, variant, 1000, 5, tiers={10: 900})
    level = session.scalar(select(StockLevel).filter_by(offer_id=offer.id))
    assert browser.post(f"/seller/offers/{offer.id}/price", data={"price": "9.99"}).status_code == 303
    moved = {"location_id": level.location_id, "available": "77"}
    assert browser.post(f"/seller/offers/{offer.id}/stock", data=moved).status_code == 303
    page = text(browser.get("/seller/offers/"))
    assert 'value="9.99"' in page and 'value="77"' in page and "1 more by quantity" in page
    assert browser.post(f"/seller/offers/{offer.id}/price", data={"price": "-1"}).status_code == 422


def test_the_list_says_why_an_offer_is_not_active_and_exports(market, world):
    seller, variant, browser = world
    market.offer(seller, variant, 1000, 0, seller_sku="=K-1")
    assert "No stock" in text(browser.get("/seller/offers/"))
    lines = browser.get("/seller/offers/offers.csv").get_data().decode("utf-8-sig").splitlines()
    assert lines[1].startswith("'=K-1,") and ",10.00,EUR,0,MAIN," in lines[1] and lines[1].endswith("ZERO_QUANTITY")


def test_an_offer_that_goes_nowhere_says_so_and_a_withdrawn_one_is_published_again_by_name(market, session, world):
    seller, variant, browser = world
    offer = market.offer(seller, variant, 1000, 5)
    assert ">Save</button>" in text(browser.get(f"/seller/offers/{offer.id}"))
    (rule,) = browser.get("/api/v1/seller/delivery").json["freight_rules"]
    browser.delete(f"/api/v1/seller/freight-rules/{rule['id']}")
    assert "No freight rule in this currency" in text(browser.get("/seller/offers/"))
    assert browser.get(f"/api/v1/seller/offers/{offer.id}").json["inactive_reasons"] == ["NO_FREIGHT_RULE"]
    assert [len(browser.get(f"/api/v1/seller/offers?state={state}").json["items"]) for state in ("active", "inactive")] == [0, 1]
    browser.post(f"/seller/offers/{offer.id}/withdraw")
    assert ">Publish again</button>" in text(browser.get(f"/seller/offers/{offer.id}"))


def test_who_may_only_look_is_led_to_no_page_that_is_closed(market, client, world):
    seller, variant, _ = world
    clerk = client(market.user(seller, "seller_clerk"))
    for page in ("/seller/", "/seller/offers/", "/seller/offers/new?q=copper", "/seller/find?q=copper"):
        assert "/seller/offers/new" not in re.sub(r"<form.*?</form>", "", text(clerk.get(page)), flags=re.DOTALL), page
    assert client(market.user(seller)).get("/seller/find?q=copper").get_data(as_text=True).count(f"/seller/offers/new/{variant.id}") == 1


def test_a_file_is_sent_and_its_page_shows_it(world):
    _, variant, browser = world
    assert "Sample file" in text(browser.get("/seller/imports/"))
    content = f"sku,gtin,price,quantity\nA,{variant.gtin},1,1\n".encode()
    answer = browser.post("/seller/imports/", data={"file": (io.BytesIO(content), "<b>offers</b>.csv")})
    assert answer.status_code == 303, answer.get_data(as_text=True)[:3000]
    page = text(browser.get(answer.location))
    assert "&lt;b&gt;offers" in page and "<b>offers" not in page
    bad = browser.post("/seller/imports/", data={"file": (io.BytesIO(b"a,b\n1,2\n"), "x.csv")})
    assert bad.status_code == 422 and "has no column" in bad.get_data(as_text=True)
    assert b"seller_sku" in browser.get("/seller/imports/sample.csv").get_data()


def test_a_file_under_way_says_how_fast_it_goes_and_that_one_may_leave(session, world):
    seller, variant, browser = world
    sent = browser.post("/seller/imports/", data={"file": (io.BytesIO(f"sku,gtin,price,quantity\nA,{variant.gtin},1,1\n".encode()), "x.csv")})
    assert "You can leave this page" in text(browser.get(sent.location))
    record = session.get(OfferImport, sent.location.rpartition("/")[2])
    record.status, record.done, record.total, record.created_at = "working", 300, 900, clock.now() - timedelta(seconds=3)
    session.flush()
    assert re.search(r"\d+ rows a second, about [56] seconds to go", text(browser.get(sent.location)))
    record.status = "done"
    session.flush()
    assert "You can leave" not in text(browser.get(sent.location)) and "rows a second" not in text(browser.get(sent.location))


def test_the_saved_list_of_an_offer_at_two_places_is_imported_as_it_is(market, session, world):
    seller, variant, browser = world
    offer = market.offer(seller, variant, 1000, 20, seller_sku="K-1", tiers={10: 900})
    market.stock(offer, market.location(seller, "HAM"), 7)
    content = browser.get("/seller/offers/offers.csv").get_data()
    sent = browser.post("/seller/imports/", data={"file": (io.BytesIO(content), "offers.csv")}).location
    session.commit()
    jobs.drain(feeds.TOPIC)
    found = browser.get(f"/api/v1/seller/offer-imports/{sent.rpartition('/')[2]}").json
    assert (found["status"], found["counts"]) == ("done", {"created": 0, "updated": 1, "refused": 0})
    (shown,) = browser.get("/api/v1/seller/offers").json["items"]
    assert sorted(level["available"] for level in shown["stock"]) == [7, 20] and len(shown["tiers"]) == 2


def test_terms_are_kept_on_one_page(session, world):
    seller, _, browser = world
    sent = [
        ("locations", {"code": "HAM", "name": "Hamburg", "country": "DE", "postcode": "20095"}),
        ("freight", {"country": "AT", "currency": "EUR", "freight": "7.90", "free_from": "150", "transit_days": "2"}),
        ("minimums", {"currency": "EUR", "minimum": "50", "rule": "surcharge", "surcharge": "9"}),
        ("pauses", {"first_day": "2030-08-01", "last_day": "2030-08-14"}),
    ]
    for name, data in sent:
        answer = browser.post(f"/seller/delivery/{name}", data=data)
        assert answer.status_code == 303, answer.get_data(as_text=True)[:3000]
    page = text(browser.get("/seller/delivery"))
    assert "Hamburg" in page and "7.90" in page and "50.00" in page
    rule = session.scalar(select(FreightRule).filter_by(country="AT"))
    assert (rule.freight_minor, rule.free_from_minor) == (790, 15000)
    assert session.scalar(select(OrderMinimum.surcharge_minor)) == 900
    pause = session.scalar(select(SellerPause))
    assert (pause.starts_at.isoformat()[:10], pause.ends_at.isoformat()[:10]) == ("2030-08-01", "2030-08-15")
    assert browser.post(f"/seller/delivery/pauses/{pause.id}/end").status_code == 303
    assert browser.post(f"/seller/delivery/freight/{rule.id}/remove").status_code == 303
    assert browser.post("/seller/delivery/freight", data={"freight": "x"}).status_code == 422


def test_home_and_authorizations_show_what_there_is(market, world):
    seller, variant, browser = world
    assert "Nothing offered yet" in text(browser.get("/seller/"))
    market.offer(seller, variant, 1000, 3)
    assert "Nothing offered yet" not in text(browser.get("/seller/"))
    assert "Nordkabel" in text(browser.get("/seller/authorizations"))
    assert "Nordkabel" in text(browser.get("/seller/authorizations?q=kabel")) and "Nothing found" in text(browser.get("/seller/authorizations?q=zebra"))
    assert "Nordkabel" in text(browser.get("/seller/authorizations/authorizations.csv"))
    listed = browser.get("/api/v1/seller/authorizations?q=KABEL").json["items"]
    assert [(row["brand"], row["state"]) for row in listed] == [("Nordkabel", "active")]


def test_the_list_costs_the_same_number_of_statements_whatever_its_length(market, session, world):
    from sqlalchemy import event

    seller, _, browser = world
    brand = market.brand(market.manufacturer())
    statements = []
    event.listen(session.connection().engine, "before_cursor_execute", lambda *a: statements.append(a[2]))

    def cost():
        browser.get("/seller/offers/")
        statements.clear()
        text(browser.get("/seller/offers/"))
        return len(statements)

    market.offer(seller, market.variant(brand))
    few = cost()
    for _ in range(10):
        market.offer(seller, market.variant(brand))
    assert cost() == few


def test_a_blank_field_in_a_row_of_prices_takes_no_other_rows_value(session, world):
    _, variant, browser = world
    form = {"variant_id": variant.id, "seller_sku": "K-1", "price": "1", "tier_from": ["10", "", ""], "tier_price": ["", "0.50", ""]}
    refused = browser.post("/seller/offers/publish", data=form)
    page = refused.get_data(as_text=True)
    assert refused.status_code == 422 and "Line 1: This row has a blank field" in page
    assert 'name="tier_from" inputmode="numeric" value="10"' in page and 'value="0.50"' in page
    assert session.scalars(select(Offer)).all() == []
    assert browser.post("/seller/offers/publish", data={**form, "tier_from": ["", "10", ""], "tier_price": ["", "0.50", ""]}).status_code == 303


def test_who_changes_a_price_in_a_filtered_list_stays_where_it_was_and_keeps_what_was_typed(market, world):
    seller, variant, browser = world
    offer = market.offer(seller, variant, 1000, 5, seller_sku="K-1")
    market.offer(seller, market.variant(market.brand(market.manufacturer()), "Anchor"), seller_sku="B-1")
    page = text(browser.get("/seller/offers/?q=copper&sort=sku"))
    address = f"/seller/offers/{offer.id}/price?q=copper&amp;sort=sku"
    assert f'action="{address}"' in page
    saved = browser.post(address.replace("&amp;", "&"), data={"price": "9.50"})
    assert saved.location == f"/seller/offers/?q=copper&sort=sku#{offer.id}"
    refused = browser.post(address.replace("&amp;", "&"), data={"price": "1,5x"})
    page = refused.get_data(as_text=True)
    assert refused.status_code == 422 and 'value="1,5x" id="price" aria-invalid="true"' in page and "B-1" not in page
    stock = browser.post(f"/seller/offers/{offer.id}/stock?q=copper", data={"location_id": market._main(seller).id, "available": "many"})
    assert stock.status_code == 422 and 'value="many" id="available"' in stock.get_data(as_text=True)


def test_a_refused_form_of_delivery_keeps_what_was_typed_and_speaks_for_itself_only(world):
    _, _, browser = world
    form = {"country": "FR", "currency": "EUR", "freight": "12,5x", "free_from": "77.70", "transit_days": "33"}
    refused = browser.post("/seller/delivery/freight", data=form)
    page = refused.get_data(as_text=True)
    assert refused.status_code == 422 and 'href="#freight-freight"' in page
    for typed in ('value="12,5x"', 'value="77.70"', 'value="33"', '<option value="FR" selected>'):
        assert page.count(typed) == 1, typed
    assert page.count('aria-invalid="true"') == 1 and 'id="freight-freight" name="freight" required aria-invalid="true"' in page
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    for rule, surcharge, said in (("surcharge", "0", "Say how much the surcharge is."), ("block", "9", "Where no order is taken there is no surcharge.")):
        minimum = browser.post("/seller/delivery/minimums", data={"currency": "EUR", "minimum": "50", "rule": rule, "surcharge": surcharge})
        page = minimum.get_data(as_text=True)
        assert minimum.status_code == 422 and said in page and 'href="#minimum-surcharge"' in page
    over = browser.post("/seller/delivery/pauses", data={"first_day": "2020-01-01", "last_day": "2020-01-02"}).get_data(as_text=True)
    assert "This pause is over already." in over and 'href="#pause-last_day"' in over and 'value="2020-01-02"' in over


@pytest.mark.parametrize(("wrong", "said", "anchor"), [
    ({"tier_from": ["10", "50"], "tier_price": ["0.9", "cheap"]}, "Line 2: &#39;cheap&#39; is not an amount.", "offer-tier_price"),
    ({"tier_from": ["10", "many"], "tier_price": ["0.9", "0.8"]}, "Line 2: This is not a whole number.", "offer-tier_from"),
    ({"tier_from": ["10", "10"], "tier_price": ["0.9", "0.8"]}, "Each quantity may stand once", "offer-tiers"),
    ({"available": ["5", "few"]}, "Line 2: This is not a whole number.", "offer-available"),
])
def test_a_row_that_is_wrong_is_named_and_led_to(market, world, wrong, said, anchor):
    seller, variant, browser = world
    places = [market.location(seller, code).id for code in ("HAM", "KIE")]
    form = {"variant_id": variant.id, "seller_sku": "K-1", "price": "1", "location_id": places, "available": ["5", "6"], **wrong}
    refused = browser.post("/seller/offers/publish", data=form)
    page = refused.get_data(as_text=True)
    assert refused.status_code == 422 and page.count(said) == 2
    assert f'href="#{anchor}"' in page and page.count(f'id="{anchor}"') == 1


def sent(page):
    """The fields of the offer's form, as a browser sends them."""
    return form_of(page, "/seller/offers/publish")


def test_who_saves_a_price_leaves_the_stock_that_was_sold_meanwhile(market, session, world):
    seller, variant, browser = world
    offer = market.offer(seller, variant, 1000, 20, seller_sku="K-1")
    other = market.location(seller, "HAM")
    form = sent(text(browser.get(f"/seller/offers/{offer.id}")))
    level = session.scalar(select(StockLevel).filter_by(offer_id=offer.id))
    level.available, level.reserved = 5, 15
    session.flush()
    assert browser.post("/seller/offers/publish", data={**form, "price": "9.50"}).status_code == 303
    assert session.scalars(select(StockLevel.available).filter_by(offer_id=offer.id)).all() == [5]
    form = sent(text(browser.get(f"/seller/offers/{offer.id}")))
    typed = ["7" if location == other.id else was for location, was in zip(form["location_id"], form["seen"], strict=True)]
    assert browser.post("/seller/offers/publish", data={**form, "available": typed}).status_code == 303
    assert sorted(session.scalars(select(StockLevel.available).filter_by(offer_id=offer.id))) == [5, 7]


def test_who_saves_what_a_colleague_changed_meanwhile_is_told_and_keeps_what_was_typed(market, world):
    seller, variant, browser = world
    page = f"/seller/offers/{market.offer(seller, variant, 1000, 20, seller_sku='K-1').id}"
    form = sent(text(browser.get(page)))
    assert browser.post("/seller/offers/publish", data={**form, "lead_time_days": "9"}).status_code == 303
    late = browser.post("/seller/offers/publish", data={**form, "price": "9.50"})
    told, held = late.get_data(as_text=True), sent(text(browser.get(page)))
    assert late.status_code == 409 and "Somebody else changed this while your page was open." in told
    assert sent(told)["price"] == ["9.50"] and f'<a href="{page}" target="_blank">' in told
    assert (held["price"], held["lead_time_days"]) == (["10.00"], ["9"])
    assert browser.post("/seller/offers/publish", data={**sent(told), "lead_time_days": "9"}).status_code == 303
    assert sent(text(browser.get(page)))["price"] == ["9.50"]


def test_who_publishes_what_a_colleague_published_meanwhile_is_told(market, world):
    seller, variant, browser = world
    market.location(seller, "HAM")
    form = {**sent(text(browser.get(f"/seller/offers/new/{variant.id}"))), "seller_sku": "K-1", "price": "10"}
    assert browser.post("/seller/offers/publish", data=form).status_code == 303
    assert browser.post("/seller/offers/publish", data={**form, "price": "11"}).status_code == 409


def test_an_offer_saved_by_its_form_stays_in_the_condition_it_has(market, session, world):
    seller, variant, browser = world
    offer = market.offer(seller, variant, 1000, 20, seller_sku="K-1")
    offer.condition = "refurbished"
    session.flush()
    form = sent(text(browser.get(f"/seller/offers/{offer.id}")))
    assert browser.post("/seller/offers/publish", data=form).status_code == 303
    assert offer.condition == "refurbished"
    assert browser.post("/seller/offers/publish", data={**form, "condition": "used"}).status_code == 303
    assert offer.condition == "used"
