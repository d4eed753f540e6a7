"""The manufacturer's portal by page and by API: the way of a file, authorizations, the channel; others find nothing."""

import io
import json
import re
from datetime import date

import pytest

from marketplace.catalog import imports
from marketplace.catalog.models import CatalogImport, ProductChange, Variant
from marketplace.channel.models import SellerAuthorization
from marketplace.core import tenancy
from marketplace.core.audit import AuditEntry
from marketplace.core.db import db

CATALOG = b"MPN;Brand;Name;EAN;Volt\nV-1;Volta;Relay <b>one</b>;4032248855865;24\nV-2;Volta;=Relay two;;12\nV-3;Volta;Bad;123;1\n"


@pytest.fixture
def maker(market, client):
    organization = market.manufacturer("Volta Works")
    user = market.user(organization)
    browser = client(user)
    browser.organization = organization
    return browser


def work():
    """What the worker would do: stage and apply whatever is asked for."""
    for record in db.session.scalars(db.select(CatalogImport)).all():
        while record.status in {"received", "reading"}:
            imports.stage(record.id, record.done)
        while record.status == "applying":
            imports.apply(record.id)
    db.session.flush()


def upload(browser, content=CATALOG, name="catalog.csv", **fields):
    return browser.post("/api/v1/manufacturer/imports", data={"file": (io.BytesIO(content), name), **fields},
                        content_type="multipart/form-data")


def test_a_file_goes_live_through_the_pages(maker):
    answer = maker.post("/manufacturer/catalog/imports", data={"file": (io.BytesIO(CATALOG), "catalog.csv")},
                        content_type="multipart/form-data")
    assert answer.status_code == 303 and answer.location.endswith("/mapping")
    page = maker.get(answer.location).get_data(as_text=True)
    assert "Relay &lt;b&gt;one&lt;/b&gt;" in page and "<b>one</b>" not in page
    url = answer.location.removesuffix("/mapping")
    form = {"mpn": "MPN", "brand": "Brand", "name": "Name", "gtin": "EAN", "attributes": "Volt"}
    assert maker.post(answer.location, data=form).location == url
    assert "being read" in maker.get(url).get_data(as_text=True)
    work()
    page = maker.get(url).get_data(as_text=True)
    assert "Approve: 2 new, 0 changed" in page and "BAD_GTIN" in maker.get(url + "?kind=bad").get_data(as_text=True)
    assert maker.post(url + "/approve", data={}).status_code == 303
    assert "This import is approved already." in maker.post(url + "/approve", data={}, follow_redirects=True).get_data(as_text=True)
    work()
    assert "This import is approved already." in maker.post(url + "/approve", data={}, follow_redirects=True).get_data(as_text=True)
    assert "2 rows are live" in maker.get(url).get_data(as_text=True)
    listed = maker.get("/manufacturer/catalog/?q=relay").get_data(as_text=True)
    assert "V-1" in listed and "V-2" in listed and "V-3" not in listed
    assert "4,EAN,BAD_GTIN" in maker.get(url + "/errors.csv").get_data(as_text=True)
    assert "'=Relay two" in maker.get("/manufacturer/catalog/products.csv").get_data(as_text=True)
    assert db.session.scalar(db.select(Variant).filter_by(mpn="V-1")).attributes == {"Volt": "24"}


def test_a_wrong_file_is_told_at_the_form_and_keeps_nothing(maker):
    for content in (b"", b"\x00" * 99, bytes(range(256)) * 4, b'mpn,name\n"V-1,Relay\nV-2,Relay\n'):
        answer = maker.post("/manufacturer/catalog/imports", data={"file": (io.BytesIO(content), "x.csv")},
                            content_type="multipart/form-data")
        assert answer.status_code == 422
    assert db.session.scalar(db.select(db.func.count()).select_from(CatalogImport)) == 0


def test_a_file_goes_live_through_the_api(maker):
    mapping = {"mpn": "MPN", "brand": "Brand", "name": "Name", "gtin": "EAN"}
    made = upload(maker, mapping=json.dumps(mapping))
    assert made.status_code == 202, made.get_data(as_text=True)
    work()
    url = f"/api/v1/manufacturer/imports/{made.json['id']}"
    assert maker.get(url).json["counts"] == {"new": 2, "changed": 0, "same": 0, "gone": 0, "bad": 1}
    rows = maker.get(url + "/rows?kind=bad").json["items"]
    assert rows[0]["row_no"] == 4 and rows[0]["errors"][0]["code"] == "BAD_GTIN"
    assert maker.post(url + "/approve", json={}).status_code == 202
    work()
    assert maker.get(url).json["status"] == "applied"
    products = maker.get("/api/v1/manufacturer/products?q=relay").json["items"]
    assert [product["mpn"] for product in products] == ["V-2", "V-1"]
    again = upload(maker, mapping=json.dumps(mapping))
    assert again.json["id"] == made.json["id"]
    refused = maker.post(url + "/approve", json={})
    assert (refused.status_code, refused.json["error"]["message"]) == (409, "This import is approved already.")


def test_what_a_file_changed_is_shown_before_it_is_applied_and_after(maker):
    mapping = json.dumps({"mpn": "MPN", "brand": "Brand", "name": "Name", "gtin": "EAN", "category": "Group"})
    made = upload(maker, b"MPN;Brand;Name;EAN;Group\nV-9;Volta;Relay nine;;Relays\n", mapping=mapping)
    work()
    maker.post(f"/api/v1/manufacturer/imports/{made.json['id']}/approve", json={})
    work()
    second = upload(maker, b"MPN;Brand;Name;EAN;Group\nV-9;Volta;Relay ninety;;Relays / Small\n", mapping=mapping)
    work()
    url = f"/manufacturer/catalog/imports/{second.json['id']}"
    before = maker.get(f"{url}?kind=changed").get_data(as_text=True)
    maker.post(f"/api/v1{url.replace('/catalog', '')}/approve", json={})
    work()
    after = maker.get(f"{url}?kind=changed").get_data(as_text=True)
    for page in (before, after):
        assert re.search(r"Relay nine<.*Relay ninety<", page, re.S) and re.search(r"Relays<.*Relays / Small<", page, re.S), page


def test_products_that_a_file_no_longer_has_stand_without_a_row_of_it(maker):
    mapping = {"mpn": "MPN", "brand": "Brand", "name": "Name", "gtin": "EAN"}
    made = upload(maker, mapping=json.dumps(mapping))
    work()
    maker.post(f"/api/v1/manufacturer/imports/{made.json['id']}/approve", json={})
    work()
    second = upload(maker, CATALOG.splitlines(keepends=True)[0] + b"V-9;Volta;Relay nine;;9\n", mapping=json.dumps(mapping))
    work()
    url = f"/manufacturer/catalog/imports/{second.json['id']}?kind="
    gone, new = (maker.get(url + kind).get_data(as_text=True) for kind in ("gone", "new"))
    assert "V-1" in gone and "stands no more in the file" in gone and ">Row</th>" not in gone
    assert ">Row</th>" in new and '<td class="num">2</td>' in new
    maker.post(f"/api/v1/manufacturer/imports/{second.json['id']}/approve", json={})
    work()
    assert "The 2 products that the file no longer has stay as they are." in maker.get(url.removesuffix("?kind=")).get_data(as_text=True)
    assert db.session.scalar(db.select(Variant.status).filter_by(mpn="V-1")) == "active"


def test_a_file_that_waits_for_its_columns_leads_back_to_them_and_one_that_is_read_does_not(maker):
    sent = maker.post("/manufacturer/catalog/imports", data={"file": (io.BytesIO(CATALOG), "catalog.csv")}, content_type="multipart/form-data")
    page = sent.headers["Location"].removesuffix("/mapping")
    assert maker.get(page).headers["Location"] == page + "/mapping"
    maker.post(page + "/mapping", data={"mpn": "MPN", "name": "Name"})
    assert "The file is being read" in maker.get(page).get_data(as_text=True)


def test_a_mapping_that_cannot_be_is_told_at_the_columns_and_keeps_what_was_ticked(maker):
    content = b"MPN;Name;Name;;Volt\nV-1;Relay;Rele;x;24\n"
    sent = maker.post("/manufacturer/catalog/imports", data={"file": (io.BytesIO(content), "catalog.csv")}, content_type="multipart/form-data")
    page = maker.get(sent.location).get_data(as_text=True)
    assert 'value=""> </label>' not in page and "<option></option>" not in page
    for form, said in (({}, "Say which column holds"), ({"mpn": "MPN", "name": "Name"}, "more than one column &#39;Name&#39;")):
        refused = maker.post(sent.location, data={**form, "attributes": "Volt"})
        page = refused.get_data(as_text=True)
        assert refused.status_code == 422 and said in page and 'href="#mapping"' in page and 'id="mapping"' in page
        assert 'name="attributes" value="Volt" checked' in page
    assert maker.post(sent.location, data={"mpn": "MPN", "attributes": "Volt"}).status_code == 303
    work()
    assert db.session.scalar(db.select(CatalogImport.unmapped)) == ["Name", "Name"]


@pytest.mark.parametrize("mapping", [{"mpn": "MPN", "nmae": "Name"}, {"mpn": "Nowhere"}, {"name": "Name"}])
def test_a_program_is_told_of_a_mapping_that_cannot_be(maker, mapping):
    refused = upload(maker, mapping=json.dumps(mapping))
    assert (refused.status_code, refused.json["error"]["code"], refused.json["error"]["field"]) == (422, "file_refused", "mapping")


def test_a_file_sent_by_mistake_is_put_away_before_its_columns_are_mapped(maker):
    sent = maker.post("/manufacturer/catalog/imports", data={"file": (io.BytesIO(CATALOG), "catalog.csv")}, content_type="multipart/form-data")
    page = sent.headers["Location"].removesuffix("/mapping")
    assert f'action="{page}/cancel"' in maker.get(page + "/mapping").get_data(as_text=True)
    assert maker.post(page + "/cancel").status_code == 303
    assert "Put away. Nothing has changed." in maker.get(page).get_data(as_text=True)
    assert db.session.scalar(db.select(AuditEntry.action).order_by(AuditEntry.id.desc()).limit(1)) == "catalog:cancel"


@pytest.mark.parametrize(("path", "body", "status"), [
    ("/api/v1/manufacturer/imports", None, 422), ("/api/v1/manufacturer/imports/imp_none/approve", {}, 404),
    ("/api/v1/manufacturer/authorizations", {"seller_id": "x"}, 422),
    ("/api/v1/manufacturer/authorizations", {"seller_id": "x", "brand_id": "y", "manufacturer_id": "z"}, 422),
    ("/api/v1/manufacturer/authorizations", {"seller_id": "x", "brand_id": "y", "countries": ["XXX"]}, 422),
    ("/api/v1/manufacturer/authorizations", {"seller_id": "x", "brand_id": "y"}, 404),
    ("/api/v1/manufacturer/changes/chg_none/confirm", None, 404),
])
def test_what_cannot_be_is_refused_with_code_and_field(maker, path, body, status):
    answer = maker.post(path, json=body) if body is not None else maker.post(path)
    assert answer.status_code == status and answer.json["error"]["code"]


def test_a_change_is_proposed_and_confirmed_by_page_and_declined_by_api(maker, market):
    variant = market.variant(market.brand(maker.organization), "Old name")
    answer = maker.post(f"/manufacturer/catalog/products/{variant.id}/changes", data={"name": "New name", "unit": "C62"})
    assert answer.status_code == 303
    change = db.session.scalar(db.select(ProductChange))
    assert db.session.get(Variant, variant.id).name == "Old name"
    listed = maker.get("/manufacturer/catalog/changes").get_data(as_text=True)
    assert f"Old name</a> <small>{variant.mpn}</small>" in listed and "<del>Old name</del> <ins>New name</ins>" in listed and "name:" not in listed
    assert maker.post(f"/manufacturer/catalog/changes/{change.id}/confirm").status_code == 303
    assert maker.get(f"/api/v1/manufacturer/products/{variant.id}").json["name"] == "New name"
    made = maker.post(f"/api/v1/manufacturer/products/{variant.id}/changes", json={"gtin": "4032248855865"}).json
    assert maker.post(f"/api/v1/manufacturer/changes/{made['id']}/decline").json["status"] == "declined"
    assert maker.post(f"/api/v1/manufacturer/changes/{made['id']}/confirm").status_code == 409
    again = maker.post(f"/manufacturer/catalog/changes/{change.id}/decline", follow_redirects=True)
    assert "This change has been reviewed already." in again.get_data(as_text=True)
    bad = maker.post(f"/manufacturer/catalog/products/{variant.id}/changes", data={"name": "X", "gtin": "123", "unit": "C62"})
    assert bad.status_code == 422 and 'href="#gtin"' in bad.get_data(as_text=True)


def test_what_is_blank_in_a_products_form_is_taken_away_and_nothing_different_is_no_change(maker, market):
    variants = [market.variant(market.brand(maker.organization), "Relay") for _ in range(2)]
    for variant in variants:
        url = f"/manufacturer/catalog/products/{variant.id}/changes"
        assert maker.post(url, data={"name": "Relay", "description": "", "gtin": " ", "unit": "C62"}).status_code == 303
    for change in maker.get("/api/v1/manufacturer/changes?sort=at").json["items"]:
        assert maker.post(f"/api/v1/manufacturer/changes/{change['id']}/confirm").status_code == 200
    assert [maker.get(f"/api/v1/manufacturer/products/{one.id}").json["gtin"] for one in variants] == [None, None]
    assert maker.get(f"/api/v1/manufacturer/products/{variant.id}").json["description"] is None
    refused = maker.post(url, data={"name": "", "unit": "piece"}).get_data(as_text=True)
    assert 'href="#name"' in refused and "A unit is a code of two or three letters" in refused
    assert "Nothing is different." in maker.post(url, data={"name": "Relay", "unit": "C62"}).get_data(as_text=True)
    for body in ({}, {"name": "Relay"}, {"gtin": ""}, {"name": "Re\nlay"}, {"unit": "C62\n"}):
        assert maker.post("/api/v1" + url.replace("/catalog", ""), json=body).status_code == 422, body


def test_a_program_learns_whom_it_can_authorize_for_what(maker, market):
    seller, brand = market.seller("Nordkabel"), market.brand(maker.organization)
    market.brand(market.manufacturer())
    found = maker.get("/api/v1/manufacturer/authorizations/choices").json
    assert found["brands"] == [{"id": brand.id, "name": brand.name}] and found["sellers"] == [{"id": seller.id, "name": "Nordkabel", "country": "DE"}]
    granted = maker.post("/api/v1/manufacturer/authorizations", json={"seller_id": found["sellers"][0]["id"], "brand_id": found["brands"][0]["id"]})
    assert granted.status_code == 201


def test_a_seller_is_authorized_and_revoked_with_its_consequences_in_words(maker, market):
    brand, seller = market.brand(maker.organization, "Volta"), market.seller("Nordkabel")
    form = {"seller_id": seller.id, "brand_id": brand.id, "countries": "de, AT", "valid_from": "2026-01-01"}
    assert [maker.post("/manufacturer/sellers/", data=form).status_code for _ in range(2)] == [303, 303]
    assert len(maker.get("/api/v1/manufacturer/authorizations").json["items"]) == 1
    page = maker.get("/manufacturer/sellers/").get_data(as_text=True)
    assert "Nordkabel" in page and "Austria, Germany" in page
    row = maker.get("/api/v1/manufacturer/authorizations").json["items"][0]
    market.offer(seller, market.variant(brand))
    url = f"/manufacturer/sellers/{row['id']}/revoke"
    assert "1 offer of this brand leave" in maker.get(url).get_data(as_text=True)
    assert maker.post(url, data={}).status_code == 422
    assert maker.post(url, data={"because": "Contract ended"}).status_code == 303
    assert maker.get(f"/api/v1/manufacturer/authorizations/{row['id']}").json["status"] == "revoked"
    assert maker.get(url).location == "/manufacturer/sellers/"
    assert "This is revoked already." in maker.post(url, data={"because": "Again"}, follow_redirects=True).get_data(as_text=True)
    wrong = maker.post("/manufacturer/sellers/", data={**form, "valid_to": "2025-01-01"})
    assert wrong.status_code == 422 and "before the first" in wrong.get_data(as_text=True)
    assert '<option value="" selected>Choose a seller</option>' in maker.get("/manufacturer/sellers/new").get_data(as_text=True)
    words = maker.post("/manufacturer/sellers/", data={**form, "countries": "Germany"}).get_data(as_text=True)
    assert "Country codes have two letters, such as DE, AT." in words and 'value="Germany"' in words


def test_an_authorization_says_whether_it_holds_today(maker, market):
    brand, seller = market.brand(maker.organization, "Volta"), market.seller("Nordkabel")
    form = {"seller_id": seller.id, "brand_id": brand.id}
    later = maker.post("/manufacturer/sellers/", data={**form, "valid_from": "2190-05-01"}, follow_redirects=True).get_data(as_text=True)
    assert "may sell the brand from May 1, 2190 on" in later and "not yet valid" in later
    past = maker.post("/manufacturer/sellers/", data={**form, "valid_from": "2020-01-01", "valid_to": "2020-02-01"})
    assert past.status_code == 422 and "would be over already" in past.get_data(as_text=True)
    row = maker.get("/api/v1/manufacturer/authorizations").json["items"][0]
    assert (row["status"], row["state"]) == ("active", "scheduled")
    assert "At once" not in maker.get(f"/manufacturer/sellers/{row['id']}/revoke").get_data(as_text=True)
    granted = db.session.get(SellerAuthorization, row["id"])
    granted.valid_from, granted.valid_to = date(2020, 1, 1), date(2020, 2, 1)
    db.session.flush()
    page = maker.get("/manufacturer/sellers/").get_data(as_text=True)
    assert "status-expired" in page and "/revoke" not in page
    assert ",2020-02-01,expired" in maker.get("/manufacturer/sellers/sellers.csv").get_data(as_text=True)


def test_the_channel_shows_stock_and_prices_of_own_products_only(maker, market):
    mine, theirs = market.variant(market.brand(maker.organization), "Mine"), market.variant(market.brand(market.manufacturer()), "Theirs")
    seller = market.seller("Nordkabel")
    for variant in (mine, theirs):
        market.offer(seller, variant, price_minor=1234, stock=7)
    rows = maker.get("/api/v1/manufacturer/channel/listings").json["items"]
    assert [(row["product"], row["amount_minor"], row["available"]) for row in rows] == [("Mine", 1234, 7)]
    assert [row["product"] for row in maker.get("/api/v1/manufacturer/channel/stock").json["items"]] == ["Mine"]
    assert maker.get("/api/v1/manufacturer/channel/sell-through?weeks=4").json == {"items": [], "next_cursor": None}
    assert maker.get("/api/v1/manufacturer/channel/sell-through?weeks=0").status_code == 422
    for path in ("", "channel", "stock", "listings", "channel/sell-through.csv", "stock.csv", "listings.csv"):
        answer = maker.get(f"/manufacturer/{path}")
        assert answer.status_code == 200 and "Theirs" not in answer.get_data(as_text=True), path
    assert "Mine" in maker.get("/manufacturer/listings.csv").get_data(as_text=True)
    assert maker.get("/manufacturer/channel?weeks=many").status_code == 422
    refused = maker.get("/manufacturer/channel?country=de&weeks=13")
    page = refused.get_data(as_text=True)
    assert refused.status_code == 422 and "This is not a country." in page and "Chart by" in page
    assert maker.get("/manufacturer/channel?country=DE").status_code == 200
    assert '<option value="DE" selected>Germany</option>' in maker.get("/manufacturer/channel?country=DE").get_data(as_text=True)


PAGES = ["/manufacturer/", "/manufacturer/catalog/", "/manufacturer/catalog/imports", "/manufacturer/sellers/",
         "/api/v1/manufacturer/imports", "/api/v1/manufacturer/products", "/api/v1/manufacturer/authorizations",
         "/api/v1/manufacturer/channel/stock"]


@pytest.mark.parametrize("path", PAGES)
def test_every_other_audience_finds_nothing_there(market, client, path):
    for organization in (market.seller(), market.reseller(), market.operator()):
        assert client(market.user(organization)).get(path).status_code == 404
    assert client().get(path).status_code in {303, 401}


def test_another_manufacturers_records_are_not_there(maker, market, client):
    tenancy.act_for([tenancy.MARKET])
    made = upload(maker).json["id"]
    variant = market.variant(market.brand(maker.organization))
    granted = market.authorize(market.seller(), market.brand(maker.organization))
    stranger = client(market.user(market.manufacturer()))
    for path in (f"imports/{made}", f"imports/{made}/rows", f"imports/{made}/errors.csv", f"products/{variant.id}",
                 f"authorizations/{granted.id}"):
        assert stranger.get(f"/api/v1/manufacturer/{path}").status_code == 404, path
    for path in (f"imports/{made}/approve", f"imports/{made}/cancel", f"products/{variant.id}/changes",
                 f"authorizations/{granted.id}/revoke"):
        assert stranger.post(f"/api/v1/manufacturer/{path}", json={"because": "x"} if "revoke" in path else {}).status_code == 404, path
    assert db.session.get(CatalogImport, made).status == "received"
